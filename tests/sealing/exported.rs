//! A journal given out: whole and verified alone, under its signed head; what was done to the file is found, and the place named.

use std::fs;

use chartrier::evidence::{self, export};
use chartrier::model::{Agent, ArchiveId, Event, TransferId};
use chartrier::package::premis::Journal;
use uuid::Uuid;

use super::tampering::tamper;
use super::verified::verify;
use super::{A, Stage, tenant};
use crate::db::jobs::event;

/// The journal's lines from this entry on, and the head that covers them.
async fn exported(stage: &Stage, from: i64) -> (Vec<String>, String) {
    let mut lines = Vec::new();
    let mut tx = stage.db.read(tenant()).await.unwrap();
    let mut take = |text: &str, _: &_, _: &_| {
        lines.push(text.to_owned());
        Ok(())
    };
    let last = export::entries(&mut tx, A, (from, None), &mut take).await.unwrap();
    let head = export::head_within(&mut tx, last).await.unwrap().expect("a seal");
    (lines, head)
}

#[tokio::test]
async fn an_exported_journal_is_verified_alone_and_each_tampering_is_named() {
    let stage = Stage::new("exported").await;
    stage.happen(1_200).await;
    stage.sealing.seal(tenant(), A, Agent::Operator).await.unwrap();
    stage.happen(5).await;
    let keys = [stage.sealing.keys().known().unwrap()[0].verifier.to_string()];
    let (lines, head) = exported(&stage, 1).await;
    // The first one, those that happened, the seal's.
    assert_eq!(lines.len(), 1 + 1_200 + 1 + 5);
    let path = stage.folder.path().join("journal.jsonl");
    let note = stage.folder.path().join("journal.jsonl.note");
    let write = |lines: &[String]| fs::write(&path, lines.join("\n") + "\n").unwrap();
    write(&lines);
    let (code, words) = verify(&path, &keys, None);
    assert_eq!((code, words.contains("aucune tête signée")), (0, true), "{words}");
    fs::write(&note, &head).unwrap();
    let (code, words) = verify(&path, &keys, None);
    assert_eq!(code, 0, "{words}");
    for said in
        ["entrées 1 à 1207, chacune liée", "signée par une clé de confiance", "les 6 dernières entrées"]
    {
        assert!(words.contains(said), "{said}: {words}");
    }
    let change = |at: usize, from: &str, to: &str| {
        let mut lines = lines.clone();
        lines[at] = lines[at].replacen(from, to, 1);
        assert_ne!(lines, self::lines(&path), "{from}");
        lines
    };
    let without = |at: usize| {
        let mut lines = lines.clone();
        lines.remove(at);
        lines
    };
    let mut swapped = lines.clone();
    swapped.swap(400, 401);
    let cases: [(&str, Vec<String>, &str); 6] = [
        ("changed", change(99, "\"OK\"", "\"KO\""), "entrée 101"),
        ("deleted", without(199), "entrée 201"),
        ("the first deleted", without(0), "tête signée"),
        ("swapped", swapped, "entrée 402"),
        ("back-dated", change(299, "\"ts\":\"2027", "\"ts\":\"2026"), "entrée 300"),
        ("the last ones cut off", lines[..900].to_vec(), "tête signée"),
    ];
    for (what, lines, place) in cases {
        write(&lines);
        let (code, words) = verify(&path, &keys, None);
        assert_eq!((code, words.contains(place)), (1, true), "{what}: {words}");
    }
    // The whole chain made again after a change: only the head tells.
    write(&chained_again(&lines));
    let (code, words) = verify(&path, &keys, None);
    assert_eq!((code, words.contains("la racine qu’elle signe")), (1, true), "{words}");
    write(&lines);
    fs::write(&note, head.replacen(char::is_numeric, "9", 1)).unwrap();
    assert_eq!(verify(&path, &keys, None).0, 1);
}

fn lines(path: &std::path::Path) -> Vec<String> {
    fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect()
}

