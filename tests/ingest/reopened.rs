//! The archives of a member, reopened without the service: by `chartrier verify`, and by a public validator.

use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::process::Command;

use chartrier::cli::verify::{self, Arguments};
use chartrier::model::ArchiveId;
use chartrier::package::ocfl;
use chartrier::storage::{NewFile, NewVersion};
use serde_json::Value;

use super::Desk;
use crate::support::vault;

/// Runs the command: its exit code and what it printed.
fn verify(path: &Path, json: bool) -> (u8, String) {
    let arguments =
        Arguments { paths: vec![path.to_path_buf()], json, threads: Some(2), keys: vec![], root: None };
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
        deposit(&desk, desk.sip(sip).zip()).await;
    }
    let root = vault::site("nord").join(desk.tenant.tenant.to_string());
    (desk, root)
}

/// An archive taken in charge and confirmed.
async fn deposit(desk: &Desk, bytes: Vec<u8>) -> ArchiveId {
    let transfer = desk.deposit(bytes).await;
    desk.ingest.confirm(desk.tenant.tenant, transfer.transfer_id).await.unwrap();
    transfer.archive_id.expect("taken in charge")
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
    for object in &objects {
        assert_eq!((object["verdict"].as_str(), object["is_archive"].as_bool()), (Some("valid"), Some(true)));
        assert_eq!((codes(object), object["ocfl"].as_str()), (vec![], Some("1.1")));
        // The manifest, three files, and six of ours.
        assert_eq!(object["files"].as_u64(), Some(10));
        assert!(object["cote"].as_str().unwrap().starts_with(&desk.tenant.code));
    }
    let of_root = lines.last().unwrap();
    assert_eq!((of_root["kind"].as_str(), of_root["objects"].as_u64()), (Some("root"), Some(3)));
    assert_eq!((of_root["layout"].as_str(), codes(of_root)), (Some(ocfl::LAYOUT), vec![]));

    let (code, text) = verify(&root, false);
    assert_eq!(code, 0);
    assert!(text.contains("3 objet(s), dont 3 archive(s) de chartrier : 3 valide(s)"), "{text}");
    assert!(text.contains("ont été vérifiées à l’entrée"), "{text}");
    // One archive alone.
    let (code, text) = verify(Path::new(objects[0]["path"].as_str().unwrap()), false);
    assert!(code == 0 && text.contains(" : valide\n"), "{text}");
    // A site's folder holds a root a member.
    let (_folder, copy, _) = damaged(&root);
    let (code, text) = verify(copy.parent().unwrap(), false);
    assert!(code == 0 && text.contains("3 objet(s), dont 3"), "{text}");
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

/// A program that `scripts/install.sh` put in the target folder, beside its profiles.
fn installed(path: &str) -> Option<PathBuf> {
    let target = std::env::current_exe().unwrap().ancestors().nth(3).unwrap().to_path_buf();
    let program = target.join(path);
    if !program.exists() {
        println!("ignoré : {} n'est pas installé", program.display());
        return None;
    }
    Some(program)
}

/// What ocfl-py says of a storage root and of every object under it.
fn ocfl_py(root: &Path) -> Option<String> {
    let program = installed("ocfl-python/bin/ocfl-root.py")?;
    let options = ["validate", "--validate-objects", "--check-digests", "--verbose", "--root"];
    Some(output(Command::new(program).args(options).arg(root)))
}

/// What rocfl says of the same.
fn rocfl(root: &Path) -> Option<String> {
    let program = installed("validators/bin/rocfl")?;
    Some(output(
        Command::new(program).args(["--no-styles", "--root"]).arg(root).args(["validate", "--level", "warn"]),
    ))
}

fn output(command: &mut Command) -> String {
    let run = command.output().unwrap();
    format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr))
}

/// Whether a validator names an error or a warning by its code.
fn names_a_code(said: &str) -> bool {
    let is_code = |word: &str| {
        word.len() >= 4
            && word.starts_with(['E', 'W'])
            && word[1..4].bytes().all(|byte| byte.is_ascii_digit())
    };
    said.split(|c: char| !c.is_ascii_alphanumeric()).any(is_code)
}

