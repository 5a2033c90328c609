//! Rules of OCFL objects that no public fixture breaks, each broken here once; and the validator's limits.

use chartrier::package::ocfl::validate::{Limits, Options, Severity, validate_object};
use chartrier::package::ocfl::{Algorithm, Kind};
use serde_json::{Value, json};

use super::memory::Memory;

/// An object of two versions: `a` in the first, `b` beside it in the second.
struct Object {
    tree: Memory,
    first: Value,
    second: Value,
    declaration: &'static str,
}

fn object() -> Object {
    let (a, b) = (Algorithm::Sha512.of(b"a"), Algorithm::Sha512.of(b"b"));
    let version = |state: Value| {
        json!({"created": "2026-01-01T00:00:00Z", "message": "m", "state": state,
               "user": {"name": "n", "address": "urn:x:u"}})
    };
    let inventory = |head: &str, manifest: Value, versions: Value| {
        json!({"id": "urn:x:1", "type": "https://ocfl.io/1.1/spec/#inventory", "digestAlgorithm": "sha512",
               "head": head, "manifest": manifest, "versions": versions})
    };
    let v1 = version(json!({&a: ["a"]}));
    let v2 = version(json!({&a: ["a"], &b: ["b"]}));
    let mut tree = Memory::default();
    tree.put("v1/content/a", "a");
    tree.put("v2/content/b", "b");
    Object {
        first: inventory("v1", json!({&a: ["v1/content/a"]}), json!({"v1": v1})),
        second: inventory(
            "v2",
            json!({&a: ["v1/content/a"], &b: ["v2/content/b"]}),
            json!({"v1": v1, "v2": v2}),
        ),
        tree,
        declaration: "0=ocfl_object_1.1",
    }
}

impl Object {
    /// Writes what is not there yet, so that a test's own files stay.
    fn written(mut self) -> Memory {
        let files = &mut self.tree.files;
        let text = |name: &str| format!("{}\n", name.trim_start_matches("0="));
        files.entry(self.declaration.to_string()).or_insert_with(|| text(self.declaration).into_bytes());
        for (folder, inventory) in [("v1/", &self.first), ("v2/", &self.second), ("", &self.second)] {
            let path = format!("{folder}inventory.json");
            let text = files.entry(path).or_insert_with(|| inventory.to_string().into_bytes()).clone();
            let name = inventory["digestAlgorithm"].as_str().unwrap_or("sha512");
            let algorithm = Algorithm::named(name).unwrap_or(Algorithm::Sha512);
            let sidecar = format!("{} inventory.json\n", algorithm.of(&text));
            files.entry(format!("{folder}inventory.json.{name}")).or_insert_with(|| sidecar.into_bytes());
        }
        self.tree
    }
}

fn codes(tree: &Memory, options: &Options) -> Vec<&'static str> {
    let report = validate_object(tree, "", options).report;
    let mut codes: Vec<&str> = report.findings.list().iter().map(|finding| finding.code).collect();
    codes.dedup();
    codes
}

#[test]
fn a_right_object_has_no_finding_and_its_state_is_given() {
    let tree = object().written();
    let validated = validate_object(&tree, "", &Options { threads: 3, ..Options::default() });
    assert_eq!(validated.report.findings.list(), []);
    assert_eq!((validated.report.files, validated.report.size_bytes), (2, 2));
    let held = validated.held.unwrap();
    assert_eq!(held.files("v1").len(), 1);
    let files = held.files("v2");
    assert_eq!(files["b"].content_path, "v2/content/b");
    assert_eq!(files["a"].digest, Algorithm::Sha512.of(b"a"));
    assert_eq!(files.len(), 2);
}

/// Codes that must be said, and what breaks the rule.
type Damage<'a> = (&'a [&'a str], &'a dyn Fn(&mut Object));

fn each_is_said(damages: &[Damage]) {
    for (index, (expected, damage)) in damages.iter().enumerate() {
        let mut object = object();
        damage(&mut object);
        let mut tree = object.written();
        if expected == &["E059"] {
            tree.files.remove("inventory.json.sha512");
        }
        let found = codes(&tree, &Options::default());
        assert!(expected.iter().all(|code| found.contains(code)), "{index}: {expected:?} not in {found:?}");
    }
}

