//! Agreements under which an archivist decides.

use chartrier::ingest::archivist::{Decider, Undecided};
use chartrier::ingest::queries::MessageKind;
use chartrier::model::{Role, TransferState};

use super::{Desk, codes};

#[tokio::test]
async fn an_archivist_accepts_and_the_transfer_is_taken_in_charge() {
    let desk = Desk::open().await;
    let waiting = desk.deposit(desk.under("ATTEND", &desk.tenant.agreement_with_archivist).zip()).await;
    assert_eq!(waiting.state, TransferState::Examined);
    let (tenant, id) = (desk.tenant.tenant, waiting.transfer_id);
    desk.ingest.advance(tenant, id).await.unwrap();
    assert_eq!(desk.transfer(id).await.state, TransferState::Examined, "nothing goes on by itself");

    let archivist = desk.tenant.person(Role::Archivist);
    desk.ingest.approve(tenant, Decider::of_all(archivist), id).await.unwrap().unwrap();
    assert_eq!(
        desk.ingest.approve(tenant, Decider::of_all(archivist), id).await.unwrap(),
        Err(Undecided::NotWaiting)
    );
    desk.ingest.advance(tenant, id).await.unwrap();
    assert_eq!(desk.transfer(id).await.state, TransferState::TakenInCharge);
    desk.end().await;
}

#[tokio::test]
async fn an_archivist_refuses_with_their_own_words() {
    let desk = Desk::open().await;
    let waiting = desk.deposit(desk.under("DECLINE", &desk.tenant.agreement_with_archivist).zip()).await;
    let (tenant, id) = (desk.tenant.tenant, waiting.transfer_id);
    let archivist = desk.tenant.person(Role::Archivist);
    let empty = desk.ingest.decline(tenant, Decider::of_all(archivist), id, "  ").await.unwrap();
    assert_eq!(empty, Err(Undecided::ReasonMissing));
    desk.ingest
        .decline(tenant, Decider::of_all(archivist), id, "Le procès-verbal manque.")
        .await
        .unwrap()
        .unwrap();
    let refused = desk.transfer(id).await;
    assert_eq!(
        (refused.state, codes(&refused)),
        (TransferState::Refused, vec!["message.refused_by_archivist"])
    );
    let reply = desk.message(id, MessageKind::Reply).await.unwrap();
    assert!(reply.contains("Le procès-verbal manque."), "{reply}");
    desk.end().await;
}
