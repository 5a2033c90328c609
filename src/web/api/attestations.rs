//! `/api/v1/attestations/{id}` and those of a transfer: what the service declared, for machines.
//!
//! A machine has the attestations of the transfers that it follows.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::{Page, transfers};
use crate::evidence::attestation::{self, Attestation};
use crate::identity::MachineCaller;
use crate::model::{Agent, ArchiveId, TransferId, TransferState};
use crate::web::callers::Machine;
use crate::web::pages::attestations::given;
use crate::web::problem::Problem;
use crate::web::{State, problems};

#[derive(Serialize)]
struct AttestationJson {
    attestation_id: Uuid,
    number: String,
    kind: &'static str,
    transfer_id: Uuid,
    archive_id: Option<Uuid>,
    issued_at: DateTime<Utc>,
    /// Of the statement.
    sha256: String,
    /// Whether its file has its proof.
    sealed: bool,
    links: Links,
}

#[derive(Serialize)]
struct Links {
    #[serde(rename = "self")]
    itself: String,
    pdf: String,
}

impl From<Attestation> for AttestationJson {
    fn from(attestation: Attestation) -> Self {
        let itself = format!("/api/v1/attestations/{}", attestation.attestation_id);
        Self {
            attestation_id: attestation.attestation_id,
            kind: attestation.kind.word(),
            transfer_id: attestation.transfer_id.0,
            archive_id: attestation.archive_id.map(|id| id.0),
            issued_at: attestation.issued_at,
            sha256: hex::encode(&attestation.sha256),
            sealed: attestation.proof.is_some(),
            number: attestation.number,
            links: Links { pdf: format!("{itself}/pdf"), itself },
        }
    }
}

/// The last demand for an attestation of integrity.
#[derive(Serialize)]
struct RequestJson {
    asked_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
    refusal: Option<String>,
}

/// `GET /api/v1/transfers/{id}/attestations`.
pub async fn list(
    machine: Machine,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let mut tx = state.db.read(machine.tenant).await?;
    let transfer = transfers::followed(&mut tx, &machine, TransferId(*id)).await?;
    let found = attestation::of_transfer(&mut tx, transfer.transfer_id).await?;
    Ok(Page { items: found.into_iter().map(AttestationJson::from).collect(), next: None }.answer())
}

/// The archive that a transfer the machine follows has become.
async fn archive_of(machine: &MachineCaller, id: TransferId, state: &State) -> Result<ArchiveId, Problem> {
    let mut tx = state.db.read(machine.tenant).await?;
    let transfer = transfers::followed(&mut tx, machine, id).await?;
    let archive = transfer.archive_id.filter(|_| transfer.state == TransferState::TakenInCharge);
    archive.ok_or_else(|| Problem::new(&problems::NOT_READY))
}

/// `POST /api/v1/transfers/{id}/attestations`.
pub async fn ask(
    machine: Machine,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let archive = archive_of(&machine, TransferId(*id), &state).await?;
    let by = Agent::Machine(machine.machine_id);
    state.preservation.ask_attestation(by, machine.tenant, archive).await?;
    let mut tx = state.db.read(machine.tenant).await?;
    let request = attestation::find_request(&mut tx, archive).await?.ok_or_else(problems::not_found)?;
    let (asked_at, ended_at, refusal) = (request.asked_at, request.ended_at, request.refusal);
    Ok(HttpResponse::Accepted().json(RequestJson { asked_at, ended_at, refusal }))
}

/// `GET /api/v1/transfers/{id}/evidence`.
pub async fn dossier(
    machine: Machine,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let archive = archive_of(&machine, TransferId(*id), &state).await?;
    crate::web::dossier::answer(&state, machine.tenant, archive).await
}

/// `GET /api/v1/attestations/{id}`.
pub async fn file(
    machine: Machine,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let attestation = find(&machine, *id, &state).await?;
    let body = state.attestations.file(machine.tenant, &attestation).await?;
    Ok(given("application/json", &attestation.number, "json", body.into_bytes()))
}

/// `GET /api/v1/attestations/{id}/pdf`.
pub async fn page(
    machine: Machine,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let attestation = find(&machine, *id, &state).await?;
    let body = state.attestations.page(&attestation).await?;
    Ok(given("application/pdf", &attestation.number, "pdf", body))
}

async fn find(machine: &MachineCaller, id: Uuid, state: &State) -> Result<Attestation, Problem> {
    let mut tx = state.db.read(machine.tenant).await?;
    let attestation = attestation::find(&mut tx, id).await?.ok_or_else(problems::not_found)?;
    transfers::followed(&mut tx, machine, attestation.transfer_id).await?;
    Ok(attestation)
}
