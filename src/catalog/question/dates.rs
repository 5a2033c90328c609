//! Dates as French offices write them, and the lexemes by which a period is found.
//!
//! A period gives a lexeme for each day, month or year that it touches, as fine as its length allows: `@2023-03-14` up to 31 days,
//! `@2023-03` up to 36 months, `@2023` always. `@!` says that it lies within; a last `+`, that it is longer than finer ones would say.

use chrono::{Datelike, Days, Months, NaiveDate};

use super::pieces::Piece;
use super::words::folded;

/// Months that a period is told by, at most; past them, by its years.
const MONTHS_MAX: usize = 36;
/// Days, at most; past them, by its months.
const DAYS_MAX: i64 = 31;
/// Years, at most: a wider period is told by its first ones.
const YEARS_MAX: usize = 300;
const MONTHS: [&str; 12] = [
    "janvier",
    "fevrier",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "aout",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
];

/// From a first day to a last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    pub first: NaiveDate,
    pub last: NaiveDate,
}

impl Period {
    fn day(day: NaiveDate) -> Self {
        Self { first: day, last: day }
    }

    fn month(year: i32, month: u32) -> Option<Self> {
        let first = NaiveDate::from_ymd_opt(year, month, 1)?;
        Some(Self { first, last: first.checked_add_months(Months::new(1))?.pred_opt()? })
    }

    fn year(year: i32) -> Option<Self> {
        let first = NaiveDate::from_ymd_opt(year, 1, 1)?;
        Some(Self { first, last: NaiveDate::from_ymd_opt(year, 12, 31)? })
    }

    /// From the first of two lexical dates to the last; either may be missing.
    pub fn written(start: Option<&str>, end: Option<&str>) -> Option<Self> {
        let first = start.or(end).and_then(crate::seda::date::first_day)?;
        let last = end.or(start).and_then(crate::seda::date::last_day)?;
        Some(if last < first { Self::day(first) } else { Self { first, last } })
    }

    fn months(self) -> Vec<NaiveDate> {
        let first = self.first.with_day(1);
        let next = |month: &NaiveDate| month.checked_add_months(Months::new(1));
        std::iter::successors(first, next)
            .take_while(|month| *month <= self.last)
            .take(MONTHS_MAX + 1)
            .collect()
    }

    fn days(self) -> impl Iterator<Item = NaiveDate> {
        self.first.iter_days().take_while(move |day| *day <= self.last)
    }

    /// The years that it touches.
    pub fn years(self) -> impl Iterator<Item = i32> {
        (self.first.year()..=self.last.year()).take(YEARS_MAX)
    }

    /// The lexemes of what is dated so.
    pub fn lexemes(self) -> Vec<String> {
        let (days, months) = ((self.last - self.first).num_days() + 1, self.months());
        let by_months = months.len() <= MONTHS_MAX;
        let mut out = Vec::new();
        for year in self.years() {
            out.push(format!("@{year}"));
            out.extend((!by_months).then(|| format!("@{year}+")));
        }
        if by_months {
            for month in &months {
                out.push(format!("@{}", month.format("%Y-%m")));
                out.extend((days > DAYS_MAX).then(|| format!("@{}+", month.format("%Y-%m"))));
            }
        }
        if days <= DAYS_MAX {
            out.extend(self.days().map(|day| format!("@{day}")));
        }
        if self.first.year() == self.last.year() {
            out.push(format!("@!{}", self.first.year()));
            if months.len() == 1 {
                out.push(format!("@!{}", self.first.format("%Y-%m")));
            }
            if days == 1 {
                out.push(format!("@!{}", self.first));
            }
        }
        out
    }

