//! Of a member's file: what an agreement asks beyond parties, profiles, formats and sizes.

use super::expected::{SINCE_MAX, SINCE_MIN, Unchanged, fault};
use super::faults::{Faults, day, identifier, one_of, sorted};
use super::read::{Text, WrittenAgreement, WrittenExpected};
use crate::mail::is_address;
use crate::model::expected::{Every, Expected, WITHIN_DAYS_MAX};
use crate::model::{Age, Conditions, READING_DAYS_MIN, ReplyCodes, Signing};
use crate::seda::digest::Algorithm;

const NOTIFIED_MAX: usize = 20;

/// What is written, or what asks nothing.
pub(super) fn check_conditions(written: &WrittenAgreement, faults: &mut Faults) -> Conditions {
    let mut word = |word: &Option<Text>, words: &[&str]| {
        word.iter().for_each(|word| one_of(word, words, faults));
        word.as_ref().map(|word| word.get_ref().clone()).unwrap_or_default()
    };
    let signings = Signing::ALL.map(Signing::word);
    let age = word(&written.age, &Age::ALL.map(Age::word));
    let message = word(&written.message_signature, &signings);
    let documents = word(&written.document_signatures, &signings);
    let codes = word(&written.reply_codes, &ReplyCodes::ALL.map(ReplyCodes::word));
    let algorithms = Algorithm::ALL.map(Algorithm::name);
    written.digests.iter().for_each(|name| one_of(name, &algorithms, faults));
    for address in &written.notify {
        faults.unless(is_address(address.get_ref()), address, "une adresse « nom@domaine » est attendue");
    }
    let few = written.notify.len() <= NOTIFIED_MAX;
    faults.unless(few, &written.identifier, format!("notify : {NOTIFIED_MAX} adresses au plus"));
    let reading_days = written.reading_days.as_ref().and_then(|days| {
        let number =
            u32::try_from(*days.get_ref()).ok().filter(|days| (READING_DAYS_MIN..=366).contains(days));
        faults.unless(number.is_some(), days, format!("de {READING_DAYS_MIN} à 366 jours"));
        number
    });
    Conditions {
        age: Age::from_word(&age).unwrap_or_default(),
        typology: written.typology.as_ref().map(|code| identifier(code, faults)),
        digests: sorted(&written.digests),
        message_signature: Signing::from_word(&message).unwrap_or_default(),
        document_signatures: Signing::from_word(&documents).unwrap_or_default(),
        reply_codes: ReplyCodes::from_word(&codes).unwrap_or_default(),
        notify: sorted(&written.notify),
        sites: sorted(&written.sites),
        reading_days,
        reliable_copy: written.reliable_copy,
        expected: written.expected.as_ref().and_then(|of| check_expected(of, faults)),
    }
}

/// The period, the days granted after it, the first day.
fn check_expected(written: &WrittenExpected, faults: &mut Faults) -> Option<Expected> {
    one_of(&written.every, &Every::ALL.map(Every::word), faults);
    let since = day(&Some(written.since.clone()), faults);
    let within = u32::try_from(*written.within_days.get_ref()).ok();
    let expected = Expected {
        every: Every::from_word(written.every.get_ref())?,
        within_days: within.unwrap_or(u32::MAX),
        since: since?,
    };
    match fault(&expected) {
        Some(Unchanged::Within) => {
            faults.at(&written.within_days, format!("de 0 à {WITHIN_DAYS_MAX} jours"));
        }
        Some(_) => faults.at(&written.since, format!("un jour du {SINCE_MIN} au {SINCE_MAX} est attendu")),
        None => return Some(expected),
    }
    None
}
