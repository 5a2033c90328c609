//! Of a member's file: its convention, complete before it is active, and what its regime lets its agreements receive.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::faults::{Faults, day, identifier, one_of, text, validity};
use super::file::Agreement;
use super::read::{Written, WrittenConvention};
use crate::model::{CONVENTION_FIELDS, Convention, ConventionDetails, ConventionState, Regime};

/// Longest text of a field.
const FIELD_BYTES_MAX: usize = 4_000;
const NOTICE_MONTHS_MAX: i64 = 120;

/// What is written, when something is.
pub(super) fn check_convention(
    written: &Written,
    today: NaiveDate,
    faults: &mut Faults,
) -> Option<Convention> {
    let of = written.convention.as_ref()?;
    one_of(&of.regime, &Regime::ALL.map(Regime::word), faults);
    one_of(&of.state, &ConventionState::ALL.map(ConventionState::word), faults);
    let notice = &of.notice_months;
    let is_notice = (0..=NOTICE_MONTHS_MAX).contains(notice.get_ref());
    faults.unless(is_notice, notice, format!("un préavis de 0 à {NOTICE_MONTHS_MAX} mois est attendu"));
    let within = validity(&of.valid_from, &of.valid_until, faults);
    let convention = Convention {
        identifier: identifier(&of.identifier, faults),
        regime: Regime::from_word(of.regime.get_ref())?,
        state: ConventionState::from_word(of.state.get_ref())?,
        signed_on: day(&of.signed_on, faults),
        valid_from: within.from,
        valid_until: within.until,
        notice_months: u32::try_from(*notice.get_ref()).unwrap_or_default(),
        archives_service: of.archives_service.as_ref().map(|name| text(name, faults)),
        details: details(of, faults),
    };
    if convention.state == ConventionState::Active {
        let lacks = convention.lacks(today);
        let reason = format!("la convention ne peut pas être active ; il manque : {}", lacks.join(" ; "));
        faults.unless(lacks.is_empty(), &of.state, reason);
    }
    Some(convention)
}

fn details(of: &WrittenConvention, faults: &mut Faults) -> ConventionDetails {
    let known = CONVENTION_FIELDS.map(|(name, ..)| name);
    let mut fields = BTreeMap::new();
    for (name, value) in &of.fields {
        faults.unless(
            known.contains(&name.as_str()),
            value,
            format!("rubrique inconnue : {name} ; attendu {}", known.join(", ")),
        );
        let wrong = |c: char| c.is_control() && c != '\n' && c != '\t';
        let words = value.get_ref().trim();
        let right = !words.is_empty() && words.len() <= FIELD_BYTES_MAX && !words.contains(wrong);
        faults.unless(right, value, format!("un texte est attendu, {FIELD_BYTES_MAX} octets au plus"));
        fields.insert(name.clone(), words.to_owned());
    }
    ConventionDetails {
        draft_sent_on: day(&of.draft_sent_on, faults),
        opinion_on: day(&of.opinion_on, faults),
        certificate: of.certificate.as_ref().map(|name| text(name, faults)),
        certificate_until: day(&of.certificate_until, faults),
        policy_signed_on: day(&of.policy_signed_on, faults),
        declaration_on: day(&of.declaration_on, faults),
        service_file_sent_on: day(&of.service_file_sent_on, faults),
        fields,
    }
}

/// The age of each agreement is one that the regime receives.
pub(super) fn check_ages(
    written: &Written,
    convention: Option<&Convention>,
    agreements: &[Agreement],
    faults: &mut Faults,
) {
    let Some(convention) = convention else { return };
    for (of, agreement) in written.agreement.iter().zip(agreements) {
        let (Some(place), age) = (&of.age, agreement.conditions.age) else { continue };
        if let Some(reason) = convention.regime.refuses(age, convention.archives_service.is_some()) {
            faults.unless(false, place, reason);
        }
    }
}
