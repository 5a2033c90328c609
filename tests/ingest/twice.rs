//! The same transfer again, at once or later; other bytes under the same identifier.

use chartrier::ingest::Error;
use chartrier::ingest::queries::MessageKind;
use chartrier::model::TransferState;

use super::{Desk, codes};

#[tokio::test]
async fn the_same_transfer_sent_twice_is_one_archive_with_one_reply() {
    let desk = Desk::open().await;
    let bytes = desk.sip("DEUX-FOIS").zip();
    let first = desk.deposit(bytes.clone()).await;
    let again = desk.receive(bytes).await;
    assert!(again.already_known);
    assert_eq!(
        (again.transfer.transfer_id, again.transfer.state),
        (first.transfer_id, TransferState::TakenInCharge)
    );
    assert_eq!(desk.count("select count(*) from transfer").await, 1);
    assert_eq!(desk.count("select count(*) from archive").await, 1);
    desk.end().await;
}

#[tokio::test]
async fn the_same_transfer_sent_twice_at_once_is_one_archive() {
    let desk = Desk::open().await;
    let bytes = desk.sip("EN-MEME-TEMPS").zip();
    let all = futures_util::future::join_all((0..6).map(|_| desk.receive(bytes.clone()))).await;
    assert_eq!(all.iter().filter(|reception| !reception.already_known).count(), 1);
    assert!(all.iter().all(|reception| reception.transfer.transfer_id == all[0].transfer.transfer_id));
    let work = (0..4).map(|_| desk.ingest.advance(desk.tenant.tenant, all[0].transfer.transfer_id));
    let ends = futures_util::future::join_all(work).await;
    assert!(ends.iter().any(Result::is_ok));
    let transfer = desk.transfer(all[0].transfer.transfer_id).await;
    assert_eq!(transfer.state, TransferState::TakenInCharge);
    assert_eq!(desk.count("select count(*) from archive").await, 1);
    assert_eq!(desk.count("select archives_held from quota").await, 1);
    desk.end().await;
}

#[tokio::test]
async fn other_bytes_under_an_accepted_identifier_are_refused_in_words() {
    let desk = Desk::open().await;
    let first = desk.deposit(desk.sip("PRIS").zip()).await;
    let mut other = desk.sip("PRIS");
    other.title = "Autre chose".into();
    let second = desk.deposit(other.zip()).await;
    assert_eq!((second.state, codes(&second)), (TransferState::Refused, vec!["message.duplicate"]));
    assert!(second.findings[0].message.contains("« PRIS »"), "{:?}", second.findings);
    assert_eq!(desk.transfer(first.transfer_id).await.state, TransferState::TakenInCharge);
    desk.end().await;
}

#[tokio::test]
async fn two_contents_under_one_identifier_at_once_give_one_archive_and_one_refusal() {
    let desk = Desk::open().await;
    let mut other = desk.sip("COURSE");
    other.title = "Autre contenu".into();
    let one = desk.receive(desk.sip("COURSE").zip()).await.transfer.transfer_id;
    let two = desk.receive(other.zip()).await.transfer.transfer_id;
    let tenant = desk.tenant.tenant;
    let (a, b) = tokio::join!(desk.ingest.advance(tenant, one), desk.ingest.advance(tenant, two));
    a.unwrap();
    b.unwrap();
    let mut states = [desk.transfer(one).await.state.word(), desk.transfer(two).await.state.word()];
    states.sort_unstable();
    assert_eq!(states, ["refused", "taken_in_charge"]);
    assert_eq!(desk.count("select archives_held from quota").await, 1, "the refused one took no quota");
    desk.end().await;
}

#[tokio::test]
async fn after_a_refusal_new_bytes_under_the_same_identifier_open_the_next_attempt() {
    let desk = Desk::open().await;
    let mut wrong = desk.sip("REPRISE");
    wrong.first_digest = Some("0".repeat(128));
    let refused = desk.deposit(wrong.zip()).await;
    assert_eq!((refused.state, refused.attempt), (TransferState::Refused, 1));
    let again = desk.receive(wrong.zip()).await;
    assert!(again.already_known, "a refusal stands for its bytes");
    let accepted = desk.deposit(desk.sip("REPRISE").zip()).await;
    assert_eq!((accepted.state, accepted.attempt), (TransferState::TakenInCharge, 2));
    assert!(desk.message(refused.transfer_id, MessageKind::Reply).await.is_some());
    desk.end().await;
}

#[tokio::test]
async fn late_work_on_a_transfer_that_another_ended_is_no_failure() {
    let desk = Desk::open().await;
    let tenant = desk.tenant.tenant;
    for round in 0..4 {
        let id = desk.receive(desk.sip(&format!("TARD-{round}")).zip()).await.transfer.transfer_id;
        let quick = async {
            while desk.ingest.advance(tenant, id).await.is_err() {}
            desk.ingest.confirm(tenant, id).await.unwrap();
        };
        // At whatever point it is overtaken: contended while the other still works, else nothing at all.
        let (late, ()) = tokio::join!(desk.ingest.advance(tenant, id), quick);
        assert!(matches!(late, Ok(()) | Err(Error::Contended)), "{late:?}");
        assert_eq!(desk.transfer(id).await.state, TransferState::TakenInCharge);
        desk.ingest.advance(tenant, id).await.unwrap();
    }
    desk.end().await;
}
