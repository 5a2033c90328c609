//! A published log in the hands of somebody who has nothing of ours: `chartrier verify`, offline.

use std::path::Path;

use chartrier::cli::verify::{Arguments, report};
use chartrier::model::{Agent, TenantId};
use chrono::TimeDelta;

use super::{A, Stage, tenant};

/// What the command answers: its exit code and its words.
pub fn verify(path: &Path, keys: &[String], root: Option<&Path>) -> (u8, String) {
    let mut out = Vec::new();
    let (paths, root) = (vec![path.to_path_buf()], root.map(Path::to_path_buf));
    let arguments = Arguments { paths, keys: keys.to_vec(), root, json: false, threads: Some(1) };
    let code = report(&arguments, &mut out, false);
    (code, String::from_utf8(out).unwrap())
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one tampering after the other")]
async fn a_published_log_is_verified_from_its_files_and_each_tampering_is_named() {
    let stage = Stage::new("verified_log").await;
    for _ in 0..6 {
        stage.happen(120).await;
        let members = [(tenant(), A.to_string()), (TenantId::of_member("b"), "b".to_string())];
        for (_, outcome) in stage.sealing.seal_now(&members, Agent::Operator).await {
            outcome.unwrap();
        }
        stage.clock.advance(TimeDelta::days(1));
    }
    let key = stage.sealing.keys().known().unwrap()[0].verifier.to_string();
    let keys = [key];
    let log = stage.folder.path().join(format!("nord/.kept/{}/log", tenant()));
    let (code, words) = verify(&log, &keys, None);
    assert_eq!(code, 0, "{words}");
    assert!(words.contains("6 scellements") && words.contains("signé par une clé de confiance"), "{words}");
    assert!(words.contains("non vérifié : le texte des entrées"), "{words}");
    let (code, words) = verify(&log, &[], None);
    assert_eq!((code, words.contains("non vérifié : les signatures")), (0, true), "{words}");
    // The journal's copy above it is read too.
    let copies =
        chartrier::recovery::Recovery::new(stage.db.clone(), stage.storage.clone(), stage.clock.clone());
    copies.copy_journal(tenant()).await.unwrap();
    let (code, words) = verify(&log, &keys, None);
    assert_eq!((code, words.contains("entrées du journal relues")), (0, true), "{words}");
    let read = |name: &str| std::fs::read(log.join(name)).unwrap();
    let journal = "../journal-000000000001.txt";
    let text = String::from_utf8(read(journal)).unwrap();
    let line = text.lines().nth(99).unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    lines.swap(49, 50);
    let swapped = lines.join("\n") + "\n";
    let flip = |bytes: Vec<u8>, at: usize| {
        let mut bytes = bytes;
        bytes[at] ^= 1;
        bytes
    };
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("tile/entries/000", flip(read("tile/entries/000"), 500), "tile/0/000"),
        ("tile/0/001", flip(read("tile/0/001"), 5), "tile/0/001"),
        (
            "seals/000003.json",
            String::from_utf8(read("seals/000003.json")).unwrap().replace("\"size\":3", "\"size\":4").into(),
            "scellement 3",
        ),
        ("seals/000004.note", read("seals/000005.note"), "scellement 4"),
        ("checkpoint", read("seals/000005.note"), "scellement 6"),
        (journal, text.replacen(line, &line.replace("OK", "KO"), 1).into(), "journal-000000000001.txt"),
        (journal, swapped.into(), "entrée 50"),
    ];
    for (name, tampered, place) in cases {
        let (whole, path) = (read(name), log.join(name));
        assert_ne!(whole, tampered, "{name}");
        std::fs::write(&path, tampered).unwrap();
        let (code, words) = verify(&log, &keys, None);
        assert_eq!(code, 1, "{name}: {words}");
        assert!(words.contains(place), "{name}: {words}, and not {place}");
        std::fs::write(&path, whole).unwrap();
    }
    for removed in ["seals/000003.json", "tile/entries/000"] {
        let whole = read(removed);
        std::fs::remove_file(log.join(removed)).unwrap();
        let (code, words) = verify(&log, &keys, None);
        assert_eq!((code, words.contains("il manque")), (1, true), "{removed}: {words}");
        std::fs::write(log.join(removed), whole).unwrap();
    }
    assert_eq!(verify(&log, &keys, None).0, 0);
}
