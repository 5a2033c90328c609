//! Simple values of the schema: their lexical forms, and why one is wrong, in French.
//!
//! Follows XML Schema part 2 where a wrong value would mislead us (identifiers, dates, numbers); free text is free.

use base64::Engine as _;

use super::date::{is_date, is_date_time, is_partial_date};

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

#[cfg(test)]
mod tests {
    use super::*;

    fn check(simple: &Simple, right: &[&str], wrong: &[&str]) {
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
            &Simple::Date,
            &["2024-02-29", "2024-02-29Z", "2024-02-29+01:00", "-0001-01-01", "9000-01-01"],
            &["2023-02-29", "24-01-01", "2024-1-1", "", "0000-01-01"],
        );
        check(
            &Simple::DateTime,
            &["2024-02-29T24:00:00", "2024-02-29T10:00:00.123+02:00", "2024-02-29T10:00:00Z"],
            &["2024-02-29", "2024-02-29T25:00:00", "2024-02-29T10:00"],
        );
        check(
            &Simple::AnyDate(true),
            &["2024", "2024-05", "--05", "--05-31", "---31", "2024-05-01", "-0044"],
            &["mai 2024", "24", "2024-13", "--13"],
        );
        check(&Simple::AnyDate(false), &["2024-05-01", "2024-05-01T00:00:00"], &["2024", "2024-05"]);
        check(&Simple::Positive, &["1", "+1", "007"], &["0", "-1", "", "1.5"]);
        check(&Simple::Decimal, &["1", "-1.5", ".5", "1."], &["", ".", "1,5"]);
        check(&Simple::Id, &["a1", "_x", "é"], &["1a", "", "a b", "a:b"]);
        check(&Simple::Language, &["fr", "fra", "fr-FR"], &["", "français", "fr_FR"]);
        check(&Simple::Boolean, &["true", "0"], &["TRUE", "oui"]);
        check(&Simple::Binary, &["00ff", "AAEC", ""], &["zz!", "0"]);
    }
}
