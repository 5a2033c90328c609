//! From the kind of a job to its function: one `match`.

use std::time::Instant;

use super::Worker;
use crate::db::jobs::{Again, Job};
use crate::ingest;
use crate::model::TransferId;
use crate::pronom::{self, Progress};
use crate::telemetry;

/// How far a job came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Done {
    All,
    /// It goes on as another claim, so that others have their turn.
    APart,
}

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
            _ => None,
        };
        Self { reason: error.to_string(), again, waits_for }
    }
}

impl From<pronom::Error> for Failure {
    fn from(error: pronom::Error) -> Self {
        let again = match &error {
            pronom::Error::Stopped(_) => Again::AFewTimes,
            pronom::Error::Db(_) | pronom::Error::Storage(_) => Again::Always,
        };
        Self { reason: error.to_string(), again, waits_for: None }
    }
}

pub(super) async fn run(worker: &Worker, job: &Job) -> Result<Done, Failure> {
    let (transfer, began) = (TransferId(job.subject), Instant::now());
    let mut done = Done::All;
    let kind = match job.kind.as_str() {
        kind @ (ingest::JOB_INGEST | ingest::JOB_SEAL) => {
            worker.ingest.advance(job.tenant, transfer).await?;
            if kind == ingest::JOB_SEAL { ingest::JOB_SEAL } else { ingest::JOB_INGEST }
        }
        ingest::JOB_PURGE => {
            worker.ingest.purge(job.tenant, transfer).await?;
            ingest::JOB_PURGE
        }
        pronom::JOB_NAME_AGAIN => {
            if worker.pronom.name_batch(job.tenant, job.subject).await? == Progress::Goes {
                done = Done::APart;
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
    Ok(done)
}
