//! A dump of a PostgreSQL server that is not ours, by the role that reads everything and writes nothing.
//!
//! Never counts a dump that `pg_restore` cannot list. One thing to know: a dump is one moment; what comes after is in the
//! server's own log, which its administrator archives.

use std::fs::{self, DirBuilder, File, Permissions};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use chrono::{DateTime, NaiveDateTime, Utc};

use super::cluster::client_program;
use super::{Settings, settings};

/// How a dump's moment is written in its name.
const NAME: &str = "chartrier-%Y-%m-%dT%H%M%SZ.dump";

/// A failure to dump; the words are PostgreSQL's own.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0} n'est pas installé : c'est un programme de PostgreSQL (paquet postgresql-client)")]
    NotInstalled(&'static str),
    #[error("{0} : {1}")]
    Said(&'static str, String),
    #[error("{path} : {source}", path = .0.display(), source = .1)]
    Io(PathBuf, #[source] std::io::Error),
}

/// Dumps the database into `folder` and keeps the `kept` newest dumps there; where the new one is. Blocks.
pub fn dump(database: &Settings, folder: &Path, kept: usize, now: DateTime<Utc>) -> Result<PathBuf, Error> {
    let io = |path: &Path| {
        let path = path.to_path_buf();
        move |error| Error::Io(path, error)
    };
    // It holds everything, password hashes included.
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(io(folder))?;
    let path = folder.join(now.format(NAME).to_string());
    let part = folder.join(".part");
    let address = database.address_as(settings::BACKUP);
    run("pg_dump", |command| {
        command.args(["--format=custom", "--no-password", "--file"]).arg(&part).arg(&address)
    })?;
    run("pg_restore", |command| command.arg("--list").arg(&part))?;
    fs::set_permissions(&part, Permissions::from_mode(0o600)).map_err(io(&part))?;
    File::open(&part).and_then(|file| file.sync_all()).map_err(io(&part))?;
    fs::rename(&part, &path).map_err(io(&path))?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(io(folder))?;
    let dumps = dumps(folder).map_err(io(folder))?;
    for old in &dumps[..dumps.len().saturating_sub(kept.max(1))] {
        fs::remove_file(old).map_err(io(old))?;
    }
    Ok(path)
}

fn run(program: &'static str, arguments: impl FnOnce(&mut Command) -> &mut Command) -> Result<(), Error> {
    let path = client_program(program).ok_or(Error::NotInstalled(program))?;
    let mut command = Command::new(path);
    command.stdin(Stdio::null());
    let output = arguments(&mut command).output().map_err(|error| Error::Io(program.into(), error))?;
    let words = String::from_utf8_lossy(&output.stderr).trim().to_string();
    if output.status.success() { Ok(()) } else { Err(Error::Said(program, words)) }
}

/// Dumps in the folder, oldest first.
fn dumps(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut dumps = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if NaiveDateTime::parse_from_str(&entry.file_name().to_string_lossy(), NAME).is_ok() {
            dumps.push(entry.path());
        }
    }
    dumps.sort();
    Ok(dumps)
}
