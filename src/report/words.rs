//! Dates, sizes and numbers as French people write them, on paper and on screens.
//!
//! Pure; hours are those of Paris, where the service's law applies.

use chrono::{DateTime, Datelike, Timelike, Utc};
use chrono_tz::Europe::Paris;

/// The months.
pub const MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

/// « 3 mars 2026 à 14 h 05 min 9 s ».
pub fn second(at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&Paris);
    let date = day_words(local.day(), local.month(), local.year());
    format!("{date} à {}\u{a0}min\u{a0}{}\u{a0}s", hour(at), local.second())
}

/// « 14 h 05 ».
pub fn hour(at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&Paris);
    format!("{}\u{a0}h\u{a0}{:02}", local.hour(), local.minute())
}

/// The day of a month: « 1er », « 2 ».
pub fn day_of_month(day: u32) -> String {
    if day == 1 { "1er".to_owned() } else { day.to_string() }
}

/// « 3 mars 2026 », « 1er mars 2026 ».
pub fn day_words(day: u32, month: u32, year: i32) -> String {
    format!("{}\u{a0}{} {year}", day_of_month(day), MONTHS[(month as usize).clamp(1, 12) - 1])
}

/// « 1,4 Mo », in units of 1 000.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["Ko", "Mo", "Go", "To", "Po"];
    if bytes < 1_000 {
        return count(bytes, "octet", "octets");
    }
    let mut value = bytes as f64 / 1_000.0;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1_000.0;
        unit += 1;
    }
    let written = if value < 9.95 { format!("{value:.1}") } else { format!("{value:.0}") };
    format!("{}\u{a0}{}", written.trim_end_matches(".0").replace('.', ","), UNITS[unit])
}

/// « 12 345 », thousands apart by a narrow space that does not break.
pub fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3 * 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    grouped
}

/// « −8 000,01 € », of cents.
pub fn euros(cents: i64) -> String {
    let magnitude = cents.unsigned_abs();
    let sign = if cents < 0 { "−" } else { "" };
    format!("{sign}{},{:02}\u{a0}€", number(magnitude / 100), magnitude % 100)
}

/// « 1 fichier », « 12 fichiers »; zero is singular in French.
pub fn count(value: u64, one: &str, many: &str) -> String {
    format!("{}\u{a0}{}", number(value), if value < 2 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_to_the_second_at_the_hour_of_paris() {
        let at = "2027-07-01T07:05:09.5Z".parse().unwrap();
        assert_eq!(second(at), "1er\u{a0}juillet 2027 à 9\u{a0}h\u{a0}05\u{a0}min\u{a0}9\u{a0}s");
    }

    #[test]
    fn amounts_are_written_as_in_french() {
        assert_eq!(euros(11_185_144), "111\u{202f}851,44\u{a0}€");
        assert_eq!(euros(-800_001), "−8\u{202f}000,01\u{a0}€");
        assert_eq!((euros(5).as_str(), euros(0).as_str()), ("0,05\u{a0}€", "0,00\u{a0}€"));
    }
}
