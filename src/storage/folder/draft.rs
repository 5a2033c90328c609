//! An object of a folder, made in staging and named by one rename.
//!
//! Files leave their bytes to syncs of the whole file system, which small objects share; a large object asks for
//! one each time so much was written, so that no sync has more than that to do. Beside a large one, or where the
//! settings say so, files are synced one by one.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::error::{Error, failed};
use super::super::medium::{Batch, Draft, Pen, Take};
use super::disk::{self, NewFile, UNSYNCED_BYTES_MAX};
use super::group::{Group, Large};
use super::staging::Staging;
use super::{Folder, reread};

pub(super) struct FolderDraft<'a> {
    folder: &'a Folder,
    group: &'a Arc<Group>,
    target: String,
    staging: Staging,
    /// Folders made under `object`, relative to it.
    folders: BTreeSet<PathBuf>,
    /// When syncs of the whole file system make everything last.
    grouped: Option<Written>,
    _large: Option<Large>,
}

/// What was written and not synced yet.
struct Written {
    /// Moment of the last write.
    moment: u64,
    bytes: u64,
}

/// What was written of an object before some moment.
struct FolderBatch {
    group: Arc<Group>,
    moment: u64,
    object: PathBuf,
}

struct FilePen<'a> {
    file: NewFile,
    /// Where to note what was written.
    grouped: &'a mut Option<Written>,
    group: &'a Group,
}

impl<'a> FolderDraft<'a> {
    pub fn new(
        folder: &'a Folder,
        group: &'a Arc<Group>,
        target: &str,
        staging: Staging,
        grouped: bool,
        large: bool,
    ) -> Self {
        let large = large.then(|| group.large());
        let grouped = grouped.then(|| Written { moment: group.now(), bytes: 0 });
        let target = target.to_string();
        Self { folder, group, target, staging, folders: BTreeSet::new(), grouped, _large: large }
    }

    fn object(&self) -> PathBuf {
        self.staging.folder.join("object")
    }

    /// Makes the folders on the way to a file of the object.
    fn make_way(&mut self, path: &str) -> Result<(), Error> {
        self.make(Path::new(path).parent().unwrap_or(Path::new("")))
    }

    /// Makes a folder of the object and those above it, each once.
    fn make(&mut self, folder: &Path) -> Result<(), Error> {
        if self.folders.contains(folder) {
            return Ok(());
        }
        if let Some(above) = folder.parent() {
            self.make(above)?;
        }
        let mut place = self.object();
        place.extend(folder);
        disk::make_folder(&place)?;
        self.folders.insert(folder.to_path_buf());
        Ok(())
    }
}

impl Draft for FolderDraft<'_> {
    fn create(&mut self, path: &str) -> Result<Box<dyn Pen + '_>, Error> {
        self.make_way(path)?;
        let file = NewFile::create(self.object().join(path))?;
        Ok(Box::new(FilePen { file, grouped: &mut self.grouped, group: self.group }))
    }

    fn small(&mut self, path: &str, bytes: &[u8]) -> Result<(), Error> {
        let mut pen = self.create(path)?;
        pen.write(bytes)?;
        pen.close()
    }

    fn folder(&mut self, path: &str) -> Result<(), Error> {
        self.make_way(path)?;
        disk::make_folder(&self.object().join(path))
    }

    fn flush(&mut self) -> Result<(), Error> {
        if let Some(Written { moment, .. }) = self.grouped {
            return self.group.sync(moment).map_err(failed("syncing", &self.object()));
        }
        for folder in self.folders.iter().rev().filter(|folder| *folder != Path::new("")) {
            disk::sync_folder(&self.object().join(folder))?;
        }
        disk::sync_folder(&self.object())
    }

    fn batch(&mut self) -> Option<Box<dyn Batch>> {
        let object = self.object();
        let written = self.grouped.as_mut().filter(|written| written.bytes >= UNSYNCED_BYTES_MAX)?;
        written.bytes = 0;
        Some(Box::new(FolderBatch { group: Arc::clone(self.group), moment: written.moment, object }))
    }

    fn reread(&self, path: &str, take: &mut Take<'_>) -> io::Result<()> {
        reread(&self.object().join(path), take)
    }

    fn place(&mut self) -> Result<(), Error> {
        let above = Path::new(&self.target).parent().unwrap_or(Path::new(""));
        disk::make_folders(&self.folder.path, above)?;
        disk::rename(&self.object(), &self.folder.at(&self.target))?;
        if let Some(written) = &mut self.grouped {
            written.moment = self.group.now();
        }
        Ok(())
    }

    fn settle(&mut self) -> Result<(), Error> {
        match self.grouped {
            Some(Written { moment, .. }) => {
                self.group.sync(moment).map_err(failed("syncing", &self.folder.at(&self.target)))
            }
            None => self.folder.sync_way_to(&self.target),
        }
    }
}

impl Batch for FolderBatch {
    fn sync(&self) -> Result<(), Error> {
        self.group.sync(self.moment).map_err(failed("syncing", &self.object))
    }

    fn reread(&self, path: &str, take: &mut Take<'_>) -> io::Result<()> {
        reread(&self.object.join(path), take)
    }
}

impl Pen for FilePen<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.file.write(bytes)
    }

    fn close(self: Box<Self>) -> Result<(), Error> {
        let Self { file, grouped, group } = *self;
        let Some(written) = grouped else { return file.seal() };
        let path = file.path().to_path_buf();
        written.bytes += file.leave()?;
        written.moment = group.now();
        // Whoever asks for batches has had one meanwhile.
        if written.bytes >= 2 * UNSYNCED_BYTES_MAX {
            written.bytes = 0;
            group.sync(written.moment).map_err(failed("syncing", &path))?;
        }
        Ok(())
    }
}
