//! From reception to taking in charge: the main job.
//!
//! ```text
//! receive → unpack → validate → identify → conform → decide → seal → store → reply
//! ```
//!
//! Each step takes the value of the step before *by value* and is the only maker of the next: none can be
//! skipped, repeated or moved. Objects come first, rows last: an object without a row is nothing, a row
//! without its object cannot be. Durable are only *received*, *examined* (an archivist decides), *sealed*
//! and the two ends, *taken in charge* and *refused*; a crash restarts from the last of these.

pub mod acknowledge;
pub mod archivist;
mod attest;
pub mod awaiting;
mod awaiting_queries;
mod conditions;
mod confirm;
pub mod conform;
pub mod coverage;
pub mod decide;
pub mod decision_queries;
mod examine;
mod findings_json;
mod format_findings;
pub mod identify;
mod judge;
mod limits;
mod naming;
mod notes;
mod notify;
pub mod pairs;
mod parties;
pub mod places;
pub mod queries;
pub mod quota;
pub mod receive;
mod replication;
mod replies;
mod reply;
mod seal;
mod seal_queries;
mod seen;
mod showing;
mod signatures;
mod spooled;
mod standing;
mod state_queries;
mod store;
mod sweep;
mod trial;
pub mod unpack;
pub mod upload_ends;
mod upload_queries;
pub mod uploads;
pub mod validate;
pub mod viruses;
pub mod visibility;

pub use receive::{Depositor, Entered, Reception};
pub use trial::{Trial, Verdict};

use crate::antivirus::{self, Scanner};
use crate::catalog;
use crate::clock::Clock;
use crate::db::{self, Db};
use crate::model::{Finding, Limits, ProfileId, TransferId};
use crate::package;
use crate::registry::compiled::{self, Compiled};
use crate::registry::signatures::InForce;
use crate::storage::{self, Storage};
use crate::trust::Trust;

/// Job: take a transfer as far as it goes.
pub const JOB_INGEST: &str = "ingest";
/// Job: go on with a transfer that an archivist has accepted. A kind of its own, so that it can be asked for
/// while the examination's job is still being finished.
pub const JOB_SEAL: &str = "seal";
/// Job: drop the bytes of a refused transfer.
pub const JOB_PURGE: &str = "purge";

/// What the job of a transfer waits for while the virus scanner does not answer.
pub const WAITS_FOR_SCANNER: &str = "antivirus";
pub use crate::db::jobs::WAITS_FOR_ROOM;

/// Every point of the path where a test may stop or kill the process, in order.
pub const FAIL_POINTS: &[&str] = &[
    "receive-before-quarantine",
    "receive-after-quarantine",
    "receive-before-commit",
    "receive-after-commit",
    "examine-before-decision",
    "examine-before-commit",
    "examine-after-commit",
    "refuse-before-commit",
    "refuse-after-commit",
    "seal-before-commit",
    "seal-after-commit",
    "store-before-write",
    "store-after-write",
    "reply-before-commit",
    "reply-after-commit",
    "confirm-before-marker",
    "confirm-after-marker",
    "confirm-after-quarantine",
    "purge-before-commit",
];

/// The path, with what it works on. Cheap to clone.
#[derive(Clone)]
pub struct Ingest {
    db: Db,
    storage: Storage,
    clock: Clock,
    limits: Limits,
    /// Days during which the bytes of a refused transfer are kept.
    refused_days: u32,
    /// Days during which a machine's deposit waits for room in the quota.
    room_days: u32,
    /// Transfers of one member that may wait for a site.
    waiting_max: u32,
    profiles: Compiled,
    /// Packages tried at once.
    trials: trial::Turns,
    /// `None`: the service has no virus scanner.
    scanner: Option<Scanner>,
    signatures: InForce,
    /// Who is believed of electronic signatures.
    trust: Trust,
}

/// Unless the settings say otherwise.
const WAITING_MAX: u32 = 10_000;
const ROOM_DAYS: u32 = 15;

