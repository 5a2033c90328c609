//! What nobody need be asked: what the agreement's rule says, the least that the profile admits, what was answered elsewhere in the
//! deposit, and answers that have no place any more.
//!
//! Never guesses what a document is. The one thing to know: what is worked out here is shown before anything is sent.

use super::describe::{Additions, Described, Place};
use super::draft::Draft;
use super::ground::Ground;
use super::lacks::{field_of, of_the_whole, place_of};
use super::words;
use crate::seda::fill::{Lack, What};
use crate::seda::opening;

/// What the schedule's rule says of the whole, where no profile asks anything.
pub(super) fn of_the_schedule(ground: &Ground, draft: &Draft, more: &mut Additions) {
    let (None, Some(rule)) = (&ground.profile, &ground.rule) else { return };
    let whole = Place::Unit(String::new());
    let end = draft.whole().values.get("date de fin").or(draft.whole().values.get("date de début")).cloned();
    let mut put = |field: &str, value: Option<String>| {
        if let Some(value) = value {
            more.automatic.insert((whole.clone(), field.to_owned()), value);
        }
    };
    if let Some(duration) = words::utility(&rule.utility) {
        put("DUA", Some(duration.to_owned()));
        put("début de DUA", end.clone());
        put("sort final", Some(words::final_action(rule.fate).to_owned()));
    }
    if let Some(code) = &rule.access {
        put("code d'accès", Some(code.clone()));
        put("début d'accès", end);
    }
}

/// Works out more from what is lacking; whether it found something.
pub(super) fn more(
    ground: &Ground,
    draft: &Draft,
    described: &Described,
    lacks: &[Lack],
    more: &mut Additions,
) -> bool {
    let mut found = false;
    for lack in lacks {
        let (Some((place, false)), Some(field)) = (place_of(described, lack), field_of(lack)) else {
            continue;
        };
        let key = (place.clone(), field.clone());
        match &lack.what {
            What::Missing => {
                let elsewhere = of_the_whole(draft, described, lacks, lack).flatten();
                let elsewhere = elsewhere.or_else(|| of_the_deposit(draft, place, more, &field));
                if let Some(value) = elsewhere.or_else(|| value_of(ground, lack, &field))
                    && !more.automatic.contains_key(&key)
                {
                    more.automatic.insert(key, value);
                    found = true;
                }
            }
            What::Unexpected if !field.contains('.') => found |= more.dropped.insert(key),
            What::Unexpected | What::Refused(_) => {}
        }
    }
    found
}

/// What the rest of the deposit says of the whole: what it is about is its title, when nobody said more; a delay of nothing runs from
/// its last day, or its first.
fn of_the_deposit(draft: &Draft, place: &Place, more: &Additions, field: &str) -> Option<String> {
    let whole = Place::Unit(String::new());
    if *place != whole {
        return None;
    }
    let said = |field: &str| {
        let worked_out = || more.automatic.get(&(whole.clone(), field.to_owned()));
        draft.whole().values.get(field).or_else(worked_out).cloned()
    };
    match field {
        "description" => said("titre"),
        "début d'accès"
            if said("code d'accès").is_some_and(|code| opening::delay_years(&code) == Some(0)) =>
        {
            said("date de fin").or_else(|| said("date de début"))
        }
        _ => None,
    }
}

/// The answer that nobody need give.
fn value_of(ground: &Ground, lack: &Lack, field: &str) -> Option<String> {
    let rule = ground.rule.as_ref();
    match field {
        "DUA" => {
            let least = lack.least.clone();
            let scheduled = rule.and_then(|rule| words::utility(&rule.utility)).map(str::to_owned);
            match (least, scheduled) {
                (Some(least), Some(scheduled)) => Some(longer(least, scheduled)),
                (least, _) => least,
            }
        }
        "code d'accès" => {
            let scheduled = rule.and_then(|rule| rule.access.clone());
            scheduled.filter(|code| lack.choices.contains(code)).or(only(&lack.choices))
        }
        "type de document" => None,
        _ => only(&lack.choices),
    }
}

fn only(choices: &[String]) -> Option<String> {
    match choices {
        [only] => Some(only.clone()),
        _ => None,
    }
}

/// Of two durations in years, the longer; the first when they cannot be compared.
fn longer(one: String, other: String) -> String {
    let years = |text: &str| text.strip_prefix('P')?.strip_suffix('Y')?.parse::<u32>().ok();
    match (years(&one), years(&other)) {
        (Some(first), Some(second)) if second > first => other,
        _ => one,
    }
}
