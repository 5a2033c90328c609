//! Sites by name: as the subject of a job, and away or back.

use uuid::Uuid;

use super::{Error, Preservation, site_queries};

/// Namespace of the sites' identifiers (UUID version 5); never to change.
const SITES: Uuid = Uuid::from_u128(0x7d4e_2c0a_51b9_4f6e_9a3c_18e2_70b5_d6f1);

/// How a job names a site.
pub(super) fn subject(site: &str) -> Uuid {
    Uuid::new_v5(&SITES, site.as_bytes())
}

impl Preservation {
    /// The site that a job names, when the settings know it.
    pub(super) fn site_named(&self, named: Uuid) -> Option<String> {
        self.storage.sites().find(|site| subject(site) == named).map(str::to_owned)
    }

    /// One alert of a site that is away, however many archives were to be read there.
    pub(super) async fn is_away(&self, site: &str, reason: &str) -> Result<(), Error> {
        let mut tx = self.db.technical().await?;
        let is_new = site_queries::open_absence(&mut tx, site, reason, self.clock.now()).await?;
        tx.commit().await?;
        if is_new {
            tracing::error!(site.name = site, reason, "a site is away: its copies are not read");
        }
        Ok(())
    }

    /// The site answered.
    pub(super) async fn is_back(&self, site: &str) -> Result<(), Error> {
        let mut tx = self.db.technical().await?;
        let was_away = site_queries::close_absence(&mut tx, site, self.clock.now()).await?;
        tx.commit().await?;
        if was_away {
            tracing::info!(site.name = site, "a site is back");
        }
        Ok(())
    }
}
