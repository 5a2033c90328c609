//! Where an upload under way is, kept in a hidden file beside the package until it is a transfer.
//!
//! Never trusts it further than the file it was for: another size, date or service, and it is as if it were not there.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use crate::proof::digest::sha256;

/// The memory of one package's upload.
pub(super) struct Remembered {
    path: PathBuf,
    /// What the upload is of.
    of: String,
}

impl Remembered {
    pub fn of(base: &str, package: &Path, size: u64) -> io::Result<Self> {
        let package = fs::canonicalize(package)?;
        let changed = fs::metadata(&package)?.modified()?;
        let changed = changed.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
        let of = hex::encode(sha256(format!("{base}\n{}\n{size}\n{changed}", package.display()).as_bytes()));
        let name = package.file_name().unwrap_or_default().to_string_lossy();
        Ok(Self { path: package.with_file_name(format!(".{name}.chartrier-envoi")), of })
    }

    /// The address kept, if it is of this very package and service.
    pub fn place(&self) -> Option<String> {
        let kept = fs::read_to_string(&self.path).ok()?;
        let (of, address) = kept.trim().split_once(' ')?;
        (of == self.of && address.starts_with("/api/v1/uploads/")).then(|| address.to_owned())
    }

    /// Keeps it; a folder that cannot be written to only means that a stopped client begins again.
    pub fn keep(&self, address: &str) -> io::Result<()> {
        match fs::write(&self.path, format!("{} {address}\n", self.of)) {
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
                ) =>
            {
                Ok(())
            }
            kept => kept,
        }
    }

    pub fn forget(&self) {
        // What stays is of no use, and harms nothing.
        fs::remove_file(&self.path).ok();
    }
}
