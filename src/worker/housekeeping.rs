//! What must be looked at now and then, whoever asks or not: orphans of crashes in quarantine and on the sites, the
//! day's readings, the canaries, what each member held on the days that are over,
//! deposits that were expected and did not come, what awaits archivists, a scanner that is back.
//!
//! Safe to run in several processes at once; a failure waits for the next turn.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::{Worker, awaiting};
use crate::model::TenantId;
use crate::{billing, db, membership, registry, usage};

/// Time between two turns; the first comes at the start.
const TURN: Duration = Duration::from_secs(3_600);

/// Time between two looks at what waits for the virus scanner.
const MINUTE: Duration = Duration::from_secs(60);

/// Looks at every member, turn after turn, until `stop` becomes true.
pub(super) async fn keep(worker: Arc<Worker>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(error) = Box::pin(turn(&worker)).await {
            tracing::error!(%error, "housekeeping failed");
        }
        tokio::select! {
            () = tokio::time::sleep(TURN) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Frees the transfers that wait for the virus scanner within a minute of its return, until `stop` becomes true.
pub(super) async fn await_scanner(worker: Arc<Worker>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        match worker.ingest.free_waiting().await {
            Ok(0) => {}
            Ok(freed) => tracing::info!(transfers = freed, "the virus scanner answers again"),
            Err(error) => tracing::error!(%error, "transfers still wait for the virus scanner"),
        }
        tokio::select! {
            () = tokio::time::sleep(MINUTE) => {}
            _ = stop.changed() => {}
        }
    }
}

async fn turn(worker: &Worker) -> Result<(), db::Error> {
    if let Err(error) = worker.preservation.tend_canaries().await {
        tracing::error!(%error, "the canaries were not tended");
    }
    if let Err(error) = worker.preservation.plan().await {
        tracing::error!(%error, "the readings of copies were not planned");
    }
    if let Err(error) = worker.preservation.sweep_sites().await {
        tracing::error!(%error, "the sites were not swept");
    }
    if let Err(error) = worker.preservation.measure_room().await {
        tracing::error!(%error, "the room of the sites was not measured");
    }
    match membership::suspension::tell_ends(&worker.db, &worker.clock).await {
        Ok(0) => {}
        Ok(conventions) => tracing::info!(conventions, "conventions end within six months"),
        Err(error) => tracing::error!(%error, "the ends of conventions were not told"),
    }
    match membership::expected::look_at_the_calendar(&worker.db, &worker.clock).await {
        Ok(0) => {}
        Ok(raised) => tracing::info!(alerts = raised, "expected deposits did not come"),
        Err(error) => tracing::error!(%error, "the calendar of deposits was not looked at"),
    }
    match awaiting::tell(&worker.db, &worker.ingest, &worker.access, &worker.clock).await {
        Ok(0) => {}
        Ok(archivists) => tracing::debug!(archivists, "something awaits archivists"),
        Err(error) => tracing::error!(%error, "what awaits archivists was not looked at"),
    }
    match usage::measure_what_is_due(&worker.db, &worker.clock).await {
        Ok(0) => {}
        Ok(days) => tracing::info!(days, "the usage of the days that are over is measured"),
        Err(error) => tracing::error!(%error, "the usage was not measured"),
    }
    match billing::closing::issue_what_is_due(&worker.db, &worker.clock).await {
        Ok(0) => {}
        Ok(statements) => tracing::info!(statements, "statements that a stop had left out are issued"),
        Err(error) => tracing::error!(%error, "the statements due were not issued"),
    }
    let members = registry::queries::members(&mut worker.db.technical().await?).await?;
    for member in members {
        sweep(worker, member.tenant).await;
    }
    Ok(())
}

/// What a member's people and machines left unfinished.
async fn sweep(worker: &Worker, tenant: TenantId) {
    match worker.ingest.expire_uploads(tenant).await {
        Ok(0) => {}
        Ok(uploads) => tracing::info!(tenant.id = %tenant, uploads, "uploads left unfinished were given up"),
        Err(error) => tracing::error!(tenant.id = %tenant, %error, "uploads were not given up"),
    }
    match worker.drafting.sweep(tenant).await {
        Ok((0, 0)) => {}
        Ok((drafts, files)) => {
            tracing::info!(tenant.id = %tenant, drafts, files, "deposits that nobody prepares any more went");
        }
        Err(error) => tracing::error!(tenant.id = %tenant, %error, "old drafts of deposits were not swept"),
    }
    match worker.ingest.sweep(tenant).await {
        Ok(0) => {}
        Ok(swept) => tracing::info!(tenant.id = %tenant, files = swept, "orphans left the quarantine"),
        Err(error) => tracing::error!(tenant.id = %tenant, %error, "the quarantine was not swept"),
    }
}
