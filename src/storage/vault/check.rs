//! Check: an archive read again on every site, past every cache: every byte, every inventory and sidecar, and
//! whatever should not be there. It mends nothing.

use std::collections::BTreeSet;
use std::io;
use std::panic::resume_unwind;

use super::super::TenantStore;
use super::super::error::Error;
use super::super::medium::Medium;
use super::super::report::{CopyReport, Fault};
use super::super::site::Site;
use super::inspect::Copy;
use crate::model::{ArchiveId, TenantId};
use crate::package::ocfl;

/// Told of each chunk read, by its size, as it is read; an error ends the reading of that file.
pub type Heard<'a> = dyn Fn(u64) -> io::Result<()> + Sync + 'a;

/// Nobody listens.
pub(super) const UNHEARD: &Heard<'static> = &|_| Ok(());

impl TenantStore {
    /// Reads every byte of every copy, all sites at once. What is wrong is in the reports, a site that is away
    /// included.
    pub fn check(&self, archive: ArchiveId) -> Result<Vec<CopyReport>, Error> {
        self.check_heard(archive, UNHEARD)
    }

    /// As [`TenantStore::check`]; `heard` is told of each chunk, by the threads that read, and may make them wait.
    pub fn check_heard(&self, archive: ArchiveId, heard: &Heard<'_>) -> Result<Vec<CopyReport>, Error> {
        let mut reports: Vec<CopyReport> = std::thread::scope(|scope| {
            let sites: Vec<_> =
                self.sites().map(|site| scope.spawn(move || self.check_on(site, archive, heard))).collect();
            sites.into_iter().map(|site| site.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
        });
        let inventories: BTreeSet<[u8; 64]> =
            reports.iter().filter_map(|report| report.inventory_sha512).collect();
        if inventories.len() > 1 {
            let read = reports.iter_mut().filter(|report| report.inventory_sha512.is_some());
            read.for_each(|report| report.faults.push(Fault::Disagreement));
        }
        Ok(reports)
    }

    fn check_on(&self, site: &Site, archive: ArchiveId, heard: &Heard<'_>) -> CopyReport {
        match site.there() {
            Ok(medium) => check_copy(site, medium, self.tenant, archive, heard),
            Err(error) => CopyReport {
                faults: vec![Fault::Away { reason: told(site, &error) }],
                ..report(site, self.tenant, archive)
            },
        }
    }
}

fn report(site: &Site, tenant: TenantId, archive: ArchiveId) -> CopyReport {
    CopyReport {
        site: site.name.clone(),
        path: site.object(tenant, archive),
        inventory_sha512: None,
        marker: None,
        size_bytes: 0,
        faults: Vec::new(),
    }
}

/// Reads one copy.
pub(super) fn check_copy(
    site: &Site,
    medium: &dyn Medium,
    tenant: TenantId,
    archive: ArchiveId,
    heard: &Heard<'_>,
) -> CopyReport {
    let report = report(site, tenant, archive);
    let mut copy = Copy {
        medium,
        root: report.path.clone(),
        size_bytes: 0,
        faults: Vec::new(),
        expected: BTreeSet::new(),
        heard,
    };
    match medium.stands(&report.path) {
        Ok(true) => {}
        Ok(false) => return CopyReport { faults: vec![Fault::ObjectMissing], ..report },
        Err(error) => {
            return CopyReport { faults: vec![Fault::Away { reason: told(site, &error) }], ..report };
        }
    }
    let (declaration, declared) = ocfl::OBJECT_DECLARATION;
    if copy.read(declaration, declared.len()).is_some_and(|bytes| bytes != declared.as_bytes()) {
        copy.tell(Fault::Altered { path: declaration.to_string() });
    }
    let mut inventory_sha512 = None;
    if let Some(inventory) = copy.inventories(archive, &mut inventory_sha512) {
        for (path, digest) in inventory.stored_files() {
            copy.compare(path, digest);
        }
        // Without an inventory nothing can be told from what should not be there.
        copy.walk("");
    }
    let marker = copy.marker();
    CopyReport { size_bytes: copy.size_bytes, faults: copy.faults, inventory_sha512, marker, ..report }
}

/// Why a site could not be asked, in words; the log has what the words leave out.
fn told(site: &Site, error: &Error) -> String {
    tracing::debug!(site.name = %site.name, %error, "a copy cannot be looked at");
    error.in_words()
}
