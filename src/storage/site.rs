//! One site: what it is for those who must know, whether it is there, and whether it still answers.
//!
//! Never asks more of a site that does not end what it was asked: so a slow site keeps its own deposits
//! waiting, and nobody else's.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::bucket::BucketSettings;
use super::error::Error;
use super::mark::MARK;
use super::medium::Medium;
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

/// Operations without progress from which a site is slow, and how long they have made none.
const SLOW_FROM: usize = 2;
const SLOW_AFTER: Duration = Duration::from_secs(30);

/// What a site was asked and has not ended.
#[derive(Debug, Default)]
pub(super) struct Asked {
    operations: Mutex<(u64, BTreeMap<u64, Instant>)>,
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

    /// As [`Site::there`], for something that writes much: refused while the site ends nothing.
    pub fn ask(&self) -> Result<(&dyn Medium, Asking<'_>), Error> {
        let asking = self.asked.ask(&self.name)?;
        Ok((self.there()?, asking))
    }
}

impl Asked {
    fn ask(&self, site: &str) -> Result<Asking<'_>, Error> {
        let mut operations = self.operations.lock().unwrap_or_else(PoisonError::into_inner);
        let still = operations.1.values().filter(|since| since.elapsed() > SLOW_AFTER).count();
        if still >= SLOW_FROM {
            return Err(Error::Slow { site: site.to_string(), waiting: operations.1.len() });
        }
        operations.0 += 1;
        let number = operations.0;
        operations.1.insert(number, Instant::now());
        Ok(Asking { asked: self, number })
    }
}

impl Asking<'_> {
    /// Says that the site goes on.
    pub fn goes_on(&self) {
        let mut operations = self.asked.operations.lock().unwrap_or_else(PoisonError::into_inner);
        operations.1.insert(self.number, Instant::now());
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.asked.operations.lock().unwrap_or_else(PoisonError::into_inner).1.remove(&self.number);
    }
}
