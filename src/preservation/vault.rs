//! The store's verbs as this part asks them: on named sites, with a site that is away told from a copy that is
//! wrong.

use crate::model::{ArchiveId, TenantId};
pub(super) use crate::storage::MARKER;
use crate::storage::{CopyReport, Error, Fault, Heard, Mended, Storage};

/// Reads every byte of an archive's copies on these sites; `heard` is told of each chunk.
///
/// A site that takes bytes at this moment is not away: what it does not give is then the copy's own fault, and one
/// archive that cannot be opened keeps no other from being read.
pub(super) fn check(
    storage: &Storage,
    tenant: TenantId,
    archive: ArchiveId,
    sites: &[String],
    heard: &Heard<'_>,
) -> Result<Vec<CopyReport>, Error> {
    let mut reports = storage.tenant(tenant).on(sites)?.check_heard(archive, heard)?;
    if reports.iter().any(CopyReport::is_away) {
        let standings = storage.stand();
        for report in reports.iter_mut().filter(|report| report.is_away()) {
            let stands = |site: &Option<String>| site.as_ref() == Some(&report.site);
            if standings.iter().any(|standing| stands(&standing.site) && standing.fault.is_none()) {
                report.faults.iter_mut().for_each(unreadable);
            }
        }
    }
    Ok(reports)
}

/// Why the site does not answer, when it does not.
pub(super) fn away(report: &CopyReport) -> Option<String> {
    report.faults.iter().find_map(|fault| match fault {
        Fault::Away { reason } => Some(reason.clone()),
        _ => None,
    })
}

/// Makes the copy on the first site right from the good one on the second.
pub(super) fn mend(
    storage: &Storage,
    tenant: TenantId,
    archive: ArchiveId,
    (site, from): (&str, &str),
    bytes_per_second: Option<u64>,
) -> Result<Mended, Error> {
    storage.tenant(tenant).mend(archive, site, from, bytes_per_second)
}

/// Writes the archive's commit marker again on a site.
pub(super) fn mark(
    storage: &Storage,
    tenant: TenantId,
    archive: ArchiveId,
    site: &str,
    marker: &[u8],
) -> Result<Mended, Error> {
    storage.tenant(tenant).on(&[site])?.mark_again(archive, marker)?;
    Ok(Mended { files: 1, bytes: marker.len() as u64, ..Mended::default() })
}

fn unreadable(fault: &mut Fault) {
    if let Fault::Away { reason } = fault {
        *fault = Fault::Unreadable { path: String::new(), reason: std::mem::take(reason) };
    }
}
