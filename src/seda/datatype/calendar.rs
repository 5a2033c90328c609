//! Dates and times of XML Schema as they are written.
//!
//! Never allocates; the ordinary date costs some twenty nanoseconds. The one thing to know: the second edition of 1.0 is
//! followed: no year zero, midnight may be 24:00:00, zones go to fourteen hours.

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

/// Year, month, day; the parts that are not written are those of a leap year's first day.
pub(super) type Ymd = (i64, u8, u8);

/// What is written.
pub(super) struct Parts {
    pub date: Ymd,
    /// Seconds since midnight.
    pub clock: u32,
    pub attoseconds: u64,
    /// Minutes from UTC.
    pub zone: Option<i16>,
}

/// Whether a text is written as this kind of date or time is.
pub(super) fn is_moment(calendar: Calendar, text: &str) -> bool {
    parts(calendar, text).is_some()
}

/// What a text says, when it is written as this kind of date or time is.
pub(super) fn parts(calendar: Calendar, text: &str) -> Option<Parts> {
    let mut cursor = Cursor { rest: text.as_bytes() };
    let date = cursor.date(calendar)?;
    if calendar == Calendar::DateTime {
        cursor.expect(b'T')?;
    }
    let (clock, attoseconds) = match calendar {
        Calendar::DateTime | Calendar::Time => cursor.clock()?,
        _ => (0, 0),
    };
    let zone = cursor.zone()?;
    cursor.rest.is_empty().then_some(Parts { date, clock, attoseconds, zone })
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
        if let Some((&[one, two, three, four], rest @ [b'-', ..])) = self.rest.split_first_chunk::<4>() {
            let digits = [one, two, three, four].map(|byte| byte.wrapping_sub(b'0'));
            if digits.iter().all(|&digit| digit < 10) {
                self.rest = rest;
                let year = digits.iter().fold(0, |year, &digit| year * 10 + i64::from(digit));
                return (year != 0).then_some(year);
            }
        }
        self.any_year()
    }

    fn any_year(&mut self) -> Option<i64> {
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
