//! What happened lately in a member, as its journal says: the kinds of entries that people are told of on their desks.
//!
//! Never names a transfer, an archive or a unit outside the scope given, and none at all to whoever is given no scope. The one thing to know:
//! the last entries of each kind are looked at, so many and no more; an entry older than those is not told.

use chrono::{DateTime, Utc};
use uuid::Uuid;

pub use super::lately_queries::{happened, members_told, of_depositor};

use crate::model::Scope;

/// Entries of each kind that are looked at.
pub(super) const LOOKED_AT: i64 = 200;
/// First words of what an entry of a transfer's way is about.
const OF_TRANSFERS: [&str; 3] = ["transfer", "archive", "unit"];

/// What is told: kinds of entries, what they are about, and how far.
#[derive(Clone, Debug)]
pub struct Told {
    pub types: &'static [&'static str],
    /// First words of what the entry is about: `agreement`, `reading`…
    pub about: &'static [&'static str],
    /// Of transfers, archives and units too, within this; `None`: no entry about one is told.
    pub scope: Option<Scope>,
}

impl Told {
    /// What is told, each type of entry with each thing that such an entry is about.
    pub fn kinds(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let of_transfers: &[&str] = if self.scope.is_some() { &OF_TRANSFERS } else { &[] };
        let about = move || self.about.iter().chain(of_transfers).copied();
        let is_about = |kind: &str, about: &str| match kind {
            "PARAMETRAGE" => about != "member" && !OF_TRANSFERS.contains(&about),
            "INCIDENT" | "REPARATION" => about == "archive",
            "RECONSTRUCTION" => about == "member",
            _ => OF_TRANSFERS.contains(&about),
        };
        self.types
            .iter()
            .flat_map(move |kind| about().map(|about| (*kind, about)))
            .filter(move |(kind, about)| is_about(kind, about))
    }
}

/// An entry, as a desk tells it.
#[derive(Clone, Debug)]
pub struct Happened {
    pub seq: i64,
    pub at: DateTime<Utc>,
    pub event_type: String,
    pub is_right: bool,
    /// First word of what it is about.
    pub about: String,
    /// The rest of it.
    pub object: String,
    pub action: Option<String>,
    /// State of an agreement that was suspended, or opened again.
    pub state: Option<String>,
    /// Under which role a person acted.
    pub role: Option<String>,
    pub agent: Option<String>,
    /// The transfer that it is about, or that the archive or the unit came by.
    pub transfer_id: Option<Uuid>,
    /// The agreement, when it is about one.
    pub agreement_id: Option<Uuid>,
    /// Its title, or the name of what is set.
    pub name: Option<String>,
}
