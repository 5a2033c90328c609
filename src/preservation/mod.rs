//! Keeping archives whole: every copy read again, and what is wrong with it said.
//!
//! It never writes into an archive. The one thing to know: a fault found is an answer, journaled as an
//! incident; an error is only our own failure to look.

mod audit;
mod queries;

use crate::clock::Clock;
use crate::db::{self, Db};
use crate::storage::{self, Storage};

pub use audit::{ArchiveReport, Totals};

/// The operations on archives that are kept.
#[derive(Clone)]
pub struct Preservation {
    db: Db,
    storage: Storage,
    clock: Clock,
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
    /// Whether the same audit may succeed later.
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
    pub fn new(db: Db, storage: Storage, clock: Clock) -> Self {
        Self { db, storage, clock }
    }
}
