//! Finds the installed `initdb` and `postgres`.
//!
//! Never downloads, never looks at anything but the folders named here.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::Error;

/// The oldest PostgreSQL that knows what the schema needs (`security_invoker`, `unique nulls`, grants).
const VERSION_MIN: u32 = 15;

/// The programs of one installed version.
pub(super) struct Binaries {
    folder: PathBuf,
    pub version: u32,
}

impl Binaries {
    /// The newest installed, or those of version `data` when data of that version are there already.
    pub(super) fn find(data: Option<(u32, PathBuf)>) -> Result<Self, Error> {
        let mut found: Vec<Binaries> = folders().into_iter().filter_map(examine).collect();
        found.sort_by_key(|binaries| binaries.version);
        match data {
            None => found.pop().filter(|newest| newest.version >= VERSION_MIN).ok_or(Error::NotInstalled),
            Some((version, folder)) => found
                .into_iter()
                .find(|binaries| binaries.version == version)
                .ok_or(Error::OtherVersion { folder, data: version }),
        }
    }

    /// Path of one of the programs.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// A client's program (`pg_dump`), the newest installed: it reads every older server.
pub(in crate::db) fn client_program(name: &str) -> Option<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    for folder in folders() {
        let path = folder.join(name);
        // Debian's wrappers in /usr/bin pick a version by the server they are told: ours are named in full.
        let is_wrapper = path.canonicalize().is_ok_and(|real| real.ends_with("pg_wrapper"));
        if path.is_file() && !is_wrapper {
            found.extend(version(&path).map(|version| (version, path)));
        }
    }
    found.sort();
    found.pop().map(|(_, path)| path)
}

#[expect(clippy::disallowed_methods, reason = "where programs are installed is no setting of ours")]
fn folders() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    // Debian, then the PostgreSQL project's packages for Red Hat's family.
    for (parent, rest) in [("/usr/lib/postgresql", "bin"), ("/usr", "bin")] {
        let Ok(entries) = std::fs::read_dir(parent) else { continue };
        for entry in entries.flatten() {
            let name = entry.file_name();
            if parent != "/usr" || name.to_string_lossy().starts_with("pgsql-") {
                folders.push(entry.path().join(rest));
            }
        }
    }
    folders.push("/usr/local/pgsql/bin".into());
    folders
}

fn examine(folder: PathBuf) -> Option<Binaries> {
    // Debian's wrappers in /usr/bin stand beside no `postgres`.
    let postgres = folder.join("postgres");
    if !folder.join("initdb").is_file() || !postgres.is_file() {
        return None;
    }
    let version = version(&postgres)?;
    // Links to some of the programs stand where the others are not.
    let real = postgres.canonicalize().ok().and_then(|postgres| postgres.parent().map(Path::to_path_buf));
    let folder = real.filter(|real| real.join("initdb").is_file()).unwrap_or(folder);
    Some(Binaries { folder, version })
}

/// `postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)` is 15.
fn version(postgres: &Path) -> Option<u32> {
    let output = Command::new(postgres).arg("--version").output().ok()?;
    major(&String::from_utf8_lossy(&output.stdout))
}

fn major(words: &str) -> Option<u32> {
    let number = words.split_whitespace().nth(2)?;
    number.split(|character: char| !character.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_from_what_postgres_says() {
        assert_eq!(major("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n"), Some(15));
        assert_eq!(major("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(major("postgres"), None);
    }
}
