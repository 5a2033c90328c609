//! Of the fourth step: what is read for its digests is shown to the virus scanner by the same reading, file after file;
//! what nobody else reads (the manifest a second time, files that nothing declares) is read for the scanner alone.
//!
//! Never lets a file pass that has no verdict: a scanner that is away, or breaks off, fails the whole step, which is done
//! again. The one thing to know: the verdicts of a few files are waited for while the next ones are read.

use std::collections::{HashSet, VecDeque};
use std::time::Instant;

use super::identify::{Place, is_over};
use super::showing::{Showing, drain};
use super::validate::Validated;
use super::{Error, Ingest, blocking};
use crate::antivirus::{Pending, Scanner, Verdict};
use crate::db::{TenantRead, jobs};
use crate::model::{
    Agreement, Engine, Finding, Findings, LargeFiles, NotScanned, TenantId, VirusCheck, VirusCoverage,
    findings,
};
use crate::package::Package;
use crate::{registry, telemetry};

/// Files whose verdicts may be waited for at once.
const WAITING_MAX: usize = 4;
/// Bytes read at once of what is read for the scanner alone.
const BUFFER_BYTES: usize = 64 << 10;

/// What the agreement asked for when the check began; `None`: the message names no agreement of the member's.
pub(super) type Terms = Option<(VirusCheck, LargeFiles)>;

/// The terms of an agreement.
pub(super) fn terms(agreement: Option<&Agreement>) -> Terms {
    agreement.map(|agreement| (agreement.virus, agreement.virus_large))
}

/// The check of one transfer, under way.
#[derive(Debug)]
pub struct Viruses {
    terms: Terms,
    mode: Mode,
    coverage: VirusCoverage,
    /// Entries of the container read so far.
    read: HashSet<usize>,
    waiting: VecDeque<(File, Pending)>,
}

#[derive(Debug)]
enum Mode {
    Shown(Scanner, LargeFiles),
    NotShown(NotScanned),
}

/// What a finding says of a file.
#[derive(Debug)]
struct File {
    name: String,
    line: Option<u64>,
    place: Place,
}

/// How far a transfer was checked, under which terms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    pub coverage: VirusCoverage,
    pub(super) terms: Terms,
}

impl Viruses {
    /// No scanner at hand: `chartrier check`.
    pub fn not_shown(why: NotScanned) -> Self {
        Self::begun(None, Mode::NotShown(why), None)
    }

    fn begun(terms: Terms, mode: Mode, engine: Option<Engine>) -> Self {
        let coverage = VirusCoverage { engine, ..VirusCoverage::default() };
        Self { terms, mode, coverage, read: HashSet::new(), waiting: VecDeque::new() }
    }

    /// A file is about to be read.
    pub(super) fn begin(&mut self, place: Place) -> Showing {
        let is_new = match place {
            Place::Entry(entry) => self.read.insert(entry),
            Place::Inline => true,
        };
        let mut showing = Showing { place, scan: None, failure: None };
        match &self.mode {
            // Two objects may name one file.
            _ if !is_new => {}
            Mode::NotShown(why) => self.coverage.skip(*why, 1),
            Mode::Shown(scanner, large) => showing.scan = Some(scanner.begin(*large == LargeFiles::Parts)),
        }
        showing
    }

    /// The file was read, to its end unless `outcome` is an error or nothing.
    pub(super) fn ended<T>(
        &mut self,
        showing: Showing,
        (name, line): (&str, Option<u64>),
        outcome: Result<Option<T>, Error>,
        found: &mut Findings,
    ) -> Result<Option<T>, Error> {
        if let Some(failure) = showing.failure {
            return Err(failure.into());
        }
        let outcome = outcome?;
        match (showing.scan, &outcome) {
            (None, _) => {}
            // It has its own finding, which refuses the transfer.
            (Some(_), None) => self.coverage.skip(NotScanned::Refused, 1),
            (Some(scan), Some(_)) => {
                let file = File { name: name.to_owned(), line, place: showing.place };
                self.waiting.push_back((file, scan.end()?));
                self.settle(WAITING_MAX, found)?;
            }
        }
        Ok(outcome)
    }

    /// Waits for verdicts until at most `left` are missing.
    fn settle(&mut self, left: usize, found: &mut Findings) -> Result<(), Error> {
        while self.waiting.len() > left {
            let Some((file, pending)) = self.waiting.pop_front() else { break };
            match pending.verdict()? {
                Verdict::Clean { parts } => {
                    self.coverage.scanned += 1;
                    self.coverage.in_parts += u64::from(parts > 1);
                    telemetry::file_checked("clean");
                }
                Verdict::Infected(name) => {
                    self.coverage.infected += 1;
                    telemetry::file_checked("infected");
                    found.push(infected(&file, &name));
                }
                Verdict::TooLarge => self.unseen(&file, NotScanned::TooLarge, found),
                Verdict::GaveUp => self.unseen(&file, NotScanned::EngineLimit, found),
            }
        }
        Ok(())
    }

