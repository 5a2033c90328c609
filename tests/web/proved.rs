//! An attestation in the hands of somebody who has nothing of ours: completed by its seal, verified offline.

use std::path::PathBuf;

use chartrier::model::{Agent, Transfer};
use chartrier::sealing::{Authorities, Sealing};
use chartrier::timestamp::Authority;
use chartrier::timestamp::demonstration::Demonstration;
use tempfile::TempDir;

use super::{Door, get, post};
use crate::sealing::verified::verify;
use crate::support::{self, database, vault};

static PLATFORM: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// A deposit taken in charge, sealed and stamped: the attestation's file, the key to trust, the authority's root.
async fn attested(door: &Door, folder: &TempDir) -> (String, String, PathBuf) {
    let transfer = door.deposit(door.sip("PREUVE").zip()).await;
    let (file, key, root, _) = proved(door, folder, &transfer).await;
    (file, key, root)
}

/// Seals and stamps what a deposit taken in charge left in the journal; as [`attested`], with what sealed.
pub async fn proved(
    door: &Door,
    folder: &TempDir,
    transfer: &Transfer,
) -> (String, String, PathBuf, Sealing) {
    let address = format!("/api/v1/transfers/{}/attestations", transfer.transfer_id);
    let listed = door.json(&address).await;
    let taken =
        &listed["items"].as_array().unwrap().iter().find(|one| one["kind"] == "prise_en_charge").unwrap();
    let itself = taken["links"]["self"].as_str().unwrap();
    assert!(door.json(itself).await["proof"].is_null());
    assert_eq!(taken["sealed"], false);
    let authority =
        Demonstration::start(&folder.path().join("tsa"), "127.0.0.1:0".parse().unwrap(), 3_650).unwrap();
    let all = vec![Authority::new(authority.settings().unwrap()).unwrap()];
    let db = &door.tenant.db;
    let clock = chartrier::clock::Clock::system();
    let sealing = support::sealing(db, &vault::storage(), &clock, folder.path());
    let sealing = sealing.with_authorities(Authorities { all, ..Authorities::default() });
    // The platform's log is one, and the tests' database too: two that gather the same heads at once stop each other.
    let _alone = PLATFORM.lock().await;
    sealing.seal(door.tenant.tenant, &door.tenant.code, Agent::Service).await.unwrap();
    sealing.seal_platform().await.unwrap();
    // Sealed, and not stamped yet.
    sealing.complete_attestations().await.unwrap();
    assert!(door.json(itself).await["proof"].is_null());
    sealing.stamp_what_waits().await.unwrap();
    assert!(sealing.complete_attestations().await.unwrap() >= 2);
    let file = door.get(itself).await.text();
    let root = folder.path().join("root.pem");
    std::fs::write(&root, authority.settings().unwrap().roots).unwrap();
    let key = sealing.keys().known().unwrap()[0].verifier.to_string();
    println!("attestation : {} octets avec sa preuve", file.len());
    (file, key, root, sealing)
}

#[tokio::test]
async fn an_attestation_is_verified_by_whoever_holds_it_and_one_digit_changed_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let door = Door::open().await;
    let (file, key, root) = attested(&door, &folder).await;
    let path = folder.path().join("attestation.json");
    std::fs::write(&path, &file).unwrap();
    let (code, words) = verify(&path, std::slice::from_ref(&key), Some(&root));
    assert_eq!(code, 0, "{words}");
    for said in ["celle que dit le journal", "scellé à", "horodatée le", "de démonstration", "révoqués"]
    {
        assert!(words.contains(said), "{said}: {words}");
    }
    assert!(!words.contains("le fichier apporte"), "{words}");
    // With nothing to trust, it holds together, and that is said.
    let (code, words) = verify(&path, &[], None);
    assert_eq!(code, 0, "{words}");
    assert_eq!(words.matches("que le fichier apporte").count(), 2, "{words}");
    // Another service's key, another authority's root.
    let stranger = support_key("127.0.0.1");
    let (code, words) = verify(&path, &[stranger], Some(&root));
    assert_eq!((code, words.contains("aucune des clés")), (1, true), "{words}");
    let mut changed = 0;
    for (at, digit) in file.char_indices().filter(|(_, c)| c.is_ascii_digit()).step_by(37) {
        let other = if digit == '9' { '8' } else { (digit as u8 + 1) as char };
        let altered = format!("{}{other}{}", &file[..at], &file[at + 1..]);
        std::fs::write(&path, &altered).unwrap();
        let (code, words) = verify(&path, std::slice::from_ref(&key), Some(&root));
        // Keys and roots that come with it serve nobody who has them; certificates that a token carries and that its
        // signature does not cover neither.
        if code == 0 {
            let parts = ["entry", "keys", "log", "platform", "roots", "token", "statement"];
            let begins = |part: &&str| file[..at].rfind(&format!("\"{part}\":"));
            let part = parts.iter().max_by_key(|part| begins(part)).unwrap();
            assert!(["keys", "roots", "token"].contains(part), "a digit at {at}, in {part}: {words}");
            continue;
        }
        changed += 1;
    }
    assert!(changed > 30, "{changed}");
    door.tenant.end().await;
}

