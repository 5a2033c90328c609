//! When what fills will be full, at the pace that was measured: the line of the least squares through what was held each day.
//!
//! Pure. It promises nothing: too few days, or nothing that grows, and it says so.

use chrono::{Days, NaiveDate};

/// Fewest days between the first measure and the last from which a pace is told.
pub const SPAN_DAYS_MIN: i64 = 14;
/// Days past which nobody can tell.
const HORIZON_DAYS: f64 = 20.0 * 365.25;

/// What the pace says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlook {
    /// Not measured for long enough.
    Unknown,
    /// Nothing grows, or not enough to fill it within twenty years.
    Still,
    /// It is full.
    Full,
    /// Full on that day, so many days after the last measure, at so many bytes a day.
    On { day: NaiveDate, days: u32, daily: u64 },
}

/// What becomes of a place of `most` bytes of which so many were taken each day measured, in order.
pub fn outlook(taken: &[(NaiveDate, u64)], most: u64) -> Outlook {
    let (Some((first, _)), Some((last, held))) = (taken.first(), taken.last()) else {
        return Outlook::Unknown;
    };
    if *held >= most {
        return Outlook::Full;
    }
    if (*last - *first).num_days() < SPAN_DAYS_MIN {
        return Outlook::Unknown;
    }
    let daily = slope(taken, *first);
    let days = (most - held) as f64 / daily;
    if daily < 1.0 || !days.is_finite() || days > HORIZON_DAYS {
        return Outlook::Still;
    }
    let days = days.ceil() as u32;
    match last.checked_add_days(Days::new(days.into())) {
        Some(day) => Outlook::On { day, days, daily: daily.round() as u64 },
        None => Outlook::Still,
    }
}

/// Bytes a day; nothing of one day alone.
fn slope(taken: &[(NaiveDate, u64)], first: NaiveDate) -> f64 {
    let count = taken.len() as f64;
    let points = || taken.iter().map(|(day, bytes)| ((*day - first).num_days() as f64, *bytes as f64));
    let (mean_day, mean_bytes) = (
        points().map(|(day, _)| day).sum::<f64>() / count,
        points().map(|(_, bytes)| bytes).sum::<f64>() / count,
    );
    let spread: f64 = points().map(|(day, _)| (day - mean_day).powi(2)).sum();
    let together: f64 = points().map(|(day, bytes)| (day - mean_day) * (bytes - mean_bytes)).sum();
    if spread > 0.0 { together / spread } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(n: u64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2027, 1, 1).unwrap() + Days::new(n)
    }

    fn measured(days: u64, of: impl Fn(u64) -> u64) -> Vec<(NaiveDate, u64)> {
        (0..days).map(|n| (day(n), of(n))).collect()
    }

    #[test]
    fn what_grows_steadily_is_full_on_a_day() {
        let taken = measured(31, |n| 1_000 + 10 * n);
        assert_eq!(outlook(&taken, 2_000), Outlook::On { day: day(100), days: 70, daily: 10 });
        // One large deposit among quiet days does not make the pace of the last day.
        let jump = measured(31, |n| if n < 15 { 0 } else { 1_000 });
        assert!(matches!(outlook(&jump, 10_000), Outlook::On { days, .. } if days > 150));
    }

    #[test]
    fn what_does_not_grow_or_was_measured_too_little_is_not_foretold() {
        assert_eq!(outlook(&[], 10), Outlook::Unknown);
        assert_eq!(outlook(&measured(10, |n| n * 100), 10_000), Outlook::Unknown);
        assert_eq!(outlook(&measured(31, |_| 500), 10_000), Outlook::Still);
        assert_eq!(outlook(&measured(31, |n| 900 - n), 10_000), Outlook::Still);
        assert_eq!(outlook(&measured(31, |n| n), u64::MAX), Outlook::Still);
        assert_eq!(outlook(&measured(1, |_| 10), 10), Outlook::Full);
        assert_eq!(outlook(&measured(31, |_| 0), 0), Outlook::Full);
    }
}