impl Ingest {
    /// The path over these gates.
    pub fn new(db: Db, storage: Storage, clock: Clock, limits: Limits, refused_days: u32) -> Self {
        let (waiting_max, profiles) = (WAITING_MAX, Compiled::default());
        let signatures = InForce::new(db.clone());
        Self {
            db,
            storage,
            clock,
            limits,
            refused_days,
            room_days: ROOM_DAYS,
            waiting_max,
            profiles,
            trials: trial::Turns::default(),
            scanner: None,
            signatures,
            trust: Trust::default(),
        }
    }

    /// The same path, with a virus scanner or without.
    pub fn with_scanner(self, scanner: Option<Scanner>) -> Self {
        Self { scanner, ..self }
    }

    /// The same path, which believes these of electronic signatures.
    pub fn with_trust(self, trust: Trust) -> Self {
        Self { trust, ..self }
    }

    /// The signatures by which formats are named.
    pub fn signatures(&self) -> &InForce {
        &self.signatures
    }

    /// The virus scanner, when the service has one.
    pub fn scanner(&self) -> Option<&Scanner> {
        self.scanner.as_ref()
    }

    /// The same path, where a machine's deposit waits for room in the quota so many days.
    pub fn with_room_days(self, room_days: u32) -> Self {
        Self { room_days, ..self }
    }

    /// The same path, with so many transfers of one member that may wait for a site.
    pub fn with_waiting_max(self, waiting_max: u32) -> Self {
        Self { waiting_max, ..self }
    }
}

/// A failure of ours: the transfer stays where it is and is tried again. Never a refusal.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("database: {0}")]
    Db(#[from] db::Error),
    #[error("storage: {0}")]
    Storage(#[from] storage::Error),
    #[error("package: {0}")]
    Package(#[from] package::Error),
    /// The transfer waits: nothing passes without a verdict.
    #[error("antivirus: {0}")]
    Antivirus(#[from] antivirus::Error),
    #[error("{0}")]
    Record(#[from] package::accession::Error),
    #[error("reading: {0}")]
    Io(#[from] std::io::Error),
    #[error("entering: {0}")]
    Enter(#[from] catalog::enter::Error),
    /// Some sites have their copy; these could not take theirs yet.
    #[error("awaiting replication: {reasons}")]
    AwaitingReplication { sites: Vec<String>, reasons: String },
    /// The member's quota is full: the deposit waits for room.
    #[error("le quota de la collectivité est atteint")]
    AwaitingRoom,
    /// The member has as many transfers waiting for a site as may wait.
    #[error("{waiting} transfers of this member wait for a site already")]
    TooManyWaiting { waiting: u32 },
    #[error("as many packages as may be are tried already")]
    TooManyTrials,
    #[error("another worker has moved this transfer on")]
    Contended,
    #[error("what was sealed and what is in quarantine differ")]
    Changed,
    /// It was compiled when it was imported: the program has changed since.
    #[error("the profile {0} does not compile any more")]
    Profile(ProfileId),
    #[error("the thread that read the package died")]
    Died,
}

impl From<compiled::Error> for Error {
    fn from(error: compiled::Error) -> Self {
        match error {
            compiled::Error::Db(error) => Error::Db(error),
            compiled::Error::Changed => Error::Changed,
            compiled::Error::Profile(id) => Error::Profile(id),
            compiled::Error::Died => Error::Died,
        }
    }
}

impl Error {
    /// Whether trying again later may do.
    pub fn is_transient(&self) -> bool {
        match self {
            Error::Db(error) => error.is_transient(),
            Error::Storage(error) => error.is_transient(),
            Error::Package(error) => error.is_transient(),
            Error::Enter(error) => error.is_transient(),
            Error::AwaitingReplication { .. } | Error::TooManyWaiting { .. } | Error::Antivirus(_) => true,
            Error::Contended | Error::TooManyTrials | Error::Died | Error::Io(_) | Error::AwaitingRoom => {
                true
            }
            Error::Record(_) | Error::Changed | Error::Profile(_) => false,
        }
    }
}

/// Runs what reads and writes files where it may block.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Died)?
}

/// How journal entries name a transfer.
fn event_object(id: TransferId) -> String {
    format!("transfer:{id}")
}

/// The codes of findings, each once, for the journal.
fn codes(findings: &[Finding]) -> String {
    let mut codes: Vec<&str> = findings.iter().map(|finding| finding.kind.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes.join(" ")
}
