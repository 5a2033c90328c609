//! `/witness/…`: heads of other services' logs, cosigned (C2SP tlog-witness). No account: the head's own signature is what
//! lets it in.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::problem::Problem;
use super::{State, problems};
use crate::proof::witness::{Refusal, Request};

/// `POST /witness/add-checkpoint`.
pub async fn add(body: web::Bytes, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let text = str::from_utf8(&body).map_err(|_| Refusal::Malformed("ce n'est pas du texte"));
    let request = match text.and_then(Request::parse) {
        Ok(request) => request,
        Err(refusal) => return Ok(refused(&refusal)),
    };
    Ok(match state.sealing.cosign(&request).await? {
        Ok(line) => HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(format!("{line}\n")),
        Err(refusal) => refused(&refusal),
    })
}

/// `GET /witness/{origin}/checkpoint`: the last head of that log that was cosigned; `origin` is the SHA-256 of its first line.
pub async fn last(origin: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let note = state.sealing.witnessed_head(&origin).await?.ok_or_else(problems::not_found)?;
    let mut answer = HttpResponse::Ok();
    answer.insert_header(("cache-control", "no-cache"));
    Ok(answer.content_type("text/plain; charset=utf-8").body(note))
}

/// As the protocol says it: witnesses are asked by programs.
fn refused(refusal: &Refusal) -> HttpResponse {
    let status = match refusal {
        Refusal::Malformed(_) => StatusCode::BAD_REQUEST,
        Refusal::Unknown => StatusCode::NOT_FOUND,
        Refusal::Unsigned => StatusCode::FORBIDDEN,
        Refusal::Conflict { .. } => StatusCode::CONFLICT,
        Refusal::Inconsistent => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let mut answer = HttpResponse::build(status);
    match refusal {
        Refusal::Conflict { size } => answer.content_type("text/x.tlog.size").body(format!("{size}\n")),
        _ => answer.content_type("text/plain; charset=utf-8").body(format!("{refusal}\n")),
    }
}
