//! The service brought back after a disaster: the catalogue rebuilt from the objects of one site, and that rehearsed.
//!
//! It invents nothing: an archive that nothing says was taken in charge, or one of whose bytes is wrong, is listed and not
//! entered. The one thing to know: everything here is safe to start again, and goes on where it was cut.
//!
//! ```text
//! begin (member, register, journal) → each object: read → enter → end (what waits in quarantine, numbers, counts)
//! ```

mod attestations;
mod begin;
mod copies;
mod copy_queries;
mod enter;
mod entry_queries;
mod left_out;
mod numbers;
mod numbers_queries;
mod objects;
mod quarantine;
mod queries;
mod rebuild;
mod register_queries;
mod rehearse;
mod safety_queries;
mod site;
mod statement_queries;
pub mod tables;
mod usage_queries;

use crate::catalog;
use crate::clock::Clock;
use crate::db::{self, Db};
use crate::evidence;
use crate::model::TenantId;
use crate::storage::{self, Storage};

pub use copies::{Behind, JOB_COPY, behind};
pub use rebuild::{Asked, LeftOut, Purpose, Rebuilt, Told};
pub use rehearse::{Rehearsal, Rehearsing};
pub use safety_queries::{Backup, Rehearsal as KeptRehearsal, insert_backup, last_backup, last_rehearsals};

/// Every point where a test may kill the process that rebuilds or copies.
pub const FAIL_POINTS: &[&str] = &[
    "rebuild-journal-page",
    "rebuild-before-begin",
    "rebuild-after-begin",
    "rebuild-before-enter",
    "rebuild-after-enter",
    "rebuild-after-left-out",
    "rebuild-attestations",
    "rebuild-before-end",
    "copy-before-journal",
    "copy-after-file",
    "copy-after-attestations",
    "copy-after-journal",
];

/// The operations that bring the service back.
#[derive(Clone)]
pub struct Recovery {
    db: Db,
    storage: Storage,
    clock: Clock,
}

/// Why a catalogue could not be rebuilt. What is wrong with an object is no error: it is listed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error(transparent)]
    Storage(#[from] storage::Error),
    #[error(transparent)]
    Copy(#[from] evidence::copy::Error),
    #[error(transparent)]
    Enter(#[from] catalog::enter::Error),
    #[error("base de données de la répétition : {0}")]
    Cluster(#[from] db::cluster::Error),
    #[error("lecture : {0}")]
    Io(#[from] std::io::Error),
    /// Nothing on the site says which member this is.
    #[error(
        "{0} : aucun objet lisible ne dit de quelle collectivité est ce dossier ; créez-la d'abord (« chartrier \
         tenants apply »)"
    )]
    WhoseIsIt(TenantId),
    /// The journal of the database is not the one that the site remembers.
    #[error(
        "{code} : la base et le site ont deux journaux différents après l'entrée {seq}. Si la base a servi depuis, et que son \
         journal doit rester, relancez avec --keep-journal : celui du site est gardé à part"
    )]
    TwoJournals { code: String, seq: i64 },
    /// What the site keeps of the register was written by another version of the schema.
    #[error(
        "le registre gardé sur le site est d'un autre schéma ({found}, ici {here}) : reconstruisez avec la version du \
         programme qui l'a écrit, puis mettez à jour"
    )]
    OtherSchema { found: i64, here: i64 },
    #[error("le registre gardé sur le site est illisible : {0}")]
    Register(String),
    #[error("a thread that read objects died")]
    Died,
}

impl Error {
    /// Whether the same call may succeed later.
    pub fn is_transient(&self) -> bool {
        match self {
            Error::Db(error) => error.is_transient(),
            Error::Storage(error) => error.is_transient(),
            Error::Copy(error) => error.is_transient(),
            Error::Enter(error) => error.is_transient(),
            Error::Io(_) | Error::Died | Error::Cluster(_) => true,
            Error::WhoseIsIt(_)
            | Error::TwoJournals { .. }
            | Error::OtherSchema { .. }
            | Error::Register(_) => false,
        }
    }
}

impl Recovery {
    /// The operations, on these rows and these sites.
    pub fn new(db: Db, storage: Storage, clock: Clock) -> Self {
        Self { db, storage, clock }
    }
}

/// Runs what reads and writes files where it may block.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Died)?
}
