//! The tables that belong to no tenant and whose changes are no archive events.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool, Postgres, Transaction};
use uuid::Uuid;

use super::jobs::Wake;
use super::queries::JobKind;
use super::{Error, queries};
use crate::model::TenantId;

/// A transaction on sessions, tokens, failed log-ins and jobs. The role behind it sees no archive.
pub struct Technical {
    tx: Transaction<'static, Postgres>,
    enqueued: Option<Arc<Wake>>,
    wake: Arc<Wake>,
}

impl Technical {
    pub(super) async fn begin(pool: PgPool, wake: Arc<Wake>) -> Result<Self, Error> {
        Ok(Self { tx: pool.begin().await?, enqueued: None, wake })
    }

    /// The same, whose commit does not wait for the disk: for what a crash may undo without harm.
    pub(super) async fn begin_hurried(pool: PgPool, wake: Arc<Wake>) -> Result<Self, Error> {
        let begin = "begin; set local synchronous_commit = off";
        Ok(Self { tx: pool.begin_with(begin).await?, enqueued: None, wake })
    }

    /// For the queries.
    pub fn conn(&mut self) -> &mut PgConnection {
        &mut self.tx
    }

    /// Asks for a job of `tenant`, once committed; nothing when the same one waits or runs already.
    pub async fn enqueue(
        &mut self,
        tenant: TenantId,
        kind: &'static str,
        subject: Uuid,
        run_at: DateTime<Utc>,
    ) -> Result<(), Error> {
        self.ask(tenant, JobKind { word: kind, background: false }, subject, run_at).await
    }

    /// As [`Technical::enqueue`], for what may wait: one lane of a worker does it, apart from the others.
    pub async fn enqueue_background(
        &mut self,
        tenant: TenantId,
        kind: &'static str,
        subject: Uuid,
        run_at: DateTime<Utc>,
    ) -> Result<(), Error> {
        self.ask(tenant, JobKind { word: kind, background: true }, subject, run_at).await
    }

    async fn ask(
        &mut self,
        tenant: TenantId,
        kind: JobKind,
        subject: Uuid,
        run_at: DateTime<Utc>,
    ) -> Result<(), Error> {
        queries::enqueue_for(self.conn(), tenant, kind, subject, run_at).await?;
        self.enqueued = Some(self.wake.clone());
        Ok(())
    }

    /// Makes it so.
    pub async fn commit(self) -> Result<(), Error> {
        self.tx.commit().await?;
        if let Some(enqueued) = self.enqueued {
            enqueued.wake();
        }
        Ok(())
    }
}
