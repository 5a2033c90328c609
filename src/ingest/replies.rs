//! The reply to a transfer, positive or not, in its version: `ArchiveTransferReply`, or 0.2's `ArchiveTransferAcceptance`.

use std::io;

use chrono::{DateTime, Utc};

use super::decide::Accepted;
use crate::catalog::enter::listed_title;
use crate::model::{Agreement, Finding, SedaVersion, Transfer, Unit};
use crate::package::accession::{Accession, derived_id, reply_identifier};
use crate::seda::write::{self, ReplyUnit, TransferReply};

/// The reply that takes the archive in charge: `000`, the date of effect, the root units with their references.
pub(super) fn acceptance(
    accession: &Accession,
    accepted: &Accepted,
    (member_code, remark): (&str, Option<&str>),
    at: DateTime<Utc>,
) -> io::Result<String> {
    let manifest = &accepted.manifest;
    let heading = &manifest.heading;
    let reply_unit = |(rank, number): (usize, u32)| {
        io::Result::Ok(reply_unit(accession, heading.version, rank, manifest.unit(number)?))
    };
    let units: Vec<ReplyUnit> =
        manifest.tree.roots().enumerate().map(reply_unit).collect::<Result<_, _>>()?;
    Ok(write::transfer_reply(&TransferReply {
        version: heading.version,
        date: at,
        message_identifier: &reply_identifier(&accession.cote),
        message_request_identifier: &heading.message_identifier,
        archival_agreement: Some(&accepted.agreement.identifier),
        archival_profile: heading.archival_profile.as_deref(),
        reply_code: code_of(&accepted.agreement, heading.version, "000"),
        grant_date: Some(at),
        archival_agency: heading.archival_agency.as_deref().unwrap_or(member_code),
        transferring_agency: heading.transferring_agency.as_deref().unwrap_or("inconnu"),
        findings: &accepted.findings,
        remark,
        units: &units,
    }))
}

/// As the agreement wants codes written; before 2.0 the standard has its own list, and nothing else is valid.
pub(super) fn code_of<'a>(agreement: &Agreement, version: SedaVersion, code: &'a str) -> &'a str {
    if version < SedaVersion::V2_0 { code } else { agreement.conditions.reply_codes.written(code) }
}

/// The root of this rank (from 0) under its reference, with what a reply before 2.1 repeats of it: more of the first,
/// which alone stands there whole.
fn reply_unit(accession: &Accession, version: SedaVersion, rank: usize, unit: Unit) -> ReplyUnit {
    let mut reply = ReplyUnit {
        system_id: derived_id(accession.archive_id, "unit", &unit.id).to_string(),
        id: unit.id,
        archival_agency_archive_unit_identifier: match rank {
            0 => accession.cote.clone(),
            rank => format!("{}/{}", accession.cote, rank + 1),
        },
        ..ReplyUnit::default()
    };
    if version > SedaVersion::V2_0 {
        return reply;
    }
    let content = unit.content;
    reply.title = content.title.map(|title| listed_title(Some(&title)));
    reply.description_level = content.description_level;
    if rank > 0 {
        return reply;
    }
    for (path, text) in content.others {
        match path.as_str() {
            "DescriptionLanguage" => reply.description_languages.push(text),
            "Language" => reply.languages.push(text),
            _ => {}
        }
    }
    let access = unit.rules.rules.into_iter().filter(|rule| rule.category == "AccessRule");
    let mut terms = access.flat_map(|rule| rule.terms);
    reply.access_rule = terms.find_map(|(code, start)| Some((code, start?)));
    reply
}

/// The code of a refusal: that of its first reason.
pub(super) fn refusal_code(findings: &[Finding]) -> &'static str {
    let first_error = findings.iter().find(|finding| finding.is_error());
    first_error.map_or("101", |finding| finding.kind.reply_code)
}

/// What a refusal could read of the message it answers.
#[derive(Clone, Debug, Default)]
pub(super) struct Refused {
    pub version: Option<SedaVersion>,
    pub message_identifier: Option<String>,
    pub agreement: Option<String>,
    pub archival_agency: Option<String>,
    pub transferring_agency: Option<String>,
    /// The agreement is one that the depositor may use.
    pub is_admitted: bool,
    /// For the entry: the versions of the agreement and the profile that it was judged under, or the archivist's reasons.
    pub told: Vec<(&'static str, String)>,
}

/// Identifier and text of the reply that refuses, with every reason.
pub(super) fn refusal(
    transfer: &Transfer,
    seen: &Refused,
    findings: &[Finding],
    (member_code, agreement): (&str, Option<&Agreement>),
    at: DateTime<Utc>,
) -> (String, String) {
    let identifier = format!("ATR-{member_code}-{}", transfer.transfer_id.0.simple());
    let unread = format!("urn:uuid:{}", transfer.transfer_id);
    let version = seen.version.unwrap_or(SedaVersion::V2_1);
    let code = refusal_code(findings);
    let named = |name: &'static str, value: &Option<String>| {
        value.clone().filter(|value| !value.trim().is_empty()).unwrap_or_else(|| name.to_owned())
    };
    let body = write::transfer_reply(&TransferReply {
        version,
        date: at,
        message_identifier: &identifier,
        message_request_identifier: &seen
            .message_identifier
            .clone()
            .filter(|id| !id.trim().is_empty())
            .unwrap_or(unread),
        archival_agreement: seen.agreement.as_deref().filter(|agreement| !agreement.trim().is_empty()),
        archival_profile: None,
        reply_code: agreement.map_or(code, |agreement| code_of(agreement, version, code)),
        grant_date: None,
        archival_agency: &seen.archival_agency.clone().unwrap_or_else(|| member_code.to_owned()),
        transferring_agency: &named("inconnu", &seen.transferring_agency),
        findings,
        remark: None,
        units: &[],
    });
    (identifier, body)
}
