//! Where a transfer's bytes wait until they are taken in charge or refused: one file each,
//! `<quarantine>/<tenant>/<transfer>`, or two when the manifest came apart from the archive of its attachments, which then
//! stands beside it as `<transfer>.manifest`.
//!
//! It never looks into the bytes. A transfer is there whole and durable, or it is not there; what comes in several requests
//! ([`pieces`]) is there once it is closed.

mod pieces;

use std::collections::{BTreeSet, HashSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use fail::fail_point;
use futures_util::{Stream, StreamExt};
use uuid::Uuid;

use super::error::{Error, failed};
use super::folder::disk::{self, NewFile};
use super::folder::stands;
use crate::model::{TenantId, TransferId};
use crate::proof::digest::Sha512;

/// Bytes gathered before a thread is asked to digest and write them.
const GATHERED_BYTES: usize = 1 << 20;
/// What a reception that has not ended calls its file: the transfer's name and this.
const UNFINISHED: &str = ".part";
/// What the file of a transfer locked up is called: the transfer's name and this.
const LOCKED: &str = ".infected";
/// What a manifest that came apart is called: the transfer's name and this.
const MANIFEST: &str = ".manifest";
/// What comes in several requests is called until it is closed: the transfer's name and this.
const UPLOAD: &str = ".upload";
/// The folder of the files that somebody is gathering.
const DRAFTS: &str = ".drafts";

pub use pieces::{Added, Held, Hold};

/// The folder where transfers wait.
#[derive(Clone, Debug)]
pub struct Quarantine {
    folder: Arc<PathBuf>,
    drafts: Arc<PathBuf>,
    scratch: Arc<PathBuf>,
    /// Tenants whose folder this process has seen durable.
    durable: Arc<Mutex<HashSet<TenantId>>>,
}

/// What was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    pub size_bytes: u64,
    pub sha512: [u8; 64],
}

/// What waits of a transfer, opened.
#[derive(Debug)]
pub struct InQuarantine {
    /// The package; of a pair, the archive of the attachments, empty when none came.
    pub file: File,
    /// The manifest, when it came apart.
    pub manifest: Option<File>,
}

impl InQuarantine {
    /// Every byte received: the manifest first, when it came apart. What [`Received::sha512`] digests.
    pub fn bytes(&mut self) -> impl Read + '_ {
        // No bytes when there is none.
        let manifest: Box<dyn Read + '_> = match &mut self.manifest {
            Some(manifest) => Box::new(manifest),
            None => Box::new(io::empty()),
        };
        manifest.chain(&mut self.file)
    }
}

impl Quarantine {
    pub(super) fn open_at(folder: PathBuf) -> Result<Self, Error> {
        let (scratch, drafts) = (folder.join(".scratch"), folder.join(DRAFTS));
        disk::make_folder(&scratch)?;
        disk::make_folder(&drafts)?;
        disk::sync_folder(&folder)?;
        let drafts = Arc::new(drafts);
        Ok(Self { folder: Arc::new(folder), drafts, scratch: Arc::new(scratch), durable: Arc::default() })
    }

    /// Where files wait that somebody is gathering for a deposit, each under an identifier of its own: kept as transfers are, and
    /// never mistaken for one.
    pub fn drafts(&self) -> Self {
        let (folder, drafts) = (Arc::clone(&self.drafts), Arc::clone(&self.drafts));
        Self { folder, drafts, scratch: Arc::clone(&self.scratch), durable: Arc::default() }
    }

    /// Folder for temporaries that their maker unlinks at once.
    pub fn scratch(&self) -> &Path {
        &self.scratch
    }

    /// Receives a transfer: durable, file and folder, when it returns. Nothing is left of one that is
    /// interrupted, dropped, or longer than `bytes_max`.
    pub async fn receive(
        &self,
        tenant: TenantId,
        transfer: TransferId,
        stream: impl Stream<Item = io::Result<Bytes>>,
        bytes_max: u64,
    ) -> Result<Received, Error> {
        self.receive_at(tenant, self.place(tenant, transfer), stream, bytes_max).await
    }

