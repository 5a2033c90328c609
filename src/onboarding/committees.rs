//! What steering committees decided: the decision, whose it is, until when, where it stands.

use chrono::NaiveDate;
use uuid::Uuid;

use super::committee_queries as queries;
pub use super::committee_queries::decisions;
use crate::clock::Clock;
use crate::db::{self, Db};
use crate::model::PersonId;

/// A committee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Committee {
    Steering,
    Technical,
}

impl Committee {
    /// Both.
    pub const ALL: [Committee; 2] = [Committee::Steering, Committee::Technical];

    /// The word in rows, and of pages.
    pub fn word(self) -> &'static str {
        match self {
            Committee::Steering => "COPIL",
            Committee::Technical => "COTECH",
        }
    }

    /// From a row or a form.
    pub fn from_word(word: &str) -> Option<Self> {
        Committee::ALL.into_iter().find(|committee| committee.word() == word)
    }
}

/// Where a decision stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    ToDo,
    UnderWay,
    Done,
    GivenUp,
}

impl State {
    /// Every one.
    pub const ALL: [State; 4] = [State::ToDo, State::UnderWay, State::Done, State::GivenUp];

    /// The word in rows.
    pub fn word(self) -> &'static str {
        match self {
            State::ToDo => "a_faire",
            State::UnderWay => "en_cours",
            State::Done => "fait",
            State::GivenUp => "abandonne",
        }
    }

    /// The word of pages.
    pub fn label(self) -> &'static str {
        match self {
            State::ToDo => "À faire",
            State::UnderWay => "En cours",
            State::Done => "Fait",
            State::GivenUp => "Abandonné",
        }
    }

    /// From a row or a form.
    pub fn from_word(word: &str) -> Option<Self> {
        State::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Something is left to do.
    pub fn is_open(self) -> bool {
        matches!(self, State::ToDo | State::UnderWay)
    }
}

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub id: Uuid,
    pub committee: Committee,
    pub held_on: NaiveDate,
    pub decision: String,
    pub owner: String,
    pub due_on: Option<NaiveDate>,
    pub state: State,
}

impl Decision {
    /// It should have been done.
    pub fn is_late(&self, today: NaiveDate) -> bool {
        self.state.is_open() && self.due_on.is_some_and(|due| due < today)
    }
}

/// Keeps a decision.
pub async fn keep(db: &Db, clock: &Clock, by: PersonId, decision: &Decision) -> Result<(), db::Error> {
    let mut tx = db.technical().await?;
    queries::insert(&mut tx, decision, (by, clock.now())).await?;
    tx.commit().await
}

/// A decision stands so from now on; `false`: there is none.
pub async fn stand(
    db: &Db,
    clock: &Clock,
    by: PersonId,
    (id, state): (Uuid, State),
) -> Result<bool, db::Error> {
    let mut tx = db.technical().await?;
    let is_there = queries::set_state(&mut tx, id, state, (by, clock.now())).await?;
    tx.commit().await?;
    Ok(is_there)
}
