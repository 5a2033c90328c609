//! Of the fifth step: the parties that a message names, as the member's register and the agreement know them.
//!
//! A rule over facts read beforehand; it opens nothing.

use chrono::NaiveDate;

use super::decide::Facts;
use crate::model::findings as f;
use crate::model::{Agreement, Finding, Heading, Party};

/// How one party of the message must stand: known, active, admitted by the agreement.
struct Part<'a> {
    element: &'static str,
    french: &'static str,
    named: Option<&'a str>,
    required: bool,
    party: Option<&'a Party>,
    takes_part: fn(&Party) -> bool,
    admitted: fn(&Agreement, &str) -> bool,
    unknown: &'static f::Kind,
    not_admitted: &'static f::Kind,
}

/// Everything the registers hold against the parties that a message names.
pub(super) fn check(heading: &Heading, facts: &Facts, today: NaiveDate) -> Vec<Finding> {
    let parts = [
        Part {
            element: "ArchivalAgency",
            french: "service d'archives",
            named: heading.archival_agency.as_deref(),
            required: true,
            party: facts.archival_agency.as_ref(),
            takes_part: |party| party.archival,
            admitted: |agreement, name| agreement.archival_agency == name,
            unknown: &f::HEADER_ARCHIVAL_AGENCY_UNKNOWN,
            not_admitted: &f::HEADER_ARCHIVAL_AGENCY_NOT_IN_AGREEMENT,
        },
        Part {
            element: "TransferringAgency",
            french: "service versant",
            named: heading.transferring_agency.as_deref(),
            required: true,
            party: facts.transferring_agency.as_ref(),
            takes_part: |party| party.transferring,
            admitted: |agreement, name| agreement.transferring_agencies.iter().any(|a| a == name),
            unknown: &f::HEADER_TRANSFERRING_AGENCY_UNKNOWN,
            not_admitted: &f::HEADER_TRANSFERRING_AGENCY_NOT_IN_AGREEMENT,
        },
        Part {
            element: "OriginatingAgencyIdentifier",
            french: "service producteur",
            named: heading.originating_agency.as_deref(),
            required: false,
            party: facts.originating_agency.as_ref(),
            takes_part: |party| party.originating,
            admitted: |agreement, name| agreement.originating_agencies.iter().any(|a| a == name),
            unknown: &f::HEADER_ORIGINATING_AGENCY_UNKNOWN,
            not_admitted: &f::HEADER_ORIGINATING_AGENCY_NOT_IN_AGREEMENT,
        },
    ];
    let found = parts.iter().filter_map(|part| check_part(part, facts.agreement.as_ref(), today));
    found.chain(check_submission_agency(heading, facts, today)).collect()
}

fn check_part(part: &Part<'_>, agreement: Option<&Agreement>, today: NaiveDate) -> Option<Finding> {
    let french = part.french;
    let Some(named) = part.named.filter(|name| !name.trim().is_empty()) else {
        return part.required.then(|| {
            Finding::new(part.unknown, format!("Le bordereau ne nomme pas de {french}."))
                .in_path(part.element)
        });
    };
    let known = part.party.filter(|party| (part.takes_part)(party) && party.is_active_on(today));
    if known.is_none() {
        let message = format!("« {named} » n'est pas un {french} connu et actif de la collectivité.");
        return Some(Finding::new(part.unknown, message).in_path(part.element));
    }
    let agreement = agreement?;
    (!(part.admitted)(agreement, named)).then(|| {
        let message =
            format!("« {named} » n'est pas un {french} admis par l'accord « {} ».", agreement.identifier);
        Finding::new(part.not_admitted, message).in_path(part.element)
    })
}

/// Whoever carries the transfer may be unknown here: it answers for nothing.
fn check_submission_agency(heading: &Heading, facts: &Facts, today: NaiveDate) -> Option<Finding> {
    let named = heading.submission_agency.as_deref().filter(|name| !name.trim().is_empty())?;
    if facts.submission_agency.as_ref().is_some_and(|party| party.is_active_on(today)) {
        return None;
    }
    let message =
        format!("« {named} » n'est pas un opérateur de versement connu et actif de la collectivité.");
    Some(
        Finding::new(&f::HEADER_SUBMISSION_AGENCY_UNKNOWN, message)
            .in_path("ManagementMetadata/SubmissionAgencyIdentifier"),
    )
}
