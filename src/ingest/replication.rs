//! What a member's sites can take: room promised before a deposit is received or accepted, and the wait for a
//! site that takes nothing.
//!
//! Never refuses a transfer for a fault of ours: it waits, says so, and goes on by itself.

use super::receive::Depositor;
use super::{Error, Ingest, event_object, state_queries};
use crate::db::TenantRead;
use crate::model::{Agent, Event, EventType, Outcome, TenantId, TransferId, TransferState};
use crate::storage::{Reserved, TenantStore};
use crate::telemetry;

impl Ingest {
    /// The member's store, on the sites that keep its archives.
    pub(super) async fn store_of(&self, tx: &mut TenantRead) -> Result<TenantStore, Error> {
        let store = self.storage.tenant(tx.tenant());
        Ok(match state_queries::member_sites(tx).await? {
            Some(sites) => store.on(&sites)?,
            None => store,
        })
    }

    /// Room for what is about to be received, held until the answer is dropped; an error says why no more can be
    /// taken now.
    pub(super) async fn make_room(&self, from: &Depositor) -> Result<Reserved, Error> {
        let mut tx = self.db.read(from.tenant).await?;
        let store = self.store_of(&mut tx).await?;
        let waiting = state_queries::count_awaiting_replication(&mut tx, self.waiting_max).await?;
        drop(tx);
        if waiting >= self.waiting_max {
            return Err(Error::TooManyWaiting { waiting });
        }
        let (storage, bytes) = (self.storage.clone(), from.announced_bytes.unwrap_or(0));
        super::blocking(move || Ok(storage.reserve_reception(&store, bytes)?)).await
    }

    /// The transfer waits for its sites: told once for each set of sites, then tried again.
    pub(super) async fn await_replication(
        &self,
        tenant: TenantId,
        id: TransferId,
        waiting: Vec<(String, String)>,
    ) -> Result<(), Error> {
        let sites: Vec<String> = waiting.iter().map(|(site, _)| site.clone()).collect();
        let mut tx = self.db.write(tenant).await?;
        match state_queries::lock_transfer(&mut tx, id).await? {
            Some((TransferState::Sealed | TransferState::AwaitingReplication, _)) => {}
            _ => return Err(Error::Contended),
        }
        let before = state_queries::set_awaiting_replication(&mut tx, id, &sites, self.clock.now()).await?;
        if before != sites {
            tx.record(Event {
                event_type: EventType::Replication,
                outcome: Outcome::Ko,
                agent: Agent::Service,
                object: event_object(id),
                detail: vec![("sites_en_attente", sites.join(" "))],
            });
            tx.commit().await?;
            telemetry::transfer_is_now(TransferState::AwaitingReplication);
        }
        let reasons = waiting.into_iter().map(|(site, reason)| format!("{site}: {reason}"));
        Err(Error::AwaitingReplication { sites, reasons: reasons.collect::<Vec<_>>().join("; ") })
    }
}
