//! Dates as XML Schema writes them, and what days they may mean.
//!
//! Keeps to the lexical forms: a date is stored as written; days are only for comparing.

use chrono::{Months, NaiveDate};

/// Splits a time zone off; `None` when it is wrong.
fn without_zone(value: &str) -> Option<&str> {
    if let Some(rest) = value.strip_suffix('Z') {
        return Some(rest);
    }
    let Some(at) = value.len().checked_sub(6).filter(|&at| value.is_char_boundary(at)) else {
        return Some(value);
    };
    let zone = &value[at..];
    if !(zone.starts_with(['+', '-']) && zone.as_bytes()[3] == b':') {
        return Some(value);
    }
    let (hours, minutes) = (zone[1..3].parse::<u8>().ok()?, zone[4..6].parse::<u8>().ok()?);
    (minutes < 60 && (hours < 14 || (hours == 14 && minutes == 0))).then_some(&value[..at])
}

/// Year of at least four digits, month, day: `-?YYYY+-MM-DD`.
fn is_day(value: &str) -> bool {
    parse_day(value).is_some()
}

fn parse_day(value: &str) -> Option<NaiveDate> {
    let (sign, digits) = value.strip_prefix('-').map_or((1, value), |rest| (-1, rest));
    let mut parts = digits.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let is_shaped = is_year(year) && month.len() == 2 && day.len() == 2 && is_number(month) && is_number(day);
    if parts.next().is_some() || !is_shaped {
        return None;
    }
    // Years past what we can hold are still lexically right; any leap year stands for them.
    let year: i32 = year.parse::<i32>().unwrap_or(2000).min(200_000);
    NaiveDate::from_ymd_opt(sign * year, month.parse().ok()?, day.parse().ok()?)
}

fn is_year(year: &str) -> bool {
    year.len() >= 4
        && year.bytes().all(|byte| byte.is_ascii_digit())
        && (year.len() == 4 || !year.starts_with('0'))
        && year != "0000"
}

/// `xs:date`.
pub fn is_date(value: &str) -> bool {
    without_zone(value).is_some_and(is_day)
}

/// The first day a date of any form may mean, to compare dates; `None` for forms without a year.
pub fn first_day(value: &str) -> Option<NaiveDate> {
    let value = value.trim();
    let day = value.split_once('T').map_or(value, |(day, _)| day);
    let day = without_zone(day).unwrap_or(day);
    parse_day(day).or_else(|| parse_day(&format!("{day}-01"))).or_else(|| parse_day(&format!("{day}-01-01")))
}

/// The last day a date of any form may mean.
pub fn last_day(value: &str) -> Option<NaiveDate> {
    let value = value.trim();
    let day = value.split_once('T').map_or(value, |(day, _)| day);
    let day = without_zone(day).unwrap_or(day);
    parse_day(day)
        .or_else(|| {
            parse_day(&format!("{day}-01"))
                .and_then(|first| first.checked_add_months(Months::new(1)))
                .and_then(|next| next.pred_opt())
        })
        .or_else(|| parse_day(&format!("{day}-12-31")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_any_form_are_intervals() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d);
        assert_eq!(first_day("2024-02"), day(2024, 2, 1));
        assert_eq!(last_day("2024-02"), day(2024, 2, 29));
        assert_eq!(last_day("2024"), day(2024, 12, 31));
        assert_eq!(first_day("2024-02-03T10:00:00+01:00"), day(2024, 2, 3));
        assert_eq!(first_day("--05"), None);
    }
}
