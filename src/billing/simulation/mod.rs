//! What could be, beside what is: a change tried on a year (`change`), next year by the trend of those closed (`trend`), one's own
//! hosting beside the shared one; kept with what was asked and what it gave (`kept`).
//!
//! Never touches a bill. The one thing to know: a simulation is shared by the same code as a year, from measures that are its own.

pub mod change;
mod kept;
mod kept_queries;
pub mod trend;

pub use kept::{Kept, delete, keep, list, see};

use serde::{Deserialize, Serialize};

use crate::costs::Cents;

/// What was asked, and what it gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "genre", rename_all = "snake_case")]
pub enum Content {
    /// A change of a year, in words.
    Change { year: i32, said: Vec<String>, rows: Vec<Row> },
    /// A year by the trend of these.
    Forecast { year: i32, from: Vec<i32>, categories: Vec<Row>, rows: Vec<Row> },
    /// One's own hosting beside the shared one, over so many years.
    Hosting { own: Way, shared: Way, years: i64, day_cents: Option<Cents> },
}

/// Before and after, of a member or a category; who was not there, or is not any more, has nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub code: String,
    pub name: String,
    pub before: Option<Cents>,
    pub after: Option<Cents>,
}

/// One way of hosting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    pub cents: Cents,
    pub days_a_year: i64,
}

impl Row {
    /// What it changes.
    pub fn gap(&self) -> Cents {
        self.after.unwrap_or_default().saturating_sub(self.before.unwrap_or_default())
    }
}

/// What all the rows come to, before and after.
pub fn totals(rows: &[Row]) -> (Cents, Cents) {
    let sum = |of: fn(&Row) -> Option<Cents>| rows.iter().filter_map(of).fold(0, Cents::saturating_add);
    (sum(|row| row.before), sum(|row| row.after))
}
