//! What is read when: rules of the daily sample and of the yearly cycle.
//!
//! Pure. A sample is drawn with a seed of its own each day; the cycle takes the oldest readings first, as many as
//! bring every copy round in time; both begin at an hour of the member's and site's own.

use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone, Utc};
use chrono_tz::Europe::Paris;
use uuid::Uuid;

use crate::model::TenantId;

/// Minutes of the day over which the beginnings of members and sites are spread.
const SPREAD_MINUTES: u64 = 20 * 60;

/// Faults found in a day from which a whole site is taken for damaged, and their share of what was read.
const WIDESPREAD_MIN: u64 = 3;
const WIDESPREAD_SHARE: u64 = 10;

/// Copies to draw among so many: the share rounded up, one at least.
pub(super) fn sample_size(copies: u64, per_million: u32) -> u64 {
    let share = (u128::from(copies) * u128::from(per_million)).div_ceil(1_000_000);
    u64::try_from(share).unwrap_or(copies).min(copies)
}

/// Copies to be read on this day so that all of them are within `cycle_days`; whole numbers that add up to all of
/// them, on days that differ from one member and site to another.
pub(super) fn cycle_share(copies: u64, cycle_days: u64, day: NaiveDate, place: u64) -> u64 {
    let (copies, cycle) = (u128::from(copies), u128::from(cycle_days.max(1)));
    let since_ever = u64::try_from(day.signed_duration_since(NaiveDate::MIN).num_days()).unwrap_or(0);
    let day = (u128::from(since_ever) + u128::from(place % cycle_days.max(1))) % cycle;
    let up_to = |days: u128| copies * days / cycle;
    u64::try_from(up_to(day + 1) - up_to(day)).unwrap_or(u64::MAX)
}

/// When the day's readings of a member on a site begin.
pub(super) fn begins_at(day: NaiveDate, place: u64) -> DateTime<Utc> {
    let midnight = day.and_time(chrono::NaiveTime::MIN);
    let midnight = Paris
        .from_local_datetime(&midnight)
        .earliest()
        .map_or_else(|| midnight.and_utc(), |local| local.with_timezone(&Utc));
    midnight + TimeDelta::minutes(i64::try_from(place % SPREAD_MINUTES).unwrap_or(0))
}

/// A number of the member's and site's own.
pub(super) fn place(tenant: TenantId, site: &str) -> u64 {
    let bytes = Uuid::new_v5(&tenant.as_uuid(), site.as_bytes()).into_bytes();
    u64::from_be_bytes([bytes[8], bytes[9], bytes[10], bytes[11], bytes[12], bytes[13], bytes[14], bytes[15]])
}

/// Whether so many faults among what was read today speak of the whole site: then all of it is read, now.
pub(super) fn is_widespread(read: u64, faulty: u64) -> bool {
    faulty >= WIDESPREAD_MIN && faulty * WIDESPREAD_SHARE >= read
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(number: i64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2027, 3, 1).unwrap() + TimeDelta::days(number)
    }

    #[test]
    fn a_sample_is_rounded_up_and_never_more_than_all() {
        let sizes = [0, 1, 99, 100, 101, 1_000_000].map(|copies| sample_size(copies, 10_000));
        assert_eq!(sizes, [0, 1, 1, 1, 2, 10_000]);
        assert_eq!((sample_size(7, 1_000_000), sample_size(u64::MAX, 1_000_000)), (7, u64::MAX));
    }

    #[test]
    fn a_cycle_reads_each_copy_once_whatever_their_number() {
        for copies in [0, 1, 5, 359, 360, 361, 1_000, 1_000_003] {
            for place in [0, 17, 359, u64::MAX] {
                let shares = (0..360).map(|number| cycle_share(copies, 360, day(number), place));
                let shares: Vec<u64> = shares.collect();
                assert_eq!(shares.iter().sum::<u64>(), copies, "{copies} from {place}");
                let (least, most) = (shares.iter().min().unwrap(), shares.iter().max().unwrap());
                assert!(most - least <= 1, "{copies}: from {least} to {most} a day");
            }
        }
    }

    #[test]
    fn few_copies_are_read_on_different_days_by_different_members() {
        let days: std::collections::BTreeSet<usize> = (0..50)
            .map(|place| (0..360).position(|d| cycle_share(1, 360, day(d), place * 7) == 1).unwrap())
            .collect();
        assert_eq!(days.len(), 50);
    }

    #[test]
    fn beginnings_are_spread_over_the_day_and_stay_where_they_are() {
        let tenants: Vec<TenantId> = (0..300).map(|n| TenantId::of_member(&format!("m{n}"))).collect();
        let begins: Vec<_> = tenants.iter().map(|tenant| begins_at(day(0), place(*tenant, "nord"))).collect();
        let hours: std::collections::BTreeSet<i64> =
            begins.iter().map(|at| (*at - begins_at(day(0), 0)).num_hours()).collect();
        assert_eq!(hours, (0..20).collect());
        let tomorrow = begins_at(day(1), place(tenants[0], "nord"));
        assert_eq!(tomorrow - begins[0], TimeDelta::days(1));
        assert_ne!(place(tenants[0], "nord"), place(tenants[0], "sud"));
    }

    #[test]
    fn a_day_that_has_no_midnight_begins_all_the_same() {
        // Clocks change at two or three in Paris, never at midnight; the day after is 23 hours later.
        let change = NaiveDate::from_ymd_opt(2027, 3, 28).unwrap();
        let next = NaiveDate::from_ymd_opt(2027, 3, 29).unwrap();
        assert_eq!(begins_at(next, 0) - begins_at(change, 0), TimeDelta::hours(23));
    }

    #[test]
    fn one_wrong_copy_is_bad_luck_and_many_are_a_disk() {
        let widespread = [(100, 2), (1, 1), (3, 3), (30, 3), (31, 3), (1_000, 100)];
        assert_eq!(
            widespread.map(|(read, faulty)| is_widespread(read, faulty)),
            [false, false, true, true, false, true]
        );
    }
}
