//! `/api/v1/uploads`: a package in as many requests as the line needs, by the tus protocol 1.0 (creation, creation with upload, length
//! told later, checksum, expiration, termination).
//!
//! Never answers for a byte that is not on the disk: what is received is counted as it comes, every few megabytes, so that a
//! cut loses little, however the connection ends. The one thing to know: with the last byte the upload is a transfer, which
//! `Chartrier-Transfer` names from then on.

use std::collections::BTreeMap;
use std::io;
use std::task::Poll;

use actix_web::http::{Method, StatusCode, header};
use actix_web::web::Bytes;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::{Stream, StreamExt, stream};
use serde_json::json;
use uuid::Uuid;

use super::checksum::Checksum;
use crate::ingest::upload_ends::GivenUp;
use crate::ingest::uploads::{Counting, NewUpload, Piece, Upload};
use crate::ingest::{self, Entered};
use crate::model::{Agent, Channel, CopySaid, TransferId};
use crate::storage;
use crate::web::callers::Machine;
use crate::web::problem::Problem;
use crate::web::{State, client, problems};

const VERSION: &str = "1.0.0";
const EXTENSIONS: &str =
    "creation,creation-with-upload,creation-defer-length,checksum,expiration,termination";
const MEDIA_TYPE: &str = "application/offset+octet-stream";
const TUS_RESUMABLE: header::HeaderName = header::HeaderName::from_static("tus-resumable");
const TUS_VERSION: header::HeaderName = header::HeaderName::from_static("tus-version");
const TRANSFER: &str = "Chartrier-Transfer";
/// Bytes after which what came is counted.
const COUNTED_BYTES: usize = 32 << 20;

/// `OPTIONS /api/v1/uploads`: what is understood.
pub async fn options(state: web::Data<State>) -> HttpResponse {
    answer(StatusCode::NO_CONTENT)
        .insert_header((TUS_VERSION, VERSION))
        .insert_header(("Tus-Extension", EXTENSIONS))
        .insert_header(("Tus-Max-Size", state.settings.received_bytes_max.to_string()))
        .insert_header(("Tus-Checksum-Algorithm", Checksum::ALGORITHMS))
        .finish()
}

/// `POST /api/v1/uploads`.
pub async fn create(
    machine: Machine,
    request: HttpRequest,
    body: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    speaks_tus(&request)?;
    let metadata = metadata(&request)?;
    let word = metadata.get("copy").map(String::as_str);
    let unknown = || bad("copy est original, simple ou reliable.");
    let copy = word.map(|word| CopySaid::from_word(word).ok_or_else(unknown)).transpose()?;
    let bytes_total = match (number(&request, "upload-length")?, text(&request, "upload-defer-length")) {
        (Some(0), _) => return Err(bad("Upload-Length vaut 0 : envoyez le paquet.")),
        (Some(length), None) => Some(length),
        (None, Some("1")) => None,
        _ => return Err(bad("Donnez Upload-Length, ou Upload-Defer-Length: 1.")),
    };
    within(&state, bytes_total)?;
    let with_upload = request.content_type().eq_ignore_ascii_case(MEDIA_TYPE);
    let name = metadata.get("filename").cloned().unwrap_or_default();
    let id = TransferId(state.clock.fresh_id());
    let from = ingest::Depositor { copy, announced_bytes: bytes_total, ..depositor(&machine) };
    let new = NewUpload {
        id,
        file_name: &name,
        key: None,
        header: None,
        reply_to: None,
        bytes_total,
        pieces_total: None,
        metadata: text(&request, "upload-metadata"),
    };
    let Some(mut upload) = state.ingest.open_upload(&from, &new).await? else {
        return Err(tus(Problem::new(&problems::TOO_MANY_REQUESTS)
            .detail("Trop d’envois sont ouverts : terminez-les, ou attendez qu’ils expirent.")));
    };
    let mut transfer = None;
    if with_upload {
        (upload, transfer) = receive(&machine, &state, &request, upload, body).await?;
    }
    let mut created = answer(StatusCode::CREATED);
    created.insert_header((header::LOCATION, format!("/api/v1/uploads/{id}")));
    told(&mut created, &upload, transfer);
    Ok(created.finish())
}

/// `HEAD` and `GET /api/v1/uploads/{id}`.
pub async fn show(
    machine: Machine,
    id: web::Path<Uuid>,
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let upload = found(&machine, &state, *id).await?;
    // The service may have stopped between the last byte and the transfer.
    let transfer = match upload.transfer_id {
        None => closed(&machine, &state, &upload).await.or_else(|problem| {
            // Another request is closing it: the next HEAD will tell.
            if *problem.kind() == problems::UPLOAD_BUSY { Ok(None) } else { Err(problem) }
        })?,
        known => known,
    };
    let mut answer = answer(StatusCode::OK);
    told(&mut answer, &upload, transfer);
    match upload.bytes_total {
        Some(length) => answer.insert_header(("Upload-Length", length.to_string())),
        None => answer.insert_header(("Upload-Defer-Length", "1")),
    };
    if let Some(metadata) = &upload.metadata {
        answer.insert_header(("Upload-Metadata", metadata.as_str()));
    }
    if *request.method() == Method::HEAD {
        speaks_tus(&request)?;
        return Ok(answer.finish());
    }
    Ok(answer.json(json!({
        "upload_id": upload.id.to_string(),
        "file_name": upload.file_name,
        "bytes_received": upload.bytes_received,
        "bytes_total": upload.bytes_total,
        "expires_at": upload.expires_at,
        "transfer": transfer.map(address),
    })))
}

