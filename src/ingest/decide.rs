//! Fifth step: does this member accept this transfer? Agreement, profile, parties, identifier, quota.
//!
//! A rule over facts read beforehand; it opens nothing. What it finds joins what the steps before found,
//! and everything wrong is said together.

use chrono::NaiveDate;

use super::conform::{Applied, Conformed, is_admitted};
use super::identify::Identified;
use crate::model::findings as f;
use crate::model::{Acceptance, Agreement, Finding, Heading, Party};
use crate::registry::Profile;
use crate::seda::Manifest;

/// What the registers say about the names a manifest bears.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The agreement named, if the member has it and the depositor may use it.
    pub agreement: Option<Agreement>,
    /// The archive profile declared, if the member has it, in use or not.
    pub profile: Option<Profile>,
    /// The parties named, where the register has them.
    pub archival_agency: Option<Party>,
    pub transferring_agency: Option<Party>,
    pub originating_agency: Option<Party>,
    /// Another transfer was accepted under the same identifier from the same transferring agency.
    pub identifier_consumed: bool,
    /// Bytes the member may still deposit.
    pub quota_left_bytes: u64,
}

/// What the step says.
pub enum Decision {
    /// At least one error; warnings stand with them.
    Refuse(Vec<Finding>),
    /// Nothing against it; an archivist must look first.
    Await(Vec<Finding>),
    Accept(Box<Accepted>),
}

/// An examined transfer that this member accepts: the only value `seal` takes.
pub struct Accepted {
    pub(super) identified: Identified,
    pub(super) manifest: Box<Manifest>,
    pub(super) agreement: Agreement,
    /// The profile it satisfies, when it declares one.
    pub(super) profile: Option<Applied>,
    /// Warnings only.
    pub(super) findings: Vec<Finding>,
}

/// Decides. `approved` when an archivist has already accepted it.
pub fn decide(conformed: Conformed, facts: Facts, today: NaiveDate, approved: bool) -> Decision {
    let Conformed { mut identified, applied: profile } = conformed;
    let mut findings = std::mem::take(&mut identified.findings);
    judge_tolerances(&mut findings, facts.agreement.as_ref());
    let Some(manifest) = identified.manifest.take() else {
        return Decision::Refuse(findings);
    };
    findings.extend(check(&manifest.heading, &facts, identified.expanded_bytes, today));
    let agreement = match facts.agreement {
        Some(agreement) if !findings.iter().any(Finding::is_error) => agreement,
        _ => return Decision::Refuse(findings),
    };
    if agreement.acceptance == Acceptance::Archivist && !approved {
        return Decision::Await(findings);
    }
    Decision::Accept(Box::new(Accepted { identified, manifest, agreement, profile, findings }))
}

/// An extension used that the agreement does not admit is an element that the standard has not.
fn judge_tolerances(findings: &mut [Finding], agreement: Option<&Agreement>) {
    for finding in findings {
        let Some(tolerance) = finding.about.filter(|_| *finding.kind == f::SCHEMA_TOLERATED) else {
            continue;
        };
        let admits = |agreement: &Agreement| agreement.tolerances.iter().any(|name| name == tolerance);
        if agreement.is_some_and(admits) {
            continue;
        }
        finding.kind = &f::SCHEMA_UNEXPECTED_ELEMENT;
        let (what, _) = finding.message.split_once(" : ").unwrap_or((&finding.message, ""));
        finding.message = format!("{what} : extension que l'accord de versement n'admet pas ({tolerance})");
    }
}

/// Everything the registers hold against a message (seda.md §5, checks 5 to 8).
fn check(heading: &Heading, facts: &Facts, expanded_bytes: u64, today: NaiveDate) -> Vec<Finding> {
    let mut findings = check_agreement(heading, facts, expanded_bytes, today);
    findings.extend(check_profile(heading, facts));
    findings.extend(check_parties(heading, facts, today));
    if facts.identifier_consumed {
        let message = format!(
            "Un versement portant l'identifiant « {} » a déjà été accepté avec un autre contenu.",
            heading.message_identifier
        );
        findings.push(Finding::new(&f::MESSAGE_DUPLICATE, message).in_path("MessageIdentifier"));
    }
    if expanded_bytes > facts.quota_left_bytes {
        let message = format!(
            "Le versement pèse {expanded_bytes} octets ; il en reste {} au quota de la collectivité.",
            facts.quota_left_bytes
        );
        findings.push(Finding::new(&f::QUOTA_EXCEEDED, message));
    }
    findings
}

fn check_agreement(heading: &Heading, facts: &Facts, expanded_bytes: u64, today: NaiveDate) -> Vec<Finding> {
    let refuse = |kind, message: String| vec![Finding::new(kind, message).in_path("ArchivalAgreement")];
    let Some(named) = heading.archival_agreement.as_deref().filter(|name| !name.trim().is_empty()) else {
        return refuse(
            &f::HEADER_AGREEMENT_MISSING,
            "Le bordereau ne nomme aucun accord de versement.".into(),
        );
    };
    let Some(agreement) = &facts.agreement else {
        return refuse(
            &f::HEADER_AGREEMENT_UNKNOWN,
            format!("L'accord de versement « {named} » n'existe pas ou ne vous est pas ouvert."),
        );
    };
    let mut findings = Vec::new();
    if !agreement.is_open_on(today) {
        findings.extend(refuse(
            &f::HEADER_AGREEMENT_CLOSED,
            format!("L'accord de versement « {named} » n'est pas ouvert aux versements aujourd'hui."),
        ));
    }
    if expanded_bytes > agreement.transfer_bytes_max {
        let message = format!(
            "Le versement pèse {expanded_bytes} octets ; l'accord « {named} » en admet {} par versement.",
            agreement.transfer_bytes_max
        );
        findings.push(Finding::new(&f::QUOTA_TRANSFER_SIZE, message));
    }
    findings
}

/// A profile declared must be in use and listed by the agreement; one imposed by the agreement must be declared.
fn check_profile(heading: &Heading, facts: &Facts) -> Option<Finding> {
    let refuse = |kind, message: String| {
        Some(Finding::new(kind, message).in_path("ManagementMetadata/ArchivalProfile"))
    };
    let agreement = facts.agreement.as_ref();
    let Some(named) = heading.archival_profile.as_deref().filter(|name| !name.trim().is_empty()) else {
        let agreement = agreement.filter(|agreement| agreement.profile_imposed)?;
        let message = format!(
            "L'accord « {} » exige l'un de ces profils : {}.",
            agreement.identifier,
            agreement.profiles.join(", ")
        );
        return refuse(&f::HEADER_PROFILE_MISSING, message);
    };
    let Some(profile) = facts.profile.as_ref().filter(|profile| profile.active) else {
        let message = format!("Aucun profil d'archivage « {named} » n'est en service dans la collectivité.");
        return refuse(&f::HEADER_PROFILE_UNKNOWN, message);
    };
    let agreement = agreement.filter(|agreement| !is_admitted(profile, agreement))?;
    let message = format!(
        "Le profil d'archivage « {named} » n'est pas admis par l'accord « {} ».",
        agreement.identifier
    );
    refuse(&f::HEADER_PROFILE_NOT_IN_AGREEMENT, message)
}

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

fn check_parties(heading: &Heading, facts: &Facts, today: NaiveDate) -> Vec<Finding> {
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
    parts.iter().filter_map(|part| check_part(part, facts.agreement.as_ref(), today)).collect()
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
