//! The integrity of every copy of a member's archives, now: each byte read from the disk and compared.

use futures_util::{StreamExt, TryStreamExt, stream};
use uuid::Uuid;

use super::queries::{self, Archived};
use super::{Error, Preservation};
use crate::model::{Agent, ArchiveId, Event, EventType, Outcome, TenantId};
use crate::storage::CopyReport;

/// Archives of one page, whose good readings are entered in the catalogue together.
const PAGE: i64 = 200;
/// Archives read at once; each is read on all its sites at once.
const READ_AT_ONCE: usize = 2;

/// What the copies of one archive are.
#[derive(Clone, Debug)]
pub struct ArchiveReport {
    pub archive: ArchiveId,
    pub cote: String,
    pub copies: Vec<CopyReport>,
    /// Sites on which the catalogue has a copy and which the settings do not know: nothing was read there.
    pub unknown_sites: Vec<String>,
}

/// What an audit has read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub archives: u64,
    pub copies: u64,
    pub size_bytes: u64,
    /// Archives one copy of which, at least, is wrong or could not be looked at.
    pub faulty: u64,
}

impl ArchiveReport {
    /// Whether every copy is there and right.
    pub fn is_whole(&self) -> bool {
        self.unknown_sites.is_empty() && self.copies.iter().all(|copy| copy.faults.is_empty())
    }
}

impl Preservation {
    /// Reads every copy of every archive of a member; `tell` hears of each archive, in the catalogue's order.
    /// Good readings are dated in the catalogue, and each faulty archive leaves an incident in the journal.
    pub async fn audit(
        &self,
        by: Agent,
        tenant: TenantId,
        tell: &mut (dyn FnMut(&ArchiveReport) + Send),
    ) -> Result<Totals, Error> {
        let mut totals = Totals::default();
        let mut after = Uuid::nil();
        loop {
            let mut tx = self.db.read(tenant).await?;
            let page = queries::archives_page(&mut tx, after, PAGE).await?;
            drop(tx);
            let Some(last) = page.last() else { return Ok(totals) };
            after = last.archive_id;
            let mut of_page = Totals::default();
            let mut good = Vec::new();
            let mut incidents = Vec::new();
            let mut reports =
                stream::iter(page).map(|archived| self.read_copies(tenant, archived)).buffered(READ_AT_ONCE);
            while let Some(report) = reports.try_next().await? {
                of_page.add(&report);
                let right = report.copies.iter().filter(|copy| copy.faults.is_empty());
                good.extend(right.map(|copy| (report.archive.0, copy.site.clone())));
                if !report.is_whole() {
                    incidents.push(incident(by, &report));
                }
                tell(&report);
            }
            self.enter(by, tenant, &of_page, &good, incidents).await?;
            totals = totals.plus(of_page);
        }
    }

    async fn read_copies(&self, tenant: TenantId, archived: Archived) -> Result<ArchiveReport, Error> {
        let store = self.storage.tenant(tenant);
        let archive = ArchiveId(archived.archive_id);
        let copies = tokio::task::spawn_blocking(move || store.check(archive)).await??;
        let known = |site: &String| copies.iter().any(|copy| copy.site == *site);
        let unknown_sites = archived.sites.into_iter().filter(|site| !known(site)).collect();
        Ok(ArchiveReport { archive, cote: archived.cote, copies, unknown_sites })
    }

    /// One transaction for a page: dates of the good readings, incidents, and that the page was read.
    async fn enter(
        &self,
        by: Agent,
        tenant: TenantId,
        totals: &Totals,
        good: &[(Uuid, String)],
        incidents: Vec<Event>,
    ) -> Result<(), Error> {
        let mut tx = self.db.write(tenant).await?;
        let code = queries::member_code(&mut tx).await?;
        queries::set_verified(&mut tx, good, self.clock.now()).await?;
        incidents.into_iter().for_each(|incident| tx.record(incident));
        tx.record(Event {
            event_type: EventType::ControleIntegrite,
            outcome: if totals.faulty == 0 { Outcome::Ok } else { Outcome::Ko },
            agent: by,
            object: format!("member:{code}"),
            detail: vec![
                ("archives", totals.archives.to_string()),
                ("copies", totals.copies.to_string()),
                ("octets", totals.size_bytes.to_string()),
                ("archives_en_defaut", totals.faulty.to_string()),
            ],
        });
        Ok(tx.commit().await?)
    }
}

impl Totals {
    fn add(&mut self, report: &ArchiveReport) {
        self.archives += 1;
        self.copies += report.copies.len() as u64;
        self.size_bytes += report.copies.iter().map(|copy| copy.size_bytes).sum::<u64>();
        self.faulty += u64::from(!report.is_whole());
    }

    fn plus(self, other: Totals) -> Totals {
        Totals {
            archives: self.archives + other.archives,
            copies: self.copies + other.copies,
            size_bytes: self.size_bytes + other.size_bytes,
            faulty: self.faulty + other.faulty,
        }
    }
}

/// Faults named in the journal for one archive; the others are counted.
const FAULTS_NAMED_MAX: usize = 20;

fn incident(by: Agent, report: &ArchiveReport) -> Event {
    let mut faults: Vec<String> = Vec::new();
    for copy in &report.copies {
        faults.extend(copy.faults.iter().map(|fault| format!("{} : {fault}", copy.site)));
    }
    faults.extend(report.unknown_sites.iter().map(|site| format!("{site} : site inconnu des réglages")));
    let mut detail = vec![("nombre_de_defauts", faults.len().to_string())];
    detail.extend(faults.into_iter().take(FAULTS_NAMED_MAX).map(|fault| ("defaut", fault)));
    Event {
        event_type: EventType::Incident,
        outcome: Outcome::Ko,
        agent: by,
        object: format!("archive:{}", report.archive),
        detail,
    }
}
