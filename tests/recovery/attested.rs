//! Attestations after the database is lost: those that the journal declares come back, and no other.

use std::path::Path;

use chartrier::attestation::{Attestations, Look};
use chartrier::evidence::attestation;
use chartrier::model::{TenantId, TransferState};
use chartrier::proof::sealed::Trusted;
use chartrier::recovery::Told;

use super::{Instance, asked};
use crate::support::sip::Sip;

const TEXTS: &str =
    "select number || ' ' || attestation_id || ' ' || statement from attestation order by number";

#[tokio::test]
async fn what_was_attested_is_attested_again_and_a_text_that_was_changed_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let origin = Instance::in_folder("attested_origin", folder.path()).await;
    origin.apply(&["ville"]).await;
    for name in ["UN", "DEUX"] {
        let transfer = origin.deposit("ville", Sip::with_files(name, 1).zip()).await;
        assert_eq!(transfer.state, TransferState::TakenInCharge, "{:?}", transfer.findings);
    }
    let tenant = TenantId::of_member("ville");
    origin.recovery.copy_journal(tenant).await.unwrap();
    let before = origin.texts(TEXTS).await;
    assert_eq!(before.len(), 4, "a reception and a taking in charge each: {before:?}");

    // On the site, one text is another's: its own digest is right, no entry has it.
    let name = "attestations-000000000001.txt";
    let path = folder.path().join("nord/.kept").join(tenant.to_string()).join(name);
    let kept = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert_eq!(kept.lines().count(), 4);
    let (nord, est) = (folder.path().join("nord"), folder.path().join("est"));
    let sites: [(&str, &Path); 2] = [("nord", &nord), ("est", &est)];
    let forged = |line: &str| {
        let mut parts = line.splitn(3, ' ');
        let (_, id, text) = (parts.next(), parts.next().unwrap(), parts.next().unwrap());
        let text = text.replacen("\"size_bytes\":", "\"size_bytes\":1", 1);
        let digest = hex::encode(chartrier::proof::digest::sha256(text.as_bytes()));
        format!("{digest} {id} {text}")
    };
    let changed: Vec<String> =
        kept.lines().enumerate().map(|(at, line)| if at == 1 { forged(line) } else { line.into() }).collect();
    std::fs::write(&path, changed.join("\n") + "\n").unwrap();
    let again = Instance::open("attested_forged", &sites, &folder.path().join("quarantine-2")).await;
    let mut heard = Vec::new();
    let rebuilt = again
        .recovery
        .rebuild(&asked("nord"), tenant, &mut |told| {
            if let Told::Attestation { number, reason } = told {
                heard.push(format!("{number} : {reason}"));
            }
        })
        .await
        .unwrap();
    assert_eq!((rebuilt.attestations, rebuilt.attestations_faulty), (3, 1), "{rebuilt:?}");
    assert!(heard.len() == 1 && heard[0].starts_with("ville-A"), "{heard:?}");
    let outcome = again
        .texts("select outcome from event where event_type = 'RECONSTRUCTION' order by seq desc limit 1");
    assert_eq!(outcome.await, ["KO"]);

    std::fs::write(&path, kept).unwrap();
    let again = Instance::open("attested_again", &sites, &folder.path().join("quarantine-3")).await;
    let rebuilt = again.rebuild("ville", "nord").await;
    assert_eq!((rebuilt.attestations, rebuilt.attestations_faulty), (4, 0), "{rebuilt:?}");
    assert_eq!(again.texts(TEXTS).await, before, "to the letter, at their addresses");
    answers_as_before(&again, tenant).await;
    let second = again.rebuild("ville", "nord").await;
    assert_eq!((second.attestations, second.attestations_faulty), (0, 0), "nothing twice: {second:?}");
    // Told once already: nobody is written to when the proof is made again.
    let waiting = {
        let mut tx = again.db.read(tenant).await.unwrap();
        attestation::to_complete(&mut tx, 0, 10).await.unwrap()
    };
    assert!(waiting.len() == 4 && waiting.iter().all(|one| one.person.is_none()), "{waiting:?}");
}

/// The register answers for each, not the journal alone.
async fn answers_as_before(again: &Instance, tenant: TenantId) {
    let attestations =
        Attestations::new(again.db.clone(), again.storage.clone(), "https://archives.example.fr");
    for number in again.texts("select number from attestation").await {
        let mut tx = again.db.read(tenant).await.unwrap();
        let one = attestation::find_numbered(&mut tx, &number).await.unwrap().unwrap();
        drop(tx);
        let look = attestations.look(&number, &hex::encode(&one.sha256), &Trusted::default()).await.unwrap();
        assert!(matches!(look, Look::Genuine { registered: true, .. }), "{number}: {look:?}");
        let page = attestations.page(&one).await.unwrap();
        assert!(page.starts_with(b"%PDF-"), "{number}");
    }
}
