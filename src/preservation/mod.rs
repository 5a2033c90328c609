//! Keeping archives whole: every copy read again on a schedule, what is wrong with it said, mended and told; copies
//! moved from site to site; canaries that show how long wrong bytes live.
//!
//! ```text
//! plan → check → (incident) → repair          each day, for each member and site
//! ```
//!
//! The one thing to know: a fault found is an answer, kept as an incident that only a good reading closes; an error
//! is our own failure to look, and a site that is away is neither: one alert, no incident. Whatever stops in
//! between is taken up again from rows.

mod alert;
mod alert_words;
mod attempt;
mod attest;
mod audit;
mod canary;
mod canary_enter;
mod canary_object;
mod canary_queries;
mod check;
mod check_queries;
mod communicated;
mod enter;
mod incident;
mod media;
mod orphan_queries;
mod orphans;
mod pace;
mod plan;
mod plan_queries;
mod queries;
mod reading;
mod repair;
mod repair_queries;
mod room;
mod room_queries;
mod schedule;
mod settings;
mod site;
mod site_queries;
mod standing;
mod standing_queries;
mod sweep;
mod vault;

use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;
use crate::db::{self, Db};
use crate::storage::{self, Storage};

pub use alert::Alert;
pub use attempt::{Attempt, Outcome};
pub use audit::{ArchiveReport, Scope, Totals};
pub use incident::{CATALOGUE, Incident, Occasion};
pub use media::Refusal;
pub use reading::{Reading, Verdict};
pub use room::SiteOutlook;
pub use settings::Settings;
pub use standing::{
    Canaries, Damage, MemberSite, MemberStanding, Migration, Overview, SiteStanding, open_count,
};

/// Job: today's readings of a member's copies on one site.
pub const JOB_CHECK_SITE: &str = "check_site";
/// Job: what is wrong on one site of a member, mended.
pub const JOB_REPAIR_SITE: &str = "repair_site";

/// Job: what a site holds of a member's, compared with the rows.
pub const JOB_LIST_SITE: &str = "list_site";
/// Job: a site that joins a member's set, filled; or one that leaves it, emptied.
pub const JOB_MIGRATE: &str = "migrate_media";

/// Job: every copy of an archive read again, and an attestation of what was read.
pub const JOB_ATTEST: &str = "attest_integrity";

/// Every point where a test may stop or kill the process, in order.
pub const FAIL_POINTS: &[&str] = &[
    "canary-placed",
    "canary-asked",
    "canary-damaged",
    "check-page-read",
    "check-page-entered",
    "repair-before-mending",
    "repair-mended",
    "repair-before-commit",
    "repair-after-commit",
    "migrate-copied",
    "migrate-entered",
    "migrate-switched",
    "migrate-destroyed",
    "migrate-withdrawn",
];

/// How long one job of the background goes on before it lets another have the lane.
const SLICE: Duration = Duration::from_secs(300);

/// The operations on archives that are kept. Cheap to clone.
#[derive(Clone)]
pub struct Preservation {
    db: Db,
    storage: Storage,
    clock: Clock,
    settings: Arc<Settings>,
}

/// Whether a job of the background is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    Done,
    /// There is more to do; others first.
    More,
}

/// Why the archives could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error(transparent)]
    Storage(#[from] storage::Error),
    /// A thread that read copies panicked or was stopped.
    #[error("reading of copies stopped: {0}")]
    Stopped(#[from] tokio::task::JoinError),
}

impl Error {
    /// Whether the same work may succeed later.
    pub fn is_transient(&self) -> bool {
        match self {
            Error::Db(error) => error.is_transient(),
            Error::Storage(error) => error.is_transient(),
            Error::Stopped(_) => true,
        }
    }
}

impl Preservation {
    /// The operations, on these rows and these sites.
    pub fn new(db: Db, storage: Storage, clock: Clock, settings: Settings) -> Self {
        Self { db, storage, clock, settings: Arc::new(settings) }
    }

    /// Names of the sites that the settings know.
    fn sites(&self) -> Vec<String> {
        self.storage.sites().map(str::to_owned).collect()
    }
}

/// Runs what reads and writes files where it may block.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, storage::Error> + Send + 'static,
) -> Result<T, Error> {
    Ok(tokio::task::spawn_blocking(work).await??)
}

/// How journal entries name an archive.
fn event_object(archive: crate::model::ArchiveId) -> String {
    format!("archive:{archive}")
}