    /// The lexemes of which what touches this period has one. `wide`: what is dated by a longer one too.
    pub fn asked(self, wide: bool) -> Vec<String> {
        let mut out = Vec::new();
        let mut at = self.first;
        while at <= self.last && out.len() < 400 {
            let (year, month) = (Period::year(at.year()), Period::month(at.year(), at.month()));
            let (year, month) = (year.unwrap_or(self), month.unwrap_or(self));
            let (lexeme, end) = if at == year.first && year.last <= self.last {
                (format!("@{}", at.year()), year.last)
            } else if at == month.first && month.last <= self.last {
                if wide {
                    out.push(format!("@{}+", at.year()));
                }
                (format!("@{}", at.format("%Y-%m")), month.last)
            } else {
                if wide {
                    out.extend([format!("@{}+", at.year()), format!("@{}+", at.format("%Y-%m"))]);
                }
                (format!("@{at}"), at)
            };
            out.push(lexeme);
            let Some(next) = end.checked_add_days(Days::new(1)) else { break };
            at = next;
        }
        out.sort_unstable();
        out.dedup();
        out
    }
}

/// A date at the beginning of these words, and how many it takes.
pub fn read(tokens: &[&str]) -> Option<(Period, usize)> {
    let month_at = |at: usize| tokens.get(at).and_then(|word| month_named(word));
    let year_at = |at: usize| tokens.get(at).and_then(|word| year(word));
    if let (Some(day), Some(month), Some(year)) = (day_number(tokens[0]), month_at(1), year_at(2)) {
        return Some((Period::day(NaiveDate::from_ymd_opt(year, month, day)?), 3));
    }
    if let (Some(month), Some(year)) = (month_at(0), year_at(1)) {
        return Some((Period::month(year, month)?, 2));
    }
    numeric(tokens[0]).or_else(|| year(tokens[0]).and_then(Period::year)).map(|period| (period, 1))
}

/// `14/07/2022`, `2022-07-14`, `07/2022`, `2022-07`.
fn numeric(word: &str) -> Option<Period> {
    let parts: Vec<&str> = word.split(['/', '-', '.']).collect();
    let month = |word: &str| (word.len() <= 2).then(|| word.parse::<u32>().ok()).flatten();
    match parts.as_slice() {
        [day, of, in_year] if year(in_year).is_some() => {
            NaiveDate::from_ymd_opt(year(in_year)?, month(of)?, day_number(day)?).map(Period::day)
        }
        [in_year, of, day] => {
            NaiveDate::from_ymd_opt(year(in_year)?, month(of)?, day_number(day)?).map(Period::day)
        }
        [of, in_year] if year(in_year).is_some() => Period::month(year(in_year)?, month(of)?),
        [in_year, of] if of.len() == 2 => Period::month(year(in_year)?, month(of)?),
        _ => None,
    }
}

fn year(word: &str) -> Option<i32> {
    let is_shaped = word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    word.parse().ok().filter(|year| is_shaped && (1_000..2_100).contains(year))
}

fn day_number(word: &str) -> Option<u32> {
    let word = word.strip_suffix("er").unwrap_or(word);
    (word.len() <= 2).then(|| word.parse().ok()).flatten().filter(|day| (1..=31).contains(day))
}

fn month_named(word: &str) -> Option<u32> {
    let word = folded(word);
    (1..).zip(MONTHS).find(|(_, name)| *name == word).map(|(number, _)| number)
}

/// From one date to another at the beginning of these pieces: « du 3 au 14 mars 2023 », « entre 2019 et 2021 »; and how
/// many it takes.
pub fn between(pieces: &[Piece]) -> Option<(Period, usize)> {
    let word = |at: usize| match pieces.get(at) {
        Some(Piece::Word { said, .. }) => Some(folded(said)),
        _ => None,
    };
    let date = |at: usize| match pieces.get(at) {
        Some(Piece::Date { period, .. }) => Some(*period),
        _ => None,
    };
    let opens = word(0).is_some_and(|word| ["du", "de", "entre", "depuis"].contains(&word.as_str()));
    let goes_on =
        word(2).is_some_and(|word| ["au", "a", "et", "jusqu'au", "jusqu’au"].contains(&word.as_str()));
    if !(opens && goes_on) {
        return None;
    }
    let end = date(3)?;
    let start = match date(1) {
        Some(start) => start,
        // The month and the year are the end's.
        None => Period::day(end.first.with_day(day_number(&word(1)?)?)?),
    };
    (start.first <= end.last).then_some((Period { first: start.first, last: end.last }, 4))
}
