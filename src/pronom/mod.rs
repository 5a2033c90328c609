//! Naming formats, kept true over time: PRONOM's files imported, a member's objects named again, the risk of each format.
//!
//! Never rewrites an archive: the record made at the taking in charge keeps what was found that day, the catalogue has the
//! last answer. The one thing to know: an import changes the answers to come; those given are made again only when asked.

mod again;
mod import;
mod queries;
mod risk;
mod starter;

use crate::clock::Clock;
use crate::db::{self, Db};
use crate::registry::signatures::InForce;
use crate::storage::{self, Storage};

pub use again::{BATCH, JOB_NAME_AGAIN, Progress, Run};
pub use import::{FILE_BYTES_MAX, Imported, Refused};
pub use risk::{Held, Holdings};
pub use starter::starter;

/// The operations on signatures and on what they name. Cheap to clone.
#[derive(Clone)]
pub struct Pronom {
    db: Db,
    storage: Storage,
    clock: Clock,
    signatures: InForce,
    /// Objects named again in one go.
    batch: u32,
}

/// A failure of ours.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error(transparent)]
    Storage(#[from] storage::Error),
    #[error("reading of objects stopped: {0}")]
    Stopped(#[from] tokio::task::JoinError),
}

impl Error {
    /// Whether trying again later may do.
    pub fn is_transient(&self) -> bool {
        match self {
            Error::Db(error) => error.is_transient(),
            Error::Storage(error) => error.is_transient(),
            Error::Stopped(_) => true,
        }
    }
}

impl Pronom {
    /// The operations, on these rows and these sites.
    pub fn new(db: Db, storage: Storage, clock: Clock, signatures: InForce) -> Self {
        Self { db, storage, clock, signatures, batch: BATCH }
    }

    /// The same, with so many objects named again in one go.
    pub fn with_batch(self, batch: u32) -> Self {
        Self { batch, ..self }
    }
}
