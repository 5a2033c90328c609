//! Reading no faster than told, and slower while transfers wait.

use std::time::{Duration, Instant};

use super::Preservation;
use crate::db::jobs;

/// How many times slower while transfers wait. Never stopped: what is always busy would never be read again.
const GIVING_WAY: u32 = 4;
/// Longest pause at once.
const PAUSE_MAX: Duration = Duration::from_secs(600);

/// How long to wait after `size_bytes` were handled in `took`, at so many bytes a second; 0: no limit.
fn pause(size_bytes: u64, took: Duration, rate: u64, transfers_wait: bool) -> Duration {
    if rate == 0 {
        return Duration::ZERO;
    }
    let due = u128::from(size_bytes) * 1_000_000_000 / u128::from(rate);
    let due = Duration::from_nanos(u64::try_from(due).unwrap_or(u64::MAX));
    let due = if transfers_wait { due.saturating_mul(GIVING_WAY) } else { due };
    due.saturating_sub(took).min(PAUSE_MAX)
}

impl Preservation {
    /// Waits as long as the settings ask after a reading that began then.
    pub(super) async fn keep_pace(&self, size_bytes: u64, began: Instant) {
        let rate = self.settings.bytes_per_second;
        if rate == 0 {
            return;
        }
        // A queue that does not answer is a reason to go slowly.
        let wait = jobs::is_foreground_due(&self.db, self.clock.now()).await.unwrap_or(true);
        tokio::time::sleep(pause(size_bytes, began.elapsed(), rate, wait)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_too_fast_is_waited_for() {
        let seconds = Duration::from_secs;
        assert_eq!(pause(100, seconds(1), 10, false), seconds(9));
        assert_eq!(pause(100, seconds(1), 10, true), seconds(39), "a quarter of the rate");
        assert_eq!(pause(100, seconds(11), 10, false), Duration::ZERO, "the disk was slower");
        assert_eq!(pause(u64::MAX, Duration::ZERO, 0, true), Duration::ZERO, "no limit");
        assert_eq!(pause(u64::MAX, Duration::ZERO, 1, true), PAUSE_MAX);
    }
}
