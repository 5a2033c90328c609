//! Canaries in the rows, as archives are: a tenant, an agreement under which nobody deposits, an archive each.

use super::canary::{CODE, tenant};
use super::{Error, Preservation, canary_queries, event_object};
use crate::catalog::write::{self, NewArchive};
use crate::db::TenantTx;
use crate::model::{Agent, ArchiveId, Event, EventType, Outcome, Rules};
use crate::storage::Location;

impl Preservation {
    /// The tenant whose archives canaries are, once.
    pub(super) async fn enter_tenant(&self) -> Result<(), Error> {
        let mut read = self.db.read(tenant()).await?;
        let known = canary_queries::has_agreement(&mut read).await?;
        drop(read);
        if known {
            return Ok(());
        }
        let now = self.clock.now();
        let mut tx = self.db.write(tenant()).await?;
        let made = canary_queries::insert_tenant(&mut tx, CODE, now).await?;
        if !made {
            // Another process was quicker.
            return Ok(());
        }
        canary_queries::insert_agreement(&mut tx, self.clock.fresh_id(), self.clock.fresh_id()).await?;
        record(&mut tx, EventType::Parametrage, format!("member:{CODE}"), Vec::new());
        Ok(tx.commit().await?)
    }

    /// A canary whose copies are whole.
    pub(super) async fn enter_canary(
        &self,
        number: u32,
        archive: ArchiveId,
        copies: &[Location],
        inventory: [u8; 64],
    ) -> Result<(), Error> {
        let now = self.clock.now();
        let mut tx = self.db.write(tenant()).await?;
        let transfer = self.clock.fresh_id();
        if !canary_queries::insert_transfer(&mut tx, transfer, &inventory, now).await? {
            return Ok(());
        }
        let agreement_id = canary_queries::agreement(&mut tx).await?;
        let cote = format!("TEMOIN-{number}");
        let new = NewArchive {
            archive_id: archive.0,
            transfer_id: transfer,
            cote: &cote,
            title: &cote,
            agreement_id,
            transferring_agency: CODE,
            originating_agency: None,
            size_bytes: 0,
            unit_count: 0,
            object_count: 0,
            taken_in_charge_at: now,
            rules: &Rules::default(),
            inventory_sha512: &inventory,
        };
        write::insert_archive(&mut tx, &new).await?;
        let copies = copies.iter().map(|copy| (copy.site.as_str(), copy.path.as_str()));
        write::insert_copies(&mut tx, archive.0, copies, now).await?;
        record(&mut tx, EventType::PriseEnCharge, event_object(archive), vec![("cote", cote.clone())]);
        Ok(tx.commit().await?)
    }

    /// Its copy on one more site.
    pub(super) async fn enter_copy(&self, archive: ArchiveId, site: &str, path: &str) -> Result<(), Error> {
        let mut tx = self.db.write(tenant()).await?;
        write::insert_copies(&mut tx, archive.0, [(site, path)], self.clock.now()).await?;
        let detail = vec![("sites", site.to_owned())];
        record(&mut tx, EventType::Replication, event_object(archive), detail);
        Ok(tx.commit().await?)
    }
}

fn record(tx: &mut TenantTx, event_type: EventType, object: String, detail: Vec<(&'static str, String)>) {
    tx.record(Event { event_type, outcome: Outcome::Ok, agent: Agent::Service, object, detail });
}