#[test]
fn each_broken_rule_of_the_folders_is_said_with_its_code() {
    each_is_said(&[
        (&["E005"], &|o| o.tree.put("1=ocfl_object_1.1", "ocfl_object_1.1\n")),
        (&["E006"], &|o| o.tree.put("0=ocfl_object_9.9", "ocfl_object_9.9\n")),
        (&["E003"], &|o| o.tree.put("0=ocfl_object_1.0", "ocfl_object_1.0\n")),
        (&["E007"], &|o| o.tree.put("0=ocfl_object_1.1", "ocfl_object_1.1\r\n")),
        (&["E090"], &|o| o.tree.stand("v1/content/link", Kind::Link)),
        (&["E090"], &|o| o.tree.stand("logs/link", Kind::Link)),
        (&["E089"], &|o| o.tree.stand("v1/content/pipe", Kind::Other)),
        (&["E024"], &|o| o.tree.stand("v1/content/empty", Kind::Folder)),
        (&["E016", "E092"], &|o| drop(o.tree.files.remove("v2/content/b"))),
        (&["E015"], &|o| o.tree.put("v1/more", "")),
        (&["E015"], &|o| o.tree.put("v1/inventory.json.md5", "")),
        (&["E001"], &|o| o.tree.put("inventory.json.md5", "")),
        (&["W002"], &|o| o.tree.put("v1/other/file", "")),
        (&["E033"], &|o| o.tree.put("v1/inventory.json", "{\"id\":")),
        (&["E033"], &|o| o.tree.put("inventory.json", "[1]")),
    ]);
}

#[test]
fn each_broken_rule_of_the_inventory_is_said_with_its_code() {
    let second = |object: &mut Object, key: &str, value: Value| object.second[key] = value;
    let version = |object: &mut Object, key: &str, value: Value| object.second["versions"]["v2"][key] = value;
    let b = Algorithm::Sha512.of(b"b");
    each_is_said(&[
        (&["E036"], &|o| drop(o.second.as_object_mut().unwrap().remove("type"))),
        (&["E038"], &|o| second(o, "type", json!("https://ocfl.io/1.0/spec/#inventory"))),
        (&["E037"], &|o| second(o, "id", json!(""))),
        (&["E037"], &|o| second(o, "id", json!(7))),
        (&["E018"], &|o| second(o, "contentDirectory", json!(".."))),
        (&["E108"], &|o| second(o, "contentDirectory", json!(""))),
        (&["E102"], &|o| second(o, "extra", json!(1))),
        (&["E102"], &|o| version(o, "extra", json!(1))),
        (&["E041"], &|o| drop(o.second.as_object_mut().unwrap().remove("manifest"))),
        (&["E106"], &|o| second(o, "manifest", json!([]))),
        (&["E045"], &|o| second(o, "versions", json!([]))),
        (&["E111"], &|o| second(o, "fixity", json!(null))),
        (&["E057"], &|o| second(o, "fixity", json!({"md5": []}))),
        (&["E057"], &|o| second(o, "fixity", json!({"md5": {"d41d8cd98f00b204e9800998ecf8427e": "x"}}))),
        (&["E029"], &|o| second(o, "fixity", json!({"sha1": {"zz": []}}))),
        (&["E032"], &|o| second(o, "fixity", json!({"blake2b-512": {"00": []}}))),
        (&["N001"], &|o| second(o, "fixity", json!({"crc32": {"00": ["v1/content/a"]}}))),
        (&["E093"], &|o| second(o, "fixity", json!({"size": {"2": ["v1/content/a"]}}))),
        (&["E093"], &|o| {
            second(o, "fixity", json!({"sha512/256": {Algorithm::Sha512t256.of(b"x"): ["v1/content/a"]}}));
        }),
        (&["E031", "E050", "E092"], &|o| {
            o.second["manifest"].as_object_mut().unwrap().remove(&b);
            o.second["manifest"]["abc"] = json!(["v2/content/b"]);
        }),
        (&["E048"], &|o| drop(o.second["versions"]["v2"].as_object_mut().unwrap().remove("created"))),
        (&["E047"], &|o| o.second["versions"]["v2"] = json!("x")),
        (&["E051"], &|o| version(o, "state", json!({&b: "b"}))),
        (&["E054"], &|o| version(o, "user", json!({"name": "", "address": "urn:x:u"}))),
        (&["E094"], &|o| version(o, "message", json!(3))),
        (&["E059"], &|o| {
            o.tree.put("inventory.json.sha256", "x inventory.json");
            o.tree.put("inventory.json.sha512", "");
            o.tree.files.remove("inventory.json.sha512");
            o.second["digestAlgorithm"] = json!("sha512");
        }),
        (&["E010"], &|o| o.second["versions"]["v4"] = o.second["versions"]["v2"].clone()),
        (&["E105"], &|o| o.second["versions"]["vx"] = o.second["versions"]["v2"].clone()),
        (&["E012"], &|o| o.second["versions"]["v03"] = o.second["versions"]["v2"].clone()),
        (&["E066"], &|o| o.first["versions"]["v1"]["state"] = json!({Algorithm::Sha512.of(b"a"): ["z"]})),
        (&["W011"], &|o| o.first["versions"]["v1"]["message"] = json!("other")),
    ]);
}

