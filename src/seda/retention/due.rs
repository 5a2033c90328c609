//! The day on which a unit's time is over, and what is to become of it: its own rules, those above, and the schedule's.

use chrono::NaiveDate;

use crate::model::{Fate, RetentionRule, Rule, Rules, Utility};
use crate::seda::opening::Term;
use crate::seda::span;

/// What is said of a unit's time and fate, by itself and by what contains it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    pub terms: Vec<Term>,
    /// The one that keeps most.
    pub fate: Option<Fate>,
}

/// What is in effect on a unit: its own, and what is in effect above that it lets through.
pub fn in_effect(own: &Rules, above: Said) -> Said {
    let own: Vec<&Rule> = own.rules.iter().filter(|rule| rule.category == "AppraisalRule").collect();
    let stops = own.iter().any(|rule| rule.prevent_inheritance);
    let sets_aside = |term: &Term| stops || own.iter().any(|rule| rule.ref_non_rule_ids.contains(&term.0));
    // Which fate goes with rules that are set aside is not said.
    let keeps_fate = !stops && own.iter().all(|rule| rule.ref_non_rule_ids.is_empty());
    let fates = own.iter().filter_map(|rule| match rule.final_action.as_deref() {
        Some("Keep") => Some(Fate::Keep),
        Some("Destroy") => Some(Fate::Destroy),
        _ => None,
    });
    let fate = fates.chain(above.fate.filter(|_| keeps_fate)).max();
    let mut terms: Vec<Term> = own.iter().flat_map(|rule| rule.terms.iter().cloned()).collect();
    for term in above.terms {
        if !sets_aside(&term) && !terms.contains(&term) {
            terms.push(term);
        }
    }
    Said { terms, fate }
}

/// What comes of a unit, and when. Neither is an order: nothing is destroyed without people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// The last day of its time; `None`: nobody can tell, so never.
    pub until: Option<NaiveDate>,
    /// `None`: nobody has said.
    pub fate: Option<Fate>,
    /// The schedule asks for more than the transfer said.
    pub by_schedule: bool,
}

/// Of what is in effect and of the schedule's rule, what keeps more and longer.
pub fn due(said: &Said, schedule: Option<&RetentionRule>) -> Due {
    // One term without an end, and there is none.
    let ends: Option<Vec<NaiveDate>> =
        said.terms.iter().map(|(id, start)| span::end(id, start.as_deref())).collect();
    let until = ends.and_then(|ends| ends.into_iter().max());
    let Some(rule) = schedule else { return Due { until, fate: said.fate, by_schedule: false } };
    let start = said.terms.iter().filter_map(|(_, start)| start.as_deref()).max();
    let asked = match &rule.utility {
        Utility::Lasting(duration) => span::end(duration, start),
        Utility::Unlimited | Utility::Unknown => None,
    };
    let kept = until.zip(asked).map(|(said, asked)| said.max(asked));
    let fate = Some(said.fate.map_or(rule.fate, |fate| fate.max(rule.fate)));
    Due { until: kept, fate, by_schedule: (kept, fate) != (until, said.fate) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::StartEvent;

    fn rule(terms: &[(&str, Option<&str>)], final_action: &str) -> Rules {
        let terms = terms.iter().map(|(id, start)| ((*id).to_owned(), start.map(str::to_owned))).collect();
        let rule = Rule {
            category: "AppraisalRule".into(),
            terms,
            final_action: Some(final_action.into()),
            ..Rule::default()
        };
        Rules { rules: vec![rule] }
    }

    fn scheduled(duration: &str, fate: Fate) -> RetentionRule {
        RetentionRule {
            code: "X".into(),
            typology: "Actes".into(),
            utility: Utility::from_word(duration),
            starts: StartEvent::Date,
            fate,
            access: None,
            reference: String::new(),
            valid_from: None,
            valid_until: None,
            is_validated: true,
        }
    }

    fn day(text: &str) -> Option<NaiveDate> {
        text.parse().ok()
    }

    #[test]
    fn the_dates_of_the_oracle_are_found() {
        let until = |duration: &str, start: &str| {
            due(&in_effect(&rule(&[(duration, Some(start))], "Destroy"), Said::default()), None).until
        };
        // Eliminable the day after.
        assert_eq!(until("P10Y", "2016-12-31"), day("2026-12-31"));
        assert_eq!(until("P80Y", "1964-02-29"), day("2044-02-29"));
    }

    #[test]
    fn a_rule_without_a_start_is_never_due() {
        let said =
            in_effect(&rule(&[("P10Y", None), ("P1Y", Some("2020-01-01"))], "Destroy"), Said::default());
        assert_eq!(due(&said, None), Due { until: None, fate: Some(Fate::Destroy), by_schedule: false });
        assert_eq!(due(&Said::default(), None), Due::default());
    }

    #[test]
    fn what_keeps_more_or_longer_applies() {
        let said = in_effect(&rule(&[("P1Y", Some("2020-01-01"))], "Destroy"), Said::default());
        let of = |duration: &str, fate| due(&said, Some(&scheduled(duration, fate)));
        let expected = |until, fate, by_schedule| Due { until: day(until), fate: Some(fate), by_schedule };
        assert_eq!(of("P1Y", Fate::Destroy), expected("2021-01-01", Fate::Destroy, false));
        assert_eq!(of("P5Y", Fate::Sort), expected("2025-01-01", Fate::Sort, true));
        assert_eq!(of("P6M", Fate::Keep), expected("2021-01-01", Fate::Keep, true));
        assert_eq!(of("ILLIMITEE", Fate::Keep), expected("", Fate::Keep, true));
        assert_eq!(of("", Fate::Destroy), expected("", Fate::Destroy, true), "unknown is never due");
    }

    #[test]
    fn rules_come_down_the_tree_unless_they_are_stopped() {
        let above = in_effect(&rule(&[("P10Y", Some("2020-01-01"))], "Keep"), Said::default());
        let below = in_effect(&rule(&[("P1Y", Some("2020-01-01"))], "Destroy"), above.clone());
        assert_eq!((below.terms.len(), below.fate), (2, Some(Fate::Keep)));
        let mut own = rule(&[("P1Y", Some("2020-01-01"))], "Destroy");
        own.rules[0].prevent_inheritance = true;
        let stopped = in_effect(&own, above.clone());
        assert_eq!((stopped.terms.len(), stopped.fate), (1, Some(Fate::Destroy)));
        assert_eq!(in_effect(&Rules::default(), above.clone()), above);
    }
}
