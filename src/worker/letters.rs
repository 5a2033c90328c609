//! Letters that wait, sent turn after turn.
//!
//! Safe to run in several processes at once: each takes letters that no other has.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::Worker;

/// Time between two turns when nothing more is due.
const TURN: Duration = Duration::from_secs(30);

/// Sends what is due until `stop` becomes true.
pub(super) async fn keep(worker: Arc<Worker>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let more = match worker.mail.send_due().await {
            Ok(0) => false,
            Ok(taken) => {
                tracing::info!(letters = taken, "letters were sent");
                true
            }
            Err(error) => {
                tracing::error!(%error, "the letters were not looked at");
                false
            }
        };
        if !more {
            tokio::select! {
                () = tokio::time::sleep(TURN) => {}
                _ = stop.changed() => {}
            }
        }
    }
}
