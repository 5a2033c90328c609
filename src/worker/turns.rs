//! How many lanes of a worker one member has at once: some are left for whoever comes next.
//!
//! Never counts what may wait, which has one lane of its own. The one thing to know: lanes claim one after the other, so
//! that each knows what the others have taken; a claim is a few milliseconds of a job.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::db::jobs::{self as queue, Job};
use crate::db::{self, Db};
use crate::model::TenantId;
use crate::telemetry;

/// What each member has of the lanes of one worker.
#[derive(Clone)]
pub struct Turns {
    most: usize,
    running: Arc<Mutex<HashMap<TenantId, usize>>>,
    claiming: Arc<tokio::sync::Mutex<()>>,
}

/// A lane that a member has; free again when dropped.
pub(super) struct Turn {
    tenant: TenantId,
    running: Arc<Mutex<HashMap<TenantId, usize>>>,
}

impl Turns {
    /// At most so many of one member; never none.
    pub fn new(most: usize) -> Self {
        Self { most: most.max(1), running: Arc::default(), claiming: Arc::default() }
    }

    /// A job of whoever has fewest running, but of none that has its share already.
    pub(super) async fn claim(
        &self,
        db: &Db,
        now: DateTime<Utc>,
        lease: Duration,
    ) -> Result<Option<(Job, Turn)>, db::Error> {
        let _one_at_a_time = self.claiming.lock().await;
        let full = self.full();
        let Some(job) = queue::claim_but_of(db, now, lease, &full).await? else {
            if !full.is_empty() {
                telemetry::limited("jobs");
            }
            return Ok(None);
        };
        let turn = self.turn(job.tenant);
        Ok(Some((job, turn)))
    }

    fn full(&self) -> Vec<TenantId> {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.iter().filter(|(_, count)| **count >= self.most).map(|(tenant, _)| *tenant).collect()
    }

    fn turn(&self, tenant: TenantId) -> Turn {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        *running.entry(tenant).or_default() += 1;
        Turn { tenant, running: self.running.clone() }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = running.get_mut(&self.tenant) {
            *count -= 1;
            if *count == 0 {
                running.remove(&self.tenant);
            }
        }
    }
}