    fn unseen(&mut self, file: &File, why: NotScanned, found: &mut Findings) {
        self.coverage.skip(why, 1);
        telemetry::file_checked("not_scanned");
        let is_refused = matches!(self.mode, Mode::Shown(_, LargeFiles::Refuse));
        let kind = if is_refused { &findings::VIRUS_TOO_LARGE } else { &findings::VIRUS_NOT_SCANNED };
        found.push(file.finding(kind, format!("{} n'a pas été analysé : {}", file.shown(), why.label())));
    }

    /// Reads what the step did not, for the scanner alone; whether there was time.
    pub(super) fn rest(
        &mut self,
        package: &mut Package,
        until: Option<Instant>,
        found: &mut Findings,
    ) -> Result<bool, Error> {
        if !matches!(self.mode, Mode::Shown(..)) {
            return Ok(true);
        }
        let mut buffer = vec![0; BUFFER_BYTES];
        for entry in 0..package.entries().len() {
            if self.read.contains(&entry) {
                continue;
            }
            if is_over(until) {
                return Ok(false);
            }
            let name = package.entries()[entry].name.clone();
            let mut showing = self.begin(Place::Entry(entry));
            let outcome = drain(&mut showing.through(package.read(entry)?), &mut buffer, &name, found);
            self.ended(showing, (&name, None), outcome, found)?;
        }
        Ok(true)
    }

    /// The last verdicts, and the count of what was not read: of a container with this many files.
    pub(super) fn finish(mut self, entries: usize, found: &mut Findings) -> Result<Checked, Error> {
        self.settle(0, found)?;
        let unread = entries.saturating_sub(self.read.len()) as u64;
        let why = match self.mode {
            Mode::NotShown(why) => why,
            Mode::Shown(..) => NotScanned::Refused,
        };
        self.coverage.skip(why, unread);
        Ok(Checked { coverage: self.coverage, terms: self.terms })
    }
}

impl File {
    fn shown(&self) -> String {
        match self.place {
            Place::Entry(_) => format!("le fichier « {} »", self.name),
            Place::Inline => format!("le contenu de l'objet {}", self.name),
        }
    }

    fn finding(&self, kind: &'static findings::Kind, message: String) -> Finding {
        let finding = Finding::new(kind, message).in_path(&self.name);
        match self.line {
            Some(line) => finding.at_line(line),
            None => finding,
        }
    }
}

fn infected(file: &File, name: &str) -> Finding {
    file.finding(&findings::VIRUS_FOUND, format!("l'antivirus reconnaît « {name} » dans {}", file.shown()))
}

impl Ingest {
    /// Begins the check of a transfer whose manifest was read, as its agreement asks.
    ///
    /// # Errors
    /// When the scanner does not answer: the transfer waits.
    pub(super) async fn viruses(&self, tenant: TenantId, validated: &Validated) -> Result<Viruses, Error> {
        let terms = match &validated.header.archival_agreement {
            Some(name) => self.terms(tenant, name).await?,
            None => None,
        };
        let not_shown = |why| Ok(Viruses::begun(terms, Mode::NotShown(why), None));
        let large = match terms {
            // Refused whatever is in its files, which nobody reads.
            _ if validated.is_hostile || validated.manifest.is_none() => {
                return not_shown(NotScanned::Refused);
            }
            None => return not_shown(NotScanned::Refused),
            Some((VirusCheck::Off, _)) => return not_shown(NotScanned::Off),
            Some((VirusCheck::Required | VirusCheck::WhenConfigured, large)) => large,
        };
        let Some(scanner) = self.scanner.clone() else { return not_shown(NotScanned::NotConfigured) };
        let asked = scanner.clone();
        let engine = blocking(move || Ok(asked.engine()?)).await?;
        Ok(Viruses::begun(terms, Mode::Shown(scanner, large), Some(engine)))
    }

    /// When the scanner answers again: the transfers that wait for it are tried from now on; how many.
    pub async fn free_waiting(&self) -> Result<u64, Error> {
        let Some(scanner) = self.scanner.clone() else { return Ok(0) };
        if !jobs::waiting(&self.db).await?.iter().any(|(cause, _)| cause == super::WAITS_FOR_SCANNER) {
            return Ok(0);
        }
        match blocking(move || Ok(scanner.probe()?)).await {
            Ok(_) => Ok(jobs::hasten(&self.db, super::WAITS_FOR_SCANNER, self.clock.now()).await?),
            Err(Error::Antivirus(_)) => Ok(0),
            Err(error) => Err(error),
        }
    }

    async fn terms(&self, tenant: TenantId, agreement: &str) -> Result<Terms, Error> {
        let mut tx: TenantRead = self.db.read(tenant).await?;
        let agreement = registry::queries::find_agreement(&mut tx, agreement).await?;
        Ok(terms(agreement.as_ref()))
    }
}