#[tokio::test]
async fn a_public_validator_finds_nothing_to_say_of_a_root_and_its_archives() {
    let (desk, root) = member().await;
    let changed = deposit(&desk, desk.sip("D").zip()).await;
    change(&desk, changed, 2);
    change(&desk, changed, 3);
    assert_eq!(verify(&root, true).0, 0);
    let Some(said) = ocfl_py(&root) else { return desk.end().await };
    assert!(said.contains("4 / 4 are VALID") && !names_a_code(&said), "{said}");
    // The judge does see damage.
    let (_folder, copy, object) = damaged(&root);
    fs::write(object.join("v1/content/manifest.xml"), "x").unwrap();
    let said = ocfl_py(&copy).unwrap();
    assert!(said.contains("1 / 4 are INVALID") && said.contains("[E092"), "{said}");
    desk.end().await;
}

/// Gives an archive one more version, by the storage, on both sites: a record added, a representation with the
/// bytes of a file that it has, and that file out of its state.
fn change(desk: &Desk, archive: ArchiveId, number: u32) {
    let store = vault::storage().tenant(desk.tenant.tenant);
    let mut read = Vec::new();
    let folder = ocfl::object_folder(&ocfl::object_id(archive.0));
    let object = vault::site("nord").join(desk.tenant.tenant.to_string()).join(folder);
    fs::File::open(object.join(ocfl::INVENTORY)).unwrap().read_to_end(&mut read).unwrap();
    let inventory = ocfl::Inventory::from_json(&read).unwrap();
    let is_received = |path: &str| path.starts_with("objects/") || path.starts_with("attachments/");
    let (path, digest) = inventory.head_files().find(|(path, _)| is_received(path)).unwrap();
    let text = format!("conversion {number}");
    let put = |logical_path: String, digest: &str, size_bytes: usize| {
        let mut sha512 = [0; 64];
        hex::decode_to_slice(digest, &mut sha512).unwrap();
        let content_path = "metadata/conversion.txt".to_string();
        NewFile { logical_path, content_path, size_bytes: size_bytes as u64, sha512 }
    };
    let added = ocfl::Algorithm::Sha512.of(text.as_bytes());
    let version = NewVersion {
        number,
        created: desk.tenant.clock.now(),
        message: "Conversion".into(),
        put: vec![
            put("metadata/conversion.txt".into(), &added, text.len()),
            put(format!("representations/{number}/{path}"), digest, 0),
        ],
        removed: vec![path.to_string()],
    };
    let mut source = |_: &NewFile| Ok(Box::new(Cursor::new(text.clone())) as Box<dyn Read>);
    store.deposit_version(archive, &version, &mut source).unwrap().complete().unwrap();
}

/// `make validators`: 200 archives of every container and of contents in the message, some with later versions,
/// judged by ours, by ocfl-py and by rocfl; the verdicts are printed.
#[tokio::test]
#[ignore = "make validators"]
async fn public_validators_find_nothing_to_say_of_two_hundred_archives() {
    const COUNT: usize = 200;
    let (desk, mut changed) = (Desk::open().await, Vec::new());
    for number in 0..COUNT {
        let mut sip = desk.sip(&format!("LOT-{number}"));
        sip.inline = number % 5 == 4;
        for (index, (_, bytes)) in sip.files.iter_mut().enumerate() {
            bytes.extend_from_slice(&vec![number as u8; number * (index + 1) * 100]);
        }
        let bytes = match number % 4 {
            0 => sip.zip(),
            1 => sip.tar(),
            2 => sip.tar_gz(),
            _ => sip.tar_bz2(),
        };
        let archive = deposit(&desk, bytes).await;
        if number % 7 == 0 {
            changed.push(archive);
        }
    }
    changed.iter().for_each(|archive| change(&desk, *archive, 2));
    for site in ["nord", "sud"] {
        let root = &vault::site(site).join(desk.tenant.tenant.to_string());
        println!("site {site} : {COUNT} archives, dont {} ont une version 2", changed.len());
        let started = std::time::Instant::now();
        let (code, said) = verify(root, false);
        println!("chartrier verify : {:.2} s\n{said}", started.elapsed().as_secs_f64());
        assert_eq!(code, 0);
        let started = std::time::Instant::now();
        let said = ocfl_py(root).expect("ocfl-py is installed");
        println!("ocfl-py : {:.2} s\n{said}", started.elapsed().as_secs_f64());
        assert!(said.contains(&format!("{COUNT} / {COUNT} are VALID")) && !names_a_code(&said));
        let started = std::time::Instant::now();
        let said = rocfl(root).expect("rocfl is installed");
        println!("rocfl : {:.2} s\n{said}", started.elapsed().as_secs_f64());
        for line in
            [format!("Total objects:   {COUNT}"), "Invalid objects: 0".into(), "Storage issues:  0".into()]
        {
            assert!(said.contains(&line), "{line}");
        }
        assert!(!names_a_code(&said));
    }
    desk.end().await;
}
