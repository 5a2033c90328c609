//! A site that is a folder: files, links refused, every name synced.
//!
//! It never changes an object in place: an object, a version or a file appears whole by one rename.

pub(super) mod disk;
mod draft;
mod group;
mod reread;
mod staging;
mod synclog;
mod walk;

use std::cell::RefCell;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use nix::sys::statvfs::statvfs;

use super::error::{Error, failed};
use super::layout::try_writing;
use super::medium::{Draft, Entry, Kind, Medium, Objects, Put, StoredFile, Take};
use super::standing::{Lock, MediumKind, Room};
use disk::NewFile;
use draft::FolderDraft;
use group::Group;
use reread::Reader;
use staging::Staging;

/// A folder that holds a site.
#[derive(Debug)]
pub(super) struct Folder {
    /// Real, without links.
    path: PathBuf,
    /// Found when it is first needed: the folder may be away.
    group: OnceLock<Arc<Group>>,
    /// Archives up to this size share a sync of the file system, larger ones have their own; 0: each file has one.
    grouped_bytes_max: u64,
}

thread_local! {
    static READER: RefCell<Reader> = RefCell::new(Reader::new());
}

impl Folder {
    /// The folder, which may be away.
    pub fn open(path: PathBuf, grouped_bytes_max: u64) -> Self {
        Self { path, group: OnceLock::new(), grouped_bytes_max }
    }

    fn group(&self) -> Result<&Arc<Group>, Error> {
        if let Some(group) = self.group.get() {
            return Ok(group);
        }
        let group = Group::of(&self.path).map_err(failed("opening", &self.path))?;
        Ok(self.group.get_or_init(|| group))
    }

    fn at(&self, path: &str) -> PathBuf {
        self.path.join(path)
    }

    /// What is made under `path` is made alone, in this folder.
    fn staging(&self, path: &str) -> Result<Staging, Error> {
        Staging::lock(&self.path, &path.replace('/', "."))
    }

    /// Gives a staged file or folder its name, and makes the name last.
    fn name(&self, staged: &Path, path: &str) -> Result<(), Error> {
        let above = Path::new(path).parent().unwrap_or(Path::new(""));
        disk::make_folders(&self.path, above)?;
        disk::rename(staged, &self.at(path))?;
        self.sync_way_to(path)
    }

    /// The names on the way to `path`, its own included, are durable when it returns.
    fn sync_way_to(&self, path: &str) -> Result<(), Error> {
        disk::sync_folders(&self.path, Path::new(path).parent().unwrap_or(Path::new("")))
    }
}

/// A whole small file, synced; its name is not yet.
pub(super) fn write_file(path: PathBuf, bytes: &[u8]) -> Result<(), Error> {
    let mut file = NewFile::create(path)?;
    file.write(bytes)?;
    file.seal()
}

/// Every byte of a file, read from the disk.
fn reread(path: &Path, take: &mut Take<'_>) -> io::Result<()> {
    READER.with_borrow_mut(|reader| reader.each_chunk(path, take))
}

impl Medium for Folder {
    fn get(&self, path: &str, bytes_max: usize) -> Result<Option<Vec<u8>>, Error> {
        let path = self.at(path);
        let mut bytes = Vec::new();
        let read = File::open(&path).and_then(|file| file.take(bytes_max as u64 + 1).read_to_end(&mut bytes));
        match read {
            Ok(size) if size > bytes_max => Err(failed("reading", &path)(ErrorKind::FileTooLarge.into())),
            Ok(_) => Ok(Some(bytes)),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(failed("reading", &path)(error)),
        }
    }

    fn put(&self, path: &str, bytes: &[u8], how: Put) -> Result<(), Error> {
        let staging = self.staging(path)?;
        let above = Path::new(path).parent().unwrap_or(Path::new(""));
        let brought = how == Put::Beside && self.path.join(above).is_dir();
        if how != Put::Over {
            match self.get(path, bytes.len()) {
                Ok(Some(there)) if there == bytes && brought => {
                    return disk::sync_folder(&self.path.join(above));
                }
                Ok(Some(there)) if there == bytes => return self.sync_way_to(path),
                Ok(None) => {}
                Ok(Some(_)) => return Err(Error::Occupied { path: self.at(path) }),
                Err(Error::Io { source, .. }) if source.kind() == ErrorKind::FileTooLarge => {
                    return Err(Error::Occupied { path: self.at(path) });
                }
                Err(error) => return Err(error),
            }
        }
        let staged = staging.folder.join("file");
        write_file(staged.clone(), bytes)?;
        if brought {
            disk::rename(&staged, &self.at(path))?;
            return disk::sync_folder(&self.path.join(above));
        }
        self.name(&staged, path)
    }

