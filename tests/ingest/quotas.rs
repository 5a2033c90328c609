//! A member's quota: in bytes, in files, in deposits a day, soft; what machines send waits for room.

use chartrier::ingest::{Error, Ingest};
use chartrier::model::{Limits, Transfer, TransferState};
use chrono::TimeDelta;

use super::{Desk, codes};
use crate::support::{fresh_tenant, vault};

/// What the member may hold from now on.
async fn promise(desk: &Desk, set: &str) {
    desk.tenant.promise(set).await;
}

/// Deposited by a person, who is answered at once.
async fn by_hand(desk: &Desk, identifier: &str) -> Transfer {
    desk.deposit_by_hand(desk.sip(identifier).zip()).await
}

#[tokio::test]
async fn files_and_deposits_of_a_day_are_counted_and_the_soft_quota_only_tells() {
    let desk = Desk::open().await;
    promise(&desk, "objects_max = 7").await;
    for name in ["UN", "DEUX"] {
        assert_eq!(by_hand(&desk, name).await.state, TransferState::TakenInCharge);
    }
    let refused = by_hand(&desk, "TROIS").await;
    assert_eq!((refused.state, codes(&refused)), (TransferState::Refused, vec!["quota.exceeded"]));
    assert!(
        refused.findings[0]
            .message
            .ends_with("compte 3 fichiers ; il en reste 1 au quota de la collectivité.")
    );
    promise(&desk, "objects_max = null, deposits_per_day = 2").await;
    let refused = by_hand(&desk, "QUATRE").await;
    assert!(refused.findings[0].message.contains("tous les versements que son quota admet en un jour"));
    desk.tenant.clock.advance(TimeDelta::days(1));
    promise(&desk, "bytes_soft = 10").await;
    let taken = by_hand(&desk, "CINQ").await;
    assert_eq!(taken.state, TransferState::TakenInCharge, "{:?}", taken.findings);
    assert!(codes(&taken).contains(&"quota.soft"), "{:?}", taken.findings);
    let counts = "select objects_held * 100 + deposits_count from quota";
    assert_eq!(desk.count(counts).await, 901, "three deposits of three files, one of them today");
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_at_the_edge_as_many_pass_as_there_is_room_for() {
    let desk = Desk::open().await;
    promise(&desk, "deposits_per_day = 21").await;
    let received = futures_util::future::join_all(
        (0..50).map(|number| desk.receive(desk.sip(&format!("BORD-{number}")).zip())),
    )
    .await;
    let advance = received
        .iter()
        .map(|reception| desk.ingest.advance(desk.tenant.tenant, reception.transfer.transfer_id));
    let waiting = futures_util::future::join_all(advance)
        .await
        .into_iter()
        .filter(|done| matches!(done, Err(Error::AwaitingRoom)))
        .count();
    let taken = desk.count("select count(*) from transfer where state = 'taken_in_charge'").await;
    assert_eq!((taken, waiting), (21, 29));
    assert_eq!(desk.count("select deposits_count from quota").await, 21);
    desk.end().await;
}

#[tokio::test]
async fn what_a_machine_sends_waits_for_room_some_days_and_is_then_refused() {
    let tenant = fresh_tenant().await;
    let ingest =
        Ingest::new(tenant.db.clone(), vault::storage(), tenant.clock.clone(), Limits::default(), 30);
    let desk = Desk { ingest: ingest.with_room_days(15), tenant };
    promise(&desk, "bytes_max = 10").await;
    let first = desk.receive(desk.sip("ATTEND").zip()).await.transfer.transfer_id;
    let advance = async |id| desk.ingest.advance(desk.tenant.tenant, id).await;
    assert!(matches!(advance(first).await, Err(Error::AwaitingRoom)));
    assert_eq!(desk.transfer(first).await.state, TransferState::Received, "neither taken nor refused");
    // A person is told at once; so is a machine whose deposit has another fault.
    assert_eq!(by_hand(&desk, "MAIN").await.state, TransferState::Refused);
    let faulty = crate::support::sip::Sip { first_digest: Some("0".repeat(128)), ..desk.sip("FAUTE") };
    let faulty = desk.deposit(faulty.zip()).await;
    assert!(codes(&faulty).contains(&"quota.exceeded") && codes(&faulty).contains(&"object.digest"));
    desk.tenant.clock.advance(TimeDelta::days(14));
    assert!(matches!(advance(first).await, Err(Error::AwaitingRoom)));
    promise(&desk, "bytes_max = 1000000").await;
    advance(first).await.unwrap();
    assert_eq!(desk.transfer(first).await.state, TransferState::TakenInCharge, "there is room now");
    promise(&desk, "bytes_max = 10").await;
    let second = desk.receive(desk.sip("REFUSE").zip()).await.transfer.transfer_id;
    assert!(matches!(advance(second).await, Err(Error::AwaitingRoom)));
    desk.tenant.clock.advance(TimeDelta::days(15));
    advance(second).await.unwrap();
    let refused = desk.transfer(second).await;
    assert_eq!((refused.state, codes(&refused)), (TransferState::Refused, vec!["quota.exceeded"]));
    desk.end().await;
}