/// The same journal with another outcome at its tenth entry, and every link mended.
fn chained_again(lines: &[String]) -> Vec<String> {
    use chartrier::proof::{canonical, journal};
    let mut prev = "0".repeat(64);
    let mut made = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let mut fields: serde_json::Value = serde_json::from_str(line).unwrap();
        fields["prev"] = prev.into();
        if at == 9 {
            fields["outcome"] = "KO".into();
        }
        let text = canonical::text(&fields).unwrap();
        prev = hex::encode(journal::hash(&text));
        made.push(text);
    }
    made
}

#[tokio::test]
async fn a_part_of_a_journal_says_what_it_does_not_hold() {
    let stage = Stage::new("exported_part").await;
    stage.happen(20).await;
    stage.sealing.seal(tenant(), A, Agent::Operator).await.unwrap();
    let (lines, _) = exported(&stage, 10).await;
    let path = stage.folder.path().join("partie.jsonl");
    fs::write(&path, lines.join("\n") + "\n").unwrap();
    let (code, words) = verify(&path, &[], None);
    assert_eq!(code, 0, "{words}");
    assert!(words.contains("entrées 10 à 22") && words.contains("les entrées avant la 10"), "{words}");
}

#[tokio::test]
async fn the_same_journal_is_valid_premis() {
    let stage = Stage::new("exported_premis").await;
    stage.happen(30).await;
    stage.sealing.seal(tenant(), A, Agent::Operator).await.unwrap();
    let mut journal = Journal::begin(Vec::new(), A, None).unwrap();
    let mut tx = stage.db.read(tenant()).await.unwrap();
    let mut take = |_: &str, fields: &_, hash: &_| journal.entry(fields, hash);
    export::entries(&mut tx, A, (1, None), &mut take).await.unwrap();
    let document = journal.end().unwrap();
    let text = String::from_utf8(document.clone()).unwrap();
    assert_eq!(text.matches("<event>").count(), 32, "{text}");
    for said in
        ["<eventType>SCELLEMENT</eventType>", "<eventIdentifierValue>a/31</eventIdentifierValue>", "sha256:"]
    {
        assert!(text.contains(said), "{said}: {text}");
    }
    crate::package::premis::is_valid(&document);
}

#[tokio::test]
async fn an_extract_is_whole_and_each_of_its_entries_is_what_was_hashed() {
    let stage = Stage::new("exported_extract").await;
    let (archive, transfer) = (ArchiveId(Uuid::from_u128(1)), TransferId(Uuid::from_u128(2)));
    for _ in 0..21 {
        let mut tx = stage.db.write(tenant()).await.unwrap();
        for number in 0..50 {
            let object =
                if number % 2 == 0 { format!("archive:{archive}") } else { format!("transfer:{transfer}") };
            tx.record(Event { object, ..event() });
            tx.record(event());
        }
        tx.commit().await.unwrap();
    }
    let mut lines = Vec::new();
    let mut tx = stage.db.read(tenant()).await.unwrap();
    let mut take = |text: &str, _: &_, _: &_| {
        lines.push(text.to_owned());
        Ok(())
    };
    let count = export::entries_about(&mut tx, archive, transfer, &mut take).await.unwrap();
    assert_eq!((count, lines.len()), (1_050, 1_050), "past a page, past a thousand");
    drop(tx);
    let path = stage.folder.path().join("extrait.jsonl");
    fs::write(&path, lines.join("\n") + "\n").unwrap();
    let (code, words) = verify(&path, &[], None);
    assert_eq!((code, words.contains("extrait du journal")), (0, true), "{words}");

    tamper(&stage, "update event set entry = replace(entry, '\"OK\"', '\"KO\"') where seq = 2002").await;
    let mut tx = stage.db.read(tenant()).await.unwrap();
    let told = export::entries_about(&mut tx, archive, transfer, &mut |_, _, _| Ok(())).await;
    assert!(matches!(&told, Err(evidence::Error::Broken(fault)) if fault.seq == 2002), "{told:?}");
}
