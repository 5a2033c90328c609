//! Files in quarantine that no transfer names: what a crash left between the file and its row.

use std::collections::HashSet;
use std::time::Duration;

use super::{Error, Ingest, state_queries, upload_queries};
use crate::model::{Agent, Event, EventType, Outcome, TenantId, TransferId};

fn swept(id: TransferId) -> Event {
    Event {
        event_type: EventType::Rejet,
        outcome: Outcome::Ok,
        agent: Agent::Service,
        object: super::event_object(id),
        detail: vec![("etape", "octets sans versement retirés de la quarantaine".into())],
    }
}

/// A file younger than this may belong to a deposit still arriving.
const YOUNG: Duration = Duration::from_secs(24 * 3600);

impl Ingest {
    /// Removes this tenant's orphans from quarantine; returns how many.
    pub async fn sweep(&self, tenant: TenantId) -> Result<usize, Error> {
        let quarantine = self.storage.quarantine().clone();
        let old = super::blocking(move || Ok(quarantine.older_than(tenant, YOUNG)?)).await?;
        if old.is_empty() {
            return Ok(0);
        }
        let mut tx = self.db.read(tenant).await?;
        let mut kept: HashSet<_> = state_queries::quarantined(&mut tx).await?.into_iter().collect();
        kept.extend(upload_queries::under_way(&mut tx).await?);
        drop(tx);
        let orphans: Vec<_> = old.into_iter().filter(|id| !kept.contains(id)).collect();
        if orphans.is_empty() {
            return Ok(0);
        }
        // Said before it is done: after a crash it is said, and done, again.
        let mut tx = self.db.write(tenant).await?;
        orphans.iter().for_each(|id| tx.record(swept(*id)));
        tx.commit().await?;
        let (quarantine, count) = (self.storage.quarantine().clone(), orphans.len());
        super::blocking(move || {
            for id in orphans {
                quarantine.remove(tenant, id)?;
            }
            Ok(())
        })
        .await?;
        Ok(count)
    }
}
