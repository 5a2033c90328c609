//! The evidence file in the hands of somebody who has nothing of ours: complete, verified by our program, by `sha512sum` and by
//! `openssl`; and what was changed in it is found, and named.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::process::Command;

use chartrier::attestation::Attestations;
use chartrier::attestation::dossier::Asked;
use chartrier::model::{Role, Transfer};
use chartrier::sealing::Sealing;
use chrono::Utc;

use super::proved::proved;
use super::{Door, get};
use crate::sealing::verified::verify;
use crate::support::vault;

/// Unfolds a ZIP.
fn unfold(zip: &[u8], to: &Path) {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(zip)).unwrap();
    archive.extract(to).unwrap();
}

fn folder_again(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    assert!(Command::new("cp").arg("-r").arg(from).arg(to).status().unwrap().success());
}

fn files(folder: &Path) -> Vec<String> {
    let listed = Command::new("find")
        .args([".", "-type", "f", "-printf", "%P\n"])
        .current_dir(folder)
        .output()
        .unwrap();
    let mut names: Vec<String> =
        String::from_utf8(listed.stdout).unwrap().lines().map(str::to_owned).collect();
    names.sort();
    names
}

#[tokio::test]
async fn an_evidence_file_is_verified_alone_and_each_of_its_parts_is_held_to_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let door = Door::open().await;
    let transfer = door.deposit(door.sip("DOSSIER").zip()).await;
    let address = format!("/api/v1/transfers/{}/evidence", transfer.transfer_id);
    let before = door.get(&address).await;
    assert_eq!((before.status, before.header("content-type")), (200, "application/zip"));
    let early = folder.path().join("tot.zip");
    fs::write(&early, &before.body).unwrap();
    let (code, words) = verify(&early, &[], None);
    assert_eq!(code, 0, "{words}");
    assert!(words.contains("attendaient leur scellement"), "{words}");
    // Nothing is bound by what nobody sealed: whoever made the file could have written it.
    assert!(
        words.contains("0 attestations") && words.contains("aucune attestation de prise en charge prouvée"),
        "{words}"
    );

    let (_, key, root, sealing) = proved(&door, &folder, &transfer).await;
    let given = given(&door, &transfer, &sealing).await;
    println!("dossier de preuve : {} octets", given.len());
    let whole = folder.path().join("dossier.zip");
    fs::write(&whole, &given).unwrap();
    let key = [key];
    let (code, words) = verify(&whole, &key, Some(&root));
    assert_eq!(code, 0, "{words}");
    for said in [
        "dossier de preuve de l’archive",
        "premier horodatage le",
        "ceux que déclare l’attestation",
        "2 attestations",
    ] {
        assert!(words.contains(said), "{said}: {words}");
    }
    assert!(!words.contains("attendaient") && !words.contains("apporte"), "{words}");

    let unfolded = folder.path().join("dossier");
    unfold(&given, &unfolded);
    let (code, words) = verify(&unfolded, &key, Some(&root));
    assert_eq!(code, 0, "{words}");
    public_tools(&unfolded);
    files_are_those_of_the_archive(&door, &transfer, &unfolded).await;

    each_part_is_held(&unfolded, folder.path(), &key, &root);
    door.end().await;
}

/// One bit changed in each part, then each part removed, then one added.
fn each_part_is_held(unfolded: &Path, folder: &Path, key: &[String], root: &Path) {
    let altered = folder.join("altere");
    let names = files(unfolded);
    for kind in [
        "journal.jsonl",
        "empreintes.sha512",
        "inventaire/inventory.json",
        "LISEZ-MOI.pdf",
        "preuves/",
        "attestations/",
        "outils/",
    ] {
        assert!(names.iter().any(|name| name.starts_with(kind)), "{kind}: {names:?}");
    }
    for name in &names {
        folder_again(unfolded, &altered);
        let path = altered.join(name);
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&path, bytes).unwrap();
        let (code, words) = verify(&altered, key, Some(root));
        assert_eq!(code, 1, "{name}: {words}");
        assert!(name == "dossier.json" || words.contains(name.as_str()), "{name}: {words}");
        folder_again(unfolded, &altered);
        fs::remove_file(&path).unwrap();
        let (code, words) = verify(&altered, key, Some(root));
        assert!(code != 0, "{name} removed: {words}");
    }
    folder_again(unfolded, &altered);
    fs::write(altered.join("de-trop.txt"), "rien").unwrap();
    let (code, words) = verify(&altered, key, Some(root));
    assert_eq!((code, words.contains("de-trop.txt")), (1, true), "{words}");
}

/// The file as the service gives it that seals with these keys, under this authority.
async fn given(door: &Door, transfer: &Transfer, sealing: &Sealing) -> Vec<u8> {
    let (tenant, archive) = (door.tenant.tenant, transfer.archive_id.unwrap());
    let attestations =
        Attestations::new(door.tenant.db.clone(), vault::storage(), "https://archives.example.fr");
    let prove = async |seq| Ok(sealing.prove(tenant, seq).await.unwrap());
    let asked = Asked { tenant, archive, at: Utc::now() };
    let mut file = attestations.dossier(asked, prove).await.unwrap().unwrap();
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).unwrap();
    bytes
}

