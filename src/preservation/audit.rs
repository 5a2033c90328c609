//! The integrity of a member's archives, now: each byte of every copy read from the disk and compared.

use futures_util::{StreamExt, TryStreamExt, stream};
use uuid::Uuid;

use super::incident::Occasion;
use super::queries::{self, Archived};
use super::reading::Reading;
use super::{Error, Preservation};
use crate::model::{Agent, ArchiveId, TenantId};

/// Archives of one page, whose readings are entered together.
const PAGE: i64 = 200;
/// Archives read at once; each is read on all its sites at once.
const READ_AT_ONCE: usize = 2;

/// What is to be read.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// `None`: every site.
    pub site: Option<String>,
    /// `None`: every archive.
    pub archive: Option<ArchiveId>,
}

/// What the copies of one archive are.
#[derive(Clone, Debug)]
pub struct ArchiveReport {
    pub archive: ArchiveId,
    pub cote: String,
    pub copies: Vec<Reading>,
    /// Sites on which the catalogue has a copy and which the settings do not know: nothing was read there.
    pub unknown_sites: Vec<String>,
}

/// What an audit has read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub archives: u64,
    /// Copies read.
    pub copies: u64,
    pub size_bytes: u64,
    /// Archives one copy of which, at least, is wrong.
    pub faulty: u64,
    /// Copies that could not be looked at: their site is away, or unknown to the settings.
    pub unread: u64,
}

impl ArchiveReport {
    /// Whether every copy is there and right.
    pub fn is_whole(&self) -> bool {
        self.unknown_sites.is_empty() && self.copies.iter().all(Reading::is_right)
    }

    /// Whether a copy is wrong.
    pub fn is_faulty(&self) -> bool {
        self.copies.iter().any(|copy| !copy.faults().is_empty())
    }
}

impl Preservation {
    /// The archive of the member that bears this cote.
    pub async fn archive_of_cote(&self, tenant: TenantId, cote: &str) -> Result<Option<ArchiveId>, Error> {
        let mut tx = self.db.read(tenant).await?;
        Ok(queries::archive_of_cote(&mut tx, cote).await?)
    }

    /// Whether the member has this archive.
    pub async fn has_archive(&self, tenant: TenantId, archive: ArchiveId) -> Result<bool, Error> {
        let mut tx = self.db.read(tenant).await?;
        Ok(queries::has_archive(&mut tx, archive).await?)
    }

    /// Reads the copies of a member's archives; `tell` hears of each archive, in the catalogue's order. Good
    /// readings are dated in the catalogue; each wrong copy has its incident and is mended by the worker.
    pub async fn audit(
        &self,
        by: Agent,
        tenant: TenantId,
        scope: &Scope,
        tell: &mut (dyn FnMut(&ArchiveReport) + Send),
    ) -> Result<Totals, Error> {
        let mut totals = Totals::default();
        let only = scope.archive.map(|archive| archive.0);
        let mut after = Uuid::nil();
        loop {
            let mut tx = self.db.read(tenant).await?;
            let page = queries::archives_page(&mut tx, after, only, PAGE).await?;
            drop(tx);
            let Some(last) = page.last() else { return Ok(totals) };
            after = last.due.archive.0;
            let page = page.into_iter().filter_map(|archived| within(archived, scope));
            let mut readings = Vec::new();
            let mut reports =
                stream::iter(page).map(|archived| self.report(tenant, archived)).buffered(READ_AT_ONCE);
            while let Some(report) = reports.try_next().await? {
                totals.add(&report);
                tell(&report);
                readings.extend(report.copies);
            }
            for away in readings.iter().filter(|reading| reading.away().is_some()) {
                self.is_away(&away.site, away.away().unwrap_or_default()).await?;
            }
            self.enter(by, tenant, Occasion::Command, &readings).await?;
        }
    }

    async fn report(&self, tenant: TenantId, archived: Archived) -> Result<ArchiveReport, Error> {
        let copies = self.read_known(tenant, &archived).await?;
        let read = |site: &String| copies.iter().any(|copy| copy.site == *site);
        let unknown_sites = archived.sites.into_iter().filter(|site| !read(site)).collect();
        Ok(ArchiveReport { archive: archived.due.archive, cote: archived.cote, copies, unknown_sites })
    }
}

/// The archive with the copies that are within the scope, when it has one.
fn within(archived: Archived, scope: &Scope) -> Option<Archived> {
    let Some(site) = &scope.site else { return Some(archived) };
    archived.sites.contains(site).then(|| Archived { sites: vec![site.clone()], ..archived })
}

impl Totals {
    fn add(&mut self, report: &ArchiveReport) {
        let away = report.copies.iter().filter(|copy| copy.away().is_some()).count() as u64;
        self.archives += 1;
        self.copies += report.copies.len() as u64 - away;
        self.size_bytes += report.copies.iter().map(|copy| copy.size_bytes).sum::<u64>();
        self.faulty += u64::from(report.is_faulty());
        self.unread += away + report.unknown_sites.len() as u64;
    }
}
