//! `/log/{code}/…`: the logs, for whoever mirrors them (C2SP tlog-tiles): signed heads, tiles, entries' hashes, each seal and
//! its time stamps. Nothing of an entry but its SHA-256.
//!
//! Never reads a site: the rows under a seal do not change. A tile wider or further than the last seal is not there.

use actix_web::http::header;
use actix_web::{HttpResponse, web};

use super::problem::Problem;
use super::{State, problems};
use crate::model::TenantId;
use crate::sealing::LogFile;

/// What never changes under its address.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
const TEXT: &str = "text/plain; charset=utf-8";
const BYTES: &str = "application/octet-stream";

/// `GET /log/{path}`: `<code>/checkpoint`, `<code>/tile/…`, `<code>/seals/…`; `plateforme` is the platform's own.
pub async fn show(path: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let (code, name) = path.split_once('/').ok_or_else(problems::not_found)?;
    let tenant = (code != "plateforme").then(|| TenantId::of_member(code));
    let file = state.sealing.file(tenant, name).await?.ok_or_else(problems::not_found)?;
    let (cache, content_type) = match &file {
        LogFile::Checkpoint(_) => ("no-cache", TEXT),
        LogFile::Note(_) | LogFile::Cosignature(_) => (FOR_EVER, TEXT),
        LogFile::Record(_) => (FOR_EVER, "application/json"),
        LogFile::Tile(_) | LogFile::Token(_) => (FOR_EVER, BYTES),
    };
    let body = match file {
        LogFile::Checkpoint(text)
        | LogFile::Record(text)
        | LogFile::Note(text)
        | LogFile::Cosignature(text) => text.into_bytes(),
        LogFile::Tile(bytes) | LogFile::Token(bytes) => bytes,
    };
    let mut answer = HttpResponse::Ok();
    Ok(answer.insert_header((header::CACHE_CONTROL, cache)).content_type(content_type).body(body))
}
