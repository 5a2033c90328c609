//! Drafts that nobody used for long, and bytes that no draft names: what a stop left between a row and its file. What was received
//! before a stop is noted first: its bytes are the transfer's.

use std::collections::HashSet;
use std::time::Duration;

use chrono::TimeDelta;
use uuid::Uuid;

use super::{Drafting, Error, blocking, file_queries, queries};
use crate::model::TenantId;

/// Days during which a draft that is not sent waits for whoever began it.
pub const UNSENT_DAYS: i64 = 30;
/// Days during which what was answered of a deposit serves the next one of its kind: those of a flow may be a year apart.
pub const SENT_DAYS: i64 = 800;
/// A file younger than this may be one that is still arriving.
const YOUNG: Duration = Duration::from_secs(24 * 3600);

impl Drafting {
    /// Forgets the member's old drafts, then the bytes that none names; how many drafts, how many files.
    ///
    /// # Errors
    /// When rows or files cannot be read or removed.
    pub async fn sweep(&self, tenant: TenantId) -> Result<(u64, usize), Error> {
        self.sweep_older_than(tenant, YOUNG).await
    }

    /// As [`Drafting::sweep`], of files of this age.
    ///
    /// # Errors
    /// As [`Drafting::sweep`].
    pub async fn sweep_older_than(&self, tenant: TenantId, age: Duration) -> Result<(u64, usize), Error> {
        self.note_all(tenant).await?;
        let now = self.clock.now();
        let quarantine = self.quarantine();
        // The files first: one that comes meanwhile is younger than any of these.
        let old = blocking(move || Ok(quarantine.older_than(tenant, age)?)).await?;
        let mut tx = self.db.technical().await?;
        let before = (now - TimeDelta::days(UNSENT_DAYS), now - TimeDelta::days(SENT_DAYS));
        let drafts = queries::delete_old(&mut tx, tenant, before).await?;
        let kept: HashSet<Uuid> = file_queries::kept(&mut tx, tenant).await?.into_iter().collect();
        tx.commit().await?;
        let orphans: Vec<_> = old.into_iter().filter(|id| !kept.contains(&id.0)).collect();
        let (quarantine, count) = (self.quarantine(), orphans.len());
        blocking(move || {
            for id in orphans {
                quarantine.remove(tenant, id)?;
            }
            Ok(())
        })
        .await?;
        Ok((drafts, count))
    }
}
