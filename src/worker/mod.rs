//! The background door: jobs out of the queue, one after the other, several at once; one lane apart for what may
//! wait.
//!
//! It knows which function serves which kind of job and nothing of what they do. A job that fails comes
//! back later; one that keeps failing is shown to the operator. When told to stop, what runs is finished or
//! given back.

pub mod awaiting;
mod copies;
mod housekeeping;
mod jobs;
mod letters;
mod seals;
mod turns;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::access::Access;
use crate::clock::Clock;
use crate::db::jobs::{self as queue, Job};
use crate::db::{self, Db};
use crate::drafting::Drafting;
use crate::ingest::Ingest;
use crate::mail::Mail;
use crate::preservation::{Preservation, Turn};
use crate::pronom::Pronom;
use crate::recovery::Recovery;
use crate::sealing::Sealing;

pub use turns::Turns;

/// How often an idle worker looks for what other processes enqueue.
const LOOK: Duration = Duration::from_millis(500);
/// How long a stop waits for what runs, before giving it back.
pub const GRACE: Duration = Duration::from_secs(30);

/// What the jobs work with.
#[derive(Clone)]
pub struct Worker {
    pub db: Db,
    pub ingest: Ingest,
    pub drafting: Drafting,
    pub pronom: Pronom,
    pub preservation: Preservation,
    pub recovery: Recovery,
    pub sealing: Sealing,
    pub mail: Mail,
    pub access: Access,
    pub clock: Clock,
    /// How many of the lanes one member has at once.
    pub turns: Turns,
    /// How long a claim holds before another worker may take the job; extended while it runs.
    pub lease: Duration,
    /// How long a stop waits for what runs: [`GRACE`].
    pub grace: Duration,
}

/// Which jobs a lane does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lane {
    Foreground,
    /// Those that may wait. A worker has one such lane: they never keep a transfer waiting.
    Background,
}

/// How a worker's hold on a job ended.
enum End {
    Done(Result<Turn, jobs::Failure>),
    /// A stop was asked for and the job did not end within its grace.
    GivenBack,
    /// Another worker may have the job.
    Lost,
}

impl Worker {
    /// Works, `at_once` jobs at a time and one of those that may wait, until `stop` becomes true; returns when nothing of it runs.
    pub async fn run(self, at_once: usize, stop: watch::Receiver<bool>) {
        let worker = Arc::new(self);
        let mut lanes = JoinSet::new();
        for _ in 0..at_once {
            lanes.spawn(worker.clone().lane(Lane::Foreground, stop.clone()));
        }
        lanes.spawn(worker.clone().lane(Lane::Background, stop.clone()));
        lanes.spawn(letters::keep(worker.clone(), stop.clone()));
        lanes.spawn(copies::keep(worker.clone(), stop.clone()));
        lanes.spawn(housekeeping::await_scanner(worker.clone(), stop.clone()));
        lanes.spawn(seals::keep(worker.clone(), stop.clone()));
        lanes.spawn(housekeeping::keep(worker, stop));
        while lanes.join_next().await.is_some() {}
    }

    async fn lane(self: Arc<Self>, lane: Lane, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            match self.step_of(lane, &mut stop).await {
                Ok(true) => {}
                Ok(false) => tokio::select! {
                    () = queue::wait(&self.db, LOOK), if lane == Lane::Foreground => {}
                    // A wake is for one lane: taken by this one, a deposit would wait for the next look.
                    () = tokio::time::sleep(LOOK), if lane == Lane::Background => {}
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
        self.step_of(Lane::Foreground, stop).await
    }

    /// As [`Worker::step`], among the jobs that may wait.
    pub async fn step_in_background(
        self: &Arc<Self>,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<bool, db::Error> {
        self.step_of(Lane::Background, stop).await
    }

    async fn step_of(
        self: &Arc<Self>,
        lane: Lane,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<bool, db::Error> {
        let (job, _turn) = match lane {
            Lane::Foreground => match self.turns.claim(&self.db, self.clock.now(), self.lease).await? {
                Some((job, turn)) => (job, Some(turn)),
                None => return Ok(false),
            },
            Lane::Background => {
                match queue::claim_background(&self.db, self.clock.now(), self.lease).await? {
                    Some(job) => (job, None),
                    None => return Ok(false),
                }
            }
        };
        // A task of its own, so that a panic ends the job and not the lane.
        let (worker, theirs) = (self.clone(), job.clone());
        let mut work = tokio::spawn(async move { jobs::run(&worker, &theirs).await });
        match self.hold(&job, &mut work, stop).await {
            End::Done(outcome) => self.settle(&job, outcome).await?,
            End::GivenBack => {
                work.abort();
                queue::release(&self.db, &job, self.clock.now()).await?;
            }
            End::Lost => {
                work.abort();
                tracing::warn!(job.kind = %job.kind, tenant.id = %job.tenant, "a job outlived its lease");
            }
        }
        Ok(true)
    }

    /// Keeps the lease of a job while it runs. A database that does not answer is no reason to leave the job: it
    /// may be back before the work is done.
    async fn hold(
        &self,
        job: &Job,
        work: &mut JoinHandle<Result<Turn, jobs::Failure>>,
        stop: &mut watch::Receiver<bool>,
    ) -> End {
        let mut over = std::pin::pin!(told_and_waited(stop, self.grace));
        loop {
            tokio::select! {
                outcome = &mut *work => {
                    return End::Done(outcome.unwrap_or_else(|died| Err(jobs::Failure::died(&died))));
                }
                () = tokio::time::sleep(self.lease / 3) => {
                    match queue::extend(&self.db, job, self.clock.now(), self.lease).await {
                        Ok(true) => {}
                        Ok(false) => return End::Lost,
                        Err(error) => tracing::warn!(%error, job.kind = %job.kind, "a lease was not extended"),
                    }
                }
                () = &mut over => return End::GivenBack,
            }
        }
    }

    async fn settle(&self, job: &Job, outcome: Result<Turn, jobs::Failure>) -> Result<(), db::Error> {
        match outcome {
            Ok(Turn::Done) => {
                queue::finish(&self.db, job).await?;
            }
            // Those that waited longer go first.
            Ok(Turn::More) => {
                queue::put_back(&self.db, job, self.clock.now()).await?;
            }
            Err(failure) => {
                let waits_for = failure.waits_for.as_deref();
                let (now, reason) = (self.clock.now(), &failure.reason);
                let fate = queue::fail(&self.db, job, now, reason, failure.again, waits_for).await?;
                tracing::warn!(
                    job.kind = %job.kind, job.attempts = job.attempts, tenant.id = %job.tenant,
                    subject = %job.subject, reason = %failure.reason, fate = ?fate, "a job failed"
                );
            }
        }
        Ok(())
    }
}

/// Ends once a stop has been asked for and its grace is over.
async fn told_and_waited(stop: &mut watch::Receiver<bool>, grace: Duration) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        std::future::pending::<()>().await;
    }
    tokio::time::sleep(grace).await;
}
