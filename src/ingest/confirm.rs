//! After the rows: the commit marker on every site, and the quarantine emptied.
//!
//! A rebuild from one site alone takes an archive for ours when its marker stands there. Both may run
//! again at any time.

use fail::fail_point;

use super::reply::Taken;
use super::{Error, Ingest, event_object, queries, state_queries};
use crate::model::{Agent, Event, EventType, Outcome, TenantId, TransferId, TransferState};
use crate::package::accession::Confirmation;

impl Ingest {
    /// Marks every copy of a transfer taken in charge, as the catalogue has them.
    pub async fn confirm(&self, tenant: TenantId, id: TransferId) -> Result<(), Error> {
        let mut tx = self.db.read(tenant).await?;
        let Some(transfer) = queries::find_transfer(&mut tx, id).await? else { return Ok(()) };
        let (TransferState::TakenInCharge, Some(archive), Some(at)) =
            (transfer.state, transfer.archive_id, transfer.closed_at)
        else {
            return Ok(());
        };
        let sites = state_queries::copy_sites(&mut tx, archive).await?;
        drop(tx);
        self.mark(tenant, id, &Taken { archive, at, sites }).await
    }

    /// Marks every copy as committed, then drops the bytes from quarantine.
    pub(super) async fn mark(&self, tenant: TenantId, id: TransferId, taken: &Taken) -> Result<(), Error> {
        let (archive, committed_at) = (taken.archive, taken.at.to_rfc3339());
        let marker = Confirmation { transfer_id: id.0, committed_at }.to_json();
        let (store, quarantine) =
            (self.storage.tenant(tenant).on(&taken.sites)?, self.storage.quarantine().clone());
        super::blocking(move || {
            fail_point!("confirm-before-marker");
            store.confirm(archive, marker.as_bytes())?;
            fail_point!("confirm-after-marker");
            quarantine.forget(tenant, id)?;
            fail_point!("confirm-after-quarantine");
            Ok(())
        })
        .await
    }

    /// Drops the bytes of a refused transfer once their time is past; its message, reasons and events stay.
    pub async fn purge(&self, tenant: TenantId, id: TransferId) -> Result<(), Error> {
        let mut tx = self.db.read(tenant).await?;
        let until = state_queries::quarantine_until(&mut tx, id).await?;
        drop(tx);
        let at = self.clock.now();
        if until.is_none_or(|until| at < until) {
            return Ok(());
        }
        let quarantine = self.storage.quarantine().clone();
        super::blocking(move || Ok(quarantine.remove(tenant, id)?)).await?;
        fail_point!("purge-before-commit");
        let mut tx = self.db.write(tenant).await?;
        if !state_queries::set_purged(&mut tx, id, at).await? {
            return Ok(());
        }
        tx.record(Event {
            event_type: EventType::Rejet,
            outcome: Outcome::Ok,
            agent: Agent::Service,
            object: event_object(id),
            detail: vec![("etape", "octets retirés de la quarantaine".into())],
        });
        tx.commit().await?;
        Ok(())
    }
}
