//! Where a cluster's log is copied as it is written, and its bases with it: `<folder>/<cluster>/wal` and `base`.
//!
//! Never mixes two clusters: each has the folder of its own number, the one PostgreSQL gave it when it was made. The one
//! thing to know: PostgreSQL itself copies its log, one segment after the other, by the command written here, and tries
//! again until it succeeds.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use super::Error;
use super::place::{Place, io_error};

/// Suffix of a copied segment.
pub(super) const SEGMENT: &str = ".gz";

/// The backups' folder, as set.
#[derive(Clone, Debug)]
pub struct Archive {
    pub folder: PathBuf,
    /// Longest time before a segment in use is closed and copied, when something was written in it.
    pub wal_seconds: u32,
}

/// The folders of one cluster.
pub(super) struct Depot {
    pub wal: PathBuf,
    pub base: PathBuf,
}

impl Archive {
    /// The folders of the cluster that stands in `place`, made when missing.
    pub(super) fn depot(&self, place: &Place) -> Result<Depot, Error> {
        let depot = self.depot_of(&number(&place.cluster())?)?;
        for folder in [&depot.wal, &depot.base] {
            place.make_private_below(&self.folder, folder)?;
        }
        Ok(depot)
    }

    /// The folders of the cluster of this number.
    pub(super) fn depot_of(&self, number: &str) -> Result<Depot, Error> {
        if !self.folder.to_str().is_some_and(is_plain) {
            return Err(Error::BackupFolder(self.folder.clone()));
        }
        let folder = self.folder.join(number);
        Ok(Depot { wal: folder.join("wal"), base: folder.join("base") })
    }

    /// Numbers of the clusters that have backups here.
    pub(super) fn numbers(&self) -> Result<Vec<String>, Error> {
        let mut numbers = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(io_error(&self.folder))? {
            let entry = entry.map_err(io_error(&self.folder))?;
            if entry.path().join("base").is_dir() {
                numbers.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        numbers.sort();
        Ok(numbers)
    }
}

impl Place {
    /// Makes `folder` and those above it down from `base`, private and PostgreSQL's own; refused when it cannot get there.
    fn make_private_below(&self, base: &Path, folder: &Path) -> Result<(), Error> {
        let below = folder.strip_prefix(base).unwrap_or(folder);
        if !base.exists() {
            fs::create_dir_all(base).map_err(io_error(base))?;
        }
        let mut path = base.to_path_buf();
        for part in below {
            path.push(part);
            if !path.exists() {
                self.make_private(&path)?;
            }
        }
        let mut trial = self.command(Path::new("test"));
        let entered = trial.arg("-w").arg(folder).status().map_err(io_error(folder))?;
        if entered.success() {
            Ok(())
        } else {
            Err(Error::BackupClosed { folder: folder.to_path_buf(), uid: self.uid() })
        }
    }
}

impl Depot {
    /// What the server is told, so that its log is copied here.
    pub(super) fn settings(&self, wal_seconds: u32) -> Vec<String> {
        let wal = self.wal.display();
        // A segment already here with other bytes is left alone and the command fails: nothing is ever overwritten.
        let command = format!(
            "f={wal}/%f{SEGMENT}; if [ -e $f ]; then gzip -dc $f | cmp -s - %p; else gzip -1c %p > $f.part && \
             sync $f.part && mv $f.part $f && sync {wal}; fi"
        );
        vec![
            "archive_mode=on".into(),
            format!("archive_command={command}"),
            format!("archive_timeout={wal_seconds}"),
        ]
    }

    /// How a segment is fetched when the log is replayed; those that were never copied, from `last`.
    pub(super) fn fetching(&self, last: Option<&Path>) -> String {
        let wal = self.wal.display();
        let copied = format!("{{ [ -e {wal}/%f{SEGMENT} ] && gzip -dc {wal}/%f{SEGMENT} > %p; }}");
        match last.and_then(Path::to_str).filter(|last| is_plain(last)) {
            Some(last) => format!("{copied} || {{ [ -e {last}/%f ] && cp {last}/%f %p; }}"),
            None => copied,
        }
    }
}

/// The number PostgreSQL gave a cluster: the first eight bytes of its control file, in every version.
pub(super) fn number(cluster: &Path) -> Result<String, Error> {
    let path = cluster.join("global/pg_control");
    let mut bytes = [0; 8];
    File::open(&path).and_then(|mut file| file.read_exact(&mut bytes)).map_err(io_error(&path))?;
    Ok(u64::from_ne_bytes(bytes).to_string())
}

/// Whether a path can stand in a command as it is.
fn is_plain(path: &str) -> bool {
    path.starts_with('/') && path.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_a_shell_would_misread_is_refused() {
        for (folder, plain) in
            [("/srv/sauvegardes", true), ("relatif", false), ("/srv/a b", false), ("/x;y", false)]
        {
            let archive = Archive { folder: folder.into(), wal_seconds: 60 };
            assert_eq!(archive.depot_of("1").is_ok(), plain, "{folder}");
        }
    }
}
