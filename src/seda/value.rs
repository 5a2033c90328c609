//! Simple values of the schema: their lexical forms, and why one is wrong, in French.
//!
//! Follows XML Schema part 2 where a wrong value would mislead us (identifiers, dates, numbers); free text is free.

use base64::Engine as _;
use chrono::NaiveDate;

/// A simple type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Simple {
    /// Anything.
    Free,
    /// Not empty once spaces are trimmed.
    Token,
    Id,
    Date,
    DateTime,
    /// Any of the date forms SEDA admits; `false`: 2.0's, date or date and time only.
    AnyDate(bool),
    Boolean,
    Integer,
    Positive,
    Decimal,
    Language,
    Binary,
    OneOf(Vec<String>),
}

/// Seven dates of XML Schema, two of which SEDA 2.0 has.
const KEYWORD_TYPES: &[&str] = &[
    "corpname",
    "famname",
    "geogname",
    "name",
    "occupation",
    "persname",
    "subject",
    "genreform",
    "function",
];

impl Simple {
    /// A type's body in the tables: `$base` or `{a,b}`, where `_` stands for a space.
    pub fn parse(body: &str) -> Simple {
        match body.strip_prefix('{').and_then(|list| list.strip_suffix('}')) {
            Some(list) => Simple::OneOf(list.split(',').map(|value| value.replace('_', " ")).collect()),
            None => Simple::named(body.trim_start_matches('$')),
        }
    }

    /// A type by its name in the tables.
    pub fn named(name: &str) -> Simple {
        match name {
            "token" => Simple::Token,
            "id" | "idref" => Simple::Id,
            "date" => Simple::Date,
            "datetime" => Simple::DateTime,
            "anydate" => Simple::AnyDate(true),
            "olddate" => Simple::AnyDate(false),
            "boolean" => Simple::Boolean,
            "int" | "integer" => Simple::Integer,
            "positive" => Simple::Positive,
            "decimal" => Simple::Decimal,
            "language" => Simple::Language,
            "binary" => Simple::Binary,
            "keyword" => Simple::OneOf(KEYWORD_TYPES.iter().map(|&word| word.to_owned()).collect()),
            _ => Simple::Free,
        }
    }

    /// Why `text` is not of this type.
    pub fn fault(&self, text: &str) -> Option<String> {
        let value = text.trim_matches([' ', '\t', '\r', '\n']);
        let (is_right, fault) = match self {
            Simple::Free => (true, ""),
            Simple::Token => (!value.is_empty(), "la valeur est vide"),
            Simple::Id => (is_ncname(value), "ce n'est pas un identifiant XML"),
            Simple::Date => (is_date(value), "date attendue (AAAA-MM-JJ)"),
            Simple::DateTime => (is_date_time(value), "date et heure attendues (AAAA-MM-JJThh:mm:ss)"),
            Simple::AnyDate(is_wide) => (
                is_date(value) || is_date_time(value) || (*is_wide && is_partial_date(value)),
                "date attendue",
            ),
            Simple::Boolean => (matches!(value, "true" | "false" | "0" | "1"), "true ou false attendu"),
            Simple::Integer => (is_integer(value), "nombre entier attendu"),
            Simple::Positive => (is_positive(value), "nombre entier supérieur à zéro attendu"),
            Simple::Decimal => (is_decimal(value), "nombre attendu"),
            Simple::Language => (is_language(value), "code de langue attendu"),
            Simple::Binary => (is_binary(value), "hexadécimal ou base64 attendu"),
            Simple::OneOf(values) => {
                let fault = format!("attendu : {}", values.join(", "));
                return (!values.iter().any(|known| known == value)).then_some(fault);
            }
        };
        (!is_right).then(|| fault.to_owned())
    }
}

fn is_ncname(value: &str) -> bool {
    value.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && value.chars().all(|c| {
            c.is_alphanumeric()
                || matches!(c, '_' | '-' | '.' | '\u{b7}')
                || (!c.is_ascii() && !c.is_whitespace())
        })
}

