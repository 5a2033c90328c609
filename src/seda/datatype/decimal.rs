//! Decimal numbers of any number of digits, compared as they are written: no arithmetic, no rounding, no bound.
//!
//! Never allocates to read or to compare. The one thing to know: once leading and trailing zeros are put aside, a longer
//! whole part is a larger number, and digits compare as text.

use std::cmp::Ordering;

/// A decimal number, borrowed from its text. Zero is never negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Digits<'a> {
    negative: bool,
    /// Without leading zeros: empty below one.
    whole: &'a str,
    /// Without trailing zeros.
    fraction: &'a str,
}

impl<'a> Digits<'a> {
    /// Reads `xs:decimal`: a sign, digits, a point, digits; a digit at least.
    pub fn decimal(text: &'a str) -> Option<Self> {
        let (negative, digits) = sign(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        Self::of(negative, whole, fraction)
    }

    /// Reads `xs:integer`: a sign, digits.
    pub fn integer(text: &'a str) -> Option<Self> {
        let (negative, digits) = sign(text);
        if digits.is_empty() { None } else { Self::of(negative, digits, "") }
    }

    fn of(negative: bool, whole: &'a str, fraction: &'a str) -> Option<Self> {
        if !all_digits(whole) || !all_digits(fraction) {
            return None;
        }
        let whole = whole.trim_start_matches('0');
        let fraction = fraction.trim_end_matches('0');
        Some(Self { negative: negative && !(whole.is_empty() && fraction.is_empty()), whole, fraction })
    }

    /// The one way to write this number.
    pub fn canonical(&self) -> Box<str> {
        let sign = if self.negative { "-" } else { "" };
        let whole = if self.whole.is_empty() { "0" } else { self.whole };
        let point = if self.fraction.is_empty() { "" } else { "." };
        format!("{sign}{whole}{point}{}", self.fraction).into()
    }

    /// Digits that count (`totalDigits`).
    pub fn total_digits(&self) -> usize {
        self.whole.len() + self.fraction.len()
    }

    /// Digits that count after the point (`fractionDigits`).
    pub fn fraction_digits(&self) -> usize {
        self.fraction.len()
    }
}

impl Ord for Digits<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_size = |one: &Self, other: &Self| {
            let whole = one.whole.len().cmp(&other.whole.len()).then_with(|| one.whole.cmp(other.whole));
            whole.then_with(|| one.fraction.cmp(other.fraction))
        };
        match (self.negative, other.negative) {
            (false, false) => by_size(self, other),
            (true, true) => by_size(other, self),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Digits<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn sign(text: &str) -> (bool, &str) {
    match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    }
}

/// Whether there is nothing but ASCII digits, perhaps none.
pub(super) fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is written as `xs:float` and `xs:double` are: a decimal and perhaps an exponent, or a special value.
pub(super) fn is_float(text: &str) -> bool {
    if matches!(text, "INF" | "-INF" | "NaN") {
        return true;
    }
    match text.find(['e', 'E']) {
        None => Digits::decimal(text).is_some(),
        Some(at) => Digits::decimal(&text[..at]).is_some() && Digits::integer(&text[at + 1..]).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_by_value_whatever_their_length() {
        let ordered = ["-10", "-9.5", "-0.51", "-0.5", "0", "0.049", "0.05", "9", "10.0", "10.01"];
        for pair in ordered.windows(2) {
            let (low, high) = (Digits::decimal(pair[0]).unwrap(), Digits::decimal(pair[1]).unwrap());
            assert!(low < high, "{pair:?}");
        }
        assert_eq!(Digits::decimal("-0.0"), Digits::decimal("+00"));
        assert_eq!(Digits::decimal("01.10"), Digits::decimal("1.1"));
        assert_eq!(&*Digits::decimal("-00.50").unwrap().canonical(), "-0.5");
    }

    #[test]
    fn what_is_not_a_number_is_refused() {
        for text in ["", "+", ".", "-.", "1e3", "1,5", "1.2.3", "+-1", " 1", "١"] {
            assert!(Digits::decimal(text).is_none(), "{text:?}");
        }
        for text in ["1.0", "1.", "", "-"] {
            assert!(Digits::integer(text).is_none(), "{text:?}");
        }
        for text in ["+INF", "inf", "nan", "1e", "e1", "1e1.5", "1 e1", "Infinity"] {
            assert!(!is_float(text), "{text:?}");
        }
        for text in ["INF", "-INF", "NaN", "1e+5", "-.5E-3", "1."] {
            assert!(is_float(text), "{text:?}");
        }
    }
}
