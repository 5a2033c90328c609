//! The signatures by which formats are named: compiled once, shared, replaced when another version is imported.
//!
//! Never compiles a file twice for nothing: the version in force is asked for every few seconds, and only another one is
//! read. The one thing to know: with none imported the program's own small table serves.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use tokio::sync::Mutex;
use uuid::Uuid;

use super::signature_queries as queries;
use crate::db::{self, Db};
use crate::formats::{self, Signatures};

/// How long the version in force is believed to be the same.
const BELIEVED: Duration = Duration::from_secs(5);

/// PRONOM's files, as they came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    pub signatures: Vec<u8>,
    pub containers: Option<Vec<u8>>,
}

impl Files {
    /// The tables that they make.
    ///
    /// # Errors
    /// When they are none of PRONOM's, or past a bound.
    pub fn compile(&self) -> Result<Signatures, formats::Error> {
        Signatures::from_droid(self.signatures.as_slice(), self.containers.as_deref())
    }
}

/// A version that was imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Of both files, as they say it.
    pub version: String,
    pub signatures_sha512: Vec<u8>,
    pub containers_sha512: Option<Vec<u8>>,
    pub format_count: u32,
    /// Signatures that could not be understood.
    pub left_out: u32,
    pub imported_at: DateTime<Utc>,
    /// The person's name; `None` by the command line.
    pub imported_by: Option<String>,
}

/// The signatures in force. Cheap to clone; clones share what is compiled.
#[derive(Clone)]
pub struct InForce {
    db: Db,
    kept: Arc<Mutex<Kept>>,
}

struct Kept {
    /// `None`: our own table.
    id: Option<Uuid>,
    tables: Arc<Signatures>,
    asked_at: Option<Instant>,
}

impl InForce {
    /// Those of this database, not asked for yet.
    pub fn new(db: Db) -> Self {
        let kept = Kept { id: None, tables: Arc::new(Signatures::built_in()), asked_at: None };
        Self { db, kept: Arc::new(Mutex::new(kept)) }
    }

    /// The tables in force, at most a few seconds ago.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn get(&self) -> Result<Arc<Signatures>, db::Error> {
        let mut kept = self.kept.lock().await;
        if kept.asked_at.is_none_or(|at| at.elapsed() >= BELIEVED) {
            self.ask(&mut kept).await?;
            kept.asked_at = Some(Instant::now());
        }
        Ok(kept.tables.clone())
    }

    /// Asks at once which are in force: for who has just imported some.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn refresh(&self) -> Result<Arc<Signatures>, db::Error> {
        self.kept.lock().await.asked_at = None;
        self.get().await
    }

    async fn ask(&self, kept: &mut Kept) -> Result<(), db::Error> {
        let mut tx = self.db.technical().await?;
        let id = queries::find_in_force(&mut tx).await?;
        let Some(wanted) = id.filter(|_| id != kept.id) else { return Ok(()) };
        let Some(files) = queries::find_files(&mut tx, wanted).await? else { return Ok(()) };
        drop(tx);
        let compiled = tokio::task::spawn_blocking(move || files.compile()).await;
        match compiled {
            Ok(Ok(tables)) => {
                tracing::info!(version = tables.version(), "signatures of formats in force");
                kept.tables = Arc::new(tables);
            }
            // It was compiled when it was imported: the program has changed since.
            Ok(Err(error)) => tracing::error!(%error, "the signatures imported do not serve any more"),
            Err(error) => tracing::error!(%error, "the signatures imported could not be read"),
        }
        kept.id = id;
        Ok(())
    }
}
