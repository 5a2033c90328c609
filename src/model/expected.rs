//! Deposits that an agreement expects by the calendar, and the periods in which none came.
//!
//! Days here are those of Paris: whoever counts what came turns them into moments. A week begins on Monday.

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// How often a deposit is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Every {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// What an agreement expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    pub every: Every,
    /// Days after the end of a period within which its deposit may still come.
    pub within_days: u32,
    /// The first period is the first that begins on that day or later.
    pub since: NaiveDate,
}

/// A period, and the last day on which its deposit comes in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    pub from: NaiveDate,
    pub until: NaiveDate,
    pub due: NaiveDate,
}

/// Most days that may be granted after a period.
pub const WITHIN_DAYS_MAX: u32 = 366;
/// Days after which a period that nobody looked at is let go: a service that was stopped so long has other news to tell, and
/// whoever expects deposits from a day long past is not told of each.
pub const LOOKED_BACK_DAYS: u64 = 31;

impl Every {
    /// Every one.
    pub const ALL: [Every; 5] = [Every::Day, Every::Week, Every::Month, Every::Quarter, Every::Year];

    /// The word in files and rows.
    pub fn word(self) -> &'static str {
        match self {
            Every::Day => "day",
            Every::Week => "week",
            Every::Month => "month",
            Every::Quarter => "quarter",
            Every::Year => "year",
        }
    }

    /// The words people read.
    pub fn label(self) -> &'static str {
        match self {
            Every::Day => "chaque jour",
            Every::Week => "chaque semaine",
            Every::Month => "chaque mois",
            Every::Quarter => "chaque trimestre",
            Every::Year => "chaque année",
        }
    }

    /// That of a word.
    pub fn from_word(word: &str) -> Option<Every> {
        Every::ALL.into_iter().find(|every| every.word() == word)
    }

    /// The first day of the period that a day is in.
    fn first_day(self, day: NaiveDate) -> NaiveDate {
        let of_month = |month: u32| NaiveDate::from_ymd_opt(day.year(), month, 1).unwrap_or(day);
        match self {
            Every::Day => day,
            Every::Week => day - Days::new(day.weekday().num_days_from_monday().into()),
            Every::Month => of_month(day.month()),
            Every::Quarter => of_month(day.month0() / 3 * 3 + 1),
            Every::Year => of_month(1),
        }
    }

    /// The first day of the period after the one that begins on this day.
    fn next(self, first: NaiveDate) -> NaiveDate {
        match self {
            Every::Day => first + Days::new(1),
            Every::Week => first + Days::new(7),
            Every::Month => first + Months::new(1),
            Every::Quarter => first + Months::new(3),
            Every::Year => first + Months::new(12),
        }
    }
}

impl Expected {
    /// The periods whose deposit did not come in time, if none did, on this day: those due before it, of the last month.
    pub fn over_on(&self, today: NaiveDate) -> Vec<Period> {
        let granted = Days::new(self.within_days.into());
        let not_before = today - Days::new(LOOKED_BACK_DAYS);
        // The longest period that was due then began so long before.
        let looked_from = not_before - granted - Days::new(366);
        let mut first = self.every.first_day(self.since.max(looked_from));
        if first < self.since {
            first = self.every.next(first);
        }
        let mut over = Vec::new();
        loop {
            let next = self.every.next(first);
            let until = next - Days::new(1);
            let due = until + granted;
            if due >= today {
                return over;
            }
            if due >= not_before {
                over.push(Period { from: first, until, due });
            }
            first = next;
        }
    }

    /// The period that a day is in; none before the first.
    pub fn current(&self, today: NaiveDate) -> Option<Period> {
        let first = self.every.first_day(today);
        let until = self.every.next(first) - Days::new(1);
        let due = until + Days::new(self.within_days.into());
        (first >= self.since).then_some(Period { from: first, until, due })
    }

