//! What each member holds and receives, measured at the end of each day of Paris: the base of the shared bill.
//!
//! ```text
//! count (what is held now, what came since) → days (what was held at each day's end) → enter (once, journaled)
//!
//! the journal (ledger) → the same days again (recount): whoever doubts a figure of the bill finds it by a second path
//! ```
//!
//! Never measures a day twice, and shows no title nor archive. The one thing to know: an archive comes on the day of its
//! taking in charge and is held from then on, so that from one day to the next what is held grows by what came.

mod count;
mod ledger;
mod measure;
mod measure_queries;
mod period;
pub mod queries;
pub mod recount;

pub use count::Amount;
pub use measure::{measure, measure_what_is_due};
pub use period::{Month, months};

use chrono::NaiveDate;

/// A day of a member, all agreements together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayTotal {
    pub day: NaiveDate,
    /// Measured after the day that followed.
    pub late: bool,
    /// At the end of the day, once whatever the copies.
    pub held: Amount,
    /// The copies of every site.
    pub copies_bytes: i64,
    /// Taken in charge that day.
    pub came: Amount,
    pub refused: i64,
}

/// A day of an agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreementDay {
    pub day: NaiveDate,
    /// Empty: refused transfers that name none of the member's.
    pub agreement: String,
    pub held: Amount,
    pub came: Amount,
    pub refused: i64,
    /// The copies of each site that has some, by name.
    pub sites: Vec<(String, Amount)>,
}
