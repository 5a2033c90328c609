//! An object of a folder, made in staging and named by one rename.
//!
//! Small objects leave their bytes to one sync of the file system, shared with others; large ones sync their
//! own files, so that nobody waits for their bytes.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::error::{Error, failed};
use super::super::medium::{Draft, Pen, Take};
use super::disk::{self, NewFile};
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
    /// Moment of the last write, when a sync of the whole file system will make everything last.
    grouped: Option<u64>,
    _large: Option<Large>,
}

struct FilePen<'a> {
    file: NewFile,
    /// Where to note the moment the file was closed.
    grouped: &'a mut Option<u64>,
    group: &'a Group,
}

impl<'a> FolderDraft<'a> {
    pub fn new(
        folder: &'a Folder,
        group: &'a Arc<Group>,
        target: &str,
        staging: Staging,
        grouped: bool,
    ) -> Self {
        let large = (!grouped).then(|| group.large());
        let grouped = grouped.then(|| group.now());
        let target = target.to_string();
        Self { folder, group, target, staging, folders: BTreeSet::new(), grouped, _large: large }
    }

    fn object(&self) -> PathBuf {
        self.staging.folder.join("object")
    }

    /// Makes the folders on the way to a file of the object.
    fn make_way(&mut self, path: &str) -> Result<(), Error> {
        let above = Path::new(path).parent().unwrap_or(Path::new(""));
        if !self.folders.contains(above) {
            disk::make_folders(&self.staging.folder, &Path::new("object").join(above))?;
            self.folders.extend(above.ancestors().map(Path::to_path_buf));
        }
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
        disk::make_folders(&self.staging.folder, &Path::new("object").join(path))
    }

    fn flush(&mut self) -> Result<(), Error> {
        if let Some(moment) = self.grouped {
            return self.group.sync(moment).map_err(failed("syncing", &self.object()));
        }
        for folder in self.folders.iter().rev().filter(|folder| *folder != Path::new("")) {
            disk::sync_folder(&self.object().join(folder))?;
        }
        disk::sync_folder(&self.object())
    }

    fn reread(&self, path: &str, take: &mut Take<'_>) -> io::Result<()> {
        reread(&self.object().join(path), take)
    }

    fn place(&mut self) -> Result<(), Error> {
        let above = Path::new(&self.target).parent().unwrap_or(Path::new(""));
        disk::make_folders(&self.folder.path, above)?;
        disk::rename(&self.object(), &self.folder.at(&self.target))?;
        if self.grouped.is_some() {
            self.grouped = Some(self.group.now());
        }
        Ok(())
    }

    fn settle(&mut self) -> Result<(), Error> {
        match self.grouped {
            Some(moment) => {
                self.group.sync(moment).map_err(failed("syncing", &self.folder.at(&self.target)))
            }
            None => self.folder.sync_way_to(&self.target),
        }
    }
}

impl Pen for FilePen<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.file.write(bytes)
    }

    fn close(self: Box<Self>) -> Result<(), Error> {
        let Self { file, grouped, group } = *self;
        if grouped.is_none() {
            return file.seal();
        }
        file.leave()?;
        *grouped = Some(group.now());
        Ok(())
    }
}
