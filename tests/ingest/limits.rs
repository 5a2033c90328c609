//! Quotas and bounds.

use std::time::Duration;

use bytes::Bytes;
use chartrier::ingest::Error;
use chartrier::model::{Limits, TransferState};
use chartrier::storage;
use futures_util::stream;

use super::{Desk, codes};
use crate::support::vault;

#[tokio::test]
async fn a_transfer_over_the_quota_is_refused_and_takes_nothing() {
    let desk = Desk::open().await;
    let mut tx = desk.tenant.db.write(desk.tenant.tenant).await.unwrap();
    sqlx::query("update quota set bytes_max = 1000").execute(tx.conn()).await.unwrap();
    tx.record(chartrier::model::Event {
        event_type: chartrier::model::EventType::Parametrage,
        outcome: chartrier::model::Outcome::Ok,
        agent: chartrier::model::Agent::Operator,
        object: "quota".into(),
        detail: vec![],
    });
    tx.commit().await.unwrap();
    let transfer = desk.deposit_by_hand(desk.sip("QUOTA").zip()).await;
    assert_eq!((transfer.state, codes(&transfer)), (TransferState::Refused, vec!["quota.exceeded"]));
    assert_eq!(desk.count("select bytes_held from quota").await, 0);
    desk.end().await;
}

#[tokio::test]
async fn a_stream_longer_than_allowed_is_cut_and_leaves_nothing() {
    let desk = Desk::with_limits(Limits { received_bytes_max: 10_000, ..Limits::default() }).await;
    let body = stream::iter((0..20).map(|_| Ok(Bytes::from(vec![0; 1_000]))));
    let refused = desk.ingest.receive(&desk.machine(), "gros.zip", body).await;
    assert!(
        matches!(refused, Err(Error::Storage(storage::Error::TooLarge { bytes_max: 10_000 }))),
        "{refused:?}"
    );
    nothing_left(&desk).await;
    desk.end().await;
}

#[tokio::test]
async fn a_stream_that_breaks_off_leaves_nothing() {
    let desk = Desk::open().await;
    let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    let body = stream::iter([Ok(Bytes::from(vec![0; 5_000])), Err(broken)]);
    let refused = desk.ingest.receive(&desk.machine(), "coupé.zip", body).await;
    assert!(matches!(refused, Err(Error::Storage(storage::Error::Interrupted(_)))), "{refused:?}");
    nothing_left(&desk).await;
    desk.end().await;
}

async fn nothing_left(desk: &Desk) {
    assert_eq!(desk.count("select count(*) from transfer").await, 0);
    let kept = vault::storage().quarantine().older_than(desk.tenant.tenant, Duration::ZERO).unwrap();
    assert!(kept.is_empty(), "{kept:?}");
}
