//! The settings of the virus scanner, looked at. A wrong one is refused whether there is a scanner or not.

use std::time::Duration;

use super::written::Antivirus;
use crate::antivirus::{Address, Settings};

/// Past two thousand million bytes `clamd` answers without looking, whatever its own settings say.
const STREAM_BYTES: std::ops::RangeInclusive<u64> = 65_536..=2_000_000_000;
/// Held in memory for each file that is being shown in parts.
const OVERLAP_BYTES: std::ops::RangeInclusive<u64> = 1_024..=16_777_216;

/// The scanner's settings, `None` when it has no address; else the setting's name and the reason.
pub(super) fn checked(written: &Antivirus) -> Result<Option<Settings>, (&'static str, &'static str)> {
    if !STREAM_BYTES.contains(&written.stream_bytes_max) {
        return Err(("antivirus.stream_bytes_max", "de 65536 à 2000000000"));
    }
    let overlap = written.parts_overlap_bytes;
    if !OVERLAP_BYTES.contains(&overlap) || overlap > written.stream_bytes_max / 2 {
        return Err((
            "antivirus.parts_overlap_bytes",
            "de 1024 à 16777216, et la moitié de stream_bytes_max au plus",
        ));
    }
    if !(1..=3_600).contains(&written.timeout_seconds) {
        return Err(("antivirus.timeout_seconds", "de 1 à 3600"));
    }
    if written.address.is_empty() {
        return Ok(None);
    }
    let address = Address::from_text(&written.address).ok_or((
        "antivirus.address",
        "le chemin d'une socket Unix (/run/clamav/clamd.ctl) ou hôte:port est attendu",
    ))?;
    Ok(Some(Settings {
        address,
        stream_bytes_max: written.stream_bytes_max,
        parts_overlap_bytes: overlap as usize,
        timeout: Duration::from_secs(written.timeout_seconds),
    }))
}
