//! A folder of a disk as a tree to validate. It follows no link below the folder given, and writes nothing.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::package::ocfl::{Entry, Kind, Tree};

/// A folder and what is below it.
pub struct Folder(PathBuf);

impl Folder {
    /// The tree below a folder; the folder itself may be a link.
    pub fn new(path: &Path) -> Self {
        Self(path.to_path_buf())
    }

    fn place(&self, path: &str) -> PathBuf {
        if path.is_empty() { self.0.clone() } else { self.0.join(path) }
    }
}

impl Tree for Folder {
    fn list(&self, folder: &str, entries_max: usize) -> io::Result<Vec<Entry>> {
        let one = |entry: io::Result<fs::DirEntry>| {
            let entry = entry?;
            let kind = entry.file_type()?;
            let kind = if kind.is_symlink() {
                Kind::Link
            } else if kind.is_dir() {
                Kind::Folder
            } else if kind.is_file() {
                Kind::File
            } else {
                Kind::Other
            };
            Ok(Entry { name: entry.file_name().to_string_lossy().into_owned(), kind })
        };
        fs::read_dir(self.place(folder))?.take(entries_max.saturating_add(1)).map(one).collect()
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn Read + '_>> {
        let file = File::open(self.place(path))?;
        // A pipe that took the file's place would be waited for without end.
        if !file.metadata()?.is_file() {
            return Err(io::Error::other("ce n’est pas un fichier"));
        }
        Ok(Box::new(file))
    }
}
