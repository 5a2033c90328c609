//! Writes `Acknowledgement` and `ArchiveTransferReply` in the version of the transfer.
//!
//! Never writes a prefix: clients look for the standard's namespace as the default one. Every text is escaped and freed of
//! what XML forbids; elements stand in the schema's order, which 2.0 to 2.3 share but for what 2.0 lacks.

use std::borrow::Cow;

use chrono::{DateTime, SecondsFormat, Utc};

use crate::model::{Finding, SedaVersion, Severity};

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
    /// `000`, or a code of refusal (seda.md 2.2).
    pub reply_code: &'a str,
    /// Date of effect of the taking in charge; `None` for a refusal.
    pub grant_date: Option<DateTime<Utc>>,
    pub archival_agency: &'a str,
    pub transferring_agency: &'a str,
    /// Said one by one, warnings included.
    pub findings: &'a [Finding],
    /// Units given a reference, the root first: clients expect exactly one root, so the others stand under it.
    pub units: &'a [ReplyUnit],
}

/// A unit of the transfer with what the archive calls it.
#[derive(Clone, Debug)]
pub struct ReplyUnit {
    /// Identifier in the transfer's manifest.
    pub id: String,
    pub system_id: String,
    /// La cote.
    pub archival_agency_archive_unit_identifier: String,
}

/// The acknowledgement as an XML document, valid against the official schema.
pub fn acknowledgement(acknowledgement: &Acknowledgement<'_>) -> String {
    let mut out = Writer::new(acknowledgement.version, "Acknowledgement");
    out.leaf("Date", &date_time(acknowledgement.date));
    out.leaf("MessageIdentifier", acknowledgement.message_identifier);
    out.leaf("MessageReceivedIdentifier", acknowledgement.message_received_identifier);
    out.organization("Sender", acknowledgement.sender);
    out.organization("Receiver", acknowledgement.receiver);
    out.finish()
}

/// The reply as an XML document, valid against the official schema.
pub fn transfer_reply(reply: &TransferReply<'_>) -> String {
    let mut out = Writer::new(reply.version, "ArchiveTransferReply");
    comments(reply, &mut out);
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
    out.organization("ArchivalAgency", reply.archival_agency);
    out.organization("TransferringAgency", reply.transferring_agency);
    out.finish()
}

fn comments(reply: &TransferReply<'_>, out: &mut Writer) {
    let outcome = if reply.grant_date.is_some() { "Transfert pris en charge" } else { "Transfert refusé" };
    out.leaf("Comment", outcome);
    for finding in reply.findings {
        out.leaf("Comment", &sentence(finding));
    }
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
        out.leaf("DescriptionLevel", "Item");
        out.leaf("Title", &unit.archival_agency_archive_unit_identifier);
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

/// A finding in one line, where it is included.
fn sentence(finding: &Finding) -> String {
    let line = finding.line.map(|line| format!(" (ligne {line})")).unwrap_or_default();
    format!("{} : {}{line}", finding.kind.code, finding.message)
}

fn date_time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Builds a document element by element.
struct Writer {
    text: String,
    open: Vec<&'static str>,
}

impl Writer {
    fn new(version: SedaVersion, root: &'static str) -> Self {
        let namespace = version.namespace();
        let text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root} xmlns=\"{namespace}\">\n");
        Self { text, open: vec![root] }
    }

    fn indent(&mut self) {
        self.text.extend(std::iter::repeat_n("  ", self.open.len()));
    }

    fn open(&mut self, name: &'static str) {
        self.indent();
        self.text.extend(["<", name, ">\n"]);
        self.open.push(name);
    }

    fn open_with(&mut self, name: &'static str, attribute: &str, value: &str) {
        self.indent();
        self.text.extend(["<", name, " ", attribute, "=\"", &escaped(value), "\">\n"]);
        self.open.push(name);
    }

    fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.indent();
            self.text.extend(["</", name, ">\n"]);
        }
    }

    fn leaf(&mut self, name: &str, value: &str) {
        self.indent();
        if value.is_empty() {
            self.text.extend(["<", name, "/>\n"]);
        } else {
            self.text.extend(["<", name, ">", &escaped(value), "</", name, ">\n"]);
        }
    }

    fn organization(&mut self, name: &'static str, identifier: &str) {
        self.open(name);
        self.leaf("Identifier", identifier);
        self.close();
    }

    fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.text
    }
}

/// Text fit for XML 1.0: marks escaped, forbidden characters replaced.
fn escaped(text: &str) -> Cow<'_, str> {
    let is_forbidden =
        |c: char| matches!(c, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}');
    if text.contains(is_forbidden) {
        let clean = text.replace(is_forbidden, "\u{fffd}");
        return Cow::Owned(quick_xml::escape::escape(clean.as_str()).into_owned());
    }
    quick_xml::escape::escape(text)
}
