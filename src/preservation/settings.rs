//! How often copies are read, how fast, and when it is too long; the defaults are those of `config.toml`.

use chrono::{DateTime, Months, TimeDelta, Utc};

/// Settings of the readings: `[integrity]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    pub cycle_months: u32,
    /// Of the copies of a member on a site, each day.
    pub sample_per_million: u32,
    pub overdue_hours: u32,
    /// 0: no limit.
    pub bytes_per_second: u64,
    /// 0: no limit.
    pub repair_bytes_per_second: u64,
    /// `None`: a communication asks for no reading.
    pub communication_days: Option<u32>,
    pub canaries: u32,
    pub canary_days: u32,
    pub canary_found_days: u32,
    pub listing_days: u32,
    pub orphan_days: u32,
    pub set_aside_days: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            cycle_months: 12,
            sample_per_million: 10_000,
            overdue_hours: 26,
            bytes_per_second: 50_000_000,
            repair_bytes_per_second: 20_000_000,
            communication_days: Some(30),
            canaries: 10,
            canary_days: 7,
            canary_found_days: 90,
            listing_days: 30,
            orphan_days: 90,
            set_aside_days: 30,
        }
    }
}

impl Settings {
    /// A copy read before this moment is late.
    pub(super) fn cycle_began(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now.checked_sub_months(Months::new(self.cycle_months)).unwrap_or(DateTime::UNIX_EPOCH)
    }

    /// Days over which a cycle is spread: a little shorter than the months, for the days when nothing was read.
    pub(super) fn cycle_days(&self) -> u64 {
        u64::from(self.cycle_months) * 30
    }

    /// A sample older than this is an alert.
    pub(super) fn overdue(&self) -> TimeDelta {
        TimeDelta::hours(self.overdue_hours.into())
    }

    /// Bytes to be written in a second to mend a copy; `None`: as fast as the disks go.
    pub(super) fn repair_rate(&self) -> Option<u64> {
        Some(self.repair_bytes_per_second).filter(|&rate| rate > 0)
    }
}
