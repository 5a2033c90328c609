//! Depositing without knowing the standard: a deposit gathered and described at the portal, whose manifest is written here.
//!
//! ```text
//! begin → files → describe (questions) → review → send
//! ```
//!
//! Never enters a transfer: what is ready is given to the door as one package, which goes the same way as anybody's
//! (`crate::ingest`). Never judges: the profile's own text says what is lacking, the trial of a package whether it would be taken.
//! The one thing to know: a draft's bytes lie in a quarantine of their own, file first and row next; once it is being sent nothing
//! in it changes, its manifest is kept, and so the same draft sent twice is the same bytes, which are one transfer.

pub mod draft;
pub mod files;
pub mod flows;
pub mod package;
pub mod questions;
pub mod review;
pub mod same;

mod answers;
mod arrange;
mod automatic;
mod begin;
mod describe;
mod earlier;
mod file_queries;
mod ground;
mod incoming;
mod kinds;
mod lacks;
mod names;
mod noted;
mod outline;
mod problems;
mod queries;
mod resume;
mod send;
mod sent_queries;
mod settle;
mod sweep;
mod words;

use uuid::Uuid;

use crate::clock::Clock;
use crate::db::{self, Db};
use crate::model::Limits;
use crate::package as containers;
use crate::registry::compiled::{self, Compiled};
use crate::registry::signatures::InForce;
use crate::storage::{self, Quarantine, Storage};

pub use answers::Answer;
pub use draft::{By, Draft, DraftFile};
pub use send::{Ready, Sending};

/// Points where a test may stop or kill the process, in order.
pub const FAIL_POINTS: &[&str] = &[
    "draft-piece-before-count",
    "draft-piece-after-count",
    "draft-send-before-row",
    "draft-send-after-row",
    "draft-sent-before-row",
    "draft-sent-after-row",
];

/// Deposits being prepared, with what they need. Cheap to clone.
#[derive(Clone)]
pub struct Drafting {
    db: Db,
    storage: Storage,
    clock: Clock,
    limits: Limits,
    signatures: InForce,
    profiles: Compiled,
}

impl Drafting {
    /// Over these gates; `signatures` name the formats of the files that come.
    pub fn new(db: Db, storage: Storage, clock: Clock, limits: Limits, signatures: InForce) -> Self {
        Self { db, storage, clock, limits, signatures, profiles: Compiled::default() }
    }

    /// Where the files of drafts lie.
    fn quarantine(&self) -> Quarantine {
        self.storage.quarantine().drafts()
    }

    /// The person's own draft, all that came of it settled.
    ///
    /// # Errors
    /// When the rows cannot be read.
    pub async fn draft(&self, by: &By, id: Uuid) -> Result<Option<Draft>, Error> {
        let found = queries::find(&mut self.db.technical().await?, by, id).await?;
        match found {
            Some(draft) => {
                let draft = self.noted(by, draft).await?;
                self.settled(by, draft).await.map(Some)
            }
            None => Ok(None),
        }
    }

    /// The person's drafts that are not sent, last used first, without their files.
    ///
    /// # Errors
    /// When the rows cannot be read.
    pub async fn open_drafts(&self, by: &By) -> Result<Vec<Draft>, Error> {
        let open = queries::open_of(&mut self.db.technical().await?, by, SHOWN_MAX).await?;
        let mut left = Vec::new();
        for draft in open {
            let draft = self.noted(by, draft).await?;
            left.extend(Some(draft).filter(|draft| draft.transfer_id.is_none()));
        }
        Ok(left)
    }

    /// Forgets a draft that is not sent; `false`: there is none, or it is being sent.
    ///
    /// # Errors
    /// When the rows cannot be changed.
    pub async fn forget(&self, by: &By, id: Uuid) -> Result<bool, Error> {
        let mut tx = self.db.technical().await?;
        let Some(draft) = queries::lock(&mut tx, by, id).await?.filter(Draft::is_open) else {
            return Ok(false);
        };
        queries::delete(&mut tx, by.tenant, id).await?;
        tx.commit().await?;
        // What a stop leaves here, the sweeper takes.
        self.drop_bytes(by.tenant, &draft).await;
        Ok(true)
    }
}

/// Drafts shown to a person.
const SHOWN_MAX: i64 = 20;

/// A failure of ours, never a refusal.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("database: {0}")]
    Db(#[from] db::Error),
    #[error("storage: {0}")]
    Storage(#[from] storage::Error),
    #[error("{0}")]
    Profile(#[from] compiled::Error),
    #[error("package: {0}")]
    Package(#[from] containers::Error),
    #[error("reading: {0}")]
    Io(#[from] std::io::Error),
    #[error("the thread that worked on the draft died")]
    Died,
}

impl Error {
    /// Whether trying again later may do.
    pub fn is_transient(&self) -> bool {
        match self {
            Error::Db(error) => error.is_transient(),
            Error::Storage(error) => error.is_transient(),
            Error::Package(error) => error.is_transient(),
            Error::Profile(compiled::Error::Db(error)) => error.is_transient(),
            Error::Profile(compiled::Error::Profile(_)) => false,
            Error::Profile(_) | Error::Io(_) | Error::Died => true,
        }
    }
}

/// Runs what reads and writes files where it may block.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Died)?
}
