//! From when a unit may be read by anybody: its access rules, by their codes or their durations, with those that come
//! from above (code du patrimoine, L213-1 and L213-2; the codes are those of the schedule of 2009, AR038 to AR062).
//!
//! A code and the law it stands for are kept apart: the law has changed since, the codes have not. Never asks the day: it
//! tells the first one on which the unit opens. The one thing to know: what nobody can compute is [`Opening::Unknown`], and
//! whoever reads by right alone reads nothing of it.

use chrono::{Datelike, Days, Months, NaiveDate};

pub use super::date::last_day;
use super::span::Span;
use crate::model::{Rule, Rules};

/// When a unit opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Opening {
    /// To anybody, at any time.
    Free,
    /// From this day on.
    From(NaiveDate),
    /// No date can be told.
    Unknown,
    Never,
}

impl Opening {
    /// Whether it is open on this day.
    pub fn is_open_on(self, day: NaiveDate) -> bool {
        match self {
            Opening::Free => true,
            Opening::From(from) => from <= day,
            Opening::Unknown | Opening::Never => false,
        }
    }
}

/// Which day follows the end of a delay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Counting {
    /// The next one.
    #[default]
    Strict,
    /// The first of January after.
    NextYear,
}

/// From what a delay runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Starts {
    /// The latest document of the file.
    LatestDocument,
    /// The death of the person concerned.
    Death,
    Birth,
    /// The closing of the register.
    Closing,
    /// The end of use of the building.
    EndOfUse,
}

/// What a code says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Delay {
    Free,
    Years {
        years: u32,
        starts: Starts,
        /// Twenty-five years after the death of the person, when that is shorter.
        or_death: bool,
    },
    Never,
}

/// Years after a death that may be shorter than a delay.
const AFTER_DEATH: u32 = 25;

fn delay(code: &str) -> Option<Delay> {
    use Starts::{Birth, Closing, Death, EndOfUse, LatestDocument};
    let number: u32 = code.strip_prefix("AR").filter(|digits| digits.len() == 3)?.parse().ok()?;
    let (years, starts, or_death) = match number {
        38 => return Some(Delay::Free),
        39..=42 => (25, LatestDocument, false),
        43..=47 => (25, Death, false),
        48 | 49 | 51 => (50, LatestDocument, false),
        50 => (50, EndOfUse, false),
        52 | 53 => (75, LatestDocument, true),
        54 => (75, Closing, true),
        55..=57 => (75, LatestDocument, true),
        58..=60 => (100, LatestDocument, true),
        61 => (120, Birth, false),
        62 => return Some(Delay::Never),
        _ => return None,
    };
    Some(Delay::Years { years, starts, or_death })
}

/// Whether a text is a code of the schedule of 2009.
pub fn is_code(code: &str) -> bool {
    delay(code).is_some()
}

/// How many years a code closes, to compare two; `None`: not a code, and nothing can be said.
pub fn delay_years(code: &str) -> Option<u32> {
    Some(match delay(code)? {
        Delay::Free => 0,
        Delay::Years { years, .. } => years,
        Delay::Never => u32::MAX,
    })
}

/// What is known beside the rule.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts {
    /// The last day of what the unit describes.
    pub latest: Option<NaiveDate>,
    /// The death of the person concerned, when somebody knows it.
    pub death: Option<NaiveDate>,
    pub counting: Counting,
}

/// The last day of a delay of so many years: the 28th of February for the 29th.
pub fn end(start: NaiveDate, years: u32) -> Option<NaiveDate> {
    start.checked_add_months(Months::new(years.checked_mul(12)?))
}

/// When what one rule closes opens. `rule` is a code of the schedule, or a duration (`P25Y`); its start is the rule's own,
/// or, where the delay runs from the latest document, the unit's last day.
pub fn of_rule(rule: &str, start: Option<&str>, facts: &Facts) -> Opening {
    let start = start.and_then(last_day);
    if let Some(Ok(span)) = Span::read(rule) {
        return opened(start.or(facts.latest).and_then(|start| span.after(start)), facts.counting);
    }
    let (years, starts, or_death) = match delay(rule) {
        Some(Delay::Free) => return Opening::Free,
        Some(Delay::Never) => return Opening::Never,
        Some(Delay::Years { years, starts, or_death }) => (years, starts, or_death),
        None => return Opening::Unknown,
    };
    let start = match starts {
        Starts::LatestDocument => start.or(facts.latest),
        Starts::Death => start.or(facts.death),
        Starts::Birth | Starts::Closing | Starts::EndOfUse => start,
    };
    let whole = start.and_then(|start| end(start, years));
    let shorter = facts.death.filter(|_| or_death).and_then(|death| end(death, AFTER_DEATH));
    opened(whole.into_iter().chain(shorter).min(), facts.counting)
}

fn opened(last: Option<NaiveDate>, counting: Counting) -> Opening {
    let day = last.and_then(|last| match counting {
        Counting::Strict => last.checked_add_days(Days::new(1)),
        Counting::NextYear => NaiveDate::from_ymd_opt(last.year().checked_add(1)?, 1, 1),
    });
    day.map_or(Opening::Unknown, Opening::From)
}

/// An access rule in effect: the rule and its start.
pub type Term = (String, Option<String>);

/// The access rules in effect on a unit: its own, and those in effect above that it lets through.
pub fn in_effect(own: &Rules, above: impl IntoIterator<Item = Term>) -> Vec<Term> {
    let own: Vec<&Rule> = own.rules.iter().filter(|rule| rule.category == "AccessRule").collect();
    let stops = own.iter().any(|rule| rule.prevent_inheritance);
    let is_set_aside = |term: &Term| stops || own.iter().any(|rule| rule.ref_non_rule_ids.contains(&term.0));
    let mut terms: Vec<Term> = own.iter().flat_map(|rule| rule.terms.iter().cloned()).collect();
    for term in above {
        if !is_set_aside(&term) && !terms.contains(&term) {
            terms.push(term);
        }
    }
    terms
}

