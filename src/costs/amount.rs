//! Amounts as people write them.

use super::Cents;

/// A hundred billion euros: past it a comma was forgotten.
pub const CENTS_MAX: Cents = 10_000_000_000_000;

/// Reads `18 400,00`, `−8000.01`, `1250 €`; `None`: it is no amount, or past [`CENTS_MAX`].
pub fn read(text: &str) -> Option<Cents> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace() && *c != '€').collect();
    let (is_negative, plain) = match plain.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest),
        None => (false, plain.as_str()),
    };
    let (euros, cents) = plain.split_once([',', '.']).unwrap_or((plain, ""));
    let is_figures = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if euros.is_empty() || !is_figures(euros) || !is_figures(cents) || cents.len() > 2 {
        return None;
    }
    let whole: Cents = format!("{euros}{cents:0<2}").parse().ok().filter(|whole| *whole <= CENTS_MAX)?;
    Some(if is_negative { -whole } else { whole })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_to_the_cent_or_not_at_all() {
        for (text, cents) in [
            ("18\u{a0}400,00 €", 1_840_000),
            ("18\u{202f}400", 1_840_000),
            ("0,5", 50),
            ("-8000.01", -800_001),
            ("−0,01", -1),
            ("100000000000", CENTS_MAX),
        ] {
            assert_eq!(read(text), Some(cents), "{text}");
        }
        for wrong in
            ["", "€", ",5", "1,234", "--1", "+1", "1,2,3", "douze", "100000000000,01", "99999999999999999999"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
