//! The way in: whoever comes into the service, from prospect to production, and out again (norms §6).
//!
//! ```text
//! entry → steps, each dated and guarded (stage) → flows, as they are in the member (flows) → what committees decided (committees)
//! ```
//!
//! Shows no title and no archive. The one thing to know: a step is a fact with its date, never a state that is set; where an entry
//! stands on a day is read from its steps, so that the past can be asked for, and a step entered by mistake is withdrawn, not lost.

mod committee_queries;
pub mod committees;
pub mod entries;
mod flow_queries;
pub mod flows;
pub mod queries;
pub mod stage;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::model::PersonId;
use stage::{Stage, When};

/// Whoever comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub id: Uuid,
    pub siren: String,
    pub name: String,
    /// As members' files say it: `commune`.
    pub kind: String,
    pub population: u32,
}

/// A step made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub seq: u32,
    pub stage: Stage,
    pub when: When,
    pub note: String,
    pub entered_at: DateTime<Utc>,
    pub entered_by: PersonId,
    pub is_withdrawn: bool,
}

/// What a person is to the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContactPart {
    UserLead,
    TechnicalLead,
    Archives,
    DataProtection,
    Documents,
}

impl ContactPart {
    /// Every one, in the order of pages.
    pub const ALL: [ContactPart; 5] = [
        ContactPart::UserLead,
        ContactPart::TechnicalLead,
        ContactPart::Archives,
        ContactPart::DataProtection,
        ContactPart::Documents,
    ];

    /// The word in rows.
    pub fn word(self) -> &'static str {
        match self {
            ContactPart::UserLead => "metier",
            ContactPart::TechnicalLead => "informatique",
            ContactPart::Archives => "archives",
            ContactPart::DataProtection => "dpo",
            ContactPart::Documents => "ged",
        }
    }

    /// The word of pages.
    pub fn label(self) -> &'static str {
        match self {
            ContactPart::UserLead => "Chef de projet, côté métier",
            ContactPart::TechnicalLead => "Chef de projet, côté informatique",
            ContactPart::Archives => "Correspondant archives",
            ContactPart::DataProtection => "Délégué à la protection des données",
            ContactPart::Documents => "Correspondant GED",
        }
    }

    /// From a row or a form.
    pub fn from_word(word: &str) -> Option<Self> {
        ContactPart::ALL.into_iter().find(|part| part.word() == word)
    }
}

/// A person of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    pub id: Uuid,
    pub part: ContactPart,
    pub name: String,
    pub email: String,
    pub telephone: String,
}

/// A training that was held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Training {
    pub id: Uuid,
    pub subject: String,
    pub held_on: NaiveDate,
    pub people: String,
}

/// Deposits that were planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    pub agreement: String,
    /// Its first day.
    pub month: NaiveDate,
    pub deposits: u32,
}