/// When a unit opens under these rules: all of them must let it, and without any nobody can tell.
pub fn of_terms(terms: &[Term], facts: &Facts) -> Opening {
    let each = terms.iter().map(|(rule, start)| of_rule(rule, start.as_deref(), facts));
    each.max().unwrap_or(Opening::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn from(text: &str) -> Opening {
        Opening::From(day(text))
    }

    #[test]
    fn the_dates_of_the_oracle_are_found() {
        let none = Facts::default();
        let read = |code: &str, start: &str| of_rule(code, Some(start), &none);
        assert_eq!(read("AR048", "1975-06-30"), from("2025-07-01"));
        assert_eq!(end(day("2000-02-29"), 25), Some(day("2025-02-28")));
        assert_eq!(read("AR039", "2000-02-29"), from("2025-03-01"));
        assert_eq!(read("AR054", "1950-12-31"), from("2026-01-01"));
        assert_eq!(read("AR061", "1910-03-15"), from("2030-03-16"));
        assert_eq!(read("AR043", "1999-07-01"), from("2024-07-02"));
        let dead = Facts { death: Some(day("2005-05-10")), ..none };
        assert_eq!(of_rule("AR057", Some("1990-01-01"), &dead), from("2030-05-11"));
        // A register of births of 1932 to 1942, closed on its last day.
        assert_eq!(read("AR054", "1942-12-31"), from("2018-01-01"));
        assert_eq!(read("AR054", "1942"), from("2018-01-01"), "a year alone ends with its last day");
        assert_eq!(read("P10Y", "2016-12-31"), from("2027-01-01"));
        assert_eq!(read("P80Y", "1964-02-29"), from("2044-03-01"));
        assert_eq!(
            (read("AR038", "2026-01-01"), read("AR062", "1900-01-01")),
            (Opening::Free, Opening::Never)
        );
    }

    #[test]
    fn a_death_shortens_only_what_it_may_and_never_lengthens() {
        let dead = Facts { death: Some(day("2024-01-01")), ..Facts::default() };
        assert_eq!(of_rule("AR057", Some("1970-01-01"), &dead), from("2045-01-02"), "75 years are shorter");
        assert_eq!(of_rule("AR048", Some("1990-01-01"), &dead), from("2040-01-02"), "no alternative there");
        assert_eq!(of_rule("AR043", None, &dead), from("2049-01-02"));
    }

    #[test]
    fn what_starts_with_the_latest_document_starts_with_the_unit_s_last_day() {
        let facts = Facts { latest: Some(day("2010-06-30")), ..Facts::default() };
        assert_eq!(of_rule("AR039", None, &facts), from("2035-07-01"));
        assert_eq!(of_rule("P5Y", None, &facts), from("2015-07-01"));
        for unknown in ["AR043", "AR050", "AR054", "AR061", "AR037", "AR063", "AR38", "ACC-00001", ""] {
            assert_eq!(of_rule(unknown, None, &facts), Opening::Unknown, "{unknown}");
        }
        let next_year = Facts { counting: Counting::NextYear, ..facts };
        assert_eq!(of_rule("AR039", None, &next_year), from("2036-01-01"));
        assert_eq!(of_rule("P9999Y", Some("2000-01-01"), &facts), Opening::Unknown);
    }

    #[test]
    fn the_strictest_rule_in_effect_is_the_one_that_counts() {
        let term = |rule: &str, start: &str| (rule.to_owned(), Some(start.to_owned()));
        let of = |terms: &[Term]| of_terms(terms, &Facts::default());
        assert_eq!(of(&[]), Opening::Unknown);
        assert_eq!(of(&[term("AR038", "2020-01-01"), term("AR048", "2020-01-01")]), from("2070-01-02"));
        assert_eq!(of(&[term("AR048", "2020-01-01"), term("X", "2020-01-01")]), Opening::Unknown);
        assert_eq!(of(&[term("X", "2020-01-01"), term("AR062", "2020-01-01")]), Opening::Never);
        assert!(from("2025-07-01").is_open_on(day("2025-07-01")));
        assert!(
            !from("2025-07-01").is_open_on(day("2025-06-30"))
                && !Opening::Unknown.is_open_on(day("3000-01-01"))
        );
    }

    #[test]
    fn rules_come_down_unless_they_are_stopped_or_set_aside() {
        let access = |terms: &[&str]| Rule {
            category: "AccessRule".into(),
            terms: terms.iter().map(|rule| ((*rule).to_owned(), None)).collect(),
            ..Rule::default()
        };
        let above = || [("AR048".to_owned(), None), ("AR039".to_owned(), None)];
        let names = |own: Rule| {
            let terms = in_effect(&Rules { rules: vec![own] }, above());
            terms.into_iter().map(|(rule, _)| rule).collect::<Vec<_>>()
        };
        assert_eq!(names(access(&["AR038"])), ["AR038", "AR048", "AR039"]);
        assert_eq!(names(access(&["AR048"])), ["AR048", "AR039"]);
        assert_eq!(names(Rule { prevent_inheritance: true, ..access(&["AR038"]) }), ["AR038"]);
        assert_eq!(names(Rule { ref_non_rule_ids: vec!["AR048".into()], ..access(&[]) }), ["AR039"]);
        let other = Rule { category: "AppraisalRule".into(), prevent_inheritance: true, ..access(&["P10Y"]) };
        assert_eq!(names(other), ["AR048", "AR039"]);
    }
}
