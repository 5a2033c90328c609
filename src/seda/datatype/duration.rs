//! `xs:duration`: months and seconds, which do not convert into each other.
//!
//! Never allocates. The one thing to know: two durations compare when they do so from each of the four dates the standard
//! names; `P1M` and `P30D` do not.

use std::cmp::Ordering;

use super::calendar::fraction;
use super::moment::days_before;

/// A duration. Equal when as many months and as many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Duration {
    months: i128,
    seconds: i128,
    /// Beyond the second, same sign; more than eighteen digits are not told apart.
    attoseconds: i64,
}

/// The months from which durations are compared (XML Schema part 2, 3.2.6.2).
const FROM: [(i128, i128); 4] = [(1696, 9), (1697, 2), (1903, 3), (1903, 7)];

impl Duration {
    /// Reads `-P1Y2M3DT4H5M6.7S`, any part left out but not all. Eighteen digits at most in each.
    pub fn read(text: &str) -> Option<Self> {
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let text = text.strip_prefix('P')?;
        let (date, time) = text.split_once('T').map_or((text, None), |(date, time)| (date, Some(time)));
        let mut duration = Self { months: 0, seconds: 0, attoseconds: 0 };
        if date.is_empty() && time.is_none() || time.is_some_and(str::is_empty) {
            return None;
        }
        duration.read_parts(date, b"YMD", &[12, 1], 86_400)?;
        duration.read_parts(time.unwrap_or(""), b"HMS", &[], 0)?;
        if negative {
            duration.months = -duration.months;
            duration.seconds = -duration.seconds;
            duration.attoseconds = -duration.attoseconds;
        }
        Some(duration)
    }

    /// Numbers followed by these letters, in this order.
    fn read_parts(&mut self, mut text: &str, letters: &[u8; 3], months: &[i128], day: i128) -> Option<()> {
        let mut from = 0;
        while !text.is_empty() {
            let end = text.bytes().position(|byte| !byte.is_ascii_digit())?;
            let number = number(&text.as_bytes()[..end])?;
            let mut rest = &text[end..];
            if let Some(after) = rest.strip_prefix('.') {
                let end = after.bytes().position(|byte| !byte.is_ascii_digit())?;
                self.attoseconds = i64::try_from(fraction(&after.as_bytes()[..end])?).ok()?;
                rest = after[end..].starts_with('S').then_some(&after[end..])?;
            }
            let letter = *rest.as_bytes().first()?;
            let place = from + letters[from..].iter().position(|&expected| expected == letter)?;
            match (months.get(place), letter) {
                (Some(months), _) => self.months += number * months,
                (None, b'D') => self.seconds += number * day,
                (None, b'H') => self.seconds += number * 3600,
                (None, b'M') => self.seconds += number * 60,
                (None, _) => self.seconds += number,
            }
            from = place + 1;
            text = &rest[1..];
        }
        Some(())
    }

    /// Which is longer, when that can be told.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        let mut orders = FROM.iter().map(|&from| self.after(from).cmp(&other.after(from)));
        let first = orders.next()?;
        orders.all(|order| order == first).then_some(first)
    }

    /// The instant this long after the first of a month.
    fn after(&self, (year, month): (i128, i128)) -> (i128, i64) {
        let months = month - 1 + self.months;
        let days = days_before(year + months.div_euclid(12), months.rem_euclid(12) + 1);
        let seconds = days * 86_400 + self.seconds;
        match self.attoseconds {
            negative if negative < 0 => (seconds - 1, negative + 1_000_000_000_000_000_000),
            attoseconds => (seconds, attoseconds),
        }
    }
}

fn number(digits: &[u8]) -> Option<i128> {
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    Some(digits.iter().fold(0, |number, digit| number * 10 + i128::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare(one: &str, other: &str) -> Option<Ordering> {
        Duration::read(one).unwrap().compare(&Duration::read(other).unwrap())
    }

    #[test]
    fn durations_are_read_as_the_standard_writes_them() {
        for text in ["P1Y", "-P1Y2M3DT4H5M6.7S", "PT0S", "P0D", "PT1M", "P1M", "PT0.5S", "P1Y3D", "PT36H"] {
            assert!(Duration::read(text).is_some(), "{text:?}");
        }
        for text in [
            "", "P", "PT", "P1YT", "1Y", "P-1Y", "+P1Y", "P1", "P1S", "PT1D", "P1M1Y", "P1Y1Y", "PT1.S",
            "PT.5S", "P1.5Y", "PT1.5H", "P1H", "PT1S1S", "P 1Y", "p1y", "PT1ST1S",
        ] {
            assert!(Duration::read(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn durations_are_equal_or_longer_when_from_every_date() {
        assert_eq!(Duration::read("P1Y"), Duration::read("P12M"));
        assert_eq!(Duration::read("PT36H"), Duration::read("P1DT12H"));
        assert_eq!(Duration::read("-PT0S"), Duration::read("P0Y"));
        assert_ne!(Duration::read("P1M"), Duration::read("P30D"));
        assert_eq!(compare("P1M", "P30D"), None);
        assert_eq!(compare("P1M", "P27D"), Some(Ordering::Greater));
        assert_eq!(compare("P1M", "P32D"), Some(Ordering::Less));
        assert_eq!(compare("-PT0.5S", "-PT0.25S"), Some(Ordering::Less));
    }
}
