//! Files of secrets that settings name: readable by their owner alone, or refused before anything starts.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Longest file of a password.
const BYTES_MAX: u64 = 4_096;

/// Refuses a file that is not there, or that others may read.
pub(super) fn kept(path: &Path) -> Result<(), String> {
    let about = std::fs::metadata(path).map_err(|error| format!("{} : {error}", path.display()))?;
    if about.mode() & 0o077 != 0 {
        return Err(format!("{} est lisible par d’autres (chmod 600)", path.display()));
    }
    Ok(())
}

/// The first line of a file that only its owner may read.
pub(super) fn line(path: &Path) -> Result<String, String> {
    kept(path)?;
    let unread = |reason: String| format!("{} : {reason}", path.display());
    let size = std::fs::metadata(path).map_err(|error| unread(error.to_string()))?.len();
    if size > BYTES_MAX {
        return Err(unread("fichier trop gros".into()));
    }
    let text = std::fs::read_to_string(path).map_err(|error| unread(error.to_string()))?;
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() { Err(unread("la première ligne est vide".into())) } else { Ok(line.to_owned()) }
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_secret_that_others_may_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        assert!(line(&path).is_err(), "it is not there");
        std::fs::write(&path, "un secret\nune autre ligne\n").unwrap();
        for (mode, is_good) in [(0o600, true), (0o400, true), (0o640, false), (0o604, false), (0o644, false)]
        {
            std::fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            assert_eq!(line(&path).is_ok(), is_good, "{mode:o}");
            assert_eq!(kept(&path).is_ok(), is_good, "{mode:o}");
        }
        std::fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        assert_eq!(line(&path).as_deref(), Ok("un secret"));
    }
}
