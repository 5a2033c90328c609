//! Why the storage could not do what was asked. Faults found in copies are no errors: see `Fault`.

use std::io;
use std::path::{Path, PathBuf};

/// A failure of the storage, or something asked of it that it must not do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The sites may not be used as they are set; the sentence is for the operator.
    #[error("{0}")]
    Layout(String),
    #[error("no room left while {doing} {}", path.display())]
    Full { doing: &'static str, path: PathBuf },
    #[error("{doing} {}: {source}", path.display())]
    Io { doing: &'static str, path: PathBuf, source: io::Error },
    /// The bytes to be stored could not be read.
    #[error("source of {content_path}: {source}")]
    Source { content_path: String, source: io::Error },
    /// The bytes to be stored are not those that were promised.
    #[error("source of {content_path} has not the promised size and digest")]
    Mismatch { content_path: String },
    /// The object asked for breaks a rule of OCFL or of safe names.
    #[error("object refused: {0}")]
    Object(String),
    /// Something else already has this name. Nothing is ever overwritten.
    #[error("{} already holds other bytes", path.display())]
    Occupied { path: PathBuf },
    /// Another folder, or none, stands where the site was.
    #[error("site {site} is not there: is its disk mounted?")]
    Away { site: String },
    /// What was asked of the site before has not ended: nothing more is asked of it for now.
    #[error("site {site} is too slow: {waiting} operations wait for it")]
    Slow { site: String, waiting: usize },
    /// A copy just made does not read back as it was written.
    #[error("the copy on {site} does not read back as written: {path}")]
    Damaged { site: String, path: String },
    #[error("no site has {0}")]
    Absent(String),
    /// More bytes came than may be received.
    #[error("more than {bytes_max} bytes")]
    TooLarge { bytes_max: u64 },
    /// The sender went away, or its stream broke.
    #[error("reception interrupted: {0}")]
    Interrupted(io::Error),
}

impl Error {
    /// Whether the same call may succeed later without anyone changing what is asked. What is absent may be on a
    /// disk that is away.
    pub fn is_transient(&self) -> bool {
        match self {
            Error::Full { .. }
            | Error::Io { .. }
            | Error::Away { .. }
            | Error::Slow { .. }
            | Error::Damaged { .. }
            | Error::Absent(_)
            | Error::Interrupted(_) => true,
            Error::Source { source, .. } => {
                !matches!(source.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof)
            }
            _ => false,
        }
    }

    /// Whether the fault is the site's, so that other sites may do what this one did not.
    pub(super) fn is_of_site(&self) -> bool {
        matches!(
            self,
            Error::Full { .. }
                | Error::Io { .. }
                | Error::Away { .. }
                | Error::Slow { .. }
                | Error::Damaged { .. }
        )
    }

    /// Whether room is missing: on the disk, or in the quota of the account.
    pub fn is_full(&self) -> bool {
        matches!(self, Error::Full { .. })
    }
}

/// Says what was being done, and where.
pub(super) fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
    move |source| match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            Error::Full { doing, path: path.to_path_buf() }
        }
        _ => Error::Io { doing, path: path.to_path_buf(), source },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_or_quota_is_told_apart_and_may_pass() {
        for (errno, full) in [(nix::libc::ENOSPC, true), (nix::libc::EDQUOT, true), (nix::libc::EIO, false)] {
            let error = failed("writing", Path::new("x"))(io::Error::from_raw_os_error(errno));
            assert_eq!((error.is_full(), error.is_transient()), (full, true), "{error}");
        }
        assert!(!Error::TooLarge { bytes_max: 1 }.is_transient());
    }
}
