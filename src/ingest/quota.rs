//! A member's quota as an acceptance takes from it: who is told, and when.
//!
//! Told in the transaction that passes a threshold, so once and never too late; a quota that is raised may be told of again.

use chrono::TimeDelta;

use super::{Ingest, seal_queries};
use crate::clock::Clock;
use crate::db::{self, TenantTx};
use crate::mail::{self, Letter};
use crate::model::findings as f;
use crate::model::{Deposited, Finding, TenantId, Transfer};

/// Percents of the quota at which the member's administrators are written to.
pub const TOLD_AT: [u64; 2] = [80, 95];

/// What a member holds once a deposit is counted, and may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Held {
    pub bytes: u64,
    pub bytes_max: u64,
    /// Past it people are told, and nothing is refused.
    pub bytes_soft: Option<u64>,
}

/// What a member may still deposit; `None`: as much as one likes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Room {
    pub bytes: u64,
    pub objects: Option<u64>,
    /// Of today.
    pub deposits: Option<u64>,
    /// Bytes before the soft quota; less than zero past it.
    pub soft_bytes: Option<i64>,
}

impl Ingest {
    /// What the member may still deposit today; nothing without a quota.
    pub async fn room(&self, tenant: TenantId) -> Result<Room, db::Error> {
        seal_queries::room_left(&mut self.db.read(tenant).await?, self.clock.today()).await
    }
}

/// Everything that a deposit would pass.
pub(super) fn check(room: &Room, coming: Deposited) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut refuse = |message: String| found.push(Finding::new(&f::QUOTA_EXCEEDED, message));
    if coming.bytes > room.bytes {
        refuse(format!(
            "Le versement pèse {} octets ; il en reste {} au quota de la collectivité.",
            coming.bytes, room.bytes
        ));
    }
    if let Some(left) = room.objects.filter(|left| coming.files > *left) {
        refuse(format!(
            "Le versement compte {} fichiers ; il en reste {left} au quota de la collectivité.",
            coming.files
        ));
    }
    if room.deposits == Some(0) {
        refuse(
            "La collectivité a fait aujourd'hui tous les versements que son quota admet en un jour.".into(),
        );
    }
    if let Some(left) = room.soft_bytes.filter(|left| i64::try_from(coming.bytes).unwrap_or(i64::MAX) > *left)
    {
        let passed = if left < 0 { "est dépassé" } else { "sera dépassé par ce versement" };
        let message = format!("Le quota souple de la collectivité {passed}.");
        found.push(Finding::new(&f::QUOTA_SOFT, message));
    }
    found
}

/// Whether a machine's deposit waits for room instead of being refused: nothing else is against it, and it is young
/// (norms §10). People are told at once, and may do something.
pub(super) fn waits(transfer: &Transfer, findings: &[Finding], clock: &Clock, days: u32) -> bool {
    let until = transfer.received_at + TimeDelta::days(days.into());
    transfer.machine_id.is_some() && lacks_room_alone(findings) && clock.now() < until
}

/// Whether the lack of room is all that is against a deposit.
pub(super) fn lacks_room_alone(findings: &[Finding]) -> bool {
    let mut errors = findings.iter().filter(|finding| finding.is_error()).peekable();
    errors.peek().is_some() && errors.all(|error| std::ptr::eq(error.kind, &f::QUOTA_EXCEEDED))
}

impl Held {
    /// Of the quota.
    fn percent(self) -> u64 {
        let percent = (u128::from(self.bytes) * 100).checked_div(u128::from(self.bytes_max));
        percent.map_or(100, |percent| percent.min(100) as u64)
    }

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
    let before = held.bytes.saturating_sub(coming);
    if let Some(soft) = held.bytes_soft.filter(|soft| before <= *soft && held.bytes > *soft) {
        let percent = held.percent();
        let letter = Letter::Quota { percent, held: held.bytes, promised: held.bytes_max };
        mail::write_to_administrators(tx, clock, &format!("quota:souple:{soft}"), &letter).await?;
    }
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
        let held = |bytes| Held { bytes, bytes_max: 1_000, bytes_soft: None };
        assert_eq!(held(799).passed_by(100), None);
        assert_eq!(held(800).passed_by(1), Some(80), "reached is passed");
        assert_eq!(held(810).passed_by(10), None, "told already");
        assert_eq!(held(960).passed_by(300), Some(95), "both at once: the graver");
        assert_eq!(held(960).passed_by(10), None);
        assert_eq!(held(1_000).passed_by(1_000), Some(95));
        assert_eq!(
            Held { bytes: u64::MAX, bytes_max: u64::MAX, bytes_soft: None }.passed_by(1),
            None,
            "no overflow"
        );
    }
}
