//! Numbers as the member's patterns write them: changed on the way, never given twice, whoever comes at once.

use std::collections::BTreeSet;

use chartrier::ingest::queries::MessageKind;
use chartrier::membership::numbering::{self, Unchanged};
use chartrier::membership::profiles::By;
use chartrier::model::{NumberKind, Role, TransferId, TransferState};
use chrono::TimeDelta;

use super::Desk;
use crate::support::sip::Sip;

async fn set(desk: &Desk, kind: NumberKind, written: &str) -> Result<(), Unchanged> {
    let tenant = &desk.tenant;
    let by = By { tenant: tenant.tenant, person: tenant.person(Role::Archivist), role: Role::Archivist };
    numbering::set(&tenant.db, &tenant.clock, by, kind, written).await.unwrap()
}

async fn cote(desk: &Desk, name: &str) -> String {
    let transfer = desk.deposit(desk.sip(name).zip()).await;
    assert_eq!(transfer.state, TransferState::TakenInCharge, "{:?}", transfer.findings);
    let mut tx = desk.tenant.db.read(desk.tenant.tenant).await.unwrap();
    let cote: String = sqlx::query_scalar("select cote from archive where transfer_id = $1")
        .bind(transfer.transfer_id.0)
        .fetch_one(tx.conn())
        .await
        .unwrap();
    drop(tx);
    let reply = desk.message(transfer.transfer_id, MessageKind::Reply).await.unwrap();
    assert!(reply.contains(&format!(">{cote}<")) && reply.contains(&format!("ATR-{cote}")), "{reply}");
    cote
}

/// Numbers of a transfer's attestations, in the order of their issue.
async fn attested(desk: &Desk, id: TransferId) -> Vec<String> {
    let mut tx = desk.tenant.db.read(desk.tenant.tenant).await.unwrap();
    sqlx::query_scalar("select number from attestation where transfer_id = $1 order by kind desc")
        .bind(id.0)
        .fetch_all(tx.conn())
        .await
        .unwrap()
}

#[tokio::test]
async fn a_pattern_changed_on_the_way_goes_on_with_the_ranks_and_the_reply_has_the_reference() {
    let desk = Desk::open().await;
    let (code, agreement) = (desk.tenant.code.clone(), desk.tenant.agreement.clone());
    assert_eq!(cote(&desk, "UN").await, format!("{code}-2027-000001"));
    set(&desk, NumberKind::Cote, "{year}/{agreement}/{number}").await.unwrap();
    assert_eq!(cote(&desk, "DEUX").await, format!("2027/{agreement}/2"));
    set(&desk, NumberKind::Cote, "{number:4}W{year}").await.unwrap();
    assert_eq!(cote(&desk, "TROIS").await, "0003W2027");
    let again = set(&desk, NumberKind::Cote, "{number:4}W{year}").await;
    assert_eq!(again, Err(Unchanged::AlreadySo));
    set(&desk, NumberKind::Cote, NumberKind::Cote.default_pattern()).await.unwrap();
    assert_eq!(cote(&desk, "QUATRE").await, format!("{code}-2027-000004"));
    desk.tenant.clock.advance(TimeDelta::days(306));
    assert_eq!(cote(&desk, "CINQ").await, format!("{code}-2028-000001"), "the first of a year");
    assert_eq!(desk.events("numbering:cote").await, ["PARAMETRAGE"; 3]);
    let kept = "select count(*) from numbering_pattern where kind = 'cote'";
    assert_eq!(desk.count(kept).await, 3, "each is remembered");
    desk.end().await;
}

#[tokio::test]
async fn a_number_given_under_a_former_pattern_of_another_kind_is_passed_over() {
    let desk = Desk::open().await;
    let code = desk.tenant.code.clone();
    let first = desk.deposit(desk.sip("UN").zip()).await;
    assert_eq!(
        attested(&desk, first.transfer_id).await,
        [format!("{code}-ACC-2027-000001"), format!("{code}-ATT-2027-000001")]
    );
    // Two that are refused have their acknowledgements.
    for name in ["FAUX-1", "FAUX-2"] {
        let refused = Sip { first_digest: Some("0".repeat(128)), ..desk.sip(name) };
        assert_eq!(desk.deposit(refused.zip()).await.state, TransferState::Refused);
    }
    let taken = "{code}-ACC-{year}-{number:3}";
    let wrong = set(&desk, NumberKind::Attestation, taken).await.unwrap_err();
    assert!(matches!(&wrong, Unchanged::Wrong(reason) if reason.contains("Accusés")), "{wrong:?}");
    set(&desk, NumberKind::Accuse, "{code}.REC.{year}.{number}").await.unwrap();
    set(&desk, NumberKind::Attestation, "{code}-ACC-{year}-{number:6}").await.unwrap();
    let next = desk.deposit(desk.sip("DEUX").zip()).await;
    assert_eq!(next.state, TransferState::TakenInCharge, "{:?}", next.findings);
    assert_eq!(
        attested(&desk, next.transfer_id).await,
        [format!("{code}.REC.2027.4"), format!("{code}-ACC-2027-000004")],
        "two and three were acknowledgements"
    );
    // What is left of an attestation when its row is lost: the journal's entry.
    let lost = "select count(*) from event where object = 'attestation:' || (select code from member) || '-ACC-2027-000003'";
    assert_eq!(desk.count(lost).await, 1);
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_at_once_get_twenty_references_without_a_hole() {
    let desk = Desk::open().await;
    set(&desk, NumberKind::Cote, "{year}{number:4}W").await.unwrap();
    let received = futures_util::future::join_all(
        (0..20).map(|number| desk.receive(desk.sip(&format!("ENSEMBLE-{number}")).zip())),
    )
    .await;
    let advance = received
        .iter()
        .map(|reception| desk.ingest.advance(desk.tenant.tenant, reception.transfer.transfer_id));
    for done in futures_util::future::join_all(advance).await {
        done.unwrap();
    }
    let mut tx = desk.tenant.db.read(desk.tenant.tenant).await.unwrap();
    let texts = async |tx: &mut chartrier::db::TenantRead, query: &'static str| -> BTreeSet<String> {
        let found: Vec<String> = sqlx::query_scalar(query).fetch_all(tx.conn()).await.unwrap();
        found.into_iter().collect()
    };
    let cotes = texts(&mut tx, "select cote from archive").await;
    assert_eq!(cotes, (1..=20).map(|rank| format!("2027{rank:04}W")).collect());
    let attested = texts(&mut tx, "select number from attestation").await;
    assert_eq!(attested.len(), 40);
    drop(tx);
    desk.end().await;
}
