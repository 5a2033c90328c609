//! One archive's copies, read again: right, wrong, or out of reach.
//!
//! The one thing to know: a copy that is whole in itself and is not the archive that was taken in charge (its
//! inventory is another) is wrong too.

use std::io;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{Error, Preservation, blocking, vault};
use crate::model::{ArchiveId, TenantId};
use crate::package::accession::Confirmation;
use crate::storage::{CopyReport, Fault};

/// An archive whose copies are to be read.
#[derive(Clone, Debug)]
pub(super) struct Due {
    pub archive: ArchiveId,
    /// Digest of the inventory that every copy must hold; `None` while a version is being written: then nobody says
    /// which of two copies that disagree is right.
    pub inventory: Option<[u8; 64]>,
    /// The commit marker that every copy must bear; `None`: none is known of.
    pub marker: Option<Marker>,
}

/// The commit marker of an archive, as the catalogue knows it.
#[derive(Clone, Debug)]
pub(super) struct Marker {
    pub bytes: Vec<u8>,
    committed_at: DateTime<Utc>,
}

/// Under this age, a marker may not be there yet: its site was away when the rows were committed.
const MARKED_WITHIN: TimeDelta = TimeDelta::days(1);

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

impl Marker {
    /// Of the archive of this transfer, taken in charge then.
    pub fn of(transfer_id: Uuid, at: DateTime<Utc>) -> Self {
        let confirmation = Confirmation { transfer_id, committed_at: at.to_rfc3339() };
        Self { bytes: confirmation.to_json().into_bytes(), committed_at: at }
    }

    /// What is wrong with the marker found beside a copy.
    fn fault(&self, found: Option<&[u8]>, now: DateTime<Utc>) -> Option<Fault> {
        let path = vault::MARKER.to_string();
        match found {
            Some(found) if found == self.bytes => None,
            Some(_) => Some(Fault::Altered { path }),
            None => (now - self.committed_at > MARKED_WITHIN).then_some(Fault::Missing { path }),
        }
    }
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

    /// Whether every byte of the archive is right and its commit marker alone is not.
    pub(super) fn lacks_its_marker_only(&self) -> bool {
        let of_marker = |fault: &Fault| matches!(fault, Fault::Missing { path } | Fault::Altered { path } if path == vault::MARKER);
        !self.faults().is_empty() && self.faults().iter().all(of_marker)
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
    /// Reads every byte of the archive's copies on these sites, all at once, as fast as the disks go.
    pub(super) async fn read(
        &self,
        tenant: TenantId,
        due: &Due,
        sites: Vec<String>,
    ) -> Result<Vec<Reading>, Error> {
        self.read_heard(tenant, due, sites, |_| Ok(())).await
    }

    /// As [`Preservation::read`]; `heard` is told of each chunk, and may make the reading wait.
    pub(super) async fn read_heard(
        &self,
        tenant: TenantId,
        due: &Due,
        sites: Vec<String>,
        heard: impl Fn(u64) -> io::Result<()> + Send + Sync + 'static,
    ) -> Result<Vec<Reading>, Error> {
        let (storage, archive) = (self.storage.clone(), due.archive);
        let reports = blocking(move || vault::check(&storage, tenant, archive, &sites, &heard)).await?;
        let now = self.clock.now();
        Ok(reports.into_iter().map(|report| judged(due, report, now)).collect())
    }
}

/// The verdict on a copy. Where the archive's inventory is known, it settles which of several is the right one.
fn judged(due: &Due, report: CopyReport, now: DateTime<Utc>) -> Reading {
    let away = vault::away(&report);
    let mut faults = report.faults;
    if let Some(expected) = due.inventory {
        faults.retain(|fault| *fault != Fault::Disagreement);
        if report.inventory_sha512.is_some_and(|found| found != expected) {
            faults.push(Fault::Disagreement);
        }
    }
    if let Some(marker) = &due.marker
        && !faults.contains(&Fault::ObjectMissing)
    {
        faults.extend(marker.fault(report.marker.as_deref(), now));
    }
    let verdict = match away {
        Some(reason) => Verdict::Away(reason),
        None if faults.is_empty() => Verdict::Right,
        None => Verdict::Wrong(faults),
    };
    let (size_bytes, inventory_sha512) = (report.size_bytes, report.inventory_sha512);
    Reading {
        archive: due.archive,
        site: report.site,
        path: report.path,
        size_bytes,
        inventory_sha512,
        verdict,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRANSFER: Uuid = Uuid::nil();

    fn report(inventory: u8, faults: Vec<Fault>) -> CopyReport {
        CopyReport {
            site: "nord".into(),
            path: "x".into(),
            inventory_sha512: Some([inventory; 64]),
            marker: None,
            size_bytes: 1,
            faults,
        }
    }

    fn due(inventory: Option<u8>, marker: Option<Marker>) -> Due {
        let inventory = inventory.map(|byte| [byte; 64]);
        Due { archive: ArchiveId(Uuid::nil()), inventory, marker }
    }

    fn verdict(inventory: u8, faults: Vec<Fault>, expected: Option<u8>) -> Verdict {
        judged(&due(expected, None), report(inventory, faults), DateTime::UNIX_EPOCH).verdict
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

    #[test]
    fn a_commit_marker_is_awaited_a_day_then_it_is_a_fault_and_another_one_always_is() {
        let committed = DateTime::UNIX_EPOCH;
        let due = due(None, Some(Marker::of(TRANSFER, committed)));
        let right = due.marker.as_ref().unwrap().bytes.clone();
        let at = |hours, marker: Option<&[u8]>, faults: Vec<Fault>| {
            let report = CopyReport { marker: marker.map(Into::into), ..report(1, faults) };
            judged(&due, report, committed + TimeDelta::hours(hours))
        };
        assert!(at(0, None, vec![]).is_right() && at(24, None, vec![]).is_right());
        assert!(at(0, Some(&right), vec![]).is_right() && at(9_000, Some(&right), vec![]).is_right());
        let missing = at(25, None, vec![]);
        assert_eq!(missing.faults(), [Fault::Missing { path: "logs/confirmed".into() }]);
        let altered = at(0, Some(b"{}"), vec![]);
        assert_eq!(altered.faults(), [Fault::Altered { path: "logs/confirmed".into() }]);
        assert!(missing.lacks_its_marker_only() && altered.lacks_its_marker_only());
        let more = at(25, None, vec![Fault::Altered { path: "v1/content/x".into() }]);
        assert!(more.faults().len() == 2 && !more.lacks_its_marker_only());
        assert_eq!(at(25, None, vec![Fault::ObjectMissing]).faults(), [Fault::ObjectMissing]);
    }
}
