//! The place of one site where things are made before they get their name: `.staging`.
//!
//! A staging folder is locked by whoever fills it; what a dead attempt left in it is removed by the next, or
//! by the sweeper.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::super::error::{Error, failed};
use super::disk;

const STAGING: &str = ".staging";

/// A locked, empty folder of one site, in which something is made before it gets its name.
pub(super) struct Staging {
    pub folder: PathBuf,
    _lock: File,
}

impl Staging {
    /// Waits for whoever holds the folder of this name, then removes what it left.
    pub fn lock(site: &Path, name: &str) -> Result<Self, Error> {
        let above = site.join(STAGING);
        let folder = above.join(name);
        loop {
            disk::make_folder(&above)?;
            disk::make_folder(&folder)?;
            let Some(lock) = locked(&folder).map_err(failed("locking", &folder))? else { continue };
            for left in fs::read_dir(&folder).map_err(failed("reading", &folder))? {
                disk::remove(&left.map_err(failed("reading", &folder))?.path())?;
            }
            return Ok(Self { folder, _lock: lock });
        }
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next attempt.
        disk::remove(&self.folder).ok();
    }
}

/// Removes what dead attempts left for longer than `age`; those that run hold their folder's lock.
pub(super) fn sweep(site: &Path, age: Duration) -> Result<u64, Error> {
    let above = site.join(STAGING);
    disk::make_folder(&above)?;
    let mut swept = 0;
    for left in fs::read_dir(&above).map_err(failed("reading", &above))? {
        let left = left.map_err(failed("reading", &above))?.path();
        let Ok(lock) = File::open(&left) else { continue };
        let is_old = fs::metadata(&left)
            .and_then(|metadata| metadata.modified())
            .is_ok_and(|changed| age.is_zero() || changed.elapsed().is_ok_and(|elapsed| elapsed >= age));
        if is_old && lock.try_lock().is_ok() {
            disk::remove(&left)?;
            swept += 1;
        }
    }
    Ok(swept)
}

/// The folder, locked; `None` when whoever held it removed it meanwhile.
fn locked(folder: &Path) -> io::Result<Option<File>> {
    let absent = |error: &io::Error| error.kind() == ErrorKind::NotFound;
    let lock = match File::open(folder) {
        Err(error) if absent(&error) => return Ok(None),
        opened => opened?,
    };
    lock.lock()?;
    match fs::metadata(folder) {
        Err(error) if absent(&error) => Ok(None),
        there => Ok((there?.ino() == lock.metadata()?.ino()).then_some(lock)),
    }
}
