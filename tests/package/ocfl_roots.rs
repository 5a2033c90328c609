//! Storage roots: declaration, layout, extensions, hierarchy; and that their objects are all seen, in order.

use chartrier::package::ocfl::validate::{Limits, Options, RootReport, Visit, validate_root};
use chartrier::package::ocfl::{Algorithm, Kind, ROOT_DECLARATION, object_folder, root_files};
use serde_json::json;

use super::memory::Memory;

/// A right object of one version.
fn object(id: &str, spec: &str) -> Memory {
    let a = Algorithm::Sha512.of(b"a");
    let inventory = json!({
        "id": id, "type": format!("https://ocfl.io/{spec}/spec/#inventory"), "digestAlgorithm": "sha512",
        "head": "v1", "manifest": {&a: ["v1/content/a"]},
        "versions": {"v1": {"created": "2026-01-01T00:00:00Z", "message": "m", "state": {&a: ["a"]},
            "user": {"name": "n", "address": "urn:x:u"}}}});
    let text = inventory.to_string();
    let sidecar = format!("{} inventory.json\n", Algorithm::Sha512.of(text.as_bytes()));
    let mut tree = Memory::default();
    for folder in ["", "v1/"] {
        tree.put(&format!("{folder}inventory.json"), &text);
        tree.put(&format!("{folder}inventory.json.sha512"), &sidecar);
    }
    tree.put("v1/content/a", "a");
    tree.put(&format!("0=ocfl_object_{spec}"), format!("ocfl_object_{spec}\n"));
    tree
}

fn root(ids: &[&str]) -> Memory {
    let mut tree = Memory::default();
    for (name, text) in root_files() {
        tree.put(&name, text);
    }
    ids.iter().for_each(|id| tree.add(object(id, "1.1").moved(&object_folder(id))));
    tree
}

/// The root's report, and each object's folder with its codes.
fn seen(tree: &Memory, options: &Options) -> (RootReport, Vec<(String, Vec<&'static str>)>) {
    let mut objects = Vec::new();
    let each = |validated: chartrier::package::ocfl::validate::Validated| {
        let findings = validated.report.findings.list().iter();
        (validated.report.folder.clone(), findings.map(|finding| finding.code).collect::<Vec<_>>())
    };
    let report = validate_root(tree, "", options, Visit { each: &each, done: &mut |one| objects.push(one) });
    (report, objects)
}

fn codes(tree: &Memory) -> Vec<&'static str> {
    let (report, objects) = seen(tree, &Options::default());
    let own = report.findings.list().iter().map(|finding| finding.code);
    own.chain(objects.into_iter().flat_map(|(_, codes)| codes)).collect()
}

#[test]
fn a_root_of_ours_has_no_finding_and_all_its_objects_are_seen_in_order() {
    let ids: Vec<String> = (0..300).map(|number| format!("urn:uuid:{number:04}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let (report, objects) = seen(&root(&ids), &Options { threads: 4, ..Options::default() });
    assert_eq!(report.findings.list(), []);
    assert_eq!((report.objects, objects.len()), (300, 300));
    assert!(objects.iter().all(|(_, codes)| codes.is_empty()));
    let mut expected: Vec<String> = ids.iter().map(|id| object_folder(id)).collect();
    expected.sort();
    let folders: Vec<String> = objects.into_iter().map(|(folder, _)| folder).collect();
    assert_eq!(folders, expected);
}

#[test]
fn each_broken_rule_of_a_root_is_said_with_its_code() {
    let layout = "ocfl_layout.json";
    let config = "extensions/0003-hash-and-id-n-tuple-storage-layout/config.json";
    type Damage<'a> = &'a dyn Fn(&mut Memory);
    let damages: &[(&[&str], Damage)] = &[
        (&[], &|t| t.put("readme.txt", "any file may stand here")),
        (&["E069"], &|t| drop(t.files.remove(ROOT_DECLARATION.0))),
        (&["E076"], &|t| t.put("0=ocfl_1.0", "ocfl_1.0\n")),
        (&["E078"], &|t| t.put("1=ocfl_1.1", "ocfl_1.1\n")),
        (&["E079"], &|t| t.put("0=ocfl_7", "ocfl_7\n")),
        (&["E080"], &|t| t.put(ROOT_DECLARATION.0, "ocfl_1.1")),
        (&["E070"], &|t| t.put(layout, "[]")),
        (&["E070", "E070"], &|t| t.put(layout, "{}")),
        (&["E071"], &|t| t.put(layout, r#"{"extension": "ours", "description": ""}"#)),
        (&["N002"], &|t| {
            t.put(layout, r#"{"extension": "0011-direct-clean-path-layout", "description": ""}"#);
        }),
        (&["E083"], &|t| {
            t.put(layout, r#"{"extension": "0002-flat-direct-storage-layout", "description": ""}"#);
        }),
        (&["N003"], &|t| t.put(config, r#"{"tupleSize": "x"}"#)),
        (&["E112"], &|t| t.put("extensions/file", "")),
        (&["W016"], &|t| t.put("extensions/ours/file", "")),
        (&["E073"], &|t| t.stand("empty", Kind::Folder)),
        (&["E072"], &|t| t.put("abc/file", "")),
        (&["E090"], &|t| t.stand("abc/link", Kind::Link)),
        (&["E081"], &|t| {
            t.files.remove(ROOT_DECLARATION.0);
            t.put("0=ocfl_1.0", "ocfl_1.0\n");
        }),
        (&["W015", "E083"], &|t| t.add(object("urn:x:top", "1.1").moved("top"))),
        (&["W014", "E083"], &|t| t.add(object("urn:x:deep", "1.1").moved("a/b/c/d/e/f"))),
        (&["E037", "E083"], &|t| t.add(object("urn:x:1", "1.1").moved("zz/b/c/d"))),
        (&["E003", "E083"], &|t| {
            t.add(object("urn:x:3", "1.1").moved("zz/b/c/d"));
            t.files.remove("zz/b/c/d/0=ocfl_object_1.1");
        }),
    ];
    for (index, (expected, damage)) in damages.iter().enumerate() {
        let mut tree = root(&["urn:x:1"]);
        damage(&mut tree);
        assert_eq!(&codes(&tree), expected, "{index}");
    }
}

#[test]
fn a_hierarchy_too_deep_is_told_and_the_rest_is_seen() {
    let mut tree = root(&["urn:x:1", "urn:x:2"]);
    tree.put(&format!("{}x", "d/".repeat(80)), "");
    let options = Options { threads: 2, limits: Limits { depth_max: 20, ..Limits::default() } };
    let (report, objects) = seen(&tree, &options);
    assert_eq!(report.findings.list().iter().map(|finding| finding.code).collect::<Vec<_>>(), ["X001"]);
    assert_eq!(objects.len(), 2);
}
