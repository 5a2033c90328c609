//! Days put together by month: what is held is that of the last day measured, what came is a sum.

use chrono::{Datelike, NaiveDate};

use super::{Amount, DayTotal};

/// A month of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Month {
    /// Its first day.
    pub first: NaiveDate,
    /// The last day measured: what is held is what was held at its end.
    pub last: NaiveDate,
    pub days: u32,
    pub held: Amount,
    pub copies_bytes: i64,
    /// Bytes of every copy, summed over the days: what storage by the day is billed by.
    pub bytes_days: i128,
    pub came: Amount,
    pub refused: i64,
}

/// The months of these days, which are in order.
pub fn months(days: &[DayTotal]) -> Vec<Month> {
    let mut months: Vec<Month> = Vec::new();
    for day in days {
        let first = day.day.with_day(1).unwrap_or(day.day);
        if months.last().is_none_or(|month| month.first != first) {
            let (held, came) = (Amount::default(), Amount::default());
            let none = Month {
                first,
                last: day.day,
                days: 0,
                held,
                copies_bytes: 0,
                bytes_days: 0,
                came,
                refused: 0,
            };
            months.push(none);
        }
        let Some(month) = months.last_mut() else { continue };
        (month.last, month.held, month.copies_bytes) = (day.day, day.held, day.copies_bytes);
        month.days += 1;
        month.bytes_days += i128::from(day.copies_bytes);
        month.came += day.came;
        month.refused += day.refused;
    }
    months
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_holds_what_its_last_day_did_and_receives_what_all_did() {
        let day = |day: &str, archives: i64, came: i64| DayTotal {
            day: day.parse().unwrap(),
            late: false,
            held: Amount { archives, objects: archives, bytes: archives * 10 },
            copies_bytes: archives * 20,
            came: Amount { archives: came, objects: came, bytes: came * 10 },
            refused: 1,
        };
        let found = months(&[day("2027-01-31", 2, 2), day("2027-02-01", 3, 1), day("2027-02-02", 7, 4)]);
        assert_eq!(found.len(), 2);
        let february = found[1];
        assert_eq!((february.first, february.days), ("2027-02-01".parse().unwrap(), 2));
        assert_eq!((february.held.archives, february.copies_bytes), (7, 140));
        assert_eq!((february.bytes_days, february.came.archives, february.refused), (200, 5, 2));
        assert_eq!(months(&[]), []);
    }
}
