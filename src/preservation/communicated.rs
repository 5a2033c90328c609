//! Readings that a communication asks for: at the opening of a file, and when a copy was met wrong.

use chrono::TimeDelta;

use super::incident::Occasion;
use super::{Error, Preservation, queries};
use crate::model::{Agent, ArchiveId, TenantId};

impl Preservation {
    /// One of the archive's files was opened: its copies are read again, unless they have been lately.
    pub async fn communicated(&self, tenant: TenantId, archive: ArchiveId) -> Result<(), Error> {
        let Some(days) = self.settings.communication_days else { return Ok(()) };
        let since = self.clock.now() - TimeDelta::days(days.into());
        let mut tx = self.db.read(tenant).await?;
        let is_stale = queries::is_stale(&mut tx, archive, since).await?;
        drop(tx);
        if is_stale { self.check_archive(tenant, archive).await } else { Ok(()) }
    }

    /// Reads every copy of the archive, now.
    pub async fn check_archive(&self, tenant: TenantId, archive: ArchiveId) -> Result<(), Error> {
        let mut tx = self.db.read(tenant).await?;
        let page = queries::archives_page(&mut tx, uuid::Uuid::nil(), Some(archive.0), 1).await?;
        drop(tx);
        for archived in page {
            let readings = self.read_known(tenant, &archived).await?;
            for reading in &readings {
                if let Some(reason) = reading.away() {
                    self.is_away(&reading.site, reason).await?;
                }
            }
            self.enter(Agent::Service, tenant, Occasion::Communication, &readings).await?;
        }
        Ok(())
    }
}
