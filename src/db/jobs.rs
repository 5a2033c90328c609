//! Background work that survives the process: asked for inside the transaction that needs it, taken by any
//! worker, given back with a growing delay when it fails. What only waits for a cause to pass (a site, a disk, a
//! server) is tried for ever, each hour in the end, and shown; what cannot succeed is set aside and shown.
//!
//! Never says what a job does: a job names a kind, a tenant and a subject, and is safe to run twice. The one
//! thing to know: a claim is a lease. A worker that is late (its lease over, the job claimed again) finds
//! its fence outdated, and whatever it reports changes nothing.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Notify;
use uuid::Uuid;

use super::{Db, Error, job_queries as queries};
use crate::model::TenantId;

/// Claims after which a job that still fails is shown, and set aside unless its cause may pass: with the
/// delays, about an hour and a quarter.
pub const ATTEMPTS_MAX: u32 = 12;

/// Claims in a row that may end with their worker, killed or out of memory: the next would end the same way.
pub const DEATHS_MAX: u32 = 5;

/// What jobs of machines' deposits wait for when the member's quota is full: ingest says it, a raised quota ends it.
pub const WAITS_FOR_ROOM: &str = "quota";

/// Longest delay before a failed job is tried again.
const DELAY_MAX_SECONDS: i64 = 3_600;

/// Longest delay before what waits for a shared cause is tried again.
const EACH_MINUTE_SECONDS: i64 = 60;

/// Most bytes kept of an error.
const ERROR_BYTES_MAX: usize = 2_000;

/// A job in this worker's hands until its lease ends.
#[derive(Clone, Debug)]
pub struct Job {
    pub(super) job_id: i64,
    pub tenant: TenantId,
    pub kind: String,
    pub subject: Uuid,
    /// Claims so far, this one included.
    pub attempts: u32,
    pub(super) fence: i64,
}

/// What a failure says of the next try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// The cause is outside and passes: tried until it does.
    Always,
    /// As `Always`, for a cause that may pass at any moment and that many jobs share: tried each minute.
    EachMinute,
    /// A fault of ours, which another try may not meet.
    AFewTimes,
    Never,
}

/// A job that kept failing, for the operators' page: set aside, or tried again each hour (its error says so).
#[derive(Clone, Debug)]
pub struct SetAside {
    pub job_id: i64,
    pub member_name: String,
    pub kind: String,
    pub subject: Uuid,
    pub attempts: u32,
    pub last_error: String,
    pub created_at: DateTime<Utc>,
}

/// How many jobs stand where; those of the background are counted apart, for they may wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub due: u64,
    pub later: u64,
    pub running: u64,
    /// Those that [`set_aside`] shows.
    pub set_aside: u64,
    /// Jobs of the background, due or running.
    pub background: u64,
    /// Since when the oldest one due waits.
    pub due_since: Option<DateTime<Utc>>,
}

/// What became of a failed job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failed {
    /// It is tried again then.
    Later(DateTime<Utc>),
    SetAside,
    /// The lease was over: another worker has it.
    Lost,
}

/// Takes one job due, of the tenant with the fewest running, until `now + lease`; none when nothing is due. Jobs
/// of the background are left to [`claim_background`].
pub async fn claim(db: &Db, now: DateTime<Utc>, lease: Duration) -> Result<Option<Job>, Error> {
    take(db, now, lease, false, &[]).await
}

/// As [`claim`], but of these tenants.
pub async fn claim_but_of(
    db: &Db,
    now: DateTime<Utc>,
    lease: Duration,
    but_of: &[TenantId],
) -> Result<Option<Job>, Error> {
    take(db, now, lease, false, but_of).await
}

/// As [`claim`], among the jobs that may wait.
pub async fn claim_background(db: &Db, now: DateTime<Utc>, lease: Duration) -> Result<Option<Job>, Error> {
    take(db, now, lease, true, &[]).await
}

