//! One site that is a folder: a storage root per tenant, and beside them `.staging`, where an object is
//! made before it is named.
//!
//! It never changes an object in place: an object appears whole by one rename. A staging folder is locked
//! by whoever fills it; what a dead attempt left in it is removed by the next.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::disk::{self, NewFile};
use super::error::{Error, failed};
use crate::model::{ArchiveId, TenantId};
use crate::package::ocfl;

const STAGING: &str = ".staging";

/// A site and its folder, real and without links.
#[derive(Debug)]
pub(super) struct Site {
    pub name: String,
    pub folder: PathBuf,
    /// By which it is known: see `mark`.
    pub number: String,
}

/// What an archive's place holds.
pub(super) enum Place {
    Empty,
    Same,
    Other,
}

impl Site {
    /// Folder of an archive's object, under the site.
    pub fn object(&self, tenant: TenantId, archive: ArchiveId) -> PathBuf {
        Path::new(&tenant.to_string()).join(ocfl::object_folder(&ocfl::object_id(archive.0)))
    }

    /// Whether the object whose first inventory is `inventory` is in place.
    pub fn look(&self, tenant: TenantId, archive: ArchiveId, inventory: &[u8]) -> Result<Place, Error> {
        let object = self.folder.join(self.object(tenant, archive));
        let first = object.join("v1").join(ocfl::INVENTORY);
        match fs::read(&first) {
            Ok(there) if there == inventory => Ok(Place::Same),
            Ok(_) => Ok(Place::Other),
            Err(error) if error.kind() == ErrorKind::NotFound => match object.symlink_metadata() {
                Ok(_) => Ok(Place::Other),
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(Place::Empty),
                Err(error) => Err(failed("looking at", &object)(error)),
            },
            Err(error) => Err(failed("reading", &first)(error)),
        }
    }

    /// Makes the tenant's storage root, or what is missing of it; durable when it returns.
    pub fn prepare_root(&self, tenant: TenantId) -> Result<(), Error> {
        let root = self.folder.join(tenant.to_string());
        let staging = Staging::lock(self, &format!("{tenant}.root"))?;
        disk::make_folder(&root)?;
        for (name, text) in ocfl::root_files() {
            let place = root.join(&name);
            let folders = Path::new(&name).parent().unwrap_or(Path::new(""));
            disk::make_folders(&root, folders)?;
            if !place.try_exists().map_err(failed("looking at", &place))? {
                let staged = staging.folder.join("file");
                write_file(staged.clone(), text.as_bytes())?;
                disk::rename(&staged, &place)?;
            }
            disk::sync_folders(&root, folders)?;
        }
        disk::sync_folder(&self.folder)?;
        staging.clear()
    }

    /// Whether the tenant's storage root declares itself.
    pub fn has_root(&self, tenant: TenantId) -> bool {
        self.folder.join(tenant.to_string()).join(ocfl::ROOT_DECLARATION.0).exists()
    }

    /// Removes what dead attempts left; those that run hold their folder's lock.
    pub fn sweep_staging(&self) -> Result<(), Error> {
        let above = self.folder.join(STAGING);
        disk::make_folder(&above)?;
        for left in fs::read_dir(&above).map_err(failed("reading", &above))? {
            let left = left.map_err(failed("reading", &above))?.path();
            let Ok(lock) = File::open(&left) else { continue };
            if lock.try_lock().is_ok() {
                disk::remove(&left)?;
            }
        }
        Ok(())
    }

    /// Names the folder above an object, and those above it, on the disk.
    pub fn sync_way_to(&self, object: &Path) -> Result<(), Error> {
        let tenant: PathBuf = object.iter().take(1).collect();
        let below: PathBuf = object.iter().skip(1).collect();
        let above = below.parent().unwrap_or(Path::new(""));
        disk::sync_folders(&self.folder.join(tenant), above)
    }
}

/// A locked, empty folder of one site, in which something is made before it gets its name.
pub(super) struct Staging {
    pub folder: PathBuf,
    _lock: File,
}

impl Staging {
    /// Waits for whoever holds the folder of this name, then removes what it left.
    pub fn lock(site: &Site, name: &str) -> Result<Self, Error> {
        let above = site.folder.join(STAGING);
        let folder = above.join(name);
        loop {
            disk::make_folder(&above)?;
            disk::make_folder(&folder)?;
            let Some(lock) = locked(&folder).map_err(failed("locking", &folder))? else { continue };
            for left in fs::read_dir(&folder).map_err(failed("reading", &folder))? {
                disk::remove(&left.map_err(failed("reading", &folder))?.path())?;
            }
            return Ok(Self { folder, _lock: lock });
        }
    }

    /// Removes the folder.
    pub fn clear(&self) -> Result<(), Error> {
        disk::remove(&self.folder)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next attempt.
        self.clear().ok();
    }
}

/// The folder, locked; `None` when whoever held it removed it meanwhile.
fn locked(folder: &Path) -> io::Result<Option<File>> {
    let absent = |error: &io::Error| error.kind() == ErrorKind::NotFound;
    let lock = match File::open(folder) {
        Err(error) if absent(&error) => return Ok(None),
        opened => opened?,
    };
    lock.lock()?;
    match fs::metadata(folder) {
        Err(error) if absent(&error) => Ok(None),
        there => Ok((there?.ino() == lock.metadata()?.ino()).then_some(lock)),
    }
}

/// A whole small file, synced; its name is not yet.
pub(super) fn write_file(path: PathBuf, bytes: &[u8]) -> Result<(), Error> {
    let mut file = NewFile::create(path)?;
    file.write(bytes)?;
    file.seal()
}