    /// As files and entries tell it.
    pub fn said(&self) -> String {
        format!("{} + {} since {}", self.every.word(), self.within_days, self.since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn over(every: Every, within_days: u32, since: &str, today: &str) -> Vec<(String, String, String)> {
        let expected = Expected { every, within_days, since: day(since) };
        let told =
            |period: Period| (period.from.to_string(), period.until.to_string(), period.due.to_string());
        expected.over_on(day(today)).into_iter().map(told).collect()
    }

    fn period(from: &str, until: &str, due: &str) -> (String, String, String) {
        (from.into(), until.into(), due.into())
    }

    #[test]
    fn the_period_under_way_is_that_of_the_day_once_deposits_are_expected() {
        let expected = Expected { every: Every::Month, within_days: 5, since: day("2027-02-15") };
        assert_eq!(expected.current(day("2027-02-20")), None, "it had begun before");
        let march = Period { from: day("2027-03-01"), until: day("2027-03-31"), due: day("2027-04-05") };
        assert_eq!(expected.current(day("2027-03-20")), Some(march));
    }

    #[test]
    fn a_period_is_over_on_the_day_after_the_last_that_was_granted() {
        assert_eq!(over(Every::Month, 5, "2027-01-01", "2027-02-05"), []);
        assert_eq!(
            over(Every::Month, 5, "2027-01-01", "2027-02-06"),
            [period("2027-01-01", "2027-01-31", "2027-02-05")]
        );
        assert_eq!(over(Every::Day, 0, "2027-03-01", "2027-03-01"), [], "today is not over");
        assert_eq!(
            over(Every::Day, 0, "2027-03-01", "2027-03-02"),
            [period("2027-03-01", "2027-03-01", "2027-03-01")]
        );
    }

    #[test]
    fn a_period_that_had_begun_before_nothing_was_expected_is_not_counted() {
        assert_eq!(over(Every::Month, 0, "2027-01-15", "2027-02-10"), []);
        assert_eq!(over(Every::Month, 0, "2027-01-15", "2027-03-01").len(), 1);
        assert_eq!(over(Every::Year, 0, "2028-01-01", "2027-06-01"), [], "not begun");
    }

    #[test]
    fn years_end_where_they_end_and_weeks_go_over_them() {
        assert_eq!(
            over(Every::Year, 31, "2026-01-01", "2027-02-01"),
            [period("2026-01-01", "2026-12-31", "2027-01-31")]
        );
        assert_eq!(
            over(Every::Quarter, 10, "2026-10-01", "2027-01-11"),
            [period("2026-10-01", "2026-12-31", "2027-01-10")]
        );
        // 2026-12-28 is a Monday.
        assert_eq!(
            over(Every::Week, 0, "2026-12-28", "2027-01-04"),
            [period("2026-12-28", "2027-01-03", "2027-01-03")]
        );
    }

    #[test]
    fn leap_days_are_days() {
        assert_eq!(
            over(Every::Month, 0, "2028-02-01", "2028-03-01"),
            [period("2028-02-01", "2028-02-29", "2028-02-29")]
        );
        assert_eq!(over(Every::Month, 1, "2027-02-01", "2027-03-02")[0].1, "2027-02-28");
        assert_eq!(over(Every::Day, 0, "2028-02-28", "2028-03-01").len(), 2);
        assert_eq!(over(Every::Year, 366, "2028-01-01", "2030-01-02")[0].2, "2030-01-01");
    }

    #[test]
    fn the_days_on_which_clocks_change_are_days_like_others() {
        // Those of Paris; their bounds are midnights (`clock::midnight`), tried with the calendar of a member.
        for changing in ["2027-03-28", "2027-10-31"] {
            let next = (day(changing) + Days::new(1)).to_string();
            assert_eq!(over(Every::Day, 0, changing, &next), [period(changing, changing, changing)]);
        }
    }

    #[test]
    fn what_is_long_past_is_let_go() {
        assert_eq!(over(Every::Day, 0, "1990-01-01", "2027-06-15").len(), LOOKED_BACK_DAYS as usize);
        assert_eq!(over(Every::Month, 0, "1990-01-01", "2027-06-15").len(), 1);
        assert_eq!(over(Every::Year, 0, "1990-01-01", "2027-06-15"), []);
    }
}
