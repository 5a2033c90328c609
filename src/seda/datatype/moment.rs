//! Where dates and times of XML Schema stand on the line of time.
//!
//! Never allocates, never asks what day it is. The one thing to know: with a zone and without, two dates are not on the
//! same line; they compare only when more than fourteen hours apart.

use std::cmp::Ordering;

use super::calendar::{Calendar, Parts, Ymd, parts};

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
        let Parts { date, clock, attoseconds, zone } = parts(calendar, text)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn compare(one: &str, other: &str) -> Option<Ordering> {
        let read = |text| Moment::read(Calendar::DateTime, text).unwrap();
        read(one).compare(&read(other))
    }

    #[test]
    fn instants_compare_across_zones_when_they_can() {
        let noon = "2024-01-01T12:00:00Z";
        assert_eq!(compare(noon, "2024-01-01T14:00:00+02:00"), Some(Ordering::Equal));
        assert_eq!(compare(noon, "2024-01-01T12:00:00.001Z"), Some(Ordering::Less));
        assert_eq!(compare(noon, "2024-01-02T01:00:00"), None);
        assert_eq!(compare(noon, "2024-01-02T02:00:01"), Some(Ordering::Less));
        assert_eq!(compare("-0001-12-31T00:00:00", "0001-01-01T00:00:00"), Some(Ordering::Less));
        assert_eq!(compare("1969-12-31T24:00:00Z", "1970-01-01T00:00:00Z"), Some(Ordering::Equal));
    }

    #[test]
    fn a_year_has_eighteen_digits_at_most() {
        assert!(parts(Calendar::Year, "999999999999999999").is_some());
        assert!(parts(Calendar::Year, "9999999999999999999").is_none());
    }
}
