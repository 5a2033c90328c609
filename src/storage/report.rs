//! What reading a copy again may find. Faults are answers, not errors; their words are for the archivist.

use std::fmt;

/// What one site's copy of an archive is.
#[derive(Clone, Debug)]
pub struct CopyReport {
    pub site: String,
    /// Folder of the OCFL object, under the site.
    pub path: String,
    /// Digest of the object's inventory, when it was read.
    pub inventory_sha512: Option<[u8; 64]>,
    /// The commit marker beside it, when there is one; what it must be is for the reader to know.
    pub marker: Option<Vec<u8>>,
    /// Bytes read from the disk.
    pub size_bytes: u64,
    /// Empty when the copy is whole and right.
    pub faults: Vec<Fault>,
}

impl CopyReport {
    /// Whether the site itself could not be asked, which says nothing of the copy.
    pub fn is_away(&self) -> bool {
        self.faults.iter().any(|fault| matches!(fault, Fault::Away { .. }))
    }
}

/// Something wrong with a copy; paths are those in the object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The site could not be asked: nothing is known of the copy.
    Away {
        reason: String,
    },
    /// The object is not there at all.
    ObjectMissing,
    Missing {
        path: String,
    },
    /// The bytes are not those that the inventory names.
    Altered {
        path: String,
    },
    /// Nothing in the inventory says what this is.
    Unexpected {
        path: String,
    },
    /// The disk gave an error.
    Unreadable {
        path: String,
        reason: String,
    },
    /// An inventory, or its sidecar, that cannot be believed.
    Inventory {
        path: String,
        reason: String,
    },
    /// Sites do not hold the same inventory.
    Disagreement,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Away { reason } => write!(f, "site hors d’atteinte ({reason})"),
            Fault::ObjectMissing => f.write_str("copie absente"),
            Fault::Missing { path } => write!(f, "fichier absent : {path}"),
            Fault::Altered { path } => write!(f, "fichier altéré : {path}"),
            Fault::Unexpected { path } => write!(f, "fichier inattendu : {path}"),
            Fault::Unreadable { path, reason } => write!(f, "fichier illisible : {path} ({reason})"),
            Fault::Inventory { path, reason } => write!(f, "inventaire incorrect : {path} ({reason})"),
            Fault::Disagreement => f.write_str("les sites n’ont pas le même inventaire"),
        }
    }
}
