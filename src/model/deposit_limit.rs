//! What may be deposited under an agreement in a time, and what was.

use chrono::{Datelike, Days, NaiveDate};
use serde::{Deserialize, Serialize};

/// The time that a limit is for; a day, a week from its Monday, a month, a year are those of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Period {
    Transfer,
    Day,
    Week,
    Month,
    Year,
    All,
}

impl Period {
    /// Every one, the shortest first.
    pub const ALL: [Period; 6] =
        [Period::Transfer, Period::Day, Period::Week, Period::Month, Period::Year, Period::All];

    /// The word in files and rows.
    pub fn word(self) -> &'static str {
        match self {
            Period::Transfer => "transfer",
            Period::Day => "day",
            Period::Week => "week",
            Period::Month => "month",
            Period::Year => "year",
            Period::All => "all",
        }
    }

    /// What a word says, if it says one.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|period| period.word() == word)
    }

    /// As people read it.
    pub fn label(self) -> &'static str {
        match self {
            Period::Transfer => "par versement",
            Period::Day => "par jour",
            Period::Week => "par semaine",
            Period::Month => "par mois",
            Period::Year => "par an",
            Period::All => "en tout",
        }
    }

    /// The first day of the one that this day is in; `None`: from the beginning.
    pub fn first_day(self, today: NaiveDate) -> Option<NaiveDate> {
        match self {
            Period::Transfer | Period::Day => Some(today),
            Period::Week => today.checked_sub_days(Days::new(today.weekday().num_days_from_monday().into())),
            Period::Month => today.with_day(1),
            Period::Year => NaiveDate::from_ymd_opt(today.year(), 1, 1),
            Period::All => None,
        }
    }
}

/// Most that may be deposited in a time; what is `None` has no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DepositLimit {
    pub per: Period,
    #[serde(default)]
    pub transfers: Option<u64>,
    #[serde(default)]
    pub files: Option<u64>,
    /// Expanded.
    #[serde(default)]
    pub bytes: Option<u64>,
}

/// What was deposited, or is about to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deposited {
    pub transfers: u64,
    pub files: u64,
    pub bytes: u64,
}

impl Deposited {
    /// The same without this.
    pub fn without(self, other: Deposited) -> Self {
        Self {
            transfers: self.transfers.saturating_sub(other.transfers),
            files: self.files.saturating_sub(other.files),
            bytes: self.bytes.saturating_sub(other.bytes),
        }
    }
}

impl DepositLimit {
    /// What `coming` would pass, after what was deposited in the same time: in words, nothing when it fits.
    pub fn passed(&self, before: Deposited, coming: Deposited) -> Option<String> {
        let before = if self.per == Period::Transfer { Deposited::default() } else { before };
        let measures = [
            (self.transfers, before.transfers, coming.transfers, "versements"),
            (self.files, before.files, coming.files, "fichiers"),
            (self.bytes, before.bytes, coming.bytes, "octets"),
        ];
        let passes = |&(most, before, coming, _): &(Option<u64>, u64, u64, &str)| {
            most.is_some_and(|most| before.saturating_add(coming) > most)
        };
        let (most, before, _, unit) = measures.into_iter().find(passes)?;
        let left = most?.saturating_sub(before);
        Some(format!("{} {unit} au plus {}, il en reste {left}", most?, self.per.label()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_begins_where_the_calendar_says() {
        let first =
            |period: Period, day: &str| period.first_day(day.parse().unwrap()).map(|day| day.to_string());
        // The 1st of January 2027 is a Friday.
        assert_eq!(first(Period::Week, "2027-01-01").as_deref(), Some("2026-12-28"));
        assert_eq!(first(Period::Week, "2026-12-28").as_deref(), Some("2026-12-28"));
        assert_eq!(first(Period::Month, "2027-02-28").as_deref(), Some("2027-02-01"));
        assert_eq!(first(Period::Year, "2027-12-31").as_deref(), Some("2027-01-01"));
        assert_eq!(first(Period::Day, "2027-12-31").as_deref(), Some("2027-12-31"));
        assert_eq!(first(Period::All, "2027-12-31"), None);
        assert!(Period::ALL.iter().all(|period| Period::from_word(period.word()) == Some(*period)));
    }

    #[test]
    fn what_passes_a_limit_is_told_and_what_reaches_it_is_not() {
        let limit = DepositLimit { per: Period::Month, transfers: Some(3), files: None, bytes: Some(100) };
        let of = |transfers, bytes| Deposited { transfers, files: 9, bytes };
        assert_eq!(limit.passed(of(2, 60), of(1, 40)), None, "to the edge");
        let said = limit.passed(of(3, 0), of(1, 1)).unwrap();
        assert_eq!(said, "3 versements au plus par mois, il en reste 0");
        assert_eq!(
            limit.passed(of(1, 70), of(1, 31)).unwrap(),
            "100 octets au plus par mois, il en reste 30"
        );
        let one = DepositLimit { per: Period::Transfer, files: Some(10), transfers: None, bytes: None };
        assert_eq!(one.passed(of(50, 0), of(1, 0)), None, "what came before does not count");
        assert!(DepositLimit { files: Some(8), ..one }.passed(of(0, 0), of(1, 0)).is_some());
        assert!(limit.passed(of(u64::MAX, 0), of(1, 0)).is_some());
    }
}
