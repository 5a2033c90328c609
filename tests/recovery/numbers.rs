//! Numbers after the database is lost: their patterns come back, and they go on after the last, whatever wrote it.

use std::path::Path;

use chartrier::membership::numbering;
use chartrier::membership::profiles::By;
use chartrier::model::{NumberKind, PersonId, Role, TenantId, TransferState};
use uuid::Uuid;

use super::{Instance, compare};
use crate::support::sip::Sip;

async fn set(instance: &Instance, code: &str, kind: NumberKind, written: &str) {
    let person = PersonId(Uuid::new_v4());
    let by = By { tenant: TenantId::of_member(code), person, role: Role::Archivist };
    numbering::set(&instance.db, &instance.clock, by, kind, written).await.unwrap().unwrap();
}

async fn deposit(instance: &Instance, code: &str, name: &str) {
    let transfer = instance.deposit(code, Sip::with_files(name, 1).zip()).await;
    assert_eq!(transfer.state, TransferState::TakenInCharge, "{:?}", transfer.findings);
}

/// Numbers given so far: references, then attestations.
async fn numbers(instance: &Instance) -> Vec<String> {
    instance.texts("select cote from accession union all select number from attestation order by 1").await
}

#[tokio::test]
async fn patterns_come_back_and_ranks_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let origin = Instance::in_folder("numbers_origin", folder.path()).await;
    origin.apply(&["val-d-or"]).await;
    deposit(&origin, "val-d-or", "UN").await;
    set(&origin, "val-d-or", NumberKind::Cote, "{year}/{code}/{number:3}").await;
    set(&origin, "val-d-or", NumberKind::Attestation, "{code}.A.{number}-{year}").await;
    deposit(&origin, "val-d-or", "DEUX").await;
    set(&origin, "val-d-or", NumberKind::Cote, "{agreement}-{year}{number}").await;
    deposit(&origin, "val-d-or", "TROIS").await;
    // A refused one has its number too, of which the journal alone keeps the trace.
    let refused = Sip { first_digest: Some("0".repeat(128)), ..Sip::with_files("FAUX", 1) };
    assert_eq!(origin.deposit("val-d-or", refused.zip()).await.state, TransferState::Refused);
    origin.recovery.copy_journal(TenantId::of_member("val-d-or")).await.unwrap();
    let before = numbers(&origin).await;
    assert_eq!(before.len(), 10, "{before:?}");

    let (nord, est) = (folder.path().join("nord"), folder.path().join("est"));
    let sites: [(&str, &Path); 2] = [("nord", &nord), ("est", &est)];
    let again = Instance::open("numbers_again", &sites, &folder.path().join("quarantine-2")).await;
    again.rebuild("val-d-or", "nord").await;
    let copies = "delete from copy where site = 'sud'";
    sqlx::query(copies).execute(&mut origin.superuser().await).await.unwrap();
    compare(&origin, &again, "val-d-or").await;
    again.apply(&["val-d-or"]).await;
    for instance in [&origin, &again] {
        deposit(instance, "val-d-or", "QUATRE").await;
    }
    let (one, other) = (numbers(&origin).await, numbers(&again).await);
    let next = |numbers: &[String]| -> Vec<String> {
        numbers.iter().filter(|number| !before.contains(number)).cloned().collect()
    };
    assert_eq!(next(&one), next(&other));
    assert!(
        next(&one).iter().any(|number| number.starts_with("ACCORD-TEST-20") && number.ends_with('4')),
        "{one:?}"
    );
    assert!(next(&one).iter().any(|number| number.starts_with("val-d-or.A.4-20")), "{one:?}");
    assert!(
        next(&one).iter().any(|number| number.ends_with("-000005")),
        "the fifth acknowledgement: {one:?}"
    );
}

#[tokio::test]
async fn without_the_register_no_number_is_given_again() {
    let folder = tempfile::tempdir().unwrap();
    let origin = Instance::in_folder("numbers_alone_origin", folder.path()).await;
    origin.apply(&["val"]).await;
    set(&origin, "val", NumberKind::Cote, "W/{code}/{year}.{number}").await;
    for name in ["UN", "DEUX", "TROIS"] {
        deposit(&origin, "val", name).await;
    }
    let before = numbers(&origin).await;
    let (nord, est) = (folder.path().join("nord"), folder.path().join("est"));
    std::fs::remove_dir_all(nord.join(".kept")).unwrap_or_default();
    let sites: [(&str, &Path); 2] = [("nord", &nord), ("est", &est)];
    let again = Instance::open("numbers_alone", &sites, &folder.path().join("quarantine-2")).await;
    let rebuilt = again.rebuild("val", "nord").await;
    assert_eq!((rebuilt.code.as_str(), rebuilt.entered), ("val", 3), "the code is in the references");
    again.apply(&["val"]).await;
    // The archivist sets it again: what no pattern could read when it was rebuilt is looked for.
    set(&again, "val", NumberKind::Cote, "W/{code}/{year}.{number}").await;
    deposit(&again, "val", "QUATRE").await;
    let cotes = again.texts("select cote from accession order by grant_date").await;
    assert_eq!(cotes.len(), 4);
    assert!(cotes[3].starts_with("W/val/") && cotes[3].ends_with(".4"), "{cotes:?}");
    assert!(!before.contains(&cotes[3]));
}
