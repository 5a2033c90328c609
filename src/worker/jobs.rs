//! From the kind of a job to its function: one `match`.

use std::time::Instant;

use super::Worker;
use crate::db::jobs::{Again, Job};
use crate::model::{ArchiveId, TransferId};
use crate::preservation::{self, Turn};
use crate::pronom::{self, Progress};
use crate::{catalog, ingest, recovery, telemetry};

/// Why a job did not end, for the operator: no content, no title.
pub(super) struct Failure {
    pub reason: String,
    pub again: Again,
    /// What outside must pass first.
    pub waits_for: Option<String>,
}

impl Failure {
    /// The job panicked.
    pub fn died(error: &tokio::task::JoinError) -> Self {
        Self { reason: format!("the job died: {error}"), again: Again::AFewTimes, waits_for: None }
    }
}

impl From<ingest::Error> for Failure {
    fn from(error: ingest::Error) -> Self {
        let again = match &error {
            ingest::Error::Died => Again::AFewTimes,
            ingest::Error::AwaitingReplication { .. } => Again::EachMinute,
            error if error.is_transient() => Again::Always,
            _ => Again::Never,
        };
        let waits_for = match &error {
            ingest::Error::AwaitingReplication { sites, .. } => Some(format!("site {}", sites.join(", "))),
            ingest::Error::Antivirus(_) => Some(ingest::WAITS_FOR_SCANNER.to_owned()),
            ingest::Error::AwaitingRoom => Some(ingest::WAITS_FOR_ROOM.to_owned()),
            _ => None,
        };
        Self { reason: error.to_string(), again, waits_for }
    }
}

impl From<pronom::Error> for Failure {
    fn from(error: pronom::Error) -> Self {
        let again = match &error {
            pronom::Error::Stopped(_) => Again::AFewTimes,
            error if error.is_transient() => Again::Always,
            _ => Again::Never,
        };
        Self { reason: error.to_string(), again, waits_for: None }
    }
}

impl From<preservation::Error> for Failure {
    fn from(error: preservation::Error) -> Self {
        let again = match &error {
            preservation::Error::Stopped(_) => Again::AFewTimes,
            error if error.is_transient() => Again::Always,
            _ => Again::Never,
        };
        Self { reason: error.to_string(), again, waits_for: None }
    }
}

impl From<recovery::Error> for Failure {
    fn from(error: recovery::Error) -> Self {
        let again = match &error {
            recovery::Error::Died => Again::AFewTimes,
            error if error.is_transient() => Again::Always,
            _ => Again::Never,
        };
        Self { reason: error.to_string(), again, waits_for: None }
    }
}

/// Does the job, or a part of it.
#[expect(clippy::too_many_lines, reason = "one line a kind of job")]
pub(super) async fn run(worker: &Worker, job: &Job) -> Result<Turn, Failure> {
    let (transfer, began) = (TransferId(job.subject), Instant::now());
    let mut turn = Turn::Done;
    let kind = match job.kind.as_str() {
        kind @ (ingest::JOB_INGEST | ingest::JOB_SEAL) => {
            worker.ingest.advance(job.tenant, transfer).await?;
            if kind == ingest::JOB_SEAL { ingest::JOB_SEAL } else { ingest::JOB_INGEST }
        }
        ingest::JOB_PURGE => {
            worker.ingest.purge(job.tenant, transfer).await?;
            ingest::JOB_PURGE
        }
        preservation::JOB_CHECK_SITE => {
            turn = worker.preservation.check_site(job.tenant, job.subject).await?;
            preservation::JOB_CHECK_SITE
        }
        preservation::JOB_REPAIR_SITE => {
            turn = worker.preservation.repair_site(job.tenant, job.subject).await?;
            preservation::JOB_REPAIR_SITE
        }
        catalog::JOB_COMMUNICATED => {
            worker.preservation.communicated(job.tenant, ArchiveId(job.subject)).await?;
            catalog::JOB_COMMUNICATED
        }
        catalog::JOB_DOUBTED => {
            worker.preservation.check_archive(job.tenant, ArchiveId(job.subject)).await?;
            catalog::JOB_DOUBTED
        }
        preservation::JOB_ATTEST => {
            worker.preservation.attest_integrity(job.tenant, ArchiveId(job.subject)).await?;
            preservation::JOB_ATTEST
        }
        preservation::JOB_LIST_SITE => {
            turn = worker.preservation.list_site(job.tenant, job.subject).await?;
            preservation::JOB_LIST_SITE
        }
        preservation::JOB_MIGRATE => {
            turn = worker.preservation.migrate(job.tenant, job.subject).await?;
            preservation::JOB_MIGRATE
        }
        recovery::JOB_COPY => {
            worker.recovery.copy_journal(job.tenant).await?;
            recovery::JOB_COPY
        }
        pronom::JOB_NAME_AGAIN => {
            if worker.pronom.name_batch(job.tenant, job.subject).await? == Progress::Goes {
                turn = Turn::More;
            }
            pronom::JOB_NAME_AGAIN
        }
        unknown => {
            return Err(Failure {
                reason: format!("no function serves jobs of kind {unknown}"),
                again: Again::Never,
                waits_for: None,
            });
        }
    };
    telemetry::step_took(kind, began.elapsed());
    Ok(turn)
}
