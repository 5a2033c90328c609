//! The `ArchiveTransferReply`, positive or not, in the version of the transfer.

use std::io;

use chrono::{DateTime, Utc};

use super::decide::Accepted;
use crate::model::{Finding, SedaVersion, Transfer};
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
) -> io::Result<String> {
    let manifest = &accepted.manifest;
    let heading = &manifest.heading;
    let reply_unit = |(rank, number): (usize, u32)| {
        let id = manifest.unit(number)?.id;
        io::Result::Ok(ReplyUnit {
            system_id: derived_id(accession.archive_id, "unit", &id).to_string(),
            id,
            archival_agency_archive_unit_identifier: match rank {
                0 => accession.cote.clone(),
                rank => format!("{}/{}", accession.cote, rank + 1),
            },
        })
    };
    let units: Vec<ReplyUnit> =
        manifest.tree.roots().enumerate().map(reply_unit).collect::<Result<_, _>>()?;
    Ok(write::transfer_reply(&TransferReply {
        version: heading.version,
        date: at,
        message_identifier: &reply_identifier(&accession.cote),
        message_request_identifier: &heading.message_identifier,
        archival_agreement: Some(&accepted.agreement.identifier),
        reply_code: "000",
        grant_date: Some(at),
        archival_agency: heading.archival_agency.as_deref().unwrap_or(member_code),
        transferring_agency: heading.transferring_agency.as_deref().unwrap_or("inconnu"),
        findings: &accepted.findings,
        units: &units,
    }))
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
        version: seen.version.filter(|version| *version >= SedaVersion::V2_0).unwrap_or(SedaVersion::V2_1),
        date: at,
        message_identifier: &identifier,
        message_request_identifier: &seen
            .message_identifier
            .clone()
            .filter(|id| !id.trim().is_empty())
            .unwrap_or(unread),
        archival_agreement: seen.agreement.as_deref().filter(|agreement| !agreement.trim().is_empty()),
        reply_code: first_error.map_or("101", |finding| finding.kind.reply_code),
        grant_date: None,
        archival_agency: &seen.archival_agency.clone().unwrap_or_else(|| member_code.to_owned()),
        transferring_agency: &named("inconnu", &seen.transferring_agency),
        findings,
        units: &[],
    });
    (identifier, body)
}
