//! The shared bill: what a year costs, shared between the members by what each is and did, closed by two people, stated to each.
//!
//! ```text
//! items (a table imported) → measures (what each member is and did) → sharing (costs) → closing (kept for ever) → statements
//! ```
//!
//! Never shows a title nor an archive, and never changes what was closed: a correction is a closing more. The one thing to know: a
//! closing keeps all that it was shared by, in the form that `chartrier costs share` reads, so that anybody finds each cent again.

pub mod closing;
pub mod import;
pub mod measures;
pub mod queries;
pub mod sharing;
pub mod snapshot;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::costs::{Category, Cents, Part};
use crate::model::PersonId;

/// A year as the pilot prepares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Year {
    pub year: i32,
    /// Percent of its inhabitants that a kind of member counts for; a kind that is not there counts whole.
    pub coefficients: BTreeMap<String, u64>,
    pub prepared_by: PersonId,
    pub prepared_at: DateTime<Utc>,
    pub items: Vec<Prepared>,
}

/// An item of the bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    pub item: String,
    pub label: String,
    pub category: Category,
    pub forecast: Option<Cents>,
    pub actual: Option<Cents>,
    pub parts: Vec<Part>,
    /// The piece that shows it.
    pub justification: String,
}

impl Prepared {
    /// What is shared: what it cost or, before that is known, what it should.
    pub fn amount(&self) -> Cents {
        self.actual.or(self.forecast).unwrap_or_default()
    }
}

/// A closing, without what it kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    pub year: i32,
    pub version: u32,
    pub prepared_by: PersonId,
    pub validated_by: PersonId,
    pub closed_at: DateTime<Utc>,
    pub reason: String,
    pub sha512: Vec<u8>,
}

/// What a member owes by a closing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    pub year: i32,
    pub version: u32,
    pub number: String,
    pub share: Cents,
    pub content: String,
    pub issued_at: DateTime<Utc>,
}
