//! What an OCFL hierarchy is read through: a folder, a bucket, memory. Whoever has the bytes implements it.

use std::io::{self, Read};

/// Files and folders under names joined by `/`; the empty path is the top. Read by several threads at once.
pub trait Tree: Sync {
    /// What stands directly in a folder, in any order; at most `entries_max + 1` of it, so that one too
    /// many is told.
    ///
    /// # Errors
    /// When there is no such folder, or it cannot be read.
    fn list(&self, folder: &str, entries_max: usize) -> io::Result<Vec<Entry>>;

    /// The content of a file, from its beginning.
    ///
    /// # Errors
    /// When there is no such file, or it cannot be read.
    fn open(&self, path: &str) -> io::Result<Box<dyn Read + '_>>;
}

/// One name of a folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    pub name: String,
    pub kind: Kind,
}

/// What a name stands for; links are not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    File,
    Folder,
    Link,
    /// A pipe, a socket, a device.
    Other,
}

/// A path below a folder; either may be empty.
pub(in crate::package) fn join(folder: &str, path: &str) -> String {
    match (folder, path) {
        ("", path) => path.to_string(),
        (folder, "") => folder.to_string(),
        (folder, path) => format!("{folder}/{path}"),
    }
}