/// `PATCH /api/v1/uploads/{id}`.
pub async fn append(
    machine: Machine,
    id: web::Path<Uuid>,
    request: HttpRequest,
    body: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let mut upload = found(&machine, &state, *id).await?;
    speaks_tus(&request)?;
    if !request.content_type().eq_ignore_ascii_case(MEDIA_TYPE) {
        let sentence = format!("Un morceau est de type {MEDIA_TYPE}.");
        return Err(tus(Problem::new(&problems::UNSUPPORTED_MEDIA_TYPE).detail(sentence)));
    }
    let at = number(&request, "upload-offset")?.ok_or_else(|| bad("Upload-Offset manque."))?;
    if at != upload.bytes_received {
        return Err(misplaced(upload.bytes_received));
    }
    if let Some(length) = number(&request, "upload-length")? {
        if length == 0 || length < upload.bytes_received {
            return Err(bad("Upload-Length est moindre que ce qui est reçu, ou vaut 0."));
        }
        within(&state, Some(length))?;
        upload = state.ingest.announce(&upload, length).await?;
        if upload.bytes_total != Some(length) {
            return Err(bad("Upload-Length a déjà été dit, et diffère."));
        }
    }
    let (upload, transfer) = receive(&machine, &state, &request, upload, body).await?;
    let mut answer = answer(StatusCode::NO_CONTENT);
    told(&mut answer, &upload, transfer);
    Ok(answer.finish())
}

/// `DELETE /api/v1/uploads/{id}`.
pub async fn terminate(
    machine: Machine,
    id: web::Path<Uuid>,
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let upload = found(&machine, &state, *id).await?;
    speaks_tus(&request)?;
    match state.ingest.abandon_upload(&upload).await? {
        GivenUp::Yes => Ok(answer(StatusCode::NO_CONTENT).finish()),
        GivenUp::Closed => Err(tus(Problem::new(&problems::UPLOAD_CLOSED))),
        GivenUp::Busy => Err(tus(Problem::new(&problems::UPLOAD_BUSY))),
        GivenUp::Unknown => Err(problems::not_found()),
    }
}

fn depositor(machine: &Machine) -> ingest::Depositor {
    ingest::Depositor {
        tenant: machine.tenant,
        agent: Agent::Machine(machine.machine_id),
        channel: Channel::Api,
        copy: None,
        announced_bytes: None,
    }
}

/// The upload, when this machine opened it; anything else is none.
async fn found(machine: &Machine, state: &State, id: Uuid) -> Result<Upload, Problem> {
    let upload = state.ingest.upload(machine.tenant, TransferId(id)).await?;
    let is_its = |upload: &Upload| upload.door == Channel::Api && upload.machine == Some(machine.machine_id);
    upload.filter(is_its).ok_or_else(problems::not_found)
}

/// Takes what comes, from where the upload stands; closes it with its last byte.
async fn receive(
    machine: &Machine,
    state: &State,
    request: &HttpRequest,
    mut upload: Upload,
    body: web::Payload,
) -> Result<(Upload, Option<TransferId>), Problem> {
    let written = request.headers().get("upload-checksum").map(|value| value.to_str().unwrap_or_default());
    let checksum = written.map(Checksum::read);
    let checksum = checksum
        .map(|read| read.ok_or_else(|| bad("Upload-Checksum : « algorithme base64 ».")))
        .transpose()?;
    let mut body = client::paced(body);
    let mut is_over = upload.is_whole();
    // A checksum is of the whole request: it is counted whole, or not at all.
    let counted = if checksum.is_some() { usize::MAX } else { COUNTED_BYTES };
    let mut checksum = checksum;
    while !is_over {
        let (mut seen, part) = (checksum.take(), up_to(&mut body, counted, &mut is_over));
        let digest = std::cell::RefCell::new(&mut seen);
        let update = |bytes: &[u8]| {
            if let Some(checksum) = digest.borrow_mut().as_mut() {
                checksum.update(bytes);
            }
        };
        let keep = || digest.borrow_mut().take().is_none_or(Checksum::holds);
        let counting = if counted == usize::MAX { Counting::Checked } else { Counting::Bytes };
        match state.ingest.add_piece(upload.clone(), counting, part, update, keep).await? {
            Piece::Added(added) => upload = added,
            Piece::Broken(_, error) => {
                return Err(tus(ingest::Error::from(storage::Error::Interrupted(error)).into()));
            }
            Piece::Busy => return Err(tus(Problem::new(&problems::UPLOAD_BUSY))),
            Piece::TooLong => return Err(tus(problems::too_large(state.settings.received_bytes_max))),
            Piece::Rejected => return Err(tus(Problem::new(&problems::WRONG_CHECKSUM))),
        }
    }
    let transfer = closed(machine, state, &upload).await?;
    Ok((upload, transfer))
}

