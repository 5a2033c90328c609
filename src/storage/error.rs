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

    /// Why, in French, for whoever reads a page: no path, no address. The log has the rest.
    pub fn in_words(&self) -> String {
        match self {
            Error::Full { .. } => "il n’y a plus de place".into(),
            Error::Io { source, .. } => io_in_words(source),
            Error::Away { .. } => "son disque n’est pas là".into(),
            Error::Slow { waiting, .. } => format!("trop lent : {waiting} opérations l’attendent"),
            Error::Damaged { path, .. } => format!("ne se relit pas comme écrit : {path}"),
            Error::Absent(what) => format!("introuvable : {what}"),
            Error::Occupied { .. } => "d’autres octets ont déjà ce nom".into(),
            Error::Source { content_path, .. } | Error::Mismatch { content_path } => {
                format!("la source de {content_path} n’est pas ce qui était promis")
            }
            Error::TooLarge { .. } => "trop gros".into(),
            Error::Interrupted(_) => "réception interrompue".into(),
            Error::Layout(sentence) | Error::Object(sentence) => sentence.clone(),
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

/// Why a place did not give or take bytes, in French.
pub(super) fn io_in_words(error: &io::Error) -> String {
    let words = match error.kind() {
        io::ErrorKind::PermissionDenied => "accès refusé",
        io::ErrorKind::NotFound => "introuvable",
        io::ErrorKind::TimedOut => "pas de réponse à temps",
        io::ErrorKind::UnexpectedEof => "réponse tronquée",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "il n’y a plus de place",
        io::ErrorKind::ReadOnlyFilesystem => "disque en lecture seule",
        io::ErrorKind::InvalidData => "ce n’est pas un fichier ordinaire",
        _ => match error.raw_os_error() {
            Some(number) => return format!("erreur {number} du système"),
            None => "pas de réponse utilisable",
        },
    };
    words.into()
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
