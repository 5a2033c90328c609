//! Attestations at the portal: the card that lists those of a transfer and its archive, the page and the file of one, and the
//! demand for a new reading of the copies.
//!
//! Whoever follows the transfer has its attestations; for the others they do not exist.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use uuid::Uuid;

use super::ingest::list;
use super::shell::{At, Badge, go_to};
use super::words;
use crate::catalog;
use crate::db::TenantRead;
use crate::evidence::attestation::{self, Attestation};
use crate::identity::PersonCaller;
use crate::ingest::{queries, visibility};
use crate::model::{Agent, ArchiveId, TransferId, TransferState};
use crate::web::callers::TransferReader;
use crate::web::{Problem, State, Who, problems};

/// The attestations of a transfer, as a card of its page and of its archive's.
pub struct Card {
    pub lines: Vec<Line>,
    /// Where a new reading is asked for, when there is an archive to read.
    pub ask: Option<String>,
    /// Its evidence file.
    pub dossier: Option<String>,
    pub csrf: String,
    /// What became of the last demand, unless it ended in an attestation.
    pub request: Option<String>,
}

/// One attestation.
pub struct Line {
    pub title: &'static str,
    pub number: String,
    pub at: At,
    pub state: Badge,
    pub page: String,
    pub file: String,
}

const SEALED: Badge = Badge { label: "Scellée", tone: "kept", icon: "seal" };
const WAITING: Badge = Badge { label: "En attente de scellement", tone: "waiting", icon: "clock" };

/// The card; `None` for whoever does not follow the transfer.
pub async fn card(
    tx: &mut TenantRead,
    person: &PersonCaller,
    transfer: TransferId,
) -> Result<Option<Card>, Problem> {
    if !Who::TransferReader.admits(&person.roles) {
        return Ok(None);
    }
    let Some(transfer) = queries::find_transfer(tx, transfer).await? else { return Ok(None) };
    if !visibility::follows(person, &transfer) {
        return Ok(None);
    }
    let lines = attestation::of_transfer(tx, transfer.transfer_id).await?;
    let archive = transfer.archive_id.filter(|_| transfer.state == TransferState::TakenInCharge);
    let request = match archive {
        Some(archive) => attestation::find_request(tx, archive).await?,
        None => None,
    };
    let request = request.and_then(|request| {
        let asked = words::moment(request.asked_at).words;
        match (request.ended_at, request.refusal) {
            (None, _) => Some(format!("Demandée le {asked} : les copies sont en cours de relecture.")),
            (Some(_), Some(refusal)) => Some(format!("Demandée le {asked}, non délivrée. {refusal}")),
            (Some(_), None) => None,
        }
    });
    Ok(Some(Card {
        lines: lines.into_iter().map(line).collect(),
        ask: archive.map(|archive| format!("/archives/{archive}/attestation")),
        dossier: archive.map(|archive| format!("/archives/{archive}/dossier")),
        csrf: person.csrf_token.clone(),
        request,
    }))
}

fn line(attestation: Attestation) -> Line {
    let address = format!("/attestations/{}", attestation.attestation_id);
    Line {
        title: attestation.kind.title(),
        at: words::moment(attestation.issued_at),
        state: if attestation.proof.is_some() { SEALED } else { WAITING },
        page: format!("{address}/pdf"),
        file: format!("{address}/json"),
        number: attestation.number,
    }
}

/// `GET /attestations/{id}/pdf`.
pub async fn page(
    person: TransferReader,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let attestation = find(&person, *id, &state).await?;
    let body = state.attestations.page(&attestation).await?;
    Ok(given("application/pdf", &attestation.number, "pdf", body))
}

/// `GET /attestations/{id}/json`.
pub async fn file(
    person: TransferReader,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let attestation = find(&person, *id, &state).await?;
    let body = state.attestations.file(person.tenant, &attestation).await?;
    Ok(given("application/json", &attestation.number, "json", body.into_bytes()))
}

/// `GET /archives/{id}/dossier`.
pub async fn dossier(
    person: TransferReader,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let archive = ArchiveId(*id);
    transfer_of(&person, archive, &state).await?;
    crate::web::dossier::answer(&state, person.tenant, archive).await
}

/// `POST /archives/{id}/attestation`.
pub async fn ask(
    person: TransferReader,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let archive = ArchiveId(*id);
    let transfer = transfer_of(&person, archive, &state).await?;
    state
        .preservation
        .ask_attestation(Agent::Person(person.person_id, person.role()), person.tenant, archive)
        .await?;
    Ok(go_to(&format!("{}#attestations", list::address(transfer))))
}

/// An attestation as a document to keep.
pub fn given(media_type: &'static str, number: &str, extension: &str, body: Vec<u8>) -> HttpResponse {
    let disposition = format!("attachment; filename=\"{number}.{extension}\"");
    HttpResponse::Ok()
        .content_type(media_type)
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .body(body)
}

async fn find(person: &PersonCaller, id: Uuid, state: &State) -> Result<Attestation, Problem> {
    let mut tx = state.db.read(person.tenant).await?;
    let attestation = attestation::find(&mut tx, id).await?.ok_or_else(problems::not_found)?;
    followed(&mut tx, person, attestation.transfer_id).await?;
    Ok(attestation)
}

/// The transfer that an archive was, which this person follows.
async fn transfer_of(
    person: &PersonCaller,
    archive: ArchiveId,
    state: &State,
) -> Result<TransferId, Problem> {
    let mut tx = state.db.read(person.tenant).await?;
    let transfer = catalog::queries::transfer_of(&mut tx, archive).await?.ok_or_else(problems::not_found)?;
    followed(&mut tx, person, transfer).await?;
    Ok(transfer)
}

async fn followed(tx: &mut TenantRead, person: &PersonCaller, id: TransferId) -> Result<(), Problem> {
    let transfer = queries::find_transfer(tx, id).await?;
    let follows = |transfer| visibility::follows(person, transfer);
    if transfer.as_ref().is_some_and(follows) { Ok(()) } else { Err(problems::not_found()) }
}
