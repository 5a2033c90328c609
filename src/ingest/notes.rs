//! What `seal` fixes beside the accession record and the reply: the events that PREMIS tells, and the report
//! of checks. Kept in the accession's row, from which `store` makes the same files each time it runs.
//!
//! The row's column is named `premis`: archives sealed by earlier versions have their whole document there,
//! and are still stored with it.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

use super::conform::Applied;
use super::decide::Accepted;
use super::{Error, coverage, signatures};
use crate::model::{Finding, Signatures, Transfer};
use crate::package::accession::{Accession, SIGNATURES, derived_id};
use crate::package::checks::{CheckFinding, CheckedProfile, Checks};
use crate::package::premis::{Entry, EntryEvent};
use crate::registry::terms;

/// Families of checks that every transfer goes through; that of the profile, when one applies.
const FAMILIES: [&str; 11] = [
    "container",
    "xml",
    "schema",
    "reference",
    "object",
    "format",
    "header",
    "rule",
    "unit",
    "quota",
    "message",
];
const SIGNATURE_FAMILY: &str = "signature";
const PROFILE_FAMILY: &str = "profile";
const VIRUS_FAMILY: &str = "virus";
/// Families whose checks are not made of every transfer.
#[cfg(test)]
const NOT_ALWAYS: [&str; 3] = [PROFILE_FAMILY, SIGNATURE_FAMILY, VIRUS_FAMILY];
/// Formats told apart in an event's note.
const FORMATS_MAX: usize = 50;

/// What seal fixed.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Notes {
    /// From which both files are made.
    Fixed(Box<Fixed>),
    /// The PREMIS document of an archive sealed by an earlier version, which had no report.
    Document(String),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fixed {
    pub premis: Entry,
    pub checks: Checks,
    /// Every electronic signature that the files bear, as `metadata/signatures.json` tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signatures: Option<Signatures>,
    /// Who is written to once it is taken in charge.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notify: Vec<String>,
    /// The version of the agreement's terms that it was accepted under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<String>,
}

impl Notes {
    /// Of an accepted transfer.
    pub fn of(accession: &Accession, transfer: &Transfer, accepted: &Accepted, at: DateTime<Utc>) -> Self {
        let premis = Entry {
            form: Entry::FORM,
            software_version: env!("CARGO_PKG_VERSION").to_string(),
            events: events(accession, transfer, accepted, at),
        };
        let signatures = Some(&accepted.identified.signatures).filter(|found| !found.is_empty()).cloned();
        let terms = Some(terms::version(&accepted.agreement));
        let notify = accepted.agreement.conditions.notify.clone();
        let checks = checks(accession, accepted, at);
        Self::Fixed(Box::new(Fixed { premis, checks, signatures, notify, terms }))
    }

    /// The versions of agreement and profile that it was accepted under, for journal entries.
    pub fn in_force(&self) -> Vec<(&'static str, String)> {
        let Self::Fixed(fixed) = self else { return Vec::new() };
        let mut detail: Vec<_> =
            fixed.terms.iter().map(|version| ("accord_version", version.clone())).collect();
        if let Some(profile) = &fixed.checks.profile {
            let (version, sha512) = (profile.version.to_string(), profile.sha512.clone());
            detail.extend([("profil_version", version), ("profil_sha512", sha512)]);
        }
        detail
    }

    /// Who is written to once it is taken in charge.
    pub fn notify(&self) -> &[String] {
        match self {
            Self::Fixed(fixed) => &fixed.notify,
            Self::Document(_) => &[],
        }
    }

    /// As the row keeps it.
    pub fn to_row(&self) -> String {
        match self {
            Self::Fixed(fixed) => serde_json::to_string(fixed).expect("strings and numbers"),
            Self::Document(document) => document.clone(),
        }
    }

    /// From the row.
    pub fn from_row(text: String) -> Result<Self, Error> {
        if text.starts_with('<') {
            return Ok(Self::Document(text));
        }
        let fixed: Fixed = serde_json::from_str(&text).map_err(|_| Error::Changed)?;
        if fixed.premis.form != Entry::FORM || fixed.checks.form != Checks::FORM {
            return Err(Error::Changed);
        }
        Ok(Self::Fixed(Box::new(fixed)))
    }
}

fn checks(accession: &Accession, accepted: &Accepted, at: DateTime<Utc>) -> Checks {
    let findings: Vec<CheckFinding> = accepted.findings.iter().map(check_finding).collect();
    let profile = accepted.profile.as_ref();
    let scanned = accepted.identified.viruses.coverage.engine.as_ref();
    let families = FAMILIES.into_iter().chain(profile.map(|_| PROFILE_FAMILY));
    let families = families.chain(scanned.map(|_| VIRUS_FAMILY));
    let signed = !accepted.identified.signatures.is_empty();
    let families = families.chain(signed.then_some(SIGNATURE_FAMILY));
    Checks {
        form: Checks::FORM,
        checked_at: at.to_rfc3339_opts(SecondsFormat::Micros, true),
        software: concat!("chartrier ", env!("CARGO_PKG_VERSION")).to_string(),
        seda_version: accession.seda_version.clone(),
        tolerances: accepted.agreement.tolerances.clone(),
        profile: profile.map(|applied| CheckedProfile {
            identifier: applied.identifier.clone(),
            version: applied.version,
            sha512: applied.sha512.clone(),
        }),
        format_signatures: accession.format_signatures.clone(),
        units: u64::from(accession.unit_count),
        objects: accession.objects.len() as u64,
        size_bytes: accepted.identified.expanded_bytes,
        families: Checks::families(families, &findings),
        findings,
    }
}

