//! A base backup of the running server: from it and the log copied since, any later moment can be restored.
//!
//! Never counts a base that was not read again (`pg_verifybackup`). A base is named by the moment it was complete: it
//! serves every moment after.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDateTime, Utc};

use super::archive::{Archive, Depot, SEGMENT};
use super::binaries::Binaries;
use super::place::{Place, io_error};
use super::{Cluster, Error, SUPERUSER, server};

/// How a base's moment is written in its name.
const NAME: &str = "%Y-%m-%dT%H%M%SZ";

/// A base that was taken.
#[derive(Clone, Debug)]
pub struct Base {
    pub path: PathBuf,
    pub size_bytes: u64,
    pub took: Duration,
    /// Older ones that made room.
    pub removed: usize,
}

impl Cluster {
    /// Takes a base, reads it again, and keeps the `kept` newest with the log since the oldest of them. Blocks.
    pub fn back_up(
        &self,
        archive: &Archive,
        kept: usize,
        now: impl Fn() -> DateTime<Utc>,
    ) -> Result<Base, Error> {
        let began = Instant::now();
        let depot = archive.depot(&self.place)?;
        let binaries = Binaries::find(self.place.data_version()?)?;
        let part = depot.base.join(".part");
        remove(&part)?;
        let mut command = self.place.command(&binaries.program("pg_basebackup"));
        command.arg("-D").arg(&part).arg("-h").arg(self.server.socket_folder());
        command.args(["-p", &server::PORT.to_string(), "-U", SUPERUSER, "--no-password"]);
        command.args(["--checkpoint=fast", "--wal-method=stream", "--format=plain"]);
        said(command.output().map_err(io_error(Path::new("pg_basebackup")))?)?;
        verify(&self.place, &binaries, &part)?;
        let path = depot.base.join(now().format(NAME).to_string());
        fs::rename(&part, &path).map_err(io_error(&path))?;
        File::open(&depot.base).and_then(|folder| folder.sync_all()).map_err(io_error(&depot.base))?;
        let removed = make_room(&self.place, &binaries, &depot, kept)?;
        Ok(Base { size_bytes: size(&path)?, path, took: began.elapsed(), removed })
    }
}

/// Bases that are complete, oldest first, with the moment from which each serves.
pub(super) fn bases(depot: &Depot) -> Result<Vec<(DateTime<Utc>, PathBuf)>, Error> {
    let mut bases = Vec::new();
    for entry in fs::read_dir(&depot.base).map_err(io_error(&depot.base))? {
        let entry = entry.map_err(io_error(&depot.base))?;
        let moment = NaiveDateTime::parse_from_str(&entry.file_name().to_string_lossy(), NAME);
        bases.extend(moment.ok().map(|at| (at.and_utc(), entry.path())));
    }
    bases.sort();
    Ok(bases)
}

/// Reads a base again: every file against its digest, and the log it needs.
pub(super) fn verify(place: &Place, binaries: &Binaries, base: &Path) -> Result<(), Error> {
    let mut command = place.command(&binaries.program("pg_verifybackup"));
    command.arg("--exit-on-error").arg("--quiet").arg(base);
    // It looks for pg_waldump beside itself.
    said(command.output().map_err(io_error(Path::new("pg_verifybackup")))?)
}

/// Removes bases older than the `kept` newest, and the log older than the oldest left.
fn make_room(place: &Place, binaries: &Binaries, depot: &Depot, kept: usize) -> Result<usize, Error> {
    let bases = bases(depot)?;
    let old = bases.len().saturating_sub(kept.max(1));
    for (_, path) in &bases[..old] {
        remove(path)?;
    }
    let Some((_, oldest)) = bases.get(old).filter(|_| old > 0) else { return Ok(0) };
    let label = oldest.join("backup_label");
    let text = fs::read_to_string(&label).map_err(io_error(&label))?;
    // START WAL LOCATION: 0/2000028 (file 000000010000000000000002)
    let segment =
        text.split_once("(file ").and_then(|(_, rest)| rest.split_once(')')).map(|(segment, _)| segment);
    let segment = segment.ok_or_else(|| Error::Backup(format!("{} : illisible", label.display())))?;
    let mut command = place.command(&binaries.program("pg_archivecleanup"));
    command.args(["-x", SEGMENT]).arg(&depot.wal).arg(segment);
    said(command.output().map_err(io_error(Path::new("pg_archivecleanup")))?)?;
    Ok(old)
}

fn said(output: Output) -> Result<(), Error> {
    let words = String::from_utf8_lossy(&output.stderr).trim().to_string();
    if output.status.success() { Ok(()) } else { Err(Error::Backup(words)) }
}

pub(super) fn remove(folder: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(io_error(folder)(error)),
        _ => Ok(()),
    }
}

fn size(folder: &Path) -> Result<u64, Error> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder).map_err(io_error(folder))? {
        let path = entry.map_err(io_error(folder))?.path();
        let found = fs::symlink_metadata(&path).map_err(io_error(&path))?;
        bytes += if found.is_dir() { size(&path)? } else { found.len() };
    }
    Ok(bytes)
}