fn support_key(name: &str) -> String {
    use chartrier::proof::note::{Kind, Signer};
    crate::proof::Key::new(name).verifier(Kind::Ed25519).unwrap().to_string()
}

/// Drops a file on the page, as a browser does.
async fn drop_on_page(door: &Door, bytes: &[u8]) -> String {
    let page = door.send(get("/verify")).await;
    let cookie = page.header("set-cookie").split(';').next().unwrap().to_owned();
    let text = page.text();
    let csrf = text.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let mut body = format!(
        "--limite\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n--limite\r\n\
         Content-Disposition: form-data; name=\"fichier\"; filename=\"a.json\"\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--limite--\r\n");
    let ask = post("/verify", body).header("content-type", "multipart/form-data; boundary=limite");
    let answer = door.send(ask.header("cookie", cookie)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.text()
}

#[tokio::test]
async fn a_file_dropped_on_the_page_is_genuine_altered_unknown_or_something_else() {
    let folder = tempfile::tempdir().unwrap();
    let door = Door::open().await;
    let transfer = door.deposit(door.sip("DEPOSE").zip()).await;
    let listed = door.json(&format!("/api/v1/transfers/{}/attestations", transfer.transfer_id)).await;
    let taken =
        listed["items"].as_array().unwrap().iter().find(|one| one["kind"] == "prise_en_charge").unwrap();
    let (itself, pdf) = (taken["links"]["self"].as_str().unwrap(), taken["links"]["pdf"].as_str().unwrap());
    let (early, early_pdf) = (door.get(itself).await.body, door.get(pdf).await.body);
    for bytes in [&early, &early_pdf] {
        assert!(drop_on_page(&door, bytes).await.contains("Attestation authentique"));
    }
    let (file, ..) = proved(&door, &folder, &transfer).await;
    let page = drop_on_page(&door, file.as_bytes()).await;
    for said in ["Attestation authentique", "au caractère près", "horodaté le"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(!page.contains("que le document que vous tenez"), "{page}");
    // Printed before its seal, or after it.
    let late_pdf = door.get(pdf).await.body;
    assert_ne!(late_pdf, early_pdf);
    for bytes in [&early_pdf, &late_pdf] {
        assert!(drop_on_page(&door, bytes).await.contains("octet pour octet, celui que le service donne"));
    }
    let mut changed = late_pdf.clone();
    *changed.last_mut().unwrap() ^= 1;
    assert!(drop_on_page(&door, &changed).await.contains("Ce PDF n’est pas celui que le service donne"));
    let number = taken["number"].as_str().unwrap();
    let altered = file.replacen("\"file_count\": ", "\"file_count\": 7", 1);
    assert_ne!(altered, file);
    assert!(drop_on_page(&door, altered.as_bytes()).await.contains("Attestation altérée"));
    for other in ["{}", "bonjour", "%PDF-1.7 sans numéro"] {
        assert!(drop_on_page(&door, other.as_bytes()).await.contains("n’est pas une attestation"), "{other}");
    }
    // Another service's, in good order: not known here.
    let elsewhere = Door::open().await;
    let theirs = elsewhere.deposit(elsewhere.sip("AILLEURS").zip()).await;
    let listed = elsewhere.json(&format!("/api/v1/transfers/{}/attestations", theirs.transfer_id)).await;
    let one = elsewhere.get(listed["items"][0]["links"]["self"].as_str().unwrap()).await.body;
    let known = drop_on_page(&door, &one).await;
    assert!(known.contains("Attestation authentique"), "one service, two members: {number}");
    elsewhere.end().await;
    door.end().await;
}

#[tokio::test]
async fn an_attestation_whose_row_was_lost_is_told_from_the_journal() {
    let door = Door::open().await;
    let transfer = door.deposit(door.sip("PERDUE").zip()).await;
    let listed = door.json(&format!("/api/v1/transfers/{}/attestations", transfer.transfer_id)).await;
    let one = &listed["items"][0];
    let (number, sha256) = (one["number"].as_str().unwrap(), one["sha256"].as_str().unwrap());
    let asked = |sha256: &str| get(&format!("/verify?numero={number}&empreinte={sha256}"));
    let page = door.send(asked(sha256)).await.text();
    assert!(page.contains("sont ceux du registre"), "{page}");

    let mut superuser = database::connect("chartrier_superuser").await;
    let lost = format!("delete from attestation where number = '{number}'");
    let lost = sqlx::raw_sql(sqlx::AssertSqlSafe(lost)).execute(&mut superuser).await.unwrap();
    assert_eq!(lost.rows_affected(), 1);
    let page = door.send(asked(sha256)).await.text();
    for said in
        ["Attestation authentique", "le journal de la collectivité déclare", "il a été perdu avec la base"]
    {
        assert!(page.contains(said), "{said}: {page}");
    }
    let other = sha256.replacen(char::is_alphanumeric, if sha256.starts_with('0') { "1" } else { "0" }, 1);
    assert!(door.send(asked(&other)).await.text().contains("Attestation altérée"));
    let unknown = number.replace("-ACC-", "-ATT-").replace("000001", "999999");
    let page = door.send(get(&format!("/verify?numero={unknown}&empreinte={sha256}"))).await.text();
    assert!(page.contains("Attestation inconnue"), "{page}");
    door.end().await;
}
