//! The settings of the readings: bounds that keep a schedule possible.

use super::written::Integrity;
use crate::preservation::Settings;

/// The settings, or the path of the one at fault and the reason.
pub(super) fn checked(written: &Integrity) -> Result<Settings, (String, String)> {
    let bad = |name: &str, reason: &str| Err((format!("integrity.{name}"), reason.to_string()));
    if !(0.0..=100.0).contains(&written.sample_percent) || written.sample_percent == 0.0 {
        return bad("sample_percent", "de 0,0001 à 100");
    }
    let days = [
        ("canary_days", written.canary_days),
        ("canary_found_days", written.canary_found_days),
        ("listing_days", written.listing_days),
        ("orphan_days", written.orphan_days),
        ("set_aside_days", written.set_aside_days),
    ];
    if let Some((name, _)) = days.iter().find(|(_, days)| !(1..=36_500).contains(days)) {
        return bad(name, "de 1 à 36500");
    }
    if !(1..=1_200).contains(&written.cycle_months) {
        return bad("cycle_months", "de 1 à 1200");
    }
    // A day's sample takes its time, and two of them are a day apart.
    if !(25..=1_000).contains(&written.overdue_hours) {
        return bad("overdue_hours", "de 25 à 1000");
    }
    if written.canaries > 1_000 {
        return bad("canaries", "1000 au plus");
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 100, looked at above"
    )]
    let sample_per_million = ((written.sample_percent * 10_000.0).ceil() as u32).max(1);
    Ok(Settings {
        cycle_months: written.cycle_months,
        sample_per_million,
        overdue_hours: written.overdue_hours,
        bytes_per_second: written.bytes_per_second,
        repair_bytes_per_second: written.repair_bytes_per_second,
        communication_days: u32::try_from(written.communication_days).ok(),
        canaries: written.canaries,
        canary_days: written.canary_days,
        canary_found_days: written.canary_found_days,
        listing_days: written.listing_days,
        orphan_days: written.orphan_days,
        set_aside_days: written.set_aside_days,
    })
}
