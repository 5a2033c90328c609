//! SIREN and SIRET: digits with a check digit (Luhn).

/// The postal service's SIRET numbers follow another rule (its SIREN is 356 000 000).
const LA_POSTE: &str = "356000000";

/// Whether these are nine digits with a right check digit.
pub fn is_siren(number: &str) -> bool {
    digits(number, 9).is_some_and(|digits| luhn(&digits))
}

/// Whether these are fourteen digits with a right check digit.
pub fn is_siret(number: &str) -> bool {
    digits(number, 14).is_some_and(|digits| {
        luhn(&digits) || (number.starts_with(LA_POSTE) && digits.iter().sum::<u32>().is_multiple_of(5))
    })
}

fn digits(number: &str, count: usize) -> Option<Vec<u32>> {
    let digits: Option<Vec<u32>> = number.chars().map(|character| character.to_digit(10)).collect();
    digits.filter(|digits| digits.len() == count)
}

/// Every second digit from the right counts twice, its own digits summed.
fn luhn(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(rank, digit)| match (rank % 2, digit) {
            (0, digit) => *digit,
            (_, digit) => digit * 2 - if *digit > 4 { 9 } else { 0 },
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_digit_tells_a_slip_of_the_finger() {
        // INSEE's own documentation: 732829320 and 73282932000074.
        for (number, siren, siret) in [
            ("732829320", true, false),
            ("732829321", false, false),
            ("73282932000074", false, true),
            ("73282932000075", false, false),
            ("35600000000048", false, true),
            ("35600000049837", false, true),
            ("7328293 20", false, false),
            ("", false, false),
        ] {
            assert_eq!((is_siren(number), is_siret(number)), (siren, siret), "{number}");
        }
    }
}
