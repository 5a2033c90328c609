//! One site: what it is for those who must know, whether it is there, and whether it still answers.
//!
//! Never asks more of a site that does not end what it was asked: so a slow site keeps its own deposits
//! waiting, and nobody else's. The one thing to know: an operation that waits for another site, or for its own
//! pace, says that it rests; else the slowness of one site would be blamed on all.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::bucket::BucketSettings;
use super::error::Error;
use super::mark::MARK;
use super::medium::{Medium, Put};
use crate::model::{ArchiveId, TenantId};
use crate::package::ocfl;

/// What the operator says of a site.
#[derive(Clone, Debug)]
pub struct SiteSettings {
    /// Of the volume: lower case, digits, dashes.
    pub name: String,
    pub place: Place,
    pub about: About,
}

/// Where a site's bytes are.
#[derive(Clone, Debug)]
pub enum Place {
    Folder(PathBuf),
    Bucket(BucketSettings),
}

/// What is said of a site to those whose archives it keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The building, room or region: two volumes of one location are one site. Empty: the volume's own name.
    pub location: String,
    pub country: String,
    pub owner: String,
    /// Such as HDS, SecNumCloud, NF 461.
    pub qualification: String,
}

/// A site that serves.
#[derive(Debug)]
pub(super) struct Site {
    pub name: String,
    pub about: About,
    pub medium: Box<dyn Medium>,
    /// By which it is known: see `mark`.
    pub number: String,
    pub asked: Asked,
}

/// Operations without progress from which a site is slow.
const SLOW_FROM: usize = 2;

/// What a site was asked and has not ended.
#[derive(Debug)]
pub(super) struct Asked {
    /// Since when each has made no progress; none: it asks nothing of the site now.
    operations: Mutex<(u64, BTreeMap<u64, Option<Instant>>)>,
    /// How long an operation may make no progress.
    slow_after: Duration,
}

/// One thing asked of a site, until dropped.
pub(super) struct Asking<'a> {
    asked: &'a Asked,
    number: u64,
}

impl Site {
    /// Where two volumes are the same site.
    pub fn location(&self) -> &str {
        if self.about.location.is_empty() { &self.name } else { &self.about.location }
    }

    /// Folder of an archive's object, under the site.
    pub fn object(&self, tenant: TenantId, archive: ArchiveId) -> String {
        format!("{tenant}/{}", ocfl::object_folder(&ocfl::object_id(archive.0)))
    }

    /// The place, once it is known to be the site and not a folder that stands where its disk was.
    pub fn there(&self) -> Result<&dyn Medium, Error> {
        match self.medium.get(MARK, 1_024)? {
            Some(number) if number == self.number.as_bytes() => Ok(self.medium.as_ref()),
            _ => Err(Error::Away { site: self.name.clone() }),
        }
    }

    /// Writes a small file on the site, durably: what was written while its disk went lies in the folder on which it was
    /// mounted, and is [`Error::Away`].
    pub fn put(&self, path: &str, bytes: &[u8], how: Put) -> Result<(), Error> {
        self.there()?.put(path, bytes, how)?;
        self.there().map(drop)
    }

    /// As [`Site::there`], for something that writes much: refused while the site ends nothing.
    pub fn ask(&self) -> Result<(&dyn Medium, Asking<'_>), Error> {
        let asking = self.asked.ask(&self.name)?;
        Ok((self.there()?, asking))
    }
}

impl Asked {
    pub fn new(slow_after: Duration) -> Self {
        Self { operations: Mutex::default(), slow_after }
    }

    fn ask(&self, site: &str) -> Result<Asking<'_>, Error> {
        let mut operations = self.operations.lock().unwrap_or_else(PoisonError::into_inner);
        let still = operations.1.values().flatten().filter(|since| since.elapsed() > self.slow_after).count();
        if still >= SLOW_FROM {
            return Err(Error::Slow { site: site.to_string(), waiting: operations.1.len() });
        }
        operations.0 += 1;
        let number = operations.0;
        operations.1.insert(number, Some(Instant::now()));
        Ok(Asking { asked: self, number })
    }
}

impl Asking<'_> {
    /// Says that the site goes on, or is asked again after a rest.
    pub fn goes_on(&self) {
        self.since(Some(Instant::now()));
    }

    /// Says that nothing is asked of the site until it goes on.
    pub fn rests(&self) {
        self.since(None);
    }

    fn since(&self, moment: Option<Instant>) {
        let mut operations = self.asked.operations.lock().unwrap_or_else(PoisonError::into_inner);
        operations.1.insert(self.number, moment);
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.asked.operations.lock().unwrap_or_else(PoisonError::into_inner).1.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_no_progress_is_counted_and_what_rests_is_not() {
        let asked = Asked::new(Duration::ZERO);
        let is_slow = || matches!(asked.ask("nord"), Err(Error::Slow { .. }));
        let first = asked.ask("nord").unwrap();
        assert!(!is_slow(), "one alone");
        let second = asked.ask("nord").unwrap();
        std::thread::sleep(Duration::from_millis(2));
        assert!(is_slow());
        second.rests();
        assert!(!is_slow(), "it waits for something else");
        second.goes_on();
        std::thread::sleep(Duration::from_millis(2));
        assert!(is_slow());
        drop(first);
        assert!(!is_slow());
    }
}
