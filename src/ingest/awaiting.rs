//! What awaits an archivist's decision, in every member she serves: one reading transaction a member where something awaits.
//!
//! Never mixes members in a query. Gravest first (something was remarked), then oldest.

use chrono::{DateTime, Utc};
use futures_util::{StreamExt, TryStreamExt, stream};

use super::{Ingest, awaiting_queries};
use crate::db;
use crate::model::{FileKinds, PersonId, Scope, TenantId, TransferId};

/// Members looked at.
pub const MEMBERS_MAX: usize = 1_000;
/// Members looked at at the same time.
const AT_ONCE: usize = 4;

/// A member, and how far somebody decides in it.
#[derive(Clone, Debug)]
pub struct Served {
    pub tenant: TenantId,
    pub scope: Scope,
}

/// What awaits in one member.
#[derive(Clone, Debug, Default)]
pub struct Awaiting {
    pub count: u64,
    /// Of which something was remarked.
    pub remarked: u64,
    pub files: u64,
    pub bytes: u64,
    /// The first of them, gravest first, then oldest.
    pub first: Vec<Waiting>,
}

/// A transfer that awaits.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub transfer_id: TransferId,
    pub title: String,
    pub received_at: DateTime<Utc>,
    /// Name of the transferring agency, or its identifier.
    pub sender: Option<String>,
    pub files: u64,
    pub bytes: u64,
    pub kinds: FileKinds,
    pub remarks: u64,
    /// Who deposited it, when a person did.
    pub depositor: Option<PersonId>,
}

impl Waiting {
    /// What puts it before others.
    pub fn rank(&self) -> (bool, DateTime<Utc>, TransferId) {
        (self.remarks == 0, self.received_at, self.transfer_id)
    }
}

impl Ingest {
    /// What awaits in each of these members, in their order: at most so many transfers of each.
    pub async fn awaiting(&self, served: &[Served], most: u32) -> Result<Vec<Awaiting>, db::Error> {
        let mut technical = self.db.technical().await?;
        let awaiting = awaiting_queries::members(&mut technical).await?;
        drop(technical);
        let awaiting = &awaiting;
        let members = served.iter().take(MEMBERS_MAX).map(|member| async move {
            match awaiting.contains(&member.tenant) {
                true => self.awaiting_in(member, most).await,
                false => Ok(Awaiting::default()),
            }
        });
        stream::iter(members).buffered(AT_ONCE).try_collect().await
    }

    /// What awaits in one member: at most so many transfers.
    pub async fn awaiting_in(&self, member: &Served, most: u32) -> Result<Awaiting, db::Error> {
        let mut tx = self.db.read(member.tenant).await?;
        let counted = awaiting_queries::count(&mut tx, &member.scope).await?;
        if counted.count == 0 {
            return Ok(counted);
        }
        let first = awaiting_queries::first(&mut tx, &member.scope, most).await?;
        Ok(Awaiting { first, ..counted })
    }
}
