//! Whom the service trusts to say who signed what it receives: a folder of the operator's, of certificates and of lists
//! of revocation, read again when it changes.
//!
//! Never goes to the network: what is to be trusted is put there by somebody. Without a folder nobody is trusted, and no
//! signature is ever more than undetermined.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use crate::proof::signature::Anchors;

/// Longest file read: a list of revocation of a large authority.
const FILE_BYTES_MAX: u64 = 64 << 20;
/// Files read, at most.
const FILES_MAX: usize = 10_000;
const EXTENSIONS: [&str; 5] = ["pem", "crt", "cer", "der", "crl"];

/// The folder, and what it held when it was last read. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    folder: Option<Arc<Path>>,
    read: Arc<Mutex<Option<Known>>>,
}

/// What the folder held.
#[derive(Debug)]
struct Known {
    listing: Listing,
    anchors: Arc<Anchors>,
}

/// Name, size and date of each file.
type Listing = Vec<(PathBuf, u64, Option<SystemTime>)>;

impl Trust {
    /// Of this folder; `None`: nobody is trusted.
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self { folder: folder.map(Into::into), read: Arc::default() }
    }

    /// Who is trusted now.
    ///
    /// # Errors
    /// When the folder cannot be read: what was trusted before is no answer.
    pub fn anchors(&self) -> io::Result<Arc<Anchors>> {
        let Some(folder) = &self.folder else { return Ok(Arc::default()) };
        let listing = listing(folder)?;
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = read.as_ref().filter(|known| known.listing == listing) {
            return Ok(Arc::clone(&known.anchors));
        }
        let mut anchors = Anchors::default();
        for (path, ..) in &listing {
            let mut bytes = Vec::new();
            fs::File::open(path)?.take(FILE_BYTES_MAX).read_to_end(&mut bytes)?;
            if anchors.add(&bytes) == 0 {
                tracing::warn!(file = %path.display(), "neither a certificate nor a list of revocation");
            }
        }
        let anchors = Arc::new(anchors);
        *read = Some(Known { listing, anchors: Arc::clone(&anchors) });
        Ok(anchors)
    }
}

fn listing(folder: &Path) -> io::Result<Listing> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        if !EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known)) {
            continue;
        }
        let about = fs::metadata(&path)?;
        if about.is_file() {
            files.push((path, about.len(), about.modified().ok()));
        }
    }
    files.sort_unstable();
    files.truncate(FILES_MAX);
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_the_folder_is_trusted_from_then_on() {
        let folder = tempfile::tempdir().unwrap();
        let trust = Trust::new(Some(folder.path().to_owned()));
        let held = |trust: &Trust| trust.anchors().unwrap().certificates().len();
        assert_eq!(held(&trust), 0);
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/signatures/root.pem");
        fs::copy(root, folder.path().join("racine.PEM")).unwrap();
        fs::write(folder.path().join("lisez-moi.txt"), "rien").unwrap();
        fs::write(folder.path().join("vide.crt"), "rien").unwrap();
        assert_eq!(held(&trust), 1);
        assert!(
            Arc::ptr_eq(&trust.anchors().unwrap(), &trust.anchors().unwrap()),
            "not read again for nothing"
        );
        fs::remove_file(folder.path().join("racine.PEM")).unwrap();
        assert_eq!(held(&trust), 0);
        assert_eq!(held(&Trust::new(None)), 0);
        assert!(Trust::new(Some(folder.path().join("absent"))).anchors().is_err());
    }
}