/// The transfer that a whole upload is, made now unless it was before.
async fn closed(machine: &Machine, state: &State, upload: &Upload) -> Result<Option<TransferId>, Problem> {
    if !upload.is_whole() {
        return Ok(None);
    }
    match state.ingest.close_upload(upload).await? {
        None => Err(tus(Problem::new(&problems::UPLOAD_BUSY))),
        Some(Entered::Received(reception)) if machine.follows(&reception.transfer) => {
            Ok(Some(reception.transfer.transfer_id))
        }
        Some(_) => Err(tus(Problem::new(&problems::ALREADY_DEPOSITED))),
    }
}

/// The next bytes of a body, so many at most or one piece more; `is_over` once there are none left.
fn up_to<'a>(
    body: &'a mut (impl Stream<Item = io::Result<Bytes>> + Unpin),
    bytes_max: usize,
    is_over: &'a mut bool,
) -> impl Stream<Item = io::Result<Bytes>> + 'a {
    let mut left = bytes_max;
    stream::poll_fn(move |context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        let polled = body.poll_next_unpin(context);
        match &polled {
            Poll::Ready(Some(Ok(bytes))) => left = left.saturating_sub(bytes.len()),
            Poll::Ready(_) => *is_over = true,
            Poll::Pending => {}
        }
        polled
    })
}

fn address(id: TransferId) -> String {
    format!("/api/v1/transfers/{id}")
}

fn answer(status: StatusCode) -> HttpResponseBuilder {
    let mut answer = HttpResponse::build(status);
    answer.insert_header((TUS_RESUMABLE, VERSION)).insert_header((header::CACHE_CONTROL, "no-store"));
    answer
}

/// Where an upload stands.
fn told(answer: &mut HttpResponseBuilder, upload: &Upload, transfer: Option<TransferId>) {
    answer.insert_header(("Upload-Offset", upload.bytes_received.to_string()));
    match transfer {
        Some(id) => answer.insert_header((TRANSFER, address(id))),
        None => answer.insert_header((
            "Upload-Expires",
            header::HttpDate::from(std::time::SystemTime::from(upload.expires_at)).to_string(),
        )),
    };
}

/// Refuses whoever speaks another version.
fn speaks_tus(request: &HttpRequest) -> Result<(), Problem> {
    if text(request, "tus-resumable") == Some(VERSION) {
        return Ok(());
    }
    let sentence = format!("Dites la version du protocole : « Tus-Resumable: {VERSION} ».");
    Err(tus(Problem::new(&problems::PRECONDITION_FAILED).detail(sentence).header(TUS_VERSION, VERSION)))
}

/// As the protocol wants refusals, too, to say its version.
fn tus(problem: Problem) -> Problem {
    problem.header(TUS_RESUMABLE, VERSION)
}

fn bad(sentence: &str) -> Problem {
    tus(Problem::new(&problems::BAD_REQUEST).detail(sentence))
}

fn misplaced(at: u64) -> Problem {
    let problem = Problem::new(&problems::WRONG_OFFSET).detail(format!("L’envoi en est à l’octet {at}."));
    tus(problem.header(header::HeaderName::from_static("upload-offset"), at.to_string()))
}

fn within(state: &State, bytes: Option<u64>) -> Result<(), Problem> {
    let max = state.settings.received_bytes_max;
    if bytes.is_some_and(|bytes| bytes > max) { Err(tus(problems::too_large(max))) } else { Ok(()) }
}

fn text<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok()
}

fn number(request: &HttpRequest, name: &str) -> Result<Option<u64>, Problem> {
    let Some(value) = request.headers().get(name) else { return Ok(None) };
    let number = value.to_str().ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let number = number.and_then(|text| text.parse::<u64>().ok()).filter(|number| *number <= i64::MAX as u64);
    number.map(Some).ok_or_else(|| bad(&format!("{name} est un nombre d’octets.")))
}

/// `Upload-Metadata`: names, each with a value in base64.
fn metadata(request: &HttpRequest) -> Result<BTreeMap<String, String>, Problem> {
    let Some(written) = text(request, "upload-metadata") else { return Ok(BTreeMap::new()) };
    let one = |pair: &str| {
        let (name, value) = pair.trim().split_once(' ').unwrap_or((pair.trim(), ""));
        Some((name.to_owned(), String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()?))
    };
    let pairs = written.split(',').filter(|pair| !pair.trim().is_empty()).map(one);
    pairs.collect::<Option<_>>().ok_or_else(|| bad("Upload-Metadata : « nom base64, … »."))
}
