//! The archives of a member, reopened without the service: by `chartrier verify`, and by a public validator.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use chartrier::cli::verify::{self, Arguments};
use chartrier::package::ocfl;
use serde_json::Value;

use super::Desk;
use crate::support::vault;

/// Runs the command: its exit code and what it printed.
fn verify(path: &Path, json: bool) -> (u8, String) {
    let arguments = Arguments { paths: vec![path.to_path_buf()], json, threads: Some(2) };
    let mut out = Vec::new();
    let code = verify::report(&arguments, &mut out, false);
    (code, String::from_utf8(out).unwrap())
}

fn lines(path: &Path) -> (u8, Vec<Value>) {
    let (code, text) = verify(path, true);
    (code, text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

/// Codes of a line's findings.
fn codes(line: &Value) -> Vec<&str> {
    line["findings"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

/// A member with three archives on both sites, confirmed; its storage root on one.
async fn member() -> (Desk, PathBuf) {
    let desk = Desk::open().await;
    for sip in ["A", "B", "C"] {
        let transfer = desk.deposit(desk.sip(sip).zip()).await;
        desk.ingest.confirm(desk.tenant.tenant, transfer.transfer_id).await.unwrap();
    }
    let root = vault::site("nord").join(desk.tenant.tenant.to_string());
    (desk, root)
}

/// A copy of a root that a test may damage, and one of its objects in it.
fn damaged(root: &Path) -> (tempfile::TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("root");
    let run = Command::new("cp").arg("-a").arg(root).arg(&copy).status().unwrap();
    assert!(run.success());
    let (_, lines) = lines(&copy);
    let object = lines.iter().find(|line| line["kind"] == "object").unwrap();
    let object = PathBuf::from(object["path"].as_str().unwrap());
    (folder, copy, object)
}

#[tokio::test]
async fn archives_taken_in_charge_are_valid_without_the_service() {
    let (desk, root) = member().await;
    let (code, lines) = lines(&root);
    assert_eq!(code, 0, "{lines:#?}");
    let objects: Vec<&Value> = lines.iter().filter(|line| line["kind"] == "object").collect();
    assert_eq!(objects.len(), 3);
    for object in objects {
        assert_eq!((object["verdict"].as_str(), object["is_archive"].as_bool()), (Some("valid"), Some(true)));
        assert_eq!((codes(object), object["ocfl"].as_str()), (vec![], Some("1.1")));
        // The manifest, three files, and four of ours.
        assert_eq!(object["files"].as_u64(), Some(8));
        assert!(object["cote"].as_str().unwrap().starts_with(&desk.tenant.code));
    }
    let of_root = lines.last().unwrap();
    assert_eq!((of_root["kind"].as_str(), of_root["objects"].as_u64()), (Some("root"), Some(3)));
    assert_eq!((of_root["layout"].as_str(), codes(of_root)), (Some(ocfl::LAYOUT), vec![]));

    let (code, text) = verify(&root, false);
    assert_eq!(code, 0);
    assert!(text.contains("3 objet(s), dont 3 archive(s) de chartrier : 3 valide(s)"), "{text}");
    assert!(text.contains("ne vérifie pas encore"), "{text}");
    desk.end().await;
}

#[tokio::test]
async fn a_damaged_archive_is_told_by_the_rule_it_breaks() {
    let (desk, root) = member().await;
    type Damage<'a> = &'a dyn Fn(&Path);
    let metadata = |object: &Path, name: &str| object.join("v1/content/metadata").join(name);
    let flip = |path: PathBuf| {
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(path, bytes).unwrap();
    };
    let damages: &[(&[&str], Damage)] = &[
        (&["E092"], &|object| flip(object.join("v1/content/objects/000001.pdf"))),
        (&["E092"], &|object| flip(object.join("v1/content/manifest.xml"))),
        (&["E092", "archive.object"], &|object| {
            fs::remove_file(object.join("v1/content/objects/000002.pdf")).unwrap();
        }),
        (&["E092", "archive.reply"], &|object| fs::remove_file(metadata(object, "reply.xml")).unwrap()),
        (&["E092", "archive.checks"], &|object| fs::remove_file(metadata(object, "checks.json")).unwrap()),
        (&["E092", "archive.premis"], &|object| fs::remove_file(metadata(object, "premis.xml")).unwrap()),
        (&["E092", "archive.accession"], &|object| {
            fs::write(metadata(object, "accession.json"), "{}").unwrap();
        }),
        (&["E060"], &|object| flip(object.join("inventory.json.sha512"))),
        (&["E063"], &|object| fs::remove_file(object.join("inventory.json")).unwrap()),
        (&["E023"], &|object| fs::write(object.join("v1/content/more"), "").unwrap()),
        (&["E003"], &|object| fs::remove_file(object.join("0=ocfl_object_1.1")).unwrap()),
    ];
    for (index, (expected, damage)) in damages.iter().enumerate() {
        let (_folder, copy, object) = damaged(&root);
        damage(&object);
        let (code, lines) = lines(&copy);
        assert_eq!(code, 1, "{index}");
        let wrong: Vec<&Value> = lines.iter().filter(|line| line["verdict"] != "valid").collect();
        let [line] = wrong.as_slice() else { panic!("{index}: {wrong:#?}") };
        let found = codes(line);
        assert!(expected.iter().all(|code| found.contains(code)), "{index}: {expected:?} not in {found:?}");
    }
    let (_folder, copy, object) = damaged(&root);
    fs::remove_file(object.join("logs/confirmed")).unwrap();
    let (code, text) = verify(&copy, false);
    assert!(code == 0 && text.contains("archive.not_confirmed"), "{code} {text}");
    desk.end().await;
}

#[test]
fn what_is_neither_an_object_nor_a_root_is_not_answered() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(verify(folder.path(), true), (2, String::new()));
    assert_eq!(verify(&folder.path().join("absent"), true), (2, String::new()));
    fs::write(folder.path().join("file"), "x").unwrap();
    assert_eq!(verify(&folder.path().join("file"), true), (2, String::new()));
}

/// ocfl-py, where `scripts/install.sh` put it: beside the target folder's profiles.
fn ocfl_py() -> Option<PathBuf> {
    let target = std::env::current_exe().unwrap().ancestors().nth(3).unwrap().to_path_buf();
    let program = target.join("ocfl-python/bin/ocfl-root.py");
    if !program.exists() {
        println!("ignoré : ocfl-py n'est pas installé ({})", program.display());
        return None;
    }
    Some(program)
}

#[tokio::test]
async fn a_public_validator_finds_nothing_to_say_of_a_root_and_its_archives() {
    let Some(program) = ocfl_py() else { return };
    let (desk, root) = member().await;
    let judge = |root: &Path| {
        let run = Command::new(&program)
            .args(["validate", "--validate-objects", "--check-digests", "--verbose", "--root"])
            .arg(root)
            .output()
            .unwrap();
        format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr))
    };
    let said = judge(&root);
    assert!(said.contains("3 / 3 are VALID"), "{said}");
    assert!(!said.contains("[E") && !said.contains("[W"), "{said}");
    // The judge does see damage.
    let (_folder, copy, object) = damaged(&root);
    fs::write(object.join("v1/content/manifest.xml"), "x").unwrap();
    let said = judge(&copy);
    assert!(said.contains("1 / 3 are INVALID") && said.contains("[E092"), "{said}");
    desk.end().await;
}
