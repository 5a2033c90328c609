//! `POST` and `GET /api/v1/transfers…`: a package comes in as a stream; its state and our messages come out.
//!
//! The same bytes sent again are the same transfer: a sender that lost our answer just sends again.

use actix_web::http::header;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use uuid::Uuid;

use super::transfer_json::{TransferJson, address as address_of};
use super::{Page, address, limit, place};
use crate::identity::MachineCaller;
use crate::ingest;
use crate::ingest::decision_queries::find_decision;
use crate::ingest::queries::{self, After, Filter, MessageKind};
use crate::model::{Agent, Channel, CopySaid, Scope, Transfer, TransferId, TransferState};
use crate::web::callers::Machine;
use crate::web::problem::Problem;
use crate::web::{State, client, cursor, problems};

/// Types that a package may come as; what it is, its first bytes say.
const MEDIA_TYPES: [&str; 11] = [
    "",
    "application/octet-stream",
    "application/zip",
    "application/x-zip-compressed",
    "application/x-tar",
    "application/gzip",
    "application/x-gzip",
    "application/x-gtar",
    "application/x-bzip2",
    "application/x-bzip",
    "application/x-compressed-tar",
];

/// When to ask again for a message that is not made yet.
const NOT_READY_SECONDS: u32 = 2;

/// The name of the file, when no header gives it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    file_name: Option<String>,
    /// `original`, `simple` or `reliable`: what is said of scans.
    copy: Option<String>,
}

/// What the list is asked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    state: Option<String>,
    after: Option<String>,
    limit: Option<u32>,
}

/// `POST /api/v1/transfers`.
pub async fn receive(
    machine: Machine,
    request: HttpRequest,
    named: web::Query<Named>,
    body: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let from = depositor(&machine, &request, named.copy.as_deref(), &state)?;
    let name = named.into_inner().file_name.or_else(|| file_name(&request)).unwrap_or_default();
    let reception = state.ingest.receive(&from, &name, client::paced(body)).await?;
    let transfer = reception.transfer;
    if !machine.follows(&transfer) {
        return Err(Problem::new(&problems::ALREADY_DEPOSITED));
    }
    Ok(HttpResponse::Accepted()
        .insert_header((header::LOCATION, address_of(&transfer)))
        .json(TransferJson::from(&transfer)))
}

/// Who sends this package, when its announced type and size admit it.
pub(super) fn depositor(
    machine: &MachineCaller,
    request: &HttpRequest,
    copy: Option<&str>,
    state: &State,
) -> Result<ingest::Depositor, Problem> {
    // The bytes are kept and digested as they come: a coding of the transport would hide them.
    let coded = request.headers().get(header::CONTENT_ENCODING).is_some_and(|coding| coding != "identity");
    if coded || !MEDIA_TYPES.iter().any(|known| request.content_type().eq_ignore_ascii_case(known)) {
        return Err(Problem::new(&problems::UNSUPPORTED_MEDIA_TYPE));
    }
    if client::brings_nothing(request) {
        return Err(Problem::new(&problems::BAD_REQUEST)
            .detail("Le corps de la demande est vide : envoyez-y le paquet."));
    }
    let announced_bytes = client::announced_bytes(request);
    if announced_bytes.is_some_and(|bytes| bytes > state.settings.received_bytes_max) {
        return Err(problems::too_large(state.settings.received_bytes_max));
    }
    let unknown = || Problem::new(&problems::BAD_REQUEST).detail("copy est original, simple ou reliable.");
    let copy = copy.map(|word| CopySaid::from_word(word).ok_or_else(unknown)).transpose()?;
    let (tenant, agent) = (machine.tenant, Agent::Machine(machine.machine_id));
    Ok(ingest::Depositor { tenant, agent, channel: Channel::Api, copy, announced_bytes })
}

/// `GET /api/v1/transfers`.
pub async fn list(
    machine: Machine,
    asked: web::Query<Listed>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let most = limit(asked.limit)?;
    let wrong = || Problem::new(&problems::BAD_REQUEST).detail("state n’est pas l’état d’un versement.");
    let filter = Filter {
        state: asked
            .state
            .as_deref()
            .map(|word| TransferState::from_word(word).ok_or_else(wrong))
            .transpose()?,
        scope: Scope::under(machine.agreements.clone()),
        machine: Some(machine.machine_id),
    };
    let after = place::<cursor::Moment>(asked.after.as_deref())?;
    let after = after.map(|(received_at, id)| After { received_at, transfer_id: TransferId(id) });
    let mut tx = state.db.read(machine.tenant).await?;
    let mut transfers = queries::transfers_page(&mut tx, &filter, after, most + 1).await?;
    let more = transfers.len() > most as usize;
    transfers.truncate(most as usize);
    let next = transfers.last().filter(|_| more).map(|last| {
        let place: cursor::Moment = (last.received_at, last.transfer_id.0);
        address(
            "/api/v1/transfers",
            &[
                ("state", asked.state.clone()),
                ("limit", asked.limit.map(|limit| limit.to_string())),
                ("after", Some(cursor::write(&place))),
            ],
        )
    });
    Ok(Page { items: transfers.iter().map(TransferJson::from).collect(), next }.answer())
}

/// `GET /api/v1/transfers/{id}`.
pub async fn show(
    machine: Machine,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let mut tx = state.db.read(machine.tenant).await?;
    let transfer = followed(&mut tx, &machine, TransferId(*id)).await?;
    let signatures = queries::find_signatures(&mut tx, transfer.transfer_id).await?;
    let said = find_decision(&mut tx, transfer.transfer_id).await?;
    Ok(HttpResponse::Ok().json(TransferJson::from(&transfer).signed(signatures).decided(said)))
}

/// `GET /api/v1/transfers/{id}/acknowledgement`.
pub async fn acknowledgement(
    machine: Machine,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    message(&machine, TransferId(*id), &state, MessageKind::Acknowledgement).await
}

/// `GET /api/v1/transfers/{id}/reply`.
pub async fn reply(
    machine: Machine,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    message(&machine, TransferId(*id), &state, MessageKind::Reply).await
}

async fn message(
    machine: &MachineCaller,
    id: TransferId,
    state: &State,
    kind: MessageKind,
) -> Result<HttpResponse, Problem> {
    let mut tx = state.db.read(machine.tenant).await?;
    followed(&mut tx, machine, id).await?;
    match queries::find_message(&mut tx, id, kind).await? {
        Some(body) => Ok(HttpResponse::Ok().content_type("application/xml; charset=utf-8").body(body)),
        None => Err(Problem::new(&problems::NOT_READY).retry_after_seconds(NOT_READY_SECONDS)),
    }
}

pub(super) async fn followed(
    tx: &mut crate::db::TenantRead,
    machine: &MachineCaller,
    id: TransferId,
) -> Result<Transfer, Problem> {
    let transfer = queries::find_transfer(tx, id).await?;
    transfer.filter(|transfer| machine.follows(transfer)).ok_or_else(problems::not_found)
}

/// From `Content-Disposition`, the exact name first (RFC 6266, 4.3).
fn file_name(request: &HttpRequest) -> Option<String> {
    let value = request.headers().get(header::CONTENT_DISPOSITION)?;
    let disposition = header::ContentDisposition::from_raw(value).ok()?;
    let exact = disposition.get_filename_ext().and_then(|name| String::from_utf8(name.value.clone()).ok());
    let plain =
        disposition.get_filename().map(|name| percent_decode_str(name).decode_utf8_lossy().into_owned());
    exact.or(plain)
}
