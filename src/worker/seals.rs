//! The seals of the day: made for every journal, published on every site, turn after turn.
//!
//! Safe to run in several processes at once: of two that seal the same journal, the rows let one.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::Worker;

/// Time between two looks; the first comes after as long, for what a start finds waiting goes first.
const TURN: Duration = Duration::from_secs(300);

/// Seals what is due, turn after turn, until `stop` becomes true.
pub(super) async fn keep(worker: Arc<Worker>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        tokio::select! {
            () = tokio::time::sleep(TURN) => {}
            _ = stop.changed() => break,
        }
        if let Err(error) = worker.sealing.seal_what_is_due().await {
            tracing::error!(%error, "the seals of the day are not all made");
        }
        if let Err(error) = worker.sealing.stamp_what_waits().await {
            tracing::error!(%error, "the seals are not all stamped");
        }
        if let Err(error) = worker.sealing.ask_witnesses().await {
            tracing::error!(%error, "the platform's head is not shown to the witnesses");
        }
        if let Err(error) = worker.sealing.complete_attestations().await {
            tracing::error!(%error, "the attestations are not all completed");
        }
    }
}
