//! The journals copied beside the archives: each minute, a job for each member whose copies lag behind.
//!
//! Safe to run in several processes at once: a member has one such job at a time.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::Worker;
use crate::recovery;

/// Time between two looks; the first comes at the start.
const TURN: Duration = Duration::from_secs(60);
/// A copy that lags behind for longer is said in the log, at each turn.
const BEHIND_MAX: chrono::Duration = chrono::Duration::minutes(10);

/// Longest time given to the copies made before a stop.
const LAST_MAX: Duration = Duration::from_secs(10);

/// Looks at every member, turn after turn, until `stop` becomes true.
pub(super) async fn keep(worker: Arc<Worker>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(error) = turn(&worker).await {
            tracing::error!(%error, "the copies of the journals were not looked at");
        }
        tokio::select! {
            () = tokio::time::sleep(TURN) => {}
            _ = stop.changed() => {}
        }
    }
    let last = tokio::time::timeout(LAST_MAX, worker.recovery.copy_what_lags()).await;
    if !matches!(last, Ok(Ok(()))) {
        tracing::warn!("the copies of some journals end before the journals do");
    }
}

async fn turn(worker: &Worker) -> Result<(), recovery::Error> {
    worker.recovery.ask_for_copies().await?;
    let mut tx = worker.db.technical().await?;
    for behind in recovery::behind(&mut tx, worker.clock.now() - BEHIND_MAX).await? {
        tracing::error!(
            tenant.id = %behind.tenant, site = %behind.site, since = %behind.since,
            "the copy of a journal lags behind"
        );
    }
    Ok(())
}
