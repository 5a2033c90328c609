//! Destroy: every copy of an archive removed, its memory kept.
//!
//! It asks for the authority that only the procedure of elimination can make, and writes what it is about to
//! do before it does it: after a crash, the same call goes on.

use super::super::TenantStore;
use super::super::error::Error;
use super::super::medium::Put;
use super::super::site::Site;
use super::journal::Operation;
use crate::model::ArchiveId;

/// By what right an archive is destroyed: the reference of the document that says so, which the site keeps.
#[derive(Clone, Debug)]
pub struct Authority {
    reference: String,
}

impl Authority {
    /// The right that a signed document gives, by its reference; `None` when there is no reference.
    pub fn of(reference: &str) -> Option<Self> {
        let reference = reference.trim();
        (!reference.is_empty()).then(|| Self { reference: reference.to_string() })
    }
}

impl TenantStore {
    /// Removes every copy on these sites; durable when it returns. A site that is away is an error: the
    /// others have lost theirs already, and the same call ends the work.
    pub fn destroy(&self, archive: ArchiveId, by: &Authority) -> Result<(), Error> {
        for site in self.sites() {
            self.destroy_on(site, archive, by)?;
            // Its disk may have gone meanwhile: a copy that was not found there may still be.
            site.there()?;
        }
        Ok(())
    }

    fn destroy_on(&self, site: &Site, archive: ArchiveId, by: &Authority) -> Result<(), Error> {
        let (medium, _asking) = site.ask()?;
        let object = site.object(self.tenant, archive);
        if !medium.stands(&object)? {
            return Ok(());
        }
        let tomb = format!("{}/destruction.json", self.tombs(archive));
        if !medium.stands(&tomb)? {
            let digest = self.technical_metadata(archive).map(|known| hex::encode(known.inventory_sha512));
            let detail = format!("{} (inventaire {})", by.reference, digest.unwrap_or_default());
            let told = Operation::at(self.sites.clock.now(), "destruction", &detail);
            medium.put(&tomb, told.to_json().as_bytes(), Put::Once)?;
        }
        medium.remove(&object)
    }
}
