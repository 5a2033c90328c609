//! A transfer as the API writes it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::ingest::coverage;
use crate::model::{DecisionSaid, Finding, RefusalReason, Signatures, Transfer};

#[derive(Serialize)]
pub(super) struct FindingJson<'a> {
    code: &'static str,
    severity: &'static str,
    title: &'static str,
    message: &'a str,
    remedy: &'static str,
    line: Option<u64>,
    path: Option<&'a str>,
}

impl<'a> From<&'a Finding> for FindingJson<'a> {
    fn from(finding: &'a Finding) -> Self {
        Self {
            code: finding.kind.code,
            severity: finding.kind.severity.word(),
            title: finding.kind.title,
            message: &finding.message,
            remedy: finding.kind.remedy,
            line: finding.line,
            path: finding.path.as_deref(),
        }
    }
}

/// Reasons of a refusal and the archivist's words, or her remark.
#[derive(Serialize)]
struct DecisionJson {
    reasons: Vec<ReasonJson>,
    words: Option<String>,
}

#[derive(Serialize)]
struct ReasonJson {
    code: &'static str,
    title: &'static str,
}

/// Where the transfer and its messages are.
#[derive(Serialize)]
struct Links {
    #[serde(rename = "self")]
    itself: String,
    acknowledgement: String,
    reply: String,
}

#[derive(Serialize)]
pub(super) struct TransferJson<'a> {
    transfer_id: Uuid,
    state: &'static str,
    attempt: u32,
    file_name: &'a str,
    size_bytes: u64,
    sha512: String,
    received_at: DateTime<Utc>,
    seda_version: Option<&'a str>,
    message_identifier: Option<&'a str>,
    transferring_agency: Option<&'a str>,
    archival_agreement: Option<&'a str>,
    archival_profile: Option<&'a str>,
    profile_version: Option<u32>,
    title: Option<&'a str>,
    unit_count: Option<u32>,
    object_count: Option<u32>,
    findings: Vec<FindingJson<'a>>,
    virus_check: Option<Value>,
    /// Told of one transfer, not of each of a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    signatures: Option<Signatures>,
    /// Likewise: what the archivist said of her decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<DecisionJson>,
    decided_at: Option<DateTime<Utc>>,
    closed_at: Option<DateTime<Utc>>,
    archive_id: Option<Uuid>,
    links: Links,
}

impl<'a> From<&'a Transfer> for TransferJson<'a> {
    fn from(transfer: &'a Transfer) -> Self {
        let itself = address(transfer);
        Self {
            transfer_id: transfer.transfer_id.0,
            state: transfer.state.word(),
            attempt: transfer.attempt,
            file_name: &transfer.file_name,
            size_bytes: transfer.size_bytes,
            sha512: hex::encode(&transfer.digest),
            received_at: transfer.received_at,
            seda_version: transfer.seda_version.as_deref(),
            message_identifier: transfer.message_identifier.as_deref(),
            transferring_agency: transfer.transferring_agency.as_deref(),
            archival_agreement: transfer.agreement_identifier.as_deref(),
            archival_profile: transfer.archival_profile.as_deref(),
            profile_version: transfer.profile_version,
            title: transfer.title.as_deref(),
            unit_count: transfer.unit_count,
            object_count: transfer.object_count,
            findings: transfer.findings.iter().map(FindingJson::from).collect(),
            virus_check: transfer.virus.as_ref().map(coverage::write),
            signatures: None,
            decision: None,
            decided_at: transfer.decided_at,
            closed_at: transfer.closed_at,
            archive_id: transfer.archive_id.map(|id| id.0),
            links: Links {
                acknowledgement: format!("{itself}/acknowledgement"),
                reply: format!("{itself}/reply"),
                itself,
            },
        }
    }
}

impl TransferJson<'_> {
    /// The same, with the electronic signatures that its files bear.
    pub fn signed(self, signatures: Option<Signatures>) -> Self {
        Self { signatures, ..self }
    }

    /// The same, with what the archivist said, if she did.
    pub fn decided(self, said: DecisionSaid) -> Self {
        let reason = |reason: &RefusalReason| ReasonJson { code: reason.word(), title: reason.label() };
        let is_said = !said.reasons.is_empty() || said.words.is_some();
        let reasons = said.reasons.iter().map(reason).collect();
        let decision = is_said.then_some(DecisionJson { reasons, words: said.words });
        Self { decision, ..self }
    }
}

/// The transfer's address.
pub(super) fn address(transfer: &Transfer) -> String {
    format!("/api/v1/transfers/{}", transfer.transfer_id)
}
