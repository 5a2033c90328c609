//! The territory survey (recensement): who archives already and what, who means to, who would share a service (norms §6).
//!
//! ```text
//! campaign (draft) → producers (a table imported) → open (a link to each, by letter) → replies (by the link, or typed from paper)
//!     → reminded (those who are silent) → closed → analysed → given back
//! ```
//!
//! Never shows a producer what another answered, nor what the pilot noted; never takes an answer before the opening nor after the
//! closing. The one thing to know: a producer has no account: whoever holds its link answers for it, and its last answer counts.

pub mod analysis;
pub mod answer_queries;
pub mod campaign;
pub mod campaign_queries;
pub mod exports;
pub mod imports;
pub mod link_queries;
pub mod links;
pub mod note_queries;
pub mod notes;
pub mod priority;
pub mod producer_queries;
pub mod replies;
pub mod reply;
pub mod tables;
mod words;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::at_rest::{self, AtRest};
use crate::clock::Clock;
use crate::db::{self, Db};
use crate::identity;
use crate::model::{PersonId, TenantId};

pub use analysis::{Analysis, Answer, DOMAINS, Domain, Fault, Part, analyse};
pub use reply::Reply;
pub use words::{Channel, ProducerKind, Stage};

/// The campaigns, as the pilot and those who answer work on them. Cheap to clone.
#[derive(Clone)]
pub struct Surveys {
    db: Db,
    clock: Clock,
    at_rest: AtRest,
    /// Letters leave.
    writes: bool,
}

/// The pilot at work, and the member whose portal they are at: letters are sent in its name.
#[derive(Clone, Copy, Debug)]
pub struct By {
    pub tenant: TenantId,
    pub person: PersonId,
}

/// A campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Campaign {
    pub id: Uuid,
    pub name: String,
    /// Said to those who are asked.
    pub answer_by: NaiveDate,
    pub stage: Stage,
    pub reminders: u32,
    pub opened_at: Option<DateTime<Utc>>,
    pub closed_at: Option<DateTime<Utc>>,
}

/// Who is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Producer {
    pub siren: String,
    pub name: String,
    pub kind: ProducerKind,
    pub population: Option<u32>,
    /// None: asked on paper.
    pub email: Option<String>,
    pub contact: String,
}

/// The answer of a producer, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub reply: Reply,
    pub channel: Channel,
    /// Of paper, the date it bears.
    pub answered_on: NaiveDate,
    pub entered_at: DateTime<Utc>,
    /// How often it was changed.
    pub changes: u32,
}

/// Why something was not done; an answer for whoever asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotDone {
    #[error("ce recensement n’existe pas")]
    Unknown,
    /// Somebody was quicker, or the form was sent twice: it is as it was wanted.
    #[error("c’est déjà fait")]
    Already,
    #[error("importez d’abord les producteurs")]
    NoProducer,
    #[error("ce n’est pas possible quand le recensement est à l’état « {} »", .0.label())]
    NotNow(Stage),
    #[error("une réponse plus récente, du {0}, est déjà là")]
    Older(NaiveDate),
    #[error("cette date n’est pas encore venue")]
    Future,
}

/// What failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error(transparent)]
    Identity(#[from] identity::Error),
    #[error(transparent)]
    AtRest(#[from] at_rest::Error),
}

impl Error {
    /// Whether trying again later may succeed.
    pub fn is_transient(&self) -> bool {
        match self {
            Error::Db(error) => error.is_transient(),
            Error::Identity(error) => error.is_transient(),
            Error::AtRest(_) => false,
        }
    }
}

impl Surveys {
    /// Over these gates; `writes` when there is a relay for letters.
    pub fn new(db: Db, clock: Clock, at_rest: AtRest, writes: bool) -> Self {
        Self { db, clock, at_rest, writes }
    }

    /// Whether letters leave.
    pub fn writes(&self) -> bool {
        self.writes
    }
}
