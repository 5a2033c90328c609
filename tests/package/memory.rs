//! An OCFL hierarchy in memory: what a validator reads, without a disk.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};

use chartrier::package::ocfl::{Entry, Kind, Tree};

/// Files by path, and what else stands somewhere.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    pub files: BTreeMap<String, Vec<u8>>,
    /// Links, special files, and folders that are empty.
    pub others: BTreeMap<String, Kind>,
    /// Files whose reading fails.
    pub broken: BTreeSet<String>,
}

impl Memory {
    pub fn put(&mut self, path: &str, text: impl AsRef<[u8]>) {
        self.files.insert(path.to_string(), text.as_ref().to_vec());
    }

    pub fn stand(&mut self, path: &str, kind: Kind) {
        self.others.insert(path.to_string(), kind);
    }

    /// Moves everything below a folder.
    pub fn moved(&self, to: &str) -> Self {
        let at = |path: &String| format!("{to}/{path}");
        Self {
            files: self.files.iter().map(|(path, text)| (at(path), text.clone())).collect(),
            others: self.others.iter().map(|(path, kind)| (at(path), *kind)).collect(),
            broken: self.broken.iter().map(at).collect(),
        }
    }

    pub fn add(&mut self, other: Self) {
        self.files.extend(other.files);
        self.others.extend(other.others);
        self.broken.extend(other.broken);
    }
}

impl Tree for Memory {
    fn list(&self, folder: &str, entries_max: usize) -> io::Result<Vec<Entry>> {
        let above = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let mut entries = BTreeMap::new();
        let files = self.files.keys().map(|path| (path, Kind::File));
        for (path, kind) in files.chain(self.others.iter().map(|(path, kind)| (path, *kind))) {
            let Some(rest) = path.strip_prefix(&above) else { continue };
            match rest.split_once('/') {
                Some((name, _)) => entries.insert(name.to_string(), Kind::Folder),
                None => entries.insert(rest.to_string(), kind),
            };
        }
        if entries.is_empty() && !folder.is_empty() && self.others.get(folder) != Some(&Kind::Folder) {
            return Err(io::ErrorKind::NotFound.into());
        }
        Ok(entries.into_iter().take(entries_max + 1).map(|(name, kind)| Entry { name, kind }).collect())
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn Read + '_>> {
        if self.broken.contains(path) {
            return Err(io::Error::other("unreadable"));
        }
        let bytes = self.files.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(bytes.as_slice()))
    }
}