    async fn receive_at(
        &self,
        tenant: TenantId,
        place: PathBuf,
        stream: impl Stream<Item = io::Result<Bytes>>,
        bytes_max: u64,
    ) -> Result<Received, Error> {
        let mut stream = std::pin::pin!(stream);
        let mut reception = blocking(move || Reception::begin(place)).await?;
        let mut gathered = BytesMut::new();
        let mut size_bytes = 0u64;
        while let Some(bytes) = stream.next().await {
            let bytes = bytes.map_err(Error::Interrupted)?;
            size_bytes = size_bytes.saturating_add(bytes.len() as u64);
            if size_bytes > bytes_max {
                return Err(Error::TooLarge { bytes_max });
            }
            gathered.extend_from_slice(&bytes);
            if gathered.len() >= GATHERED_BYTES {
                let full = gathered.split();
                reception = blocking(move || reception.take(&full).map(|()| reception)).await?;
            }
        }
        let durable = Arc::clone(&self.durable);
        blocking(move || {
            reception.take(&gathered)?;
            let known = durable.lock().unwrap_or_else(PoisonError::into_inner).contains(&tenant);
            let received = reception.keep(known)?;
            durable.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant);
            Ok(received)
        })
        .await
    }

    /// Opens what was received.
    pub fn open(&self, tenant: TenantId, transfer: TransferId) -> Result<InQuarantine, Error> {
        let place = self.place(tenant, transfer);
        let file = opened(&place)?.ok_or_else(|| Error::Absent(transfer.to_string()))?;
        Ok(InQuarantine { file, manifest: opened(&beside(&place, MANIFEST))? })
    }

    /// Puts what was received where [`Quarantine::open`] never finds it, durably, until it is removed. Done already, or
    /// nothing there, is no failure.
    pub fn lock_up(&self, tenant: TenantId, transfer: TransferId) -> Result<(), Error> {
        let place = self.place(tenant, transfer);
        if !stands(&place)? {
            return Ok(());
        }
        disk::rename(&place, &beside(&place, LOCKED))?;
        disk::sync_folder(&self.folder.join(tenant.to_string()))
    }

    /// Removes what was received; what a power cut brings back, the sweeper finds: an orphan that no row names.
    pub fn forget(&self, tenant: TenantId, transfer: TransferId) -> Result<(), Error> {
        let place = self.place(tenant, transfer);
        for suffix in [UNFINISHED, UPLOAD, MANIFEST] {
            disk::remove(&beside(&place, suffix))?;
        }
        disk::remove(&unfinished(&beside(&place, MANIFEST)))?;
        disk::remove(&place)?;
        fail_point!("storage-quarantine-removed");
        Ok(())
    }

    /// Removes what was received, durably, locked up or not, and what an interrupted reception left; nothing there is no
    /// failure.
    pub fn remove(&self, tenant: TenantId, transfer: TransferId) -> Result<(), Error> {
        disk::remove(&beside(&self.place(tenant, transfer), LOCKED))?;
        self.forget(tenant, transfer)?;
        let folder = self.folder.join(tenant.to_string());
        if stands(&folder)? { disk::sync_folder(&folder) } else { Ok(()) }
    }

    /// The tenant's transfers whose file, whole or not, has not changed for this long; for the sweeper.
    pub fn older_than(&self, tenant: TenantId, age: Duration) -> Result<BTreeSet<TransferId>, Error> {
        let mut old = BTreeSet::new();
        for (name, path) in children(&self.folder.join(tenant.to_string()))? {
            let transfer = name.split_once('.').map_or(name.as_str(), |(transfer, _)| transfer);
            let Ok(transfer) = Uuid::parse_str(transfer) else { continue };
            let changed = match fs::symlink_metadata(&path).and_then(|metadata| metadata.modified()) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                changed => changed.map_err(failed("looking at", &path))?,
            };
            // The file system's own time on both sides; a file from the future is young.
            if changed.elapsed().is_ok_and(|elapsed| elapsed >= age) {
                old.insert(TransferId(transfer));
            }
        }
        Ok(old)
    }

    fn place(&self, tenant: TenantId, transfer: TransferId) -> PathBuf {
        self.folder.join(tenant.to_string()).join(transfer.to_string())
    }
}

/// A transfer being received; its file goes away with it unless it is kept.
struct Reception {
    file: Option<NewFile>,
    place: PathBuf,
    new_folder: bool,
    digest: Sha512,
}

impl Reception {
    fn begin(place: PathBuf) -> Result<Self, Error> {
        let new_folder = place.parent().filter(|folder| !folder.exists());
        if let Some(folder) = new_folder {
            disk::make_folder(folder)?;
        }
        let new_folder = new_folder.is_some();
        for path in [&place, &unfinished(&place)] {
            if stands(path)? {
                return Err(Error::Occupied { path: path.clone() });
            }
        }
        let file = NewFile::create(unfinished(&place))?;
        Ok(Self { file: Some(file), place, new_folder, digest: Sha512::new() })
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.digest.update(bytes);
        self.file.as_mut().map_or(Ok(()), |file| file.write(bytes))
    }

    /// `known`: the folder's own name is durable already.
    fn keep(mut self, known: bool) -> Result<Received, Error> {
        fail_point!("storage-quarantine-written");
        if let Some(file) = &mut self.file {
            file.sync()?;
        }
        disk::rename(&unfinished(&self.place), &self.place)?;
        fail_point!("storage-quarantine-named");
        for folder in self.place.ancestors().skip(1).take(if known && !self.new_folder { 1 } else { 2 }) {
            disk::sync_folder(folder)?;
        }
        fail_point!("storage-quarantine-kept");
        self.file = None;
        Ok(Received { size_bytes: self.digest.size_bytes(), sha512: self.digest.clone().finish() })
    }
}

impl Drop for Reception {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            // Not synced: a file that comes back after a power cut is an orphan, which the sweeper finds.
            disk::remove(&unfinished(&self.place)).ok();
            disk::remove(&self.place).ok();
        }
    }
}

/// `None`: it is not there.
fn opened(path: &Path) -> Result<Option<File>, Error> {
    match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        opened => opened.map(Some).map_err(failed("opening", path)),
    }
}

fn unfinished(place: &Path) -> PathBuf {
    beside(place, UNFINISHED)
}

/// The same name with this at its end.
fn beside(place: &Path, suffix: &str) -> PathBuf {
    let mut name = place.as_os_str().to_os_string();
    name.push(suffix);
    name.into()
}

/// Names and paths in a folder.
fn children(folder: &Path) -> Result<Vec<(String, PathBuf)>, Error> {
    let mut found = Vec::new();
    if !folder.is_dir() {
        return Ok(found);
    }
    for entry in fs::read_dir(folder).map_err(failed("reading", folder))? {
        let entry = entry.map_err(failed("reading", folder))?;
        found.push((entry.file_name().to_string_lossy().into_owned(), entry.path()));
    }
    Ok(found)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(stopped) => Err(Error::Interrupted(io::Error::other(stopped))),
    }
}
