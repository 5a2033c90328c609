//! From the kind of a job to its function: one `match`.

use super::Worker;
use crate::db::jobs::Job;
use crate::ingest;
use crate::model::TransferId;

/// Why a job did not end, for the operator: no content, no title.
pub(super) struct Failure {
    pub reason: String,
    /// Whether trying again may do.
    pub transient: bool,
}

impl From<ingest::Error> for Failure {
    fn from(error: ingest::Error) -> Self {
        Self { reason: error.to_string(), transient: error.is_transient() }
    }
}

pub(super) async fn run(worker: &Worker, job: &Job) -> Result<(), Failure> {
    let transfer = TransferId(job.subject);
    match job.kind.as_str() {
        ingest::JOB_INGEST | ingest::JOB_SEAL => worker.ingest.advance(job.tenant, transfer).await?,
        ingest::JOB_CONFIRM => worker.ingest.confirm(job.tenant, transfer).await?,
        ingest::JOB_PURGE => worker.ingest.purge(job.tenant, transfer).await?,
        unknown => {
            return Err(Failure { reason: format!("no function serves jobs of kind {unknown}"), transient: false });
        }
    }
    Ok(())
}
