//! The gate to objects: every archive whole on every site, and the quarantine where transfers wait.
//!
//! It decides nothing about archives and never overwrites one. The one thing to know: when a call returns
//! `Ok`, what it wrote survives the loss of power; whoever asks holds one tenant's store and reaches no
//! other's. Calls block (run them with `spawn_blocking`), `Quarantine::receive` apart.
//!
//! ```text
//! <site>/chartrier-site                         the number by which the site is known
//! <site>/.staging/                              objects in the making
//! <site>/<tenant>/                              an OCFL 1.1 storage root
//! <site>/<tenant>/a1b/2c3/d4e/urn%3auuid%3a…/   an archive: one OCFL object
//! ```

mod disk;
mod error;
mod folder;
mod layout;
mod mark;
mod marker;
mod quarantine;
mod report;
mod reread;
mod standing;
mod synclog;
mod verify;
mod write;

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use crate::model::{ArchiveId, TenantId};
use crate::package::ocfl;

pub use error::Error;
pub use quarantine::{Quarantine, Received};
pub use report::{CopyReport, Fault};
pub use standing::{Room, Standing};
pub use write::{NewFile, NewObject, Source};

use error::failed;
use folder::Site;

/// Every fail point of this part, in the order of a deposit: each effect that must last has one before it
/// and one after.
pub const FAIL_POINTS: &[&str] = &[
    "storage-quarantine-written",
    "storage-quarantine-named",
    "storage-quarantine-kept",
    "storage-before-staging",
    "storage-copied",
    "storage-staged",
    "storage-named-first",
    "storage-placed-first",
    "storage-named-next",
    "storage-placed-next",
    "storage-marked-first",
    "storage-marked-next",
    "storage-quarantine-removed",
];

/// Where to keep objects and transfers.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Name and folder of each site: two at least.
    pub sites: Vec<(String, PathBuf)>,
    pub quarantine: PathBuf,
}

/// The sites and the quarantine of this service.
#[derive(Clone, Debug)]
pub struct Storage {
    sites: Arc<Sites>,
    quarantine: Quarantine,
    warnings: Vec<String>,
}

#[derive(Debug)]
struct Sites {
    sites: Vec<Site>,
    /// Storage roots that this process has seen durable, by place in `sites`.
    roots: Mutex<HashSet<(String, TenantId)>>,
}

/// One tenant's objects on every site.
#[derive(Clone, Debug)]
pub struct TenantStore {
    sites: Arc<Sites>,
    tenant: TenantId,
}

/// Where a copy lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    pub site: String,
    /// Folder of the OCFL object, under the site.
    pub path: String,
}

/// The content of one stored file.
#[derive(Debug)]
pub struct StoredFile {
    file: File,
    size_bytes: u64,
}

impl Storage {
    /// Opens the sites; refuses, in a sentence for the operator, places that are not apart or not writable.
    pub fn open(settings: &Settings) -> Result<Self, Error> {
        let layout = layout::settle(settings)?;
        let mut sites = Vec::new();
        for (name, folder) in layout.sites {
            let mut site = Site { name, folder, number: String::new() };
            site.number = mark::recognize(&site, &layout.quarantine)?;
            site.sweep_staging()?;
            sites.push(site);
        }
        Ok(Self {
            sites: Arc::new(Sites { sites, roots: Mutex::default() }),
            quarantine: Quarantine::open_at(layout.quarantine)?,
            warnings: layout.warnings,
        })
    }

    /// What the operator should know of the sites: two on one disk, for instance.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The store of one tenant.
    pub fn tenant(&self, tenant: TenantId) -> TenantStore {
        TenantStore { sites: Arc::clone(&self.sites), tenant }
    }

    /// Where transfers wait for a decision.
    pub fn quarantine(&self) -> &Quarantine {
        &self.quarantine
    }

    /// Names of the sites, in the order of the settings.
    pub fn sites(&self) -> impl Iterator<Item = &str> {
        self.sites.sites.iter().map(|site| site.name.as_str())
    }
}

impl TenantStore {
    /// Opens content from the first site that has it. `stored_path` is the path in the object
    /// (`v1/content/…`, [`NewFile::stored_path`]).
    pub fn open(&self, archive: ArchiveId, stored_path: &str) -> Result<StoredFile, Error> {
        if !ocfl::stored_path_is_safe(stored_path) {
            return Err(Error::Object(format!("{stored_path:?} is no safe path such as v1/content/…")));
        }
        let mut failure = Error::Absent(format!("{archive}/{stored_path}"));
        for site in self.sites() {
            let path = site.folder.join(site.object(self.tenant, archive)).join(stored_path);
            match File::open(&path).and_then(|file| Ok((file.metadata()?, file))) {
                Ok((metadata, file)) if metadata.is_file() => {
                    return Ok(StoredFile { file, size_bytes: metadata.len() });
                }
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => failure = failed("opening", &path)(error),
            }
        }
        Err(failure)
    }

    fn sites(&self) -> impl Iterator<Item = &Site> {
        self.sites.sites.iter()
    }

    /// Makes the tenant's storage root on the site; looks again each time, in case the site was emptied.
    fn ensure_root(&self, site: &Site) -> Result<(), Error> {
        let key = (site.name.clone(), self.tenant);
        let known = self.sites.roots.lock().unwrap_or_else(PoisonError::into_inner).contains(&key);
        if !known || !site.has_root(self.tenant) {
            site.prepare_root(self.tenant)?;
            self.sites.roots.lock().unwrap_or_else(PoisonError::into_inner).insert(key);
        }
        Ok(())
    }
}

impl StoredFile {
    /// Bytes of the whole file.
    pub fn len(&self) -> u64 {
        self.size_bytes
    }

    /// Whether the file holds nothing.
    pub fn is_empty(&self) -> bool {
        self.size_bytes == 0
    }
}

impl Read for StoredFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer)
    }
}

impl Seek for StoredFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// Whether something stands at the path; a link is something.
fn stands(path: &std::path::Path) -> Result<bool, Error> {
    match fs::symlink_metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(failed("looking at", path)(error)),
    }
}

/// The fail point reached on the first site, or the one reached on each of the others.
#[cfg_attr(not(feature = "failpoints"), expect(unused_variables, reason = "no fail point in a delivery"))]
fn reached(points: [&str; 2], index: usize) {
    fail::fail_point!(points[index.min(1)]);
}
