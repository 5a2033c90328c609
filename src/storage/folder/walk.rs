//! Folders listed in the order of their names, and objects found below them one after the other.

use std::fs;
use std::path::{Path, PathBuf};

use super::super::error::{Error, failed};
use super::super::medium::{Entry, Kind};
use super::{is_absent, kind_of};

/// Deeper than any layout of ours: what lies below is no object of ours.
const DEPTH_MAX: usize = 12;

/// What a folder holds, by name; nothing when it is not there. Names that are no text are told as `Other`.
pub(super) fn names(folder: &Path) -> Result<Vec<Entry>, Error> {
    let read = match fs::read_dir(folder) {
        Err(error) if is_absent(&error) => return Ok(Vec::new()),
        read => read.map_err(failed("reading", folder))?,
    };
    let mut found = Vec::new();
    for entry in read {
        let entry = entry.map_err(failed("reading", folder))?;
        let kind = entry.file_type().map_err(failed("looking at", folder))?;
        found.push(match entry.file_name().into_string() {
            Ok(name) => Entry { name, kind: kind_of(kind) },
            Err(name) => Entry { name: name.to_string_lossy().into_owned(), kind: Kind::Other },
        });
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

/// Folders that hold a declaration, in the order of their paths; memory holds one folder's names a level.
pub(super) struct Walk<'a> {
    site: PathBuf,
    declaration: &'a str,
    /// Folders still to be looked at, the next one last.
    waiting: Vec<(String, usize)>,
}

impl<'a> Walk<'a> {
    pub fn new(site: PathBuf, root: &str, declaration: &'a str) -> Self {
        Self { site, declaration, waiting: vec![(root.to_string(), 0)] }
    }
}

impl Iterator for Walk<'_> {
    type Item = Result<String, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        while let Some((folder, depth)) = self.waiting.pop() {
            let entries = match names(&self.site.join(&folder)) {
                Ok(entries) => entries,
                Err(error) => return Some(Err(error)),
            };
            if entries.iter().any(|entry| entry.name == self.declaration && entry.kind == Kind::File) {
                return Some(Ok(folder));
            }
            if depth == DEPTH_MAX {
                continue;
            }
            let below = entries.into_iter().rev().filter(|entry| entry.kind == Kind::Folder);
            self.waiting.extend(
                below
                    .filter(|entry| depth > 0 || entry.name != "extensions")
                    .map(|entry| (format!("{folder}/{}", entry.name), depth + 1)),
            );
        }
        None
    }
}
