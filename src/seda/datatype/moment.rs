//! Dates and times of XML Schema: how they are written, and where they stand on the line of time.
//!
//! Never allocates, never asks what day it is. The one thing to know: with a zone and without, two dates are not on the
//! same line; they compare only when more than fourteen hours apart.

use std::cmp::Ordering;

/// Which parts are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Calendar {
    DateTime,
    Date,
    Time,
    YearMonth,
    Year,
    MonthDay,
    Month,
    Day,
}

/// A point in time. Equal when of the same kind and at the same instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Moment {
    calendar: Calendar,
    zoned: bool,
    /// In UTC when zoned.
    seconds: i128,
    /// Beyond the second; more than eighteen digits are not told apart.
    attoseconds: u64,
}

/// Fourteen hours: how far from UTC a zone may be.
const WIDEST_ZONE: i128 = 14 * 3600;

impl Moment {
    /// Reads a text written as this kind of date or time is.
    pub fn read(calendar: Calendar, text: &str) -> Option<Self> {
        let mut cursor = Cursor { rest: text.as_bytes() };
        let date = cursor.date(calendar)?;
        let (clock, attoseconds) = match calendar {
            Calendar::DateTime => {
                cursor.expect(b'T')?;
                cursor.clock()?
            }
            Calendar::Time => cursor.clock()?,
            _ => (0, 0),
        };
        let zone = cursor.zone()?;
        if !cursor.rest.is_empty() {
            return None;
        }
        let mut seconds = days(date) * 86_400 + i128::from(clock) - i128::from(zone.unwrap_or(0)) * 60;
        if calendar == Calendar::Time {
            seconds = seconds.rem_euclid(86_400);
        }
        Some(Self { calendar, zoned: zone.is_some(), seconds, attoseconds })
    }

    /// Which comes first, when that can be told.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        if self.calendar != other.calendar {
            return None;
        }
        let exact = (self.seconds, self.attoseconds).cmp(&(other.seconds, other.attoseconds));
        if self.zoned == other.zoned {
            return Some(exact);
        }
        let apart = self.seconds - other.seconds;
        (apart.abs() > WIDEST_ZONE).then_some(exact)
    }
}

/// Year, month, day; the parts that are not written are those of a leap year's first day.
type Ymd = (i64, u8, u8);

/// Days since 1970-01-01, the calendar of today carried back.
fn days((year, month, day): Ymd) -> i128 {
    days_before(i128::from(year), i128::from(month)) + i128::from(day) - 1
}

/// Days from 1970-01-01 to the first of a month.
pub(super) fn days_before(year: i128, month: i128) -> i128 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let in_era = year.rem_euclid(400);
    let in_year = (153 * ((month + 9) % 12) + 2) / 5;
    era * 146_097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719_468
}

fn days_of_month(year: i64, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

struct Cursor<'a> {
    rest: &'a [u8],
}

impl Cursor<'_> {
    fn expect(&mut self, byte: u8) -> Option<()> {
        let (&first, rest) = self.rest.split_first()?;
        self.rest = rest;
        (first == byte).then_some(())
    }

    /// Two digits, at most this much.
    fn two(&mut self, most: u8) -> Option<u8> {
        let (&[tens, units], rest) = self.rest.split_first_chunk::<2>()?;
        self.rest = rest;
        let (tens, units) = (tens.wrapping_sub(b'0'), units.wrapping_sub(b'0'));
        let number = tens.wrapping_mul(10).wrapping_add(units);
        (tens < 10 && units < 10 && number <= most).then_some(number)
    }

    fn number_from_one(&mut self, most: u8) -> Option<u8> {
        self.two(most).filter(|&number| number > 0)
    }

    fn date(&mut self, calendar: Calendar) -> Option<Ymd> {
        match calendar {
            Calendar::Time => return Some((1972, 1, 1)),
            Calendar::MonthDay | Calendar::Month | Calendar::Day => {
                self.expect(b'-')?;
                self.expect(b'-')?;
            }
            _ => {}
        }
        match calendar {
            Calendar::Day => {
                self.expect(b'-')?;
                Some((1972, 1, self.number_from_one(31)?))
            }
            Calendar::Month => Some((1972, self.number_from_one(12)?, 1)),
            Calendar::MonthDay => self.month_day(1972),
            Calendar::Year => Some((self.year()?, 1, 1)),
            Calendar::YearMonth => {
                let year = self.year()?;
                self.expect(b'-')?;
                Some((year, self.number_from_one(12)?, 1))
            }
            _ => {
                let year = self.year()?;
                self.expect(b'-')?;
                self.month_day(year)
            }
        }
    }

    fn month_day(&mut self, year: i64) -> Option<Ymd> {
        let month = self.number_from_one(12)?;
        self.expect(b'-')?;
        let day = self.number_from_one(days_of_month(year, month))?;
        Some((year, month, day))
    }

    /// Four digits or more, no superfluous zero, no year zero. Eighteen digits at most, as the standard lets one decide.
    fn year(&mut self) -> Option<i64> {
        let negative = self.rest.first() == Some(&b'-');
        if negative {
            self.rest = &self.rest[1..];
        }
        let count = self.digits();
        let (digits, rest) = self.rest.split_at(count);
        self.rest = rest;
        if !(4..=18).contains(&count) || (count > 4 && digits[0] == b'0') {
            return None;
        }
        let year = digits.iter().fold(0, |year, digit| year * 10 + i64::from(digit - b'0'));
        (year != 0).then_some(if negative { -year } else { year })
    }

    fn digits(&self) -> usize {
        self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
    }

    /// Seconds since midnight, and what is beyond the second.
    fn clock(&mut self) -> Option<(u32, u64)> {
        let hours = self.two(24)?;
        self.expect(b':')?;
        let minutes = self.two(59)?;
        self.expect(b':')?;
        let seconds = self.two(59)?;
        let attoseconds = if self.rest.first() == Some(&b'.') {
            self.rest = &self.rest[1..];
            let count = self.digits();
            let (digits, rest) = self.rest.split_at(count);
            self.rest = rest;
            fraction(digits)?
        } else {
            0
        };
        if hours == 24 && (minutes, seconds, attoseconds) != (0, 0, 0) {
            return None;
        }
        Some((u32::from(hours) * 3600 + u32::from(minutes) * 60 + u32::from(seconds), attoseconds))
    }

    /// Minutes from UTC: none written, or `Z`, or up to fourteen hours. `None` when what is written is no zone.
    fn zone(&mut self) -> Option<Option<i16>> {
        let Some((&sign, rest)) = self.rest.split_first() else { return Some(None) };
        self.rest = rest;
        if sign == b'Z' {
            return Some(Some(0));
        }
        let hours = self.two(14)?;
        self.expect(b':')?;
        let minutes = self.two(if hours == 14 { 0 } else { 59 })?;
        let offset = i16::from(hours) * 60 + i16::from(minutes);
        match sign {
            b'+' => Some(Some(offset)),
            b'-' => Some(Some(-offset)),
            _ => None,
        }
    }
}

/// The digits after the point, in attoseconds; `None` when there are none.
pub(super) fn fraction(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    let padded = digits.iter().copied().chain(std::iter::repeat(b'0')).take(18);
    Some(padded.fold(0, |total, digit| total * 10 + u64::from(digit - b'0')))
}
