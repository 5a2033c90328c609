//! Writes the answers to a transfer in its own version: that it was received, that it is taken in charge or refused.
//!
//! 0.2 has no `Acknowledgement`: it answers a transfer received by an `ArchiveTransferReply`, one taken in charge by an
//! `ArchiveTransferAcceptance`. What is asked here is the same for all; each version writes what its schema demands,
//! in its order.

mod asalae;
pub mod columns;
pub mod delivery;
pub mod element;
pub mod folding;
mod older;
pub mod transfer;
mod v02;
mod v1;
mod v2;
mod writer;

use chrono::{DateTime, Utc};

pub use asalae::as_buses_read;

use crate::model::{Finding, SedaVersion};
use crate::seda::levels::LEVELS;

/// We have the message; nothing is said yet of what it holds.
#[derive(Clone, Debug)]
pub struct Acknowledgement<'a> {
    pub version: SedaVersion,
    pub date: DateTime<Utc>,
    pub message_identifier: &'a str,
    /// Identifier of the message acknowledged.
    pub message_received_identifier: &'a str,
    pub sender: &'a str,
    pub receiver: &'a str,
}

/// The transfer is taken in charge, or refused with reasons.
#[derive(Clone, Debug)]
pub struct TransferReply<'a> {
    pub version: SedaVersion,
    pub date: DateTime<Utc>,
    pub message_identifier: &'a str,
    /// Identifier of the transfer answered.
    pub message_request_identifier: &'a str,
    pub archival_agreement: Option<&'a str>,
    pub archival_profile: Option<&'a str>,
    /// `000`, or a code of refusal (seda.md 2.2).
    pub reply_code: &'a str,
    /// Date of effect of the taking in charge; `None` for a refusal.
    pub grant_date: Option<DateTime<Utc>>,
    pub archival_agency: &'a str,
    pub transferring_agency: &'a str,
    /// Said one by one, warnings included.
    pub findings: &'a [Finding],
    /// What the archivist who accepted has to say.
    pub remark: Option<&'a str>,
    /// Units given a reference, the root first: clients expect exactly one root, so the others stand under it.
    pub units: &'a [ReplyUnit],
}

/// A unit of the transfer with what the archive calls it, and what the older versions demand that a reply repeat.
#[derive(Clone, Debug, Default)]
pub struct ReplyUnit {
    /// Identifier in the transfer's manifest.
    pub id: String,
    pub system_id: String,
    /// La cote.
    pub archival_agency_archive_unit_identifier: String,
    /// The reference stands for it when it is missing.
    pub title: Option<String>,
    /// As 2.x writes it: `RecordGrp`.
    pub description_level: Option<String>,
    /// `DescriptionLanguage`, then `Language`: two letters or three.
    pub description_languages: Vec<String>,
    pub languages: Vec<String>,
    /// Code and start date of its access rule.
    pub access_rule: Option<(String, String)>,
}

/// The acknowledgement as an XML document, valid against the official schema.
pub fn acknowledgement(acknowledgement: &Acknowledgement<'_>) -> String {
    match acknowledgement.version {
        SedaVersion::V0_2 => v02::acknowledgement(acknowledgement),
        SedaVersion::V1_0 => v1::acknowledgement(acknowledgement),
        _ => v2::acknowledgement(acknowledgement),
    }
}

/// The reply as an XML document, valid against the official schema.
pub fn transfer_reply(reply: &TransferReply<'_>) -> String {
    match reply.version {
        SedaVersion::V0_2 => v02::transfer_reply(reply),
        SedaVersion::V1_0 => v1::transfer_reply(reply),
        _ => v2::transfer_reply(reply),
    }
}

/// The unit's level, when every version has it.
fn level(unit: &ReplyUnit) -> Option<&'static str> {
    LEVELS.into_iter().find(|level| Some(*level) == unit.description_level.as_deref())
}

/// What a reply says in words: its outcome, the archivist's remark, then each finding.
fn comments(reply: &TransferReply<'_>) -> Vec<String> {
    let outcome = if reply.grant_date.is_some() { "Transfert pris en charge" } else { "Transfert refusé" };
    let remark = reply.remark.map(|remark| format!("Remarque du service d'archives : {remark}"));
    let findings = reply.findings.iter().map(sentence);
    std::iter::once(outcome.to_owned()).chain(remark).chain(findings).collect()
}

/// A finding in one line, where it is included.
fn sentence(finding: &Finding) -> String {
    let line = finding.line.map(|line| format!(" (ligne {line})")).unwrap_or_default();
    format!("{} : {}{line}", finding.kind.code, finding.message)
}
