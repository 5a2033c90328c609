//! Which of two rules keeps more, or longer; and what a transfer keeps less than its rule asks.

use chrono::NaiveDate;

use super::{Appraisal, Appraisals};
use crate::model::findings as f;
use crate::model::{Fate, Finding, RetentionRule, Utility};
use crate::seda::opening::delay_years;
use crate::seda::span::Span;

/// Whether `below` keeps at least as much as `above`, at least as long, and opens no sooner: what a lower level may say by
/// itself. A time counted from another event cannot be compared.
pub fn is_as_protective(below: &RetentionRule, above: &RetentionRule) -> bool {
    let keeps = below.fate >= above.fate;
    let lasts = match (&below.utility, &above.utility) {
        (Utility::Unlimited, _) => true,
        (below, above) if below == above => true,
        (Utility::Lasting(below), Utility::Lasting(above)) => days(below) >= days(above),
        _ => false,
    };
    let opens = match (&below.access, &above.access) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(below), Some(above)) => delay_years(below) >= delay_years(above),
    };
    keeps && lasts && below.starts == above.starts && opens
}

fn days(duration: &str) -> Option<i64> {
    Span::read(duration)?.ok().map(Span::days)
}

/// The rule that stands on a day, of one code, from those of each level, the highest first: a lower one stands when it was
/// validated, or is as protective as what stands above it.
pub fn in_force(levels: Vec<RetentionRule>, day: NaiveDate) -> Option<RetentionRule> {
    levels.into_iter().filter(|rule| rule.stands_on(day)).reduce(|above, below| {
        if below.is_validated || is_as_protective(&below, &above) { below } else { above }
    })
}

/// What a transfer says of its files that keeps less than the rule of its agreement. The rule applies all the same.
pub fn weaknesses(said: &Appraisals, rule: &RetentionRule) -> Vec<Finding> {
    said.each().filter_map(|said| Some(told(said, rule, weakness(said, rule)?))).collect()
}

fn weakness(said: &Appraisal, rule: &RetentionRule) -> Option<String> {
    if said.destroys && rule.fate != Fate::Destroy {
        return Some(format!(
            "le sort final « éliminer », où le tableau de gestion dit « {} »",
            rule.fate.label()
        ));
    }
    // Nothing said, or a code of another table: nothing to compare.
    let span = said.longest.filter(|_| !said.has_codes)?;
    let is_short = match &rule.utility {
        Utility::Lasting(duration) => days(duration).is_some_and(|asked| span.days() < asked),
        Utility::Unlimited => said.destroys,
        Utility::Unknown => false,
    };
    let asked = match &rule.utility {
        Utility::Unlimited => "ne la limite pas".to_owned(),
        utility => format!("demande {}", utility.word()),
    };
    is_short.then(|| format!("une DUA de {span}, où le tableau de gestion {asked}"))
}

fn told(said: &Appraisal, rule: &RetentionRule, weakness: String) -> Finding {
    let others = match said.units {
        0 | 1 => String::new(),
        units => format!(" et {} autres", units - 1),
    };
    let doubt = if rule.is_validated { "" } else { ", règle à valider" };
    let message = format!(
        "l'unité {}{others} : {weakness} ({}, {}{doubt}) ; c'est le tableau de gestion qui s'applique",
        said.first_id, rule.code, rule.typology
    );
    Finding::new(&f::RULE_LESS_PROTECTIVE, message).at_line(said.line).in_path(&said.first_id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::StartEvent;

    fn rule(duration: &str, fate: Fate) -> RetentionRule {
        RetentionRule {
            code: "X".into(),
            typology: "Actes".into(),
            utility: Utility::Lasting(duration.into()),
            starts: StartEvent::Date,
            fate,
            access: None,
            reference: String::new(),
            valid_from: None,
            valid_until: None,
            is_validated: false,
        }
    }

    #[test]
    fn a_lower_level_may_only_be_stricter_unless_it_was_validated() {
        let day = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day");
        let of = |levels: &[RetentionRule]| {
            in_force(levels.to_vec(), day).map(|rule| (rule.utility.word().to_owned(), rule.fate))
        };
        let base = rule("P10Y", Fate::Destroy);
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[base.clone(), rule("P12Y", Fate::Keep)]), Some(("P12Y".into(), Fate::Keep)));
        assert_eq!(of(&[base.clone(), rule("P9Y", Fate::Keep)]), Some(("P10Y".into(), Fate::Destroy)));
        let validated = RetentionRule { is_validated: true, ..rule("P9Y", Fate::Destroy) };
        assert_eq!(of(&[base.clone(), validated.clone()]), Some(("P9Y".into(), Fate::Destroy)));
        assert_eq!(
            of(&[base.clone(), validated, rule("P8Y", Fate::Destroy)]),
            Some(("P9Y".into(), Fate::Destroy))
        );
        let past =
            RetentionRule { valid_until: NaiveDate::from_ymd_opt(2025, 12, 31), ..rule("P30Y", Fate::Keep) };
        assert_eq!(of(&[base.clone(), past]), Some(("P10Y".into(), Fate::Destroy)));
        let closed = RetentionRule { access: Some("AR048".into()), ..base.clone() };
        let opened = RetentionRule { access: Some("AR038".into()), ..base.clone() };
        assert!(is_as_protective(&closed, &opened) && !is_as_protective(&opened, &closed));
        assert!(!is_as_protective(&RetentionRule { starts: StartEvent::Birth, ..base.clone() }, &base));
        assert!(is_as_protective(&rule("P120M", Fate::Destroy), &base));
    }
}
