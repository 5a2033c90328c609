//! The background door: jobs out of the queue, one after the other, several at once.
//!
//! It knows which function serves which kind of job and nothing of what they do. A job that fails comes
//! back later; one that keeps failing is set aside and shown to the operator. When told to stop, what runs
//! is finished or given back.

mod housekeeping;
mod jobs;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::clock::Clock;
use crate::db::{self, Db, jobs as queue};
use crate::ingest::Ingest;

/// How often an idle worker looks for what other processes enqueue.
const LOOK: Duration = Duration::from_millis(500);
/// How long a stop waits for what runs, before giving it back.
const GRACE: Duration = Duration::from_secs(30);

/// What the jobs work with.
#[derive(Clone)]
pub struct Worker {
    pub db: Db,
    pub ingest: Ingest,
    pub clock: Clock,
    /// How long a claim holds before another worker may take the job; extended while it runs.
    pub lease: Duration,
}

impl Worker {
    /// Works, `at_once` jobs at a time, until `stop` becomes true; returns when nothing of it runs.
    pub async fn run(self, at_once: usize, stop: watch::Receiver<bool>) {
        let worker = Arc::new(self);
        let mut lanes = JoinSet::new();
        for _ in 0..at_once {
            lanes.spawn(worker.clone().lane(stop.clone()));
        }
        lanes.spawn(housekeeping::keep(worker, stop));
        while lanes.join_next().await.is_some() {}
    }

    async fn lane(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            match self.step(&mut stop).await {
                Ok(true) => {}
                Ok(false) => tokio::select! {
                    () = queue::wait(&self.db, LOOK) => {}
                    _ = stop.changed() => {}
                },
                Err(error) => {
                    tracing::error!(error = %error, "the queue of jobs does not answer");
                    tokio::time::sleep(LOOK * 4).await;
                }
            }
        }
    }

    /// Does one job, if one is due; `false` when none is. Returns early, the job given back, when told to stop
    /// and the job does not end within its grace.
    pub async fn step(self: &Arc<Self>, stop: &mut watch::Receiver<bool>) -> Result<bool, db::Error> {
        let Some(job) = queue::claim(&self.db, self.clock.now(), self.lease).await? else { return Ok(false) };
        // A task of its own, so that a panic ends the job and not the lane.
        let (worker, theirs) = (self.clone(), job.clone());
        let mut work = tokio::spawn(async move { jobs::run(&worker, &theirs).await });
        let outcome = loop {
            tokio::select! {
                outcome = &mut work => break outcome.unwrap_or_else(|died| Err(jobs::Failure::died(&died))),
                () = tokio::time::sleep(self.lease / 3) => {
                    if !queue::extend(&self.db, &job, self.clock.now(), self.lease).await? {
                        tracing::warn!(job.kind = %job.kind, tenant.id = %job.tenant, "a job outlived its lease");
                        return Ok(true);
                    }
                }
                () = told_and_waited(stop) => {
                    work.abort();
                    queue::release(&self.db, &job, self.clock.now()).await?;
                    return Ok(true);
                }
            }
        };
        match outcome {
            Ok(()) => {
                queue::finish(&self.db, &job).await?;
            }
            Err(failure) => {
                let fate =
                    queue::fail(&self.db, &job, self.clock.now(), &failure.reason, failure.transient).await?;
                tracing::warn!(
                    job.kind = %job.kind, job.attempts = job.attempts, tenant.id = %job.tenant,
                    subject = %job.subject, reason = %failure.reason, fate = ?fate, "a job failed"
                );
            }
        }
        Ok(true)
    }
}

/// Ends once a stop has been asked for and its grace is over.
async fn told_and_waited(stop: &mut watch::Receiver<bool>) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        std::future::pending::<()>().await;
    }
    tokio::time::sleep(GRACE).await;
}
