//! How many connections one tenant holds at once: the pool is never one tenant's.
//!
//! Never takes from a tenant what it has. One thing to know: a transaction that waits for a second one of its own
//! tenant would wait for itself; none does.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Error;
use crate::model::TenantId;
use crate::telemetry;

/// Every tenant's connections, of one process.
pub(super) struct Turns {
    most: usize,
    wait: Duration,
    tenants: Mutex<HashMap<TenantId, Arc<Semaphore>>>,
}

impl Turns {
    pub(super) fn new(most: u32, wait: Duration) -> Self {
        Self { most: most.max(1) as usize, wait, tenants: Mutex::default() }
    }

    /// One of the tenant's connections, until dropped; refused, for a while, when none comes free in time.
    pub(super) async fn take(&self, tenant: TenantId) -> Result<OwnedSemaphorePermit, Error> {
        let turn = tokio::time::timeout(self.wait, self.of(tenant).acquire_owned()).await;
        match turn {
            Ok(Ok(turn)) => Ok(turn),
            Ok(Err(_)) | Err(_) => {
                telemetry::limited("connections");
                Err(Error::ShareTaken { connections: self.most })
            }
        }
    }

    fn of(&self, tenant: TenantId) -> Arc<Semaphore> {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        tenants.entry(tenant).or_insert_with(|| Arc::new(Semaphore::new(self.most))).clone()
    }
}
