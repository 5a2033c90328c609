//! The commit marker: a file in each copy's `logs/` folder, outside the inventory, that says the rows of
//! the archive were committed. A rebuild takes an archive without it for not confirmed.

use std::fs;
use std::io::ErrorKind;

use super::disk;
use super::error::{Error, failed};
use super::folder::{Staging, write_file};
use super::{TenantStore, reached, stands};
use crate::model::ArchiveId;

const MARKER: &str = "logs/confirmed";

impl TenantStore {
    /// Marks every copy as confirmed, durably. The same marker may be given again; another is an error.
    pub fn confirm(&self, archive: ArchiveId, marker: &[u8]) -> Result<(), Error> {
        for (index, site) in self.sites().enumerate() {
            site.be_there()?;
            let object = site.folder.join(site.object(self.tenant, archive));
            if !stands(&object)? {
                return Err(Error::Absent(format!("{} on {}", archive, site.name)));
            }
            let place = object.join(MARKER);
            let staging = Staging::lock(site, &format!("{}.{archive}", self.tenant))?;
            match fs::read(&place) {
                Ok(there) if there == marker => {}
                Ok(_) => return Err(Error::Occupied { path: place }),
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    let staged = staging.folder.join("marker");
                    write_file(staged.clone(), marker)?;
                    if !stands(&object.join("logs"))? {
                        disk::make_folder(&object.join("logs"))?;
                        disk::sync_folder(&object)?;
                    }
                    disk::rename(&staged, &place)?;
                }
                Err(error) => return Err(failed("reading", &place)(error)),
            }
            disk::sync_folder(&object.join("logs"))?;
            reached(["storage-marked-first", "storage-marked-next"], index);
        }
        Ok(())
    }

    /// Whether every site has the marker.
    pub fn is_confirmed(&self, archive: ArchiveId) -> Result<bool, Error> {
        for site in self.sites() {
            if !stands(&site.folder.join(site.object(self.tenant, archive)).join(MARKER))? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
