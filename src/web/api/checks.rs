//! `POST /api/v1/checks`: the blank test of a package, of which nothing is kept.
//!
//! The same body as a deposit, the same checks, and the verdict in the answer, which waits for them.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::transfer_json::FindingJson;
use super::transfers::depositor;
use crate::identity::MachineCaller;
use crate::ingest::{Trial, coverage};
use crate::model::Signatures;
use crate::web::callers::Machine;
use crate::web::problem::Problem;
use crate::web::{State, client};

/// What is said beside the bytes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// `original`, `simple` or `reliable`: what is said of scans.
    copy: Option<String>,
}

#[derive(Serialize)]
struct CheckJson<'a> {
    verdict: &'static str,
    reply_code: Option<&'a str>,
    findings: Vec<FindingJson<'a>>,
    size_bytes: u64,
    sha512: String,
    seda_version: Option<&'static str>,
    message_identifier: Option<&'a str>,
    transferring_agency: Option<&'a str>,
    originating_agency: Option<&'a str>,
    archival_agreement: Option<&'a str>,
    archival_profile: Option<&'a str>,
    profile_version: Option<u32>,
    title: Option<&'a str>,
    unit_count: Option<usize>,
    object_count: Option<usize>,
    expanded_bytes: u64,
    virus_check: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    signatures: Option<&'a Signatures>,
    /// These bytes are a deposit already, whoever made it.
    already_deposited: bool,
    /// That deposit, when the caller follows it.
    transfer_id: Option<Uuid>,
}

impl<'a> CheckJson<'a> {
    fn of(trial: &'a Trial, machine: &MachineCaller) -> Self {
        let followed = trial.known.as_ref().filter(|transfer| machine.follows(transfer));
        Self {
            verdict: trial.verdict.word(),
            reply_code: trial.reply_code.as_deref(),
            findings: trial.findings.iter().map(FindingJson::from).collect(),
            size_bytes: trial.size_bytes,
            sha512: hex::encode(trial.sha512),
            seda_version: trial.seda_version.map(|version| version.number()),
            message_identifier: trial.message_identifier.as_deref(),
            transferring_agency: trial.transferring_agency.as_deref(),
            originating_agency: trial.originating_agency.as_deref(),
            archival_agreement: trial.agreement.as_deref(),
            archival_profile: trial.profile.as_deref(),
            profile_version: trial.profile_version,
            title: trial.title.as_deref(),
            unit_count: trial.unit_count,
            object_count: trial.object_count,
            expanded_bytes: trial.expanded_bytes,
            virus_check: coverage::write(&trial.virus),
            signatures: trial.signatures.as_ref(),
            already_deposited: trial.known.is_some(),
            transfer_id: followed.map(|transfer| transfer.transfer_id.0),
        }
    }
}

/// `POST /api/v1/checks`.
pub async fn check(
    machine: Machine,
    request: HttpRequest,
    said: web::Query<Said>,
    body: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let from = depositor(&machine, &request, said.copy.as_deref(), &state)?;
    let trial = state.ingest.try_out(&from, client::paced(body)).await?;
    Ok(HttpResponse::Ok().json(CheckJson::of(&trial, &machine)))
}
