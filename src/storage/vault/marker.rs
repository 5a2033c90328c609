//! The commit marker: a file in each copy's `logs/` folder, outside the inventory, that says the rows of
//! the archive were committed. A rebuild takes an archive without it for not confirmed.

use std::panic::resume_unwind;

use super::super::error::Error;
use super::super::medium::Put;
use super::super::site::Site;
use super::super::{TenantStore, reached};
use crate::model::ArchiveId;
use crate::package::ocfl::OBJECT_DECLARATION;

/// Path of the marker, in the object.
pub const MARKER: &str = "logs/confirmed";
pub(super) const MARKER_BYTES_MAX: usize = 4 << 10;

impl TenantStore {
    /// Marks every copy as confirmed, durably, all sites at once. The same marker may be given again; another is
    /// an error.
    pub fn confirm(&self, archive: ArchiveId, marker: &[u8]) -> Result<(), Error> {
        std::thread::scope(|scope| {
            let mut sites = self.sites().enumerate();
            let first = sites.next();
            let mark = |(index, site)| self.confirm_on(index, site, archive, marker);
            let others: Vec<_> = sites.map(|at| scope.spawn(move || mark(at))).collect();
            let first = first.map(mark);
            let others =
                others.into_iter().map(|mark| mark.join().unwrap_or_else(|panic| resume_unwind(panic)));
            first.into_iter().chain(others).collect()
        })
    }

    /// Writes the marker again on these sites, over whatever is there.
    pub fn mark_again(&self, archive: ArchiveId, marker: &[u8]) -> Result<(), Error> {
        for site in self.sites() {
            let (_, _asking) = site.ask()?;
            site.put(&format!("{}/{MARKER}", site.object(self.tenant, archive)), marker, Put::Over)?;
        }
        Ok(())
    }

    fn confirm_on(&self, index: usize, site: &Site, archive: ArchiveId, marker: &[u8]) -> Result<(), Error> {
        let medium = site.there()?;
        let object = site.object(self.tenant, archive);
        if !medium.stands(&format!("{object}/{}", OBJECT_DECLARATION.0))? {
            return Err(Error::Absent(format!("{} on {}", archive, site.name)));
        }
        site.put(&format!("{object}/{MARKER}"), marker, Put::Beside)?;
        reached(["storage-marked-first", "storage-marked-next"], index);
        Ok(())
    }

    /// Whether every site has the marker.
    pub fn is_confirmed(&self, archive: ArchiveId) -> Result<bool, Error> {
        for site in self.sites() {
            if !site.medium.stands(&format!("{}/{MARKER}", site.object(self.tenant, archive)))? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
