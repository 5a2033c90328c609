//! One archive's copies, read again: right, wrong, or out of reach.
//!
//! The one thing to know: a copy that is whole in itself and is not the archive that was taken in charge (its
//! inventory is another) is wrong too.

use super::{Error, Preservation, blocking, vault};
use crate::model::{ArchiveId, TenantId};
use crate::storage::{CopyReport, Fault};

/// An archive whose copies are to be read.
#[derive(Clone, Debug)]
pub(super) struct Due {
    pub archive: ArchiveId,
    /// Digest of the inventory that every copy must hold; `None` while a version is being written: then nobody says
    /// which of two copies that disagree is right.
    pub inventory: Option<[u8; 64]>,
}

/// One copy, as it was read.
#[derive(Clone, Debug)]
pub struct Reading {
    pub archive: ArchiveId,
    pub site: String,
    /// Folder of the object, under the site.
    pub path: String,
    /// Bytes read.
    pub size_bytes: u64,
    /// Of the inventory found there.
    pub inventory_sha512: Option<[u8; 64]>,
    pub verdict: Verdict,
}

/// What a copy is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every byte is there and right.
    Right,
    Wrong(Vec<Fault>),
    /// The site does not answer: nothing is known of the copy.
    Away(String),
}

impl Verdict {
    /// The word by which it is counted.
    pub fn word(&self) -> &'static str {
        match self {
            Verdict::Right => "right",
            Verdict::Wrong(_) => "wrong",
            Verdict::Away(_) => "away",
        }
    }
}

impl Reading {
    /// Whether the copy is there and right.
    pub fn is_right(&self) -> bool {
        self.verdict == Verdict::Right
    }

    /// What is wrong with it.
    pub fn faults(&self) -> &[Fault] {
        match &self.verdict {
            Verdict::Wrong(faults) => faults,
            _ => &[],
        }
    }

    /// Why nothing is known of it.
    pub fn away(&self) -> Option<&str> {
        match &self.verdict {
            Verdict::Away(reason) => Some(reason),
            _ => None,
        }
    }
}

impl Preservation {
    /// Reads every byte of the archive's copies on these sites, all at once.
    pub(super) async fn read(
        &self,
        tenant: TenantId,
        due: &Due,
        sites: Vec<String>,
    ) -> Result<Vec<Reading>, Error> {
        let (storage, archive, inventory) = (self.storage.clone(), due.archive, due.inventory);
        let reports = blocking(move || vault::check(&storage, tenant, archive, &sites)).await?;
        Ok(reports.into_iter().map(|report| judged(archive, report, inventory)).collect())
    }
}

/// The verdict on a copy of an archive whose inventory must be `inventory`, when that is known: then it settles
/// which of several inventories is the right one.
fn judged(archive: ArchiveId, report: CopyReport, inventory: Option<[u8; 64]>) -> Reading {
    let away = vault::away(&report);
    let mut faults = report.faults;
    if let Some(expected) = inventory {
        faults.retain(|fault| *fault != Fault::Disagreement);
        if report.inventory_sha512.is_some_and(|found| found != expected) {
            faults.push(Fault::Disagreement);
        }
    }
    let verdict = match away {
        Some(reason) => Verdict::Away(reason),
        None if faults.is_empty() => Verdict::Right,
        None => Verdict::Wrong(faults),
    };
    let (size_bytes, inventory_sha512) = (report.size_bytes, report.inventory_sha512);
    Reading { archive, site: report.site, path: report.path, size_bytes, inventory_sha512, verdict }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(inventory: u8, faults: Vec<Fault>) -> CopyReport {
        CopyReport {
            site: "nord".into(),
            path: "x".into(),
            inventory_sha512: Some([inventory; 64]),
            size_bytes: 1,
            faults,
        }
    }

    fn verdict(inventory: u8, faults: Vec<Fault>, expected: Option<u8>) -> Verdict {
        let archive = ArchiveId(uuid::Uuid::nil());
        judged(archive, report(inventory, faults), expected.map(|byte| [byte; 64])).verdict
    }

    #[test]
    fn the_inventory_taken_in_charge_says_which_copy_is_right_when_two_disagree() {
        let disagreement = || vec![Fault::Disagreement];
        assert_eq!(verdict(1, disagreement(), Some(1)), Verdict::Right);
        assert_eq!(verdict(2, disagreement(), Some(1)), Verdict::Wrong(disagreement()));
        assert_eq!(
            verdict(2, vec![], Some(1)),
            Verdict::Wrong(disagreement()),
            "alone, it would pass for right"
        );
        assert_eq!(verdict(2, disagreement(), None), Verdict::Wrong(disagreement()), "nobody knows");
        let altered = vec![Fault::Altered { path: "v1/content/x".into() }];
        assert_eq!(verdict(1, altered.clone(), Some(1)), Verdict::Wrong(altered));
    }
}
