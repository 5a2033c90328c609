//! The primitive ways a text is written and meant, under every named type.
//!
//! Never looks at restrictions (`facets`). The one thing to know: white space around is gone when a text comes here; inside,
//! only base64, references and free text may hold any.

use std::cmp::Ordering;

use super::Prefixes;
use super::binary::{base64_bytes, hexadecimal_bytes, is_base64, is_hexadecimal};
use super::calendar::{Calendar, is_moment};
use super::decimal::{Digits, is_float};
use super::duration::Duration;
use super::moment::Moment;
use super::names::{is_language, is_name, is_nc_name, is_nmtoken, qualified};
use super::uri::is_uri;

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Atom {
    Text,
    Language,
    Nmtoken,
    Name,
    NcName,
    Uri,
    Boolean,
    Decimal,
    Integer,
    Float,
    Double,
    Duration,
    Moment(Calendar),
    Hexadecimal,
    Base64,
    QName,
}

/// What a text means: equal when the types say so, however it was written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Typed {
    Text(Box<str>),
    Uri(Box<str>),
    Boolean(bool),
    /// As `Digits` writes it.
    Decimal(Box<str>),
    /// Bits, zero and what is no number having one form each.
    Float(u32),
    Double(u64),
    Duration(Duration),
    Moment(Moment),
    Hexadecimal(Box<[u8]>),
    Base64(Box<[u8]>),
    Name(Option<Box<str>>, Box<str>),
    List(Box<[Typed]>),
}

impl Atom {
    /// Whether a text is written so.
    pub fn allows(self, text: &str, prefixes: &dyn Prefixes) -> bool {
        match self {
            Self::Text => true,
            Self::NcName => is_nc_name(text),
            Self::Boolean => matches!(text, "true" | "false" | "1" | "0"),
            Self::Moment(calendar) => is_moment(calendar, text),
            Self::Language => is_language(text),
            Self::Nmtoken => is_nmtoken(text),
            Self::Name => is_name(text),
            Self::Uri => is_uri(text),
            Self::Decimal => Digits::decimal(text).is_some(),
            Self::Integer => Digits::integer(text).is_some(),
            Self::Float | Self::Double => is_float(text),
            Self::Duration => Duration::read(text).is_some(),
            Self::Hexadecimal => is_hexadecimal(text),
            Self::Base64 => is_base64(text),
            Self::QName => qualified(text, prefixes).is_some(),
        }
    }

    /// What a text means; `None` when it is not written so.
    pub fn read(self, text: &str, prefixes: &dyn Prefixes) -> Option<Typed> {
        match self {
            Self::Duration => return Duration::read(text).map(Typed::Duration),
            Self::Moment(calendar) => return Moment::read(calendar, text).map(Typed::Moment),
            Self::QName => {
                let (namespace, local) = qualified(text, prefixes)?;
                return Some(Typed::Name(namespace.map(Into::into), local.into()));
            }
            _ if !self.allows(text, prefixes) => return None,
            _ => {}
        }
        Some(match self {
            Self::Uri => Typed::Uri(text.into()),
            Self::Boolean => Typed::Boolean(matches!(text, "true" | "1")),
            Self::Decimal | Self::Integer => Typed::Decimal(Digits::decimal(text)?.canonical()),
            Self::Float => Typed::Float(float(text)?),
            Self::Double => Typed::Double(double(text)?),
            Self::Hexadecimal => Typed::Hexadecimal(hexadecimal_bytes(text)),
            Self::Base64 => Typed::Base64(base64_bytes(text)),
            _ => Typed::Text(text.into()),
        })
    }

    /// Whether a text means nothing but itself, character for character.
    pub fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Language | Self::Nmtoken | Self::Name | Self::NcName | Self::Uri)
    }

    /// Whether length facets apply.
    pub fn has_length(self) -> bool {
        self.is_text() || matches!(self, Self::Hexadecimal | Self::Base64 | Self::QName)
    }

    /// Whether digits are counted.
    pub fn has_digits(self) -> bool {
        matches!(self, Self::Decimal | Self::Integer)
    }

    /// Whether its values have an order, so that bounds apply.
    pub fn is_ordered(self) -> bool {
        let is_number = matches!(self, Self::Decimal | Self::Integer | Self::Float | Self::Double);
        is_number || matches!(self, Self::Duration | Self::Moment(_))
    }
}

impl Typed {
    /// Which is the greater, when that can be told.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Decimal(one), Self::Decimal(other)) => {
                Some(Digits::decimal(one)?.cmp(&Digits::decimal(other)?))
            }
            (Self::Float(one), Self::Float(other)) => {
                f32::from_bits(*one).partial_cmp(&f32::from_bits(*other))
            }
            (Self::Double(one), Self::Double(other)) => {
                f64::from_bits(*one).partial_cmp(&f64::from_bits(*other))
            }
            (Self::Duration(one), Self::Duration(other)) => one.compare(other),
            (Self::Moment(one), Self::Moment(other)) => one.compare(other),
            _ => None,
        }
    }
}

/// The bits of a number, those of zero and of what is no number being always the same.
fn float(text: &str) -> Option<u32> {
    let number: f32 = rust_spelling(text).parse().ok()?;
    Some(if number.is_nan() { f32::NAN } else { number + 0.0 }.to_bits())
}

fn double(text: &str) -> Option<u64> {
    let number: f64 = rust_spelling(text).parse().ok()?;
    Some(if number.is_nan() { f64::NAN } else { number + 0.0 }.to_bits())
}

fn rust_spelling(text: &str) -> &str {
    match text {
        "INF" => "inf",
        "-INF" => "-inf",
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seda::datatype::NoPrefixes;

    fn float(text: &str) -> Option<Typed> {
        Atom::Float.read(text, &NoPrefixes)
    }

    #[test]
    fn floats_are_equal_by_value() {
        assert_eq!(float("1e2"), float("100.0"));
        assert_eq!(float("-0"), float("0"));
        assert_eq!(float("NaN"), float("NaN"));
        assert_eq!(float("1e999"), float("INF"));
        assert!(float("1").zip(float("NaN")).is_some_and(|(one, nan)| one.compare(&nan).is_none()));
        assert!(float("5.").is_some() && float(".5").is_some());
    }
}