fn check_finding(finding: &Finding) -> CheckFinding {
    CheckFinding {
        code: finding.kind.code.to_owned(),
        severity: finding.kind.severity.word().to_owned(),
        line: finding.line,
        path: finding.path.clone(),
        message: finding.message.clone(),
    }
}

/// PREMIS' words for what happened between the reception and the taking in charge.
fn events(
    accession: &Accession,
    transfer: &Transfer,
    accepted: &Accepted,
    at: DateTime<Utc>,
) -> Vec<EntryEvent> {
    let received_at = transfer.received_at.to_rfc3339_opts(SecondsFormat::Micros, true);
    let decided_at = at.to_rfc3339_opts(SecondsFormat::Micros, true);
    let event = |kind: &str, when: &str, detail: String| EntryEvent {
        identifier: derived_id(accession.archive_id, "event", kind),
        event_type: kind.to_owned(),
        date_time: when.to_owned(),
        detail,
        outcome: "success".to_owned(),
        note: None,
    };
    let (outcome, detail) = coverage::premis(&accepted.identified.viruses.coverage);
    let viruses = EntryEvent { outcome: outcome.to_owned(), ..event("virus check", &decided_at, detail) };
    let mut checked =
        "container, schema of the standard, references, rules, agreement, parties, quota".to_owned();
    if let Some(Applied { identifier, version, sha512, .. }) = &accepted.profile {
        checked += &format!(", archival profile {identifier}, version {version} (SHA-512 {sha512})");
    }
    let mut validation = event("validation", &decided_at, checked);
    if !accepted.findings.is_empty() {
        validation.outcome = "warning".to_owned();
        validation.note = Some(format!("metadata/checks.json: {}", super::codes(&accepted.findings)));
    }
    let objects = accession.objects.len();
    let fixity =
        format!("digests and sizes declared by the message, compared with those of {objects} objects");
    let mut formats = event(
        "format identification",
        &decided_at,
        format!(
            "{objects} objects, by the PRONOM signatures of version {}",
            accepted.identified.format_signatures
        ),
    );
    formats.note = Some(formats_note(accession));
    let mut events = vec![
        event("ingestion", &received_at, "reception of the transfer in quarantine".to_owned()),
        event("message digest calculation", &received_at, "SHA-512 of the package as received".to_owned()),
        event("fixity check", &decided_at, fixity),
        viruses,
        formats,
        validation,
        event("accession", &decided_at, "acceptance of the transfer".to_owned()),
    ];
    if !accepted.identified.signatures.is_empty() {
        let (outcome, detail) = signatures::premis(&accepted.identified.signatures);
        let note = Some(SIGNATURES.to_owned());
        let validated = event("digital signature validation", &decided_at, detail);
        events.insert(events.len() - 1, EntryEvent { outcome: outcome.to_owned(), note, ..validated });
    }
    events
}

/// How many objects of each format.
fn formats_note(accession: &Accession) -> String {
    let mut counts = std::collections::BTreeMap::<&str, usize>::new();
    for object in &accession.objects {
        *counts.entry(object.puid.as_deref().unwrap_or(&object.media_type)).or_default() += 1;
    }
    let one = |(format, count): (&str, usize)| format!("{count} {format}");
    let more = counts.len().saturating_sub(FORMATS_MAX);
    let mut said: Vec<String> = counts.into_iter().take(FORMATS_MAX).map(one).collect();
    said.extend((more > 0).then(|| format!("{more} other formats")));
    said.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_an_earlier_version_keeps_its_document() {
        let notes = Notes::from_row("<?xml version=\"1.0\"?><premis/>".to_owned()).unwrap();
        assert_eq!(notes, Notes::Document("<?xml version=\"1.0\"?><premis/>".to_owned()));
        assert!(matches!(Notes::from_row("{}".to_owned()), Err(Error::Changed)));
    }

    #[test]
    fn every_family_of_the_catalogue_is_reported() {
        let families =
            crate::model::findings::CATALOGUE.iter().filter_map(|kind| kind.code.split('.').next());
        let mut left: Vec<&str> =
            families.filter(|family| !FAMILIES.contains(family) && !NOT_ALWAYS.contains(family)).collect();
        left.dedup();
        assert_eq!(left, Vec::<&str>::new());
    }
}