fn is_integer(value: &str) -> bool {
    let digits = value.strip_prefix(['+', '-']).unwrap_or(value);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_positive(value: &str) -> bool {
    is_integer(value) && !value.starts_with('-') && value.bytes().any(|byte| matches!(byte, b'1'..=b'9'))
}

fn is_decimal(value: &str) -> bool {
    let digits = value.strip_prefix(['+', '-']).unwrap_or(value);
    let mut parts = digits.splitn(2, '.');
    let (whole, fraction) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    !(whole.is_empty() && fraction.is_empty())
        && (whole.bytes().chain(fraction.bytes())).all(|byte| byte.is_ascii_digit())
}

fn is_language(value: &str) -> bool {
    let mut parts = value.split('-');
    let first = parts.next().unwrap_or_default();
    let is_short = |part: &str| (1..=8).contains(&part.len());
    is_short(first)
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| is_short(part) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

fn is_binary(value: &str) -> bool {
    let compact: String = value.split([' ', '\t', '\r', '\n']).collect();
    let is_hexadecimal =
        compact.len().is_multiple_of(2) && compact.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hexadecimal || base64::engine::general_purpose::STANDARD.decode(compact).is_ok()
}

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

fn is_date(value: &str) -> bool {
    without_zone(value).is_some_and(is_day)
}

fn is_date_time(value: &str) -> bool {
    without_zone(value)
        .and_then(|value| value.split_once('T'))
        .is_some_and(|(day, time)| is_day(day) && is_time(time))
}

fn is_time(time: &str) -> bool {
    let (whole, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let number = |at: usize| {
        whole
            .get(at..at + 2)
            .filter(|part| part.bytes().all(|b| b.is_ascii_digit()))
            .and_then(|part| part.parse::<u8>().ok())
    };
    let bytes = whole.as_bytes();
    let is_shaped = bytes.len() == 8 && bytes[2] == b':' && bytes[5] == b':';
    let is_fraction = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    is_shaped
        && is_fraction
        && match (number(0), number(3), number(6)) {
            (Some(24), Some(0), Some(0)) => true,
            (Some(hour), Some(minute), Some(second)) => hour < 24 && minute < 60 && second < 60,
            _ => false,
        }
}

/// gYear, gYearMonth, gMonth, gMonthDay, gDay.
fn is_partial_date(value: &str) -> bool {
    let is_right = |value: &str| {
        if let Some(day) = value.strip_prefix("---") {
            return is_day(&format!("2000-01-{day}"));
        }
        if let Some(rest) = value.strip_prefix("--") {
            let full = if rest.len() == 2 { format!("2000-{rest}-01") } else { format!("2000-{rest}") };
            return is_day(&full);
        }
        let year = value.strip_prefix('-').unwrap_or(value);
        is_year(year) || is_day(&format!("{value}-01"))
    };
    // A month (-05) is not a zone: try the whole value first.
    is_right(value) || without_zone(value).is_some_and(is_right)
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
                .and_then(|first| first.checked_add_months(chrono::Months::new(1)))
                .and_then(|next| next.pred_opt())
        })
        .or_else(|| parse_day(&format!("{day}-12-31")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(simple: Simple, right: &[&str], wrong: &[&str]) {
        for value in right {
            assert_eq!(simple.fault(value), None, "{simple:?} {value}");
        }
        for value in wrong {
            assert!(simple.fault(value).is_some(), "{simple:?} {value}");
        }
    }

    #[test]
    fn values_follow_xml_schema() {
        check(
            Simple::Date,
            &["2024-02-29", "2024-02-29Z", "2024-02-29+01:00", "-0001-01-01", "9000-01-01"],
            &["2023-02-29", "24-01-01", "2024-1-1", "", "0000-01-01"],
        );
        check(
            Simple::DateTime,
            &["2024-02-29T24:00:00", "2024-02-29T10:00:00.123+02:00", "2024-02-29T10:00:00Z"],
            &["2024-02-29", "2024-02-29T25:00:00", "2024-02-29T10:00"],
        );
        check(
            Simple::AnyDate(true),
            &["2024", "2024-05", "--05", "--05-31", "---31", "2024-05-01", "-0044"],
            &["mai 2024", "24", "2024-13", "--13"],
        );
        check(Simple::AnyDate(false), &["2024-05-01", "2024-05-01T00:00:00"], &["2024", "2024-05"]);
        check(Simple::Positive, &["1", "+1", "007"], &["0", "-1", "", "1.5"]);
        check(Simple::Decimal, &["1", "-1.5", ".5", "1."], &["", ".", "1,5"]);
        check(Simple::Id, &["a1", "_x", "é"], &["1a", "", "a b", "a:b"]);
        check(Simple::Language, &["fr", "fra", "fr-FR"], &["", "français", "fr_FR"]);
        check(Simple::Boolean, &["true", "0"], &["TRUE", "oui"]);
        check(Simple::Binary, &["00ff", "AAEC", ""], &["zz!", "0"]);
    }

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
