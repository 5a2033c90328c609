//! A member's quota as an acceptance takes from it: who is told, and when.
//!
//! Told in the transaction that passes a threshold, so once and never too late; a quota that is raised may be told of again.

use crate::clock::Clock;
use crate::db::{self, TenantTx};
use crate::mail::{self, Letter};

/// Percents of the quota at which the member's administrators are written to.
pub const TOLD_AT: [u64; 2] = [80, 95];

/// What a member holds once a deposit is counted, and may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Held {
    pub bytes: u64,
    pub bytes_max: u64,
}

impl Held {
    /// The highest threshold that this many bytes have just passed.
    fn passed_by(self, coming: u64) -> Option<u64> {
        let is_past = |bytes: u64, percent: u64| {
            u128::from(bytes) * 100 >= u128::from(self.bytes_max) * u128::from(percent)
        };
        let before = self.bytes.saturating_sub(coming);
        let passes = |percent: &u64| is_past(self.bytes, *percent) && !is_past(before, *percent);
        TOLD_AT.into_iter().rev().find(passes)
    }
}

/// Writes to the administrators when these bytes have passed a threshold.
pub(super) async fn tell(tx: &mut TenantTx, clock: &Clock, held: Held, coming: u64) -> Result<(), db::Error> {
    let Some(percent) = held.passed_by(coming) else { return Ok(()) };
    let topic = format!("quota:{percent}:{}", held.bytes_max);
    let letter = Letter::Quota { percent, held: held.bytes, promised: held.bytes_max };
    mail::write_to_administrators(tx, clock, &topic, &letter).await
}

#[cfg(test)]
mod tests {
    use super::Held;

    #[test]
    fn a_threshold_is_passed_once_and_the_highest_is_told() {
        let held = |bytes| Held { bytes, bytes_max: 1_000 };
        assert_eq!(held(799).passed_by(100), None);
        assert_eq!(held(800).passed_by(1), Some(80), "reached is passed");
        assert_eq!(held(810).passed_by(10), None, "told already");
        assert_eq!(held(960).passed_by(300), Some(95), "both at once: the graver");
        assert_eq!(held(960).passed_by(10), None);
        assert_eq!(held(1_000).passed_by(1_000), Some(95));
        assert_eq!(Held { bytes: u64::MAX, bytes_max: u64::MAX }.passed_by(1), None, "no overflow");
    }
}