#[test]
fn an_empty_content_folder_is_a_warning_and_names_of_1_0_have_their_own_codes() {
    let mut plain = object();
    plain.tree.files.remove("v2/content/b");
    plain.tree.stand("v2/content", Kind::Folder);
    let a = Algorithm::Sha512.of(b"a");
    plain.second["manifest"] = json!({&a: ["v1/content/a"]});
    plain.second["versions"]["v2"]["state"] = json!({&a: ["a"]});
    assert_eq!(codes(&plain.written(), &Options::default()), ["W003"]);

    let mut old = object();
    old.declaration = "0=ocfl_object_1.0";
    for inventory in [&mut old.first, &mut old.second] {
        inventory["type"] = json!("https://ocfl.io/1.0/spec/#inventory");
    }
    old.second["manifest"] = json!([]);
    assert!(codes(&old.written(), &Options::default()).contains(&"E041"));
}

#[test]
fn what_goes_past_a_limit_or_cannot_be_read_is_not_judged() {
    let limited = |limits: Limits| Options { threads: 1, limits };
    let of = |limits: Limits| {
        let report = validate_object(&object().written(), "", &limited(limits)).report;
        assert!(report.findings.count(Severity::Unjudged) > 0 && !report.findings.is_valid());
        report.findings.list().iter().any(|finding| finding.code == "X001")
    };
    assert!(of(Limits { inventory_bytes_max: 100, ..Limits::default() }));
    assert!(of(Limits { inventory_entries_max: 5, ..Limits::default() }));
    assert!(of(Limits { entries_max: 2, ..Limits::default() }));

    let mut deep = object();
    deep.tree.put(&format!("v1/content/{}x", "d/".repeat(50)), "");
    let options = limited(Limits { depth_max: 10, ..Limits::default() });
    assert!(codes(&deep.written(), &options).contains(&"X001"));

    let mut broken = object().written();
    broken.broken.insert("v1/content/a".to_string());
    assert_eq!(codes(&broken, &Options::default()), ["X002"]);

    let mut many = object();
    (0..50).for_each(|number| many.tree.put(&format!("v1/content/more{number:02}"), ""));
    let report =
        validate_object(&many.written(), "", &limited(Limits { findings_max: 3, ..Limits::default() }))
            .report;
    assert_eq!((report.findings.list().len(), report.findings.count(Severity::Error)), (3, 50));
}

#[test]
fn a_path_that_leaves_the_object_is_never_opened() {
    let mut object = object();
    let x = Algorithm::Sha512.of(b"x");
    object.second["manifest"][&x] = json!(["v2/content/../../../secret"]);
    object.second["fixity"] = json!({"md5": {Algorithm::Md5.of(b"x"): ["../secret"]}});
    object.second["versions"]["v2"]["state"][&x] = json!(["s"]);
    let mut tree = object.written().moved("o");
    // Its digest would be right, and its reading fails: either would be seen.
    tree.put("secret", "x");
    tree.broken.insert("secret".to_string());
    let report = validate_object(&tree, "o", &Options::default()).report;
    let mut codes: Vec<&str> = report.findings.list().iter().map(|finding| finding.code).collect();
    codes.dedup();
    assert_eq!(codes, ["E099"]);
}
