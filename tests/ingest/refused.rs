//! What a refused transfer leaves: its reasons all together, its reply, its bytes for a time.

use chartrier::ingest::queries::MessageKind;
use chartrier::model::TransferState;
use chrono::Duration;

use super::{Desk, codes};
use crate::support::vault;

#[tokio::test]
async fn everything_wrong_is_said_together() {
    let desk = Desk::open().await;
    let mut sip = desk.sip("FAUTES");
    sip.first_digest = Some("0".repeat(128));
    sip.transferring_agency = "INCONNU".into();
    sip.agreement = "SANS-ACCORD".into();
    let transfer = desk.deposit(sip.zip()).await;
    assert_eq!(transfer.state, TransferState::Refused);
    let expected = ["header.agreement_unknown", "header.transferring_agency_unknown", "object.digest"];
    let found = codes(&transfer);
    for code in expected {
        assert!(found.iter().any(|found| found.starts_with(code)), "{code} is not in {found:?}");
    }
    let reply = desk.message(transfer.transfer_id, MessageKind::Reply).await.unwrap();
    assert!(reply.contains("<MessageRequestIdentifier>FAUTES</MessageRequestIdentifier>"), "{reply}");
    assert!(!reply.contains("<ReplyCode>000</ReplyCode>") && reply.contains("<ReplyCode>"), "{reply}");
    assert_eq!(desk.events(&format!("transfer:{}", transfer.transfer_id)).await, ["RECEPTION", "REJET"]);
    assert_eq!(desk.count("select count(*) from archive").await, 0);
    desk.end().await;
}

#[tokio::test]
async fn the_bytes_of_a_refusal_are_kept_for_their_time_then_dropped() {
    let desk = Desk::open().await;
    let mut sip = desk.sip("GARDE");
    sip.first_digest = Some("0".repeat(128));
    let transfer = desk.deposit(sip.zip()).await;
    let (tenant, id) = (desk.tenant.tenant, transfer.transfer_id);
    let held = || vault::storage().quarantine().open(tenant, id).is_ok();

    desk.tenant.clock.advance(Duration::days(29));
    desk.ingest.purge(tenant, id).await.unwrap();
    assert!(held());
    desk.tenant.clock.advance(Duration::days(2));
    desk.ingest.purge(tenant, id).await.unwrap();
    assert!(!held());
    assert_eq!(desk.transfer(id).await.findings, transfer.findings, "the reasons stay");
    assert!(desk.message(id, MessageKind::Reply).await.is_some(), "the reply stays");
    desk.end().await;
}

#[tokio::test]
async fn what_is_no_archive_at_all_is_refused_with_a_reply() {
    let desk = Desk::open().await;
    let transfer = desk.deposit(b"Bonjour, voici le budget.".to_vec()).await;
    assert_eq!(transfer.state, TransferState::Refused);
    assert_eq!(codes(&transfer), ["container.unreadable"]);
    let reply = desk.message(transfer.transfer_id, MessageKind::Reply).await.unwrap();
    assert!(reply.contains(&format!("urn:uuid:{}", transfer.transfer_id)), "{reply}");
    desk.end().await;
}

#[tokio::test]
async fn a_suspended_agreement_refuses_and_a_reopened_one_takes_the_same_bytes() {
    let desk = Desk::open().await;
    set_agreement(&desk, "suspended").await;
    let bytes = desk.sip("SUSPENDU").zip();
    let refused = desk.deposit(bytes.clone()).await;
    assert_eq!((refused.state, codes(&refused)), (TransferState::Refused, vec!["header.agreement_closed"]));
    set_agreement(&desk, "active").await;
    let accepted = desk.deposit(bytes).await;
    assert_eq!((accepted.state, accepted.attempt), (TransferState::TakenInCharge, 2));
    desk.end().await;
}

#[tokio::test]
async fn a_date_to_come_and_an_unknown_carrier_are_said_and_do_not_refuse() {
    let desk = Desk::open().await;
    let mut sip = desk.sip("DEMAIN");
    sip.date = "2027-03-02T23:59:00".into();
    let tomorrow = desk.deposit(sip.zip()).await;
    assert_eq!((tomorrow.state, codes(&tomorrow)), (TransferState::TakenInCharge, vec![]));
    sip.message_identifier = "APRES-DEMAIN".into();
    sip.date = "2027-03-03T00:00:00".into();
    sip.submission_agency = Some("PORTEUR".into());
    let later = desk.deposit(sip.zip()).await;
    assert_eq!(later.state, TransferState::TakenInCharge);
    assert_eq!(codes(&later), ["header.date_future", "header.submission_agency_unknown"]);
    sip.message_identifier = "PORTEUR-CONNU".into();
    sip.date = "2027-03-01T08:00:00Z".into();
    sip.submission_agency = Some(sip.transferring_agency.clone());
    let known = desk.deposit(sip.zip()).await;
    assert_eq!((known.state, codes(&known)), (TransferState::TakenInCharge, vec![]));
    desk.end().await;
}

#[tokio::test]
async fn a_defence_secret_refuses_the_whole_transfer() {
    let desk = Desk::open().await;
    let mut sip = desk.sip("SECRET");
    let rule = "<ClassificationRule><ClassificationLevel>Secret</ClassificationLevel>\
                <ClassificationOwner>Ministère</ClassificationOwner></ClassificationRule></Management>";
    sip.management = sip.management.replace("</Management>", rule);
    let transfer = desk.deposit(sip.zip()).await;
    assert_eq!(transfer.state, TransferState::Refused);
    assert_eq!(codes(&transfer), ["rule.classified", "rule.classified_refused"]);
    sip.message_identifier = "OUVERT".into();
    sip.management = sip.management.replace(">Secret<", ">Non protégé<");
    assert_eq!(desk.deposit(sip.zip()).await.state, TransferState::TakenInCharge);
    desk.end().await;
}

async fn set_agreement(desk: &Desk, state: &str) {
    let mut tx = desk.tenant.db.write(desk.tenant.tenant).await.unwrap();
    let done = sqlx::query("update agreement set state = $1").bind(state).execute(tx.conn()).await.unwrap();
    assert!(done.rows_affected() > 0);
    tx.record(chartrier::model::Event {
        event_type: chartrier::model::EventType::Parametrage,
        outcome: chartrier::model::Outcome::Ok,
        agent: chartrier::model::Agent::Operator,
        object: "agreement".into(),
        detail: vec![],
    });
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn bytes_dropped_by_two_workers_at_once_are_told_once() {
    let desk = Desk::open().await;
    let mut sip = desk.sip("DEUX-PURGES");
    sip.first_digest = Some("0".repeat(128));
    let id = desk.deposit(sip.zip()).await.transfer_id;
    desk.tenant.clock.advance(Duration::days(31));
    let purges = (0..4).map(|_| desk.ingest.purge(desk.tenant.tenant, id));
    futures_util::future::join_all(purges).await.into_iter().for_each(Result::unwrap);
    assert_eq!(desk.events(&format!("transfer:{id}")).await, ["RECEPTION", "REJET", "REJET"]);
    desk.end().await;
}
