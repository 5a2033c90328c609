//! 2.0 to 2.3: `Acknowledgement` and `ArchiveTransferReply`.
//!
//! Elements stand in the schema's order, which the four versions share but for what 2.0 lacks, and for what it alone
//! demands.

use chrono::{DateTime, SecondsFormat, Utc};

use super::older::RECEIVED;
use super::writer::Writer;
use super::{Acknowledgement, ReplyUnit, TransferReply, comments, level, sentence};
use crate::model::{SedaVersion, Severity};

pub(super) fn acknowledgement(acknowledgement: &Acknowledgement<'_>) -> String {
    let mut out = Writer::new(acknowledgement.version, "Acknowledgement");
    out.leaf("Comment", RECEIVED);
    out.leaf("Date", &date_time(acknowledgement.date));
    out.leaf("MessageIdentifier", acknowledgement.message_identifier);
    out.leaf("MessageReceivedIdentifier", acknowledgement.message_received_identifier);
    organization(&mut out, "Sender", acknowledgement.sender);
    organization(&mut out, "Receiver", acknowledgement.receiver);
    out.finish()
}

pub(super) fn transfer_reply(reply: &TransferReply<'_>) -> String {
    let mut out = Writer::new(reply.version, "ArchiveTransferReply");
    for comment in comments(reply) {
        out.leaf("Comment", &comment);
    }
    out.leaf("Date", &date_time(reply.date));
    out.leaf("MessageIdentifier", reply.message_identifier);
    if let Some(agreement) = reply.archival_agreement {
        out.leaf("ArchivalAgreement", agreement);
    }
    code_lists(reply.version, &mut out);
    if reply.grant_date.is_some() && !reply.units.is_empty() {
        package(reply.version, reply.units, &mut out);
    }
    out.leaf("ReplyCode", reply.reply_code);
    // 2.0 has no Operation: its comments say it all.
    if reply.version > SedaVersion::V2_0 {
        operation(reply, &mut out);
    }
    out.leaf("MessageRequestIdentifier", reply.message_request_identifier);
    if let Some(date) = reply.grant_date {
        out.leaf("GrantDate", &date_time(date));
    }
    organization(&mut out, "ArchivalAgency", reply.archival_agency);
    organization(&mut out, "TransferringAgency", reply.transferring_agency);
    out.finish()
}

/// 2.0 demands three versions of code lists; the others none, but senders look for the reply codes' one.
fn code_lists(version: SedaVersion, out: &mut Writer) {
    out.open("CodeListVersions");
    out.leaf("ReplyCodeListVersion", "seda-0.2");
    if version == SedaVersion::V2_0 {
        out.leaf("MessageDigestAlgorithmCodeListVersion", "xmlenc");
        out.leaf("FileFormatCodeListVersion", "PRONOM");
    }
    out.close();
}

fn package(version: SedaVersion, units: &[ReplyUnit], out: &mut Writer) {
    out.open("DataObjectPackage");
    out.open("DescriptiveMetadata");
    let (root, others) = units.split_at(1);
    for unit in root {
        open_unit(version, unit, out);
    }
    for unit in others {
        open_unit(version, unit, out);
        out.close();
    }
    root.iter().for_each(|_| out.close());
    out.close();
    out.leaf("ManagementMetadata", "");
    out.close();
}

/// Level and title are mandatory in 2.0, where a reply repeats what it identifies.
fn open_unit(version: SedaVersion, unit: &ReplyUnit, out: &mut Writer) {
    out.open_with("ArchiveUnit", "id", &unit.id);
    out.open("Content");
    if version == SedaVersion::V2_0 {
        out.leaf("DescriptionLevel", level(unit).unwrap_or("Item"));
        out.leaf("Title", unit.title.as_deref().unwrap_or(&unit.archival_agency_archive_unit_identifier));
    }
    out.leaf("SystemId", &unit.system_id);
    out.leaf("ArchivalAgencyArchiveUnitIdentifier", &unit.archival_agency_archive_unit_identifier);
    out.close();
}

fn operation(reply: &TransferReply<'_>, out: &mut Writer) {
    let at = date_time(reply.date);
    let (outcome, detail, message) = if reply.grant_date.is_some() {
        ("OK", "INGEST.OK", "Prise en charge")
    } else {
        ("KO", "INGEST.KO", "Refus")
    };
    out.open("Operation");
    event(out, &at, "INGEST", outcome, detail, message);
    for finding in reply.findings {
        let outcome = if finding.kind.severity == Severity::Error { "KO" } else { "WARNING" };
        event(out, &at, "CONTROLE", outcome, finding.kind.code, &sentence(finding));
    }
    out.close();
}

fn event(out: &mut Writer, at: &str, kind: &str, outcome: &str, detail: &str, message: &str) {
    out.open("Event");
    out.leaf("EventTypeCode", kind);
    out.leaf("EventDateTime", at);
    out.leaf("Outcome", outcome);
    out.leaf("OutcomeDetail", detail);
    out.leaf("OutcomeDetailMessage", message);
    out.close();
}

/// With its offset in figures: clients do not all read `Z`.
fn date_time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, false)
}

fn organization(out: &mut Writer, name: &'static str, identifier: &str) {
    out.open(name);
    out.leaf("Identifier", identifier);
    out.close();
}
