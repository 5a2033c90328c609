//! Fifth step: does this member accept this transfer? Agreement, profile, parties, identifier, quota.
//!
//! A rule over facts read beforehand; it opens nothing. What it finds joins what the steps before found,
//! and everything wrong is said together.

use chrono::{Days, NaiveDate};

use super::conform::{Applied, Conformed, is_admitted};
use super::identify::Identified;
use super::quota::Room;
use super::{conditions, format_findings, limits, parties, quota, standing};
use crate::model::findings as f;
use crate::model::{
    Acceptance, Agreement, CopySaid, Deposited, Finding, Heading, NotScanned, Party, RetentionRule, Standing,
    VirusCheck, VirusCoverage,
};
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
    pub submission_agency: Option<Party>,
    /// Another transfer was accepted under the same identifier from the same transferring agency.
    pub identifier_consumed: bool,
    /// Whether the member may deposit.
    pub standing: Standing,
    /// What the member may still deposit.
    pub room: Room,
    /// What was accepted under the agreement in the time of each of its limits, in their order.
    pub deposited: Vec<Deposited>,
    /// The rule in force of the retention schedule that the agreement names.
    pub rule: Option<RetentionRule>,
    /// Sites on which the member's archives are kept.
    pub sites: Vec<String>,
    /// What the depositor said of the files.
    pub copy: Option<CopySaid>,
}

/// What the step says.
pub enum Decision {
    /// At least one error; warnings stand with them.
    Refuse(Found),
    /// Nothing against it; an archivist must look first.
    Await(Found),
    Accept(Box<Accepted>),
}

/// What was found, and the message in which it was, when it could be read.
pub struct Found {
    pub findings: Vec<Finding>,
    pub(super) manifest: Option<Box<Manifest>>,
}

impl Decision {
    /// The message, and what was found in it.
    pub(super) fn found(&self) -> Option<(&Manifest, &[Finding])> {
        match self {
            Self::Refuse(found) | Self::Await(found) => Some((found.manifest.as_deref()?, &found.findings)),
            Self::Accept(accepted) => Some((&accepted.manifest, &accepted.findings)),
        }
    }
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
    format_findings::judge(&mut findings, facts.agreement.as_ref());
    let Some(manifest) = identified.manifest.take() else {
        return Decision::Refuse(Found { findings, manifest: None });
    };
    findings.extend(check(&manifest.heading, &facts, identified.expanded_bytes, today));
    findings.extend(quota::check(&facts.room, limits::coming(&identified)));
    findings.extend(conditions::copy(facts.copy, facts.agreement.as_ref()));
    findings.extend(check_classification(&findings));
    findings.extend(check_viruses(&facts, &identified.viruses.coverage));
    if let Some(agreement) = &facts.agreement {
        findings.extend(limits::check(agreement, &facts.deposited, limits::coming(&identified)));
        findings.extend(conditions::check(&identified, &manifest.heading, agreement, facts.rule.as_ref()));
        findings.extend(conditions::service_level(agreement, &facts.sites));
        findings.extend(format_findings::refused(&identified.objects, &identified.package, agreement));
    }
    let agreement = match facts.agreement {
        Some(agreement) if !findings.iter().any(Finding::is_error) => agreement,
        _ => return Decision::Refuse(Found { findings, manifest: Some(manifest) }),
    };
    if agreement.acceptance == Acceptance::Archivist && !approved {
        return Decision::Await(Found { findings, manifest: Some(manifest) });
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

/// Everything the registers hold against a message (seda.md §5, checks 5 to 9).
fn check(heading: &Heading, facts: &Facts, expanded_bytes: u64, today: NaiveDate) -> Vec<Finding> {
    let mut findings: Vec<Finding> = standing::check(&facts.standing, today).into_iter().collect();
    findings.extend(check_agreement(heading, facts, expanded_bytes, today));
    findings.extend(check_profile(heading, facts));
    findings.extend(parties::check(heading, facts, today));
    findings.extend(check_date(heading, today));
    if facts.identifier_consumed {
        let message = format!(
            "Un versement portant l'identifiant « {} » a déjà été accepté avec un autre contenu.",
            heading.message_identifier
        );
        findings.push(Finding::new(&f::MESSAGE_DUPLICATE, message).in_path("MessageIdentifier"));
    }
    findings
}

/// A message dated after tomorrow: one day is left to the zones of the world.
fn check_date(heading: &Heading, today: NaiveDate) -> Option<Finding> {
    let day = heading.date.get(..10).and_then(|day| day.parse::<NaiveDate>().ok())?;
    (day > today.checked_add_days(Days::new(1))?).then(|| {
        let message = format!("Le bordereau est daté du {day}, après la date d'aujourd'hui ({today}).");
        Finding::new(&f::HEADER_DATE_FUTURE, message).in_path("Date")
    })
}

/// No service of this kind is cleared for the secrets of national defence.
fn check_classification(found: &[Finding]) -> Option<Finding> {
    let classified = found.iter().find(|finding| std::ptr::eq(finding.kind, &f::RULE_CLASSIFIED))?;
    let message = format!("Le versement est refusé en entier : {}.", classified.message);
    Some(Finding { kind: &f::RULE_CLASSIFIED_REFUSED, message, ..classified.clone() })
}

/// What nobody can do is refused rather than waited for: a wait has an end only where something is being repaired.
fn check_viruses(facts: &Facts, coverage: &VirusCoverage) -> Option<Finding> {
    let agreement = facts.agreement.as_ref().filter(|agreement| agreement.virus == VirusCheck::Required)?;
    coverage.has(NotScanned::NotConfigured).then(|| {
        let name = &agreement.identifier;
        let message =
            format!("L'accord « {name} » exige l'analyse antivirale et le service n'a pas d'antivirus.");
        Finding::new(&f::VIRUS_UNAVAILABLE, message)
    })
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
