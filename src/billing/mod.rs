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
pub mod options;
pub mod paper;
pub mod queries;
pub mod sharing;
pub mod simulation;
pub mod snapshot;
mod voucher_queries;
pub mod vouchers;
pub mod workbook;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::costs::cap::Band;
use crate::costs::{Category, Cents, Part};
use crate::model::PersonId;
use options::Options;
use vouchers::Voucher;

/// A year as the pilot prepares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Year {
    pub year: i32,
    /// Percent of its inhabitants that a kind of member counts for; a kind that is not there counts whole.
    pub coefficients: BTreeMap<String, u64>,
    pub prepared_by: PersonId,
    pub prepared_at: DateTime<Utc>,
    pub items: Vec<Prepared>,
    pub credits: Vec<Credit>,
    /// Bounds of what a member bears, by inhabitants; what they move is shared again by population.
    pub caps: Vec<Band>,
    pub options: Options,
}

/// What a member gave in kind, paid ahead, or is charged once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credit {
    /// Its code.
    pub member: String,
    pub kind: CreditKind,
    /// More than nothing.
    pub cents: Cents,
    pub label: String,
}

/// Why it is taken off, or charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreditKind {
    InKind,
    Advance,
    /// Charged once: an entry, a connector of its own.
    Fee,
}

impl CreditKind {
    /// Every one.
    pub const ALL: [CreditKind; 3] = [CreditKind::InKind, CreditKind::Advance, CreditKind::Fee];

    /// The word in rows.
    pub fn word(self) -> &'static str {
        match self {
            CreditKind::InKind => "in_kind",
            CreditKind::Advance => "advance",
            CreditKind::Fee => "fee",
        }
    }

    /// From a row.
    pub fn from_word(word: &str) -> Option<Self> {
        CreditKind::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// The words of tables and pages.
    pub fn label(self) -> &'static str {
        match self {
            CreditKind::InKind => "en nature",
            CreditKind::Advance => "acompte",
            CreditKind::Fee => "frais",
        }
    }
}

impl Year {
    /// The closing that stands, of these with the last first: none once the year was prepared again, to be corrected.
    pub fn standing<'a>(&self, closings: &'a [Closing]) -> Option<&'a Closing> {
        closings.first().filter(|last| last.closed_at >= self.prepared_at)
    }
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
    /// What shows it, in words.
    pub justification: String,
    /// The pieces attached that show it; those of a table that was only read are none.
    pub vouchers: Vec<Voucher>,
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
    /// Credits taken off; negative: to be given back.
    pub owed: Cents,
    pub content: String,
    pub sha512: Vec<u8>,
    pub issued_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_prepared_again_stands_by_no_closing() {
        let at = |text: &str| -> DateTime<Utc> { text.parse().unwrap() };
        let by = PersonId(uuid::Uuid::nil());
        let year = |prepared_at: &str| Year {
            year: 2027,
            coefficients: BTreeMap::new(),
            prepared_by: by,
            prepared_at: at(prepared_at),
            items: Vec::new(),
            credits: Vec::new(),
            caps: Vec::new(),
            options: Options::default(),
        };
        let closing = |version: u32, closed_at: &str| Closing {
            year: 2027,
            version,
            prepared_by: by,
            validated_by: by,
            closed_at: at(closed_at),
            reason: String::new(),
            sha512: Vec::new(),
        };
        let closings = [closing(2, "2028-02-01T09:00:00Z"), closing(1, "2028-01-12T09:00:00Z")];
        let standing = |prepared_at| year(prepared_at).standing(&closings).map(|closing| closing.version);
        assert_eq!(standing("2028-01-31T09:00:00Z"), Some(2));
        assert_eq!(standing("2028-02-01T09:00:01Z"), None);
        assert_eq!(year("2028-01-01T09:00:00Z").standing(&[]), None);
    }
}
