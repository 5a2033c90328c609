//! How many wrong passwords before one has to wait: a rule, counted by login *and* address.
//!
//! Whoever guesses at a colleague's password makes only their own address wait.

use chrono::{DateTime, TimeDelta, Utc};

/// Wrong passwords, or codes, in a row that cost nothing but the typing.
const FREE: i32 = 4;
/// Longest wait.
const WAIT_MINUTES_MAX: i64 = 30;
/// After so long without a failure, all is forgotten.
pub(super) const FORGOTTEN_AFTER: TimeDelta = TimeDelta::hours(12);

/// Until when one has to wait after `failures` in a row, the last one at `at`: 1, 2, 4… minutes.
pub(super) fn locked_until(failures: i32, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let past_free = failures.saturating_sub(FREE);
    let minutes = (past_free > 0).then(|| (1_i64 << (past_free - 1).min(10)).min(WAIT_MINUTES_MAX));
    minutes.map(|minutes| at + TimeDelta::minutes(minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_from_the_fifth_failure_up_to_half_an_hour() {
        let at = "2027-03-01T08:00:00Z".parse().unwrap();
        let minutes: Vec<Option<i64>> = (1..=11)
            .map(|failures| locked_until(failures, at).map(|until| (until - at).num_minutes()))
            .collect();
        let (n, s) = (None, Some);
        assert_eq!(minutes, [n, n, n, n, s(1), s(2), s(4), s(8), s(16), s(30), s(30)]);
        assert_eq!(locked_until(i32::MAX, at), Some(at + TimeDelta::minutes(30)));
    }
}
