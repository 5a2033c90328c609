//! Sentences that several desks say.

use crate::model::Outlook;
use crate::web::pages::words;

/// When a place will be full, after its name: « à ce rythme, pleine en mars 2028 (dans 14 mois) ».
pub fn outlook(outlook: Outlook, measured: &str) -> String {
    match outlook {
        Outlook::Unknown => {
            format!("{measured} depuis moins de deux semaines : trop peu pour dire à quel rythme.")
        }
        Outlook::Still => "À ce rythme, la place ne sera pas atteinte avant vingt ans.".into(),
        Outlook::Full => "La place est atteinte.".into(),
        Outlook::On { day, days, daily } => {
            let when = words::lexical_date(&day.format("%Y-%m").to_string());
            format!(
                "À ce rythme ({} par jour), la place sera atteinte en {when}, dans {}.",
                words::size(daily),
                span(days)
            )
        }
    }
}

/// « 12 jours », « 14 mois », « 3 ans ».
fn span(days: u32) -> String {
    match days {
        0..=60 => words::count(days.into(), "jour", "jours"),
        61..=730 => words::count(u64::from(days / 30), "mois", "mois"),
        _ => words::count(u64::from(days / 365), "an", "ans"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outlook_is_a_sentence() {
        let day = "2028-03-04".parse().unwrap();
        assert_eq!(
            outlook(Outlook::On { day, days: 430, daily: 2_000_000 }, "Mesurée"),
            "À ce rythme (2\u{a0}Mo par jour), la place sera atteinte en mars 2028, dans 14\u{a0}mois."
        );
        assert_eq!([12, 90, 1_100].map(span), ["12\u{a0}jours", "3\u{a0}mois", "3\u{a0}ans"]);
    }
}
