//! Transactions on one tenant's rows: [`TenantRead`] and [`TenantTx`].

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, PgConnection, PgPool, Postgres, Transaction};
use tokio::sync::OwnedSemaphorePermit;
use uuid::Uuid;

use super::jobs::Wake;
use super::queries::JobKind;
use super::{Error, journal, queries};
use crate::clock::Clock;
use crate::model::{Event, TenantId};

/// Rows of one tenant, seen as they stood when the transaction began.
pub struct TenantRead {
    tx: Transaction<'static, Postgres>,
    tenant: TenantId,
    /// Given back after the connection.
    _turn: OwnedSemaphorePermit,
}

impl TenantRead {
    /// The tenant is set before anything else runs, for this transaction only. Once a statement has run,
    /// PostgreSQL lets nobody turn a reading transaction into a writing one.
    pub(super) async fn begin(
        pool: PgPool,
        tenant: TenantId,
        begin: AssertSqlSafe<String>,
        turn: OwnedSemaphorePermit,
    ) -> Result<Self, Error> {
        let tx = pool.begin_with(begin).await?;
        Ok(Self { tx, tenant, _turn: turn })
    }

    /// For the queries.
    pub fn conn(&mut self) -> &mut PgConnection {
        &mut self.tx
    }

    /// Whose rows these are.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }
}

/// Rows of one tenant, to change. Dropped without `commit`, nothing has happened.
pub struct TenantTx {
    rows: TenantRead,
    events: Vec<Event>,
    put_back: bool,
    enqueued: bool,
    clock: Clock,
    wake: Arc<Wake>,
}

impl TenantTx {
    pub(super) fn new(rows: TenantRead, clock: Clock, wake: Arc<Wake>) -> Self {
        Self { rows, events: Vec::new(), put_back: false, enqueued: false, clock, wake }
    }

    /// What happens in this transaction, for the tenant's journal, in the order given.
    pub fn record(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Puts entries back that the journal had before its rows were lost, from a copy: texts as they were hashed, in
    /// order. Refused unless they follow, number by number and hash by hash, what the journal has.
    pub async fn put_back_lost_journal_entries(&mut self, texts: &[String]) -> Result<(), Error> {
        journal::put_back(self.conn(), texts).await?;
        self.put_back = true;
        Ok(())
    }

    /// Asks for a job, once committed; nothing when the same one waits or runs already. A running job that
    /// must run again says so itself ([`super::jobs::put_back`]).
    pub async fn enqueue(
        &mut self,
        kind: &'static str,
        subject: Uuid,
        run_at: DateTime<Utc>,
    ) -> Result<(), Error> {
        self.ask(JobKind { word: kind, background: false }, subject, run_at).await
    }

    /// As [`TenantTx::enqueue`], for what may wait: one lane of a worker does it, apart from the others.
    pub async fn enqueue_background(
        &mut self,
        kind: &'static str,
        subject: Uuid,
        run_at: DateTime<Utc>,
    ) -> Result<(), Error> {
        self.ask(JobKind { word: kind, background: true }, subject, run_at).await
    }

    async fn ask(&mut self, kind: JobKind, subject: Uuid, run_at: DateTime<Utc>) -> Result<(), Error> {
        let now = self.clock.now();
        queries::enqueue(self.conn(), kind, subject, run_at, now).await?;
        self.enqueued = true;
        Ok(())
    }

    /// Locks the journal's head, numbers and chains what was recorded, and makes everything so at once.
    /// Refused when nothing was recorded; then, as after any error, nothing has changed.
    pub async fn commit(mut self) -> Result<(), Error> {
        if self.events.is_empty() && !self.put_back {
            return Err(Error::NothingRecorded);
        }
        let events = std::mem::take(&mut self.events);
        if !events.is_empty() {
            let now = self.clock.now();
            journal::append(self.conn(), &events, now).await?;
        }
        self.rows.tx.commit().await?;
        if self.enqueued {
            self.wake.wake();
        }
        Ok(())
    }
}

impl Deref for TenantTx {
    type Target = TenantRead;

    fn deref(&self) -> &TenantRead {
        &self.rows
    }
}

impl DerefMut for TenantTx {
    fn deref_mut(&mut self) -> &mut TenantRead {
        &mut self.rows
    }
}
