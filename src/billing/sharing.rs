//! A year shared between the members measured: the arithmetic is `costs`', what is weighed is ours.

use super::measures::Weighed;
use super::{Prepared, Year};
use crate::costs::{self, Cents, Item, Measure, Shared, share_year};

/// Shares what the year cost, or should.
///
/// # Errors
/// What to mend: see [`costs::Error`].
pub fn share(year: &Year, members: &[Weighed]) -> Result<Shared, costs::Error> {
    let measures: Vec<(String, Measure)> =
        members.iter().map(|member| (member.code.clone(), member.measure.clone())).collect();
    let items: Vec<Item> = year.items.iter().map(item).collect();
    share_year(&measures, &items)
}

fn item(prepared: &Prepared) -> Item {
    Item {
        id: prepared.item.clone(),
        category: prepared.category,
        amount: prepared.amount(),
        parts: prepared.parts.clone(),
    }
}

/// An amount as people write it: `−8 000,01 €`.
pub fn euros(cents: Cents) -> String {
    let (whole, rest) = (cents.unsigned_abs() / 100, cents.unsigned_abs() % 100);
    let figures = whole.to_string();
    let mut grouped = String::new();
    for (at, figure) in figures.chars().enumerate() {
        if at > 0 && (figures.len() - at).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(figure);
    }
    let sign = if cents < 0 { "−" } else { "" };
    format!("{sign}{grouped},{rest:02}\u{a0}€")
}

#[cfg(test)]
mod tests {
    use super::euros;

    #[test]
    fn amounts_are_written_as_in_french() {
        assert_eq!(euros(11_185_144), "111\u{202f}851,44\u{a0}€");
        assert_eq!(euros(-800_001), "−8\u{202f}000,01\u{a0}€");
        assert_eq!(
            (euros(5), euros(0), euros(100_000)),
            ("0,05\u{a0}€".into(), "0,00\u{a0}€".into(), "1\u{202f}000,00\u{a0}€".into())
        );
    }
}