    fn open(&self, path: &str) -> Result<Option<StoredFile>, Error> {
        let path = self.at(path);
        match File::open(&path).and_then(|file| Ok((file.metadata()?, file))) {
            Ok((metadata, file)) if metadata.is_file() => Ok(Some(StoredFile::new(file, metadata.len()))),
            Ok(_) => Ok(None),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(failed("opening", &path)(error)),
        }
    }

    fn reread(&self, path: &str, take: &mut Take<'_>) -> io::Result<()> {
        reread(&self.at(path), take)
    }

    fn names(&self, folder: &str) -> Result<Vec<Entry>, Error> {
        walk::names(&self.at(folder))
    }

    fn stands(&self, path: &str) -> Result<bool, Error> {
        stands(&self.at(path))
    }

    fn is_free(&self, target: &str) -> Result<bool, Error> {
        Ok(!self.stands(target)?)
    }

    fn objects<'a>(&'a self, root: &str, declaration: &'a str) -> Objects<'a> {
        Box::new(walk::Walk::new(self.path.clone(), root, declaration))
    }

    fn begin(&self, target: &str, size_bytes: u64) -> Result<Box<dyn Draft + '_>, Error> {
        let staging = self.staging(target)?;
        let group = self.group()?;
        let large = size_bytes > self.grouped_bytes_max;
        let grouped = self.grouped_bytes_max > 0 && (large || !group.is_busy());
        Ok(Box::new(FolderDraft::new(self, group, target, staging, grouped, large)))
    }

    fn overwrite(
        &self,
        path: &str,
        from: &mut dyn Read,
        right: &mut dyn FnMut() -> Result<(), Error>,
    ) -> Result<u64, Error> {
        let staging = self.staging(path)?;
        let staged = staging.folder.join("file");
        let mut file = NewFile::create(staged.clone())?;
        let mut chunk = vec![0; 256 << 10];
        let mut size_bytes = 0;
        loop {
            let read = from.read(&mut chunk).map_err(failed("copying to", &staged))?;
            if read == 0 {
                break;
            }
            file.write(&chunk[..read])?;
            size_bytes += read as u64;
        }
        right()?;
        file.seal()?;
        self.name(&staged, path)?;
        Ok(size_bytes)
    }

    fn remove(&self, path: &str) -> Result<(), Error> {
        disk::remove(&self.at(path))?;
        let above = self.at(path);
        let above = above.parent().unwrap_or(&self.path);
        if above.is_dir() { disk::sync_folder(above) } else { Ok(()) }
    }

    fn rename(&self, from: &str, to: &str) -> Result<(), Error> {
        if self.stands(to)? {
            return Err(Error::Occupied { path: self.at(to) });
        }
        self.name(&self.at(from), to)?;
        self.sync_way_to(from)
    }

    fn sweep(&self, age: Duration) -> Result<u64, Error> {
        staging::sweep(&self.path, age)
    }

    fn try_writing(&self) -> Result<(), Error> {
        try_writing(&self.path).map_err(failed("trying", &self.path))
    }

    fn kind(&self) -> MediumKind {
        MediumKind::Folder
    }

    fn room(&self) -> Option<Room> {
        room(&self.path)
    }

    /// Files are read-only, which their owner may undo.
    fn lock(&self) -> Lock {
        Lock::None
    }
}

/// Room of the disk on which a folder is.
pub(super) fn room(folder: &Path) -> Option<Room> {
    statvfs(folder).ok().map(|disk| Room {
        free_bytes: disk.blocks_available().saturating_mul(disk.fragment_size()),
        size_bytes: disk.blocks().saturating_mul(disk.fragment_size()),
    })
}

/// Whether something stands at the path; a link is something.
pub(super) fn stands(path: &Path) -> Result<bool, Error> {
    match fs::symlink_metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if is_absent(&error) => Ok(false),
        Err(error) => Err(failed("looking at", path)(error)),
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

fn kind_of(kind: fs::FileType) -> Kind {
    match kind {
        kind if kind.is_file() => Kind::File,
        kind if kind.is_dir() => Kind::Folder,
        _ => Kind::Other,
    }
}
