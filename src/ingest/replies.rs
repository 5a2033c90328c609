//! The reply to a transfer, positive or not, in its version: `ArchiveTransferReply`, or 0.2's `ArchiveTransferAcceptance`.

use chrono::{DateTime, Utc};

use super::decide::Accepted;
use crate::model::{Finding, SedaVersion, Transfer, Unit};
use crate::package::accession::{Accession, derived_id};
use crate::seda::write::{self, ReplyUnit, TransferReply};

/// Identifier of the reply that accepts the archive of this reference.
pub fn reply_identifier(cote: &str) -> String {
    format!("ATR-{cote}")
}

/// The reply that takes the archive in charge: `000`, the date of effect, the root units with their references.
pub(super) fn acceptance(
    accession: &Accession,
    accepted: &Accepted,
    member_code: &str,
    at: DateTime<Utc>,
) -> String {
    let manifest = &accepted.manifest;
    let roots = manifest.units.iter().filter(|unit| unit.parents.is_empty());
    let units: Vec<ReplyUnit> =
        roots.enumerate().map(|(number, unit)| reply_unit(accession, number, unit)).collect();
    write::transfer_reply(&TransferReply {
        version: manifest.version,
        date: at,
        message_identifier: &reply_identifier(&accession.cote),
        message_request_identifier: &manifest.message_identifier,
        archival_agreement: Some(&accepted.agreement.identifier),
        archival_profile: manifest.archival_profile.as_deref(),
        reply_code: "000",
        grant_date: Some(at),
        archival_agency: manifest.archival_agency.as_deref().unwrap_or(member_code),
        transferring_agency: manifest.transferring_agency.as_deref().unwrap_or("inconnu"),
        findings: &accepted.findings,
        units: &units,
    })
}

/// The `number`th root (from 0) under its reference, with what a reply in 0.2, 1.0 or 2.0 repeats of it.
fn reply_unit(accession: &Accession, number: usize, unit: &Unit) -> ReplyUnit {
    let content = &unit.content;
    let told = |name: &str| -> Vec<String> {
        content.others.iter().filter(|(path, _)| path == name).map(|(_, text)| text.clone()).collect()
    };
    let access = unit.rules.rules.iter().filter(|rule| rule.category == "AccessRule");
    let mut terms = access.flat_map(|rule| &rule.terms);
    ReplyUnit {
        id: unit.id.clone(),
        system_id: derived_id(accession.archive_id, "unit", &unit.id).to_string(),
        archival_agency_archive_unit_identifier: match number {
            0 => accession.cote.clone(),
            number => format!("{}/{}", accession.cote, number + 1),
        },
        title: content.title.clone(),
        description_level: content.description_level.clone(),
        description_languages: told("DescriptionLanguage"),
        languages: told("Language"),
        access_rule: terms.find_map(|(code, start)| Some((code.clone(), start.clone()?))),
    }
}

/// What a refusal could read of the message it answers.
#[derive(Clone, Debug, Default)]
pub(super) struct Refused {
    pub version: Option<SedaVersion>,
    pub message_identifier: Option<String>,
    pub agreement: Option<String>,
    pub archival_agency: Option<String>,
    pub transferring_agency: Option<String>,
}

/// Identifier and text of the reply that refuses, with every reason.
pub(super) fn refusal(
    transfer: &Transfer,
    seen: &Refused,
    findings: &[Finding],
    member_code: &str,
    at: DateTime<Utc>,
) -> (String, String) {
    let identifier = format!("ATR-{member_code}-{}", transfer.transfer_id.0.simple());
    let unread = format!("urn:uuid:{}", transfer.transfer_id);
    let first_error = findings.iter().find(|finding| finding.is_error());
    let named = |name: &'static str, value: &Option<String>| {
        value.clone().filter(|value| !value.trim().is_empty()).unwrap_or_else(|| name.to_owned())
    };
    let body = write::transfer_reply(&TransferReply {
        version: seen.version.unwrap_or(SedaVersion::V2_1),
        date: at,
        message_identifier: &identifier,
        message_request_identifier: &seen
            .message_identifier
            .clone()
            .filter(|id| !id.trim().is_empty())
            .unwrap_or(unread),
        archival_agreement: seen.agreement.as_deref().filter(|agreement| !agreement.trim().is_empty()),
        archival_profile: None,
        reply_code: first_error.map_or("101", |finding| finding.kind.reply_code),
        grant_date: None,
        archival_agency: &seen.archival_agency.clone().unwrap_or_else(|| member_code.to_owned()),
        transferring_agency: &named("inconnu", &seen.transferring_agency),
        findings,
        units: &[],
    });
    (identifier, body)
}