/// Whoever makes the list again after changing a part is stopped by the proofs.
#[tokio::test]
async fn a_list_made_again_hides_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let door = Door::open().await;
    let transfer = door.deposit(door.sip("LISTE").zip()).await;
    let (_, key, root, sealing) = proved(&door, &folder, &transfer).await;
    let given = given(&door, &transfer, &sealing).await;
    let (unfolded, altered) = (folder.path().join("dossier"), folder.path().join("altere"));
    unfold(&given, &unfolded);
    let proof = files(&unfolded).into_iter().find(|name| name.starts_with("preuves/")).unwrap();
    let attestation = files(&unfolded)
        .into_iter()
        .find(|name| name.starts_with("attestations/") && name.ends_with(".json"))
        .unwrap();
    let cases: [(&str, &str, &str, &str); 5] = [
        ("journal.jsonl", "\"outcome\":\"OK\"", "\"outcome\":\"KO\"", "journal"),
        ("empreintes.sha512", "v1/content/manifest.xml", "v1/content/autre.xml", "empreintes.sha512"),
        ("inventaire/inventory.json", "v1/content/manifest.xml", "v1/content/autre.xml", "inventaire"),
        (&proof, "\"form\": 1", "\"form\": 2", "preuves/"),
        (&attestation, "\"size_bytes\": ", "\"size_bytes\": 1", "attestations/"),
    ];
    for (name, from, to, place) in cases {
        folder_again(&unfolded, &altered);
        let text = fs::read_to_string(altered.join(name)).unwrap();
        assert!(text.contains(from), "{name} has {from}");
        fs::write(altered.join(name), text.replacen(from, to, 1)).unwrap();
        list_again(&altered, name);
        let (code, words) = verify(&altered, std::slice::from_ref(&key), Some(&root));
        assert_eq!(code, 1, "{name}: {words}");
        assert!(words.contains(place), "{name}: {words}");
    }
    door.end().await;
}

fn list_again(folder: &Path, changed: &str) {
    let path = folder.join("dossier.json");
    let mut list: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let bytes = fs::read(folder.join(changed)).unwrap();
    for part in list["parts"].as_array_mut().unwrap().iter_mut().filter(|part| part["name"] == changed) {
        part["size_bytes"] = bytes.len().into();
        part["sha256"] = hex::encode(chartrier::proof::digest::sha256(&bytes)).into();
    }
    fs::write(path, serde_json::to_vec(&list).unwrap()).unwrap();
}

/// What the page for the judge says to type.
fn public_tools(unfolded: &Path) {
    let stamp = files(unfolded).into_iter().find(|name| name.ends_with(".1.tsr")).unwrap();
    let data = stamp.replace(".tsr", ".donnees");
    let verified = Command::new("openssl")
        .args(["ts", "-verify", "-token_in", "-in", &stamp, "-data", &data, "-CAfile", "outils/racines.pem"])
        .current_dir(unfolded)
        .output()
        .unwrap();
    let said =
        String::from_utf8_lossy(&verified.stdout).into_owned() + &String::from_utf8_lossy(&verified.stderr);
    assert!(verified.status.success() && said.contains("Verification: OK"), "{said}");
    let key = fs::read_to_string(unfolded.join("outils/cle-1.pem")).unwrap();
    assert!(key.starts_with("-----BEGIN PUBLIC KEY-----"), "{key}");
    let page = lopdf::Document::load(unfolded.join("LISEZ-MOI.pdf")).unwrap();
    assert!(page.get_pages().len() <= 4, "{} pages", page.get_pages().len());
}

async fn files_are_those_of_the_archive(door: &Door, transfer: &Transfer, unfolded: &Path) {
    let archive = transfer.archive_id.unwrap();
    let object = super::attestations::copy(door, archive, "nord").await;
    let checked = Command::new("sha512sum")
        .args(["--check", "--quiet"])
        .stdin(File::open(unfolded.join("empreintes.sha512")).unwrap())
        .current_dir(object)
        .output()
        .unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
}

#[tokio::test]
async fn a_dossier_is_given_to_whoever_follows_the_transfer_and_to_nobody_else() {
    let door = Door::open().await;
    let transfer = door.deposit(door.sip("SUIVI").zip()).await;
    let address = format!("/archives/{}/dossier", transfer.archive_id.unwrap());
    let (archivist, _) = door.log_in(Role::Archivist).await;
    let answer = door.send(get(&address).cookie(&archivist)).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/zip"));
    let other = Door::open().await;
    let (stranger, _) = other.log_in(Role::Archivist).await;
    assert_eq!(other.send(get(&address).cookie(&stranger)).await.status, 404);
    assert_eq!(door.send(get(&address)).await.status, 401);
    other.end().await;
    door.end().await;
}
