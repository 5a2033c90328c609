//! Every effect on a disk that must outlive the power: the only place where folders and files of the sites
//! and of the quarantine are made, written, named, removed and synced.
//!
//! Nothing here is durable until its sync returned: a file's bytes by the file's, a name by its folder's.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::super::error::{Error, failed};
use super::synclog;

/// A sync is asked for each time this much was written, so that none has more than that to do.
pub(in crate::storage) const UNSYNCED_BYTES_MAX: u64 = 64 << 20;

/// A new file being written.
pub(in crate::storage) struct NewFile {
    file: File,
    path: PathBuf,
    size_bytes: u64,
    unsynced_bytes: u64,
}

impl NewFile {
    /// Makes the file; it must not exist.
    pub fn create(path: PathBuf) -> Result<Self, Error> {
        let open = || File::options().write(true).create_new(true).mode(0o600).open(&path);
        let file = synclog::effect("create", &path, "", open).map_err(failed("creating", &path))?;
        Ok(Self { file, path, size_bytes: 0, unsynced_bytes: 0 })
    }

    /// Adds bytes at the end.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.size_bytes += bytes.len() as u64;
        self.unsynced_bytes += bytes.len() as u64;
        let write = || self.file.write_all(bytes);
        synclog::effect("write", &self.path, self.size_bytes, write)
            .map_err(failed("writing", &self.path))?;
        if self.unsynced_bytes >= UNSYNCED_BYTES_MAX {
            self.sync()?;
        }
        Ok(())
    }

    /// The bytes are on the disk when it returns; the name is not yet.
    pub fn sync(&mut self) -> Result<(), Error> {
        synclog::sync(&self.path, || self.file.sync_data()).map_err(failed("syncing", &self.path))?;
        self.unsynced_bytes = 0;
        Ok(())
    }

    /// Closes a file that nobody may change any more, synced.
    pub fn seal(mut self) -> Result<(), Error> {
        self.forbid_changes()?;
        self.sync()
    }

    /// Closes a file that nobody may change any more; a sync of the whole file system will make it last. The bytes
    /// that were not synced yet.
    pub fn leave(self) -> Result<u64, Error> {
        self.forbid_changes().map(|()| self.unsynced_bytes)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn forbid_changes(&self) -> Result<(), Error> {
        self.file.set_permissions(Permissions::from_mode(0o444)).map_err(failed("closing", &self.path))
    }
}

/// Another writer has the file.
pub(in crate::storage) struct Locked;

/// A file that comes in several pieces, held by one writer at a time.
pub(in crate::storage) struct GrowingFile {
    file: NewFile,
    /// Nobody had begun it.
    pub is_new: bool,
}

impl GrowingFile {
    /// Opens the file, which nobody else writes to until it is dropped. `None`: there is none, and it was not to be made.
    pub fn open(path: PathBuf, make: bool) -> Result<Option<Result<Self, Locked>>, Error> {
        let open = || File::options().create(make).append(true).mode(0o600).open(&path);
        let is_new = make && !path.exists();
        let opened = if is_new { synclog::effect("create", &path, "", open) } else { open() };
        let file = match opened {
            Err(error) if error.kind() == io::ErrorKind::NotFound && !make => return Ok(None),
            opened => opened.map_err(failed("opening", &path))?,
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Ok(Some(Err(Locked))),
            Err(fs::TryLockError::Error(error)) => return Err(failed("locking", &path)(error)),
        }
        Ok(Some(Ok(Self { file: NewFile { file, path, size_bytes: 0, unsynced_bytes: 0 }, is_new })))
    }

    /// What is added goes there; what a lost attempt wrote past it goes away.
    ///
    /// # Errors
    /// [`Error::Absent`] when the file is shorter.
    pub fn begin_at(&mut self, at: u64) -> Result<(), Error> {
        let NewFile { file, path, size_bytes, .. } = &mut self.file;
        if file.metadata().map_err(failed("looking at", path))?.len() < at {
            return Err(Error::Absent(path.display().to_string()));
        }
        file.set_len(at).map_err(failed("shortening", path))?;
        *size_bytes = at;
        Ok(())
    }

    /// Adds bytes at the end.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.file.write(bytes)
    }

    /// As [`NewFile::sync`].
    pub fn sync(&mut self) -> Result<(), Error> {
        self.file.sync()
    }

    /// From the file's beginning.
    pub fn size_bytes(&self) -> u64 {
        self.file.size_bytes
    }
}

impl Drop for GrowingFile {
    fn drop(&mut self) {
        // A process begun meanwhile has the file too, until it runs its own program: closing ours would not let go. Nothing is
        // lost when letting go fails: whoever comes next waits.
        self.file.file.unlock().ok();
    }
}

/// Makes a folder unless it is there; the one above must be.
pub(in crate::storage) fn make_folder(path: &Path) -> Result<(), Error> {
    let make = || fs::DirBuilder::new().mode(0o750).create(path);
    match synclog::effect("folder", path, "", make) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map_err(failed("making folder", path)),
    }
}

/// Makes the folders of `below` under `base`, which is there.
pub(in crate::storage) fn make_folders(base: &Path, below: &Path) -> Result<(), Error> {
    let mut path = base.to_path_buf();
    for part in below {
        path.push(part);
        make_folder(&path)?;
    }
    Ok(())
}

/// The names in the folder are on the disk when it returns.
pub(in crate::storage) fn sync_folder(path: &Path) -> Result<(), Error> {
    synclog::sync(path, || File::open(path)?.sync_all()).map_err(failed("syncing folder", path))
}

/// Syncs the folders of `below` under `base`, deepest first, then `base`.
pub(in crate::storage) fn sync_folders(base: &Path, below: &Path) -> Result<(), Error> {
    for folder in below.ancestors().filter(|folder| *folder != Path::new("")) {
        sync_folder(&base.join(folder))?;
    }
    sync_folder(base)
}

/// Gives a file or a folder its name, which nothing may have.
pub(in crate::storage) fn rename(from: &Path, to: &Path) -> Result<(), Error> {
    synclog::effect("rename", from, to.display(), || fs::rename(from, to)).map_err(failed("naming", to))
}

/// Removes a file or a whole folder; nothing there is no failure.
pub(in crate::storage) fn remove(path: &Path) -> Result<(), Error> {
    let grave = synclog::grave();
    let remove = || match (&grave, fs::symlink_metadata(path)?.is_dir()) {
        (Some((grave, _)), _) => fs::rename(path, grave),
        (None, true) => fs::remove_dir_all(path),
        (None, false) => fs::remove_file(path),
    };
    let name = grave.as_ref().map_or("", |(_, name)| name);
    match synclog::effect("remove", path, name, remove) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed.map_err(failed("removing", path)),
    }
}
