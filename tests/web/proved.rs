//! An attestation in the hands of somebody who has nothing of ours: completed by its seal, verified offline.

use std::path::PathBuf;

use chartrier::model::Agent;
use chartrier::sealing::Authorities;
use chartrier::timestamp::Authority;
use chartrier::timestamp::demonstration::Demonstration;
use tempfile::TempDir;

use super::Door;
use crate::sealing::verified::verify;
use crate::support::{self, vault};

/// A deposit taken in charge, sealed and stamped: the attestation's file, the key to trust, the authority's root.
async fn attested(door: &Door, folder: &TempDir) -> (String, String, PathBuf) {
    let transfer = door.deposit(door.sip("PREUVE").zip()).await;
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
    (file, key, root)
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
