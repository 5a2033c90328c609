//! Something wrong with a copy: opened once, told, closed by a reading that finds the copy right.
//!
//! Nothing else closes it: no button, no age. A copy that is wrong on every site stays shown until somebody
//! brings back a good one.

use chrono::{DateTime, Utc};

use crate::model::{Agent, ArchiveId, Event, EventType, Outcome, UnitId};
use crate::storage::Fault;

use super::event_object;

/// Faults kept in words for one copy; the others are counted.
pub(super) const FAULTS_NAMED_MAX: usize = 20;
/// Most bytes kept of one fault's words: it may quote a system's message.
const FAULT_BYTES_MAX: usize = 500;

/// In place of the site whose copy was good, where the catalogue gave back a lost commit marker.
pub const CATALOGUE: &str = "le catalogue";

/// What led to the reading that found it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// The day's sample.
    Sample,
    /// Its turn in the cycle.
    Cycle,
    /// One of its files was opened.
    Communication,
    /// A site joins or leaves the member's set.
    Migration,
    /// Another copy was to be mended.
    Repair,
    /// The operator's command.
    Command,
    /// An attestation of integrity was asked for.
    Attestation,
}

/// An incident as it stands.
#[derive(Clone, Debug)]
pub struct Incident {
    pub archive: ArchiveId,
    pub cote: String,
    /// Where the archive's tree is entered.
    pub root: Option<UnitId>,
    pub site: String,
    /// No site that answers has a good copy.
    pub no_good_copy: bool,
    /// In words, the first of them.
    pub faults: Vec<String>,
    pub fault_count: u32,
    pub opened_at: DateTime<Utc>,
    pub attempts: u32,
    /// Why the last attempt did not mend it.
    pub last_error: Option<String>,
    pub repaired_at: Option<DateTime<Utc>>,
    /// The site whose copy was good; `None`: the copy was right when read again.
    pub repaired_from: Option<String>,
    /// The copy is no more: its site left the member's set.
    pub withdrawn: bool,
}

impl Occasion {
    /// The word in the rows.
    pub fn word(self) -> &'static str {
        match self {
            Occasion::Sample => "sample",
            Occasion::Cycle => "cycle",
            Occasion::Communication => "communication",
            Occasion::Migration => "migration",
            Occasion::Repair => "repair",
            Occasion::Command => "command",
            Occasion::Attestation => "attestation",
        }
    }

    /// The word in the journal.
    pub(super) fn label(self) -> &'static str {
        match self {
            Occasion::Sample => "échantillon du jour",
            Occasion::Cycle => "cycle",
            Occasion::Communication => "communication",
            Occasion::Migration => "migration",
            Occasion::Repair => "réparation",
            Occasion::Command => "commande",
            Occasion::Attestation => "attestation d’intégrité",
        }
    }
}

/// The first faults, in words.
pub(super) fn in_words(faults: &[Fault]) -> Vec<String> {
    let words = faults.iter().take(FAULTS_NAMED_MAX).map(|fault| {
        // PostgreSQL has no NUL; a name on a disk may have anything else.
        let words = fault.to_string().replace('\0', "\u{fffd}");
        words[..words.floor_char_boundary(FAULT_BYTES_MAX)].to_owned()
    });
    words.collect()
}

/// A copy was found wrong.
pub(super) fn opened(
    by: Agent,
    archive: ArchiveId,
    site: &str,
    occasion: Occasion,
    faults: &[Fault],
) -> Event {
    let mut detail = vec![
        ("site", site.to_owned()),
        ("occasion", occasion.label().to_owned()),
        ("nombre_de_defauts", faults.len().to_string()),
    ];
    detail.extend(in_words(faults).into_iter().map(|fault| ("defaut", fault)));
    Event {
        event_type: EventType::Incident,
        outcome: Outcome::Ko,
        agent: by,
        object: event_object(archive),
        detail,
    }
}

/// It is wrong everywhere.
pub(super) fn hopeless(by: Agent, archive: ArchiveId, sites: &[String]) -> Event {
    Event {
        event_type: EventType::Incident,
        outcome: Outcome::Ko,
        agent: by,
        object: event_object(archive),
        detail: vec![("constat", "aucune copie saine".into()), ("sites", sites.join(" "))],
    }
}

/// It is right again, or an attempt to make it so came to nothing.
pub(super) fn mended(
    by: Agent,
    archive: ArchiveId,
    site: &str,
    outcome: Outcome,
    mut detail: Vec<(&'static str, String)>,
) -> Event {
    detail.insert(0, ("site", site.to_owned()));
    Event { event_type: EventType::Reparation, outcome, agent: by, object: event_object(archive), detail }
}
