//! Durations that rules are written as (`P10Y`), and the day they end.
//!
//! Keeps to whole years, months, weeks and days: what a rule of archives counts in. An identifier of a table, which most
//! rules are, is no duration and is not judged here.

use chrono::{Days, Months, NaiveDate};

use super::date::last_day;

/// Longest duration that is taken seriously.
const MONTHS_MAX: u32 = 12_000;

/// A duration of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    months: u32,
    days: u32,
}

impl Span {
    /// Reads a rule: `None` when it is not written as a duration at all, why when it is badly.
    pub fn read(rule: &str) -> Option<Result<Self, &'static str>> {
        let (is_negative, text) = rule.strip_prefix('-').map_or((false, rule), |text| (true, text));
        let text = text.strip_prefix('P')?;
        let digits = text.strip_prefix('T').unwrap_or(text);
        if !digits.starts_with(|first: char| first.is_ascii_digit()) {
            return None;
        }
        Some(match (is_negative, text.contains('T')) {
            (true, _) => Err("est négative"),
            (false, true) => Err("se compte en heures"),
            (false, false) => Self::read_days(text),
        })
    }

    fn read_days(mut text: &str) -> Result<Self, &'static str> {
        const WRONG: &str = "est mal écrite";
        let mut span = Self { months: 0, days: 0 };
        let mut units = "YMWD";
        while !text.is_empty() {
            let end = text.find(|next: char| !next.is_ascii_digit()).ok_or(WRONG)?;
            let number: u32 = text[..end].parse().map_err(|_| WRONG)?;
            let unit = text[end..].chars().next().ok_or(WRONG)?;
            let place = units.find(unit).ok_or(WRONG)?;
            let (months, days) = match unit {
                'Y' => (number.saturating_mul(12), 0),
                'M' => (number, 0),
                'W' => (0, number.saturating_mul(7)),
                _ => (0, number),
            };
            span.months = span.months.saturating_add(months);
            span.days = span.days.saturating_add(days);
            (text, units) = (&text[end + 1..], &units[place + 1..]);
        }
        let is_long = span.months > MONTHS_MAX || span.days > MONTHS_MAX * 31;
        if is_long { Err("dépasse mille ans") } else { Ok(span) }
    }

    /// About how many days, to compare two: 30.44 a month.
    pub fn days(self) -> i64 {
        (i64::from(self.months) * 30_437) / 1_000 + i64::from(self.days)
    }

    /// The day it ends when it starts on this one; `None` when the start tells no day.
    pub fn end(self, start: &str) -> Option<NaiveDate> {
        self.after(last_day(start)?)
    }

    /// The day it ends when it starts on this one.
    pub fn after(self, start: NaiveDate) -> Option<NaiveDate> {
        start.checked_add_months(Months::new(self.months))?.checked_add_days(Days::new(u64::from(self.days)))
    }
}

impl std::fmt::Display for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (years, months) = (self.months / 12, self.months % 12);
        match (years, months, self.days) {
            (0, 0, days) => write!(f, "P{days}D"),
            (years, 0, 0) => write!(f, "P{years}Y"),
            (0, months, 0) => write!(f, "P{months}M"),
            (years, months, 0) => write!(f, "P{years}Y{months}M"),
            (years, months, days) => write!(f, "P{years}Y{months}M{days}D"),
        }
    }
}

/// The longer of two, where there are any.
pub fn longer(one: Option<Span>, other: Option<Span>) -> Option<Span> {
    [one, other].into_iter().flatten().max_by_key(|span| span.days())
}

/// The day a term ends, when its rule is written as a duration.
pub fn end(rule: &str, start: Option<&str>) -> Option<NaiveDate> {
    Span::read(rule)?.ok()?.end(start?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_told_from_identifiers_and_counted() {
        let ends = |rule, start| end(rule, Some(start)).map(|day| day.to_string());
        assert_eq!(ends("P10Y", "2026-01-31").as_deref(), Some("2036-01-31"));
        assert_eq!(ends("P1Y1M1D", "2026-01-31").as_deref(), Some("2027-03-01"));
        assert_eq!(ends("P2W", "2026-01-01").as_deref(), Some("2026-01-15"));
        assert_eq!(ends("P0Y", "2024").as_deref(), Some("2024-12-31"));
        for identifier in ["APP-00002", "PATRIMOINE", "P", "PT", "", "10Y"] {
            assert_eq!(Span::read(identifier), None, "{identifier}");
        }
        for wrong in ["P10", "P10Z", "-P1Y", "PT5H", "P1YT5H", "P1M1Y", "P1001Y", "P9999999999Y", "P1é"] {
            assert!(matches!(Span::read(wrong), Some(Err(_))), "{wrong}");
        }
    }
}
