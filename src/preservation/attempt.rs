//! What an attempt to mend a wrong copy came to.

use crate::model::ArchiveId;

/// What became of an incident that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The copy is right again, from this site's.
    Mended { from: String, files: u64, size_bytes: u64 },
    /// It was right when read again.
    Right,
    /// No site has a good copy.
    NoGoodCopy,
    /// A site is away: it is tried again when it is back.
    Waiting { site: String },
    /// The store could not, or the copy was still wrong afterwards.
    Failed(String),
}

impl Outcome {
    /// The word by which it is counted and told to programs.
    pub fn word(&self) -> &'static str {
        match self {
            Outcome::Mended { .. } => "mended",
            Outcome::Right => "right",
            Outcome::NoGoodCopy => "no_good_copy",
            Outcome::Waiting { .. } => "waiting",
            Outcome::Failed(_) => "failed",
        }
    }
}

/// An incident, and what became of it.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub archive: ArchiveId,
    pub cote: String,
    pub site: String,
    pub outcome: Outcome,
}