async fn take(
    db: &Db,
    now: DateTime<Utc>,
    lease: Duration,
    background: bool,
    but_of: &[TenantId],
) -> Result<Option<Job>, Error> {
    let mut tx = db.hurried().await?;
    let (until, but_of) =
        (after(now, lease), but_of.iter().map(|tenant| tenant.as_uuid()).collect::<Vec<_>>());
    let job = queries::claim_job(tx.conn(), (now, until), DEATHS_MAX as i32, background, &but_of).await?;
    if job.is_none() {
        // Looked for when there is time.
        queries::set_aside_deadly(tx.conn(), now, DEATHS_MAX as i32).await?;
    }
    tx.commit().await?;
    Ok(job)
}

/// Whether a job that cannot wait is due: what may wait then goes slower.
pub async fn is_foreground_due(db: &Db, now: DateTime<Utc>) -> Result<bool, Error> {
    let mut tx = db.technical().await?;
    queries::is_foreground_due(tx.conn(), now).await
}

/// The job is done and forgotten. `false`: the lease was over, another worker has it.
pub async fn finish(db: &Db, job: &Job) -> Result<bool, Error> {
    let mut tx = db.hurried().await?;
    let held = queries::delete_job(tx.conn(), job.job_id, job.fence).await?;
    tx.commit().await?;
    Ok(held)
}

/// The job failed for `reason`. It is tried again after a delay that doubles up to an hour, or set aside, as
/// `again` says.
pub async fn fail(
    db: &Db,
    job: &Job,
    now: DateTime<Utc>,
    reason: &str,
    again: Again,
    waits_for: Option<&str>,
) -> Result<Failed, Error> {
    let reason = shortened(reason);
    let mut tx = db.technical().await?;
    let is_tried = match again {
        Again::Always | Again::EachMinute => true,
        Again::AFewTimes => job.attempts < ATTEMPTS_MAX,
        Again::Never => false,
    };
    let outcome = if is_tried {
        let longest = if again == Again::EachMinute { EACH_MINUTE_SECONDS } else { DELAY_MAX_SECONDS };
        let run_at = now + delay(job.attempts).min(TimeDelta::seconds(longest));
        let attempts = job.attempts as i32;
        let held = queries::put_back_job(
            tx.conn(),
            (job.job_id, job.fence),
            run_at,
            attempts,
            (Some(reason), waits_for),
        )
        .await?;
        if held { Failed::Later(run_at) } else { Failed::Lost }
    } else {
        let held = queries::set_job_aside(tx.conn(), job.job_id, job.fence, reason).await?;
        if held { Failed::SetAside } else { Failed::Lost }
    };
    tx.commit().await?;
    Ok(outcome)
}

/// Gives the job back untouched, as a graceful stop does: the attempt does not count, anyone may take it now.
pub async fn release(db: &Db, job: &Job, now: DateTime<Utc>) -> Result<bool, Error> {
    let mut tx = db.technical().await?;
    let attempts = job.attempts.saturating_sub(1) as i32;
    let held = queries::put_back_job(tx.conn(), (job.job_id, job.fence), now, attempts, (None, None)).await?;
    tx.commit().await?;
    db.enqueued.wake();
    Ok(held)
}

/// The job did what it could and runs again at `run_at`, as if new.
pub async fn put_back(db: &Db, job: &Job, run_at: DateTime<Utc>) -> Result<bool, Error> {
    let mut tx = db.technical().await?;
    let held = queries::put_back_job(tx.conn(), (job.job_id, job.fence), run_at, 0, (None, None)).await?;
    tx.commit().await?;
    Ok(held)
}

/// The job takes longer: the lease now ends at `now + lease`. `false`: it was over already, stop working.
pub async fn extend(db: &Db, job: &Job, now: DateTime<Utc>, lease: Duration) -> Result<bool, Error> {
    let mut tx = db.technical().await?;
    let held = queries::extend_job(tx.conn(), job.job_id, job.fence, after(now, lease)).await?;
    tx.commit().await?;
    Ok(held)
}

/// Gives back every running job of every worker: only for a start that knows no other worker lives
/// ([`super::Cluster::is_alone`]). Without it, a killed worker's jobs wait for the end of their lease.
pub async fn release_all_since_no_other_worker_lives(db: &Db) -> Result<u64, Error> {
    let mut tx = db.technical().await?;
    let released = queries::release_running_jobs(tx.conn()).await?;
    tx.commit().await?;
    Ok(released)
}

/// At most `most` of the jobs set aside or failing for long, oldest first.
pub async fn set_aside(db: &Db, most: u32) -> Result<Vec<SetAside>, Error> {
    let mut tx = db.technical().await?;
    queries::jobs_set_aside(tx.conn(), ATTEMPTS_MAX as i32, i64::from(most)).await
}

/// A job that [`set_aside`] shows is tried again from now on, as if new. `false`: it is not among them.
pub async fn resume(db: &Db, job_id: i64, now: DateTime<Utc>) -> Result<bool, Error> {
    let mut tx = db.technical().await?;
    let resumed = queries::resume_job(tx.conn(), job_id, now, ATTEMPTS_MAX as i32).await?;
    tx.commit().await?;
    db.enqueued.wake();
    Ok(resumed)
}

/// What jobs wait for outside, and how many wait for each.
pub async fn waiting(db: &Db) -> Result<Vec<(String, u64)>, Error> {
    let mut tx = db.technical().await?;
    queries::jobs_waiting(tx.conn()).await
}

/// What a job waits for outside, when it waits.
pub async fn waits_for(
    db: &Db,
    tenant: TenantId,
    kind: &str,
    subject: Uuid,
) -> Result<Option<String>, Error> {
    let mut tx = db.technical().await?;
    queries::cause_of(tx.conn(), tenant.as_uuid(), kind, subject).await
}

/// How many jobs stand where, over all tenants.
pub async fn counts(db: &Db, now: DateTime<Utc>) -> Result<Counts, Error> {
    let mut tx = db.technical().await?;
    queries::count_jobs(tx.conn(), now, ATTEMPTS_MAX as i32).await
}

/// What these jobs wait for has come back: they are tried from now on.
pub async fn hasten(db: &Db, waits_for: &str, now: DateTime<Utc>) -> Result<u64, Error> {
    let mut tx = db.technical().await?;
    let hastened = queries::hasten_waiting(tx.conn(), waits_for, now).await?;
    tx.commit().await?;
    db.enqueued.wake();
    Ok(hastened)
}

/// Waits until this process enqueues something, at most `at_most`: what other processes enqueue is found
/// by looking. (NOTIFY would hold a lock of the whole database across each commit's flush.)
pub async fn wait(db: &Db, at_most: Duration) {
    let _ = tokio::time::timeout(at_most, db.enqueued.0.notified()).await;
}

/// Tells this process's workers that a job was enqueued.
#[derive(Default)]
pub(super) struct Wake(Notify);

impl Wake {
    /// Wakes one of those who wait, or the next one who is about to: each job wakes one.
    pub(super) fn wake(&self) {
        self.0.notify_one();
    }
}

/// 2, 4, 8… seconds after the first, second, third failure.
fn delay(attempts: u32) -> TimeDelta {
    TimeDelta::seconds((1_i64 << attempts.clamp(1, 20)).min(DELAY_MAX_SECONDS))
}

fn after(now: DateTime<Utc>, lease: Duration) -> DateTime<Utc> {
    now + TimeDelta::from_std(lease).unwrap_or(TimeDelta::days(1))
}

/// NUL is no text for PostgreSQL; an error may quote what it was given.
fn shortened(reason: &str) -> &str {
    let reason = reason.split('\0').next().unwrap_or("");
    &reason[..reason.floor_char_boundary(ERROR_BYTES_MAX)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_doubles_up_to_an_hour() {
        let seconds: Vec<i64> = (1..=13).map(|attempts| delay(attempts).num_seconds()).collect();
        assert_eq!(seconds, [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600]);
    }

    #[test]
    fn an_error_is_cut_between_characters() {
        assert_eq!(shortened("a\0b"), "a");
        assert!(shortened(&"é".repeat(2_000)).len() <= ERROR_BYTES_MAX);
    }
}
