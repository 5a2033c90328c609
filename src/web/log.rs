//! `/log/{code}/…`: the logs, for whoever mirrors them (C2SP tlog-tiles): signed heads, tiles, entries' hashes. Nothing of an
//! entry but its SHA-256.
//!
//! Never reads a site: the rows under a seal do not change. A tile wider or further than the last seal is not there.

use actix_web::http::header;
use actix_web::{HttpResponse, web};

use super::problem::Problem;
use super::{State, problems};
use crate::model::TenantId;
use crate::sealing::LogFile;

/// `GET /log/{path}`: `<code>/checkpoint`, `<code>/tile/…`; `plateforme` is the platform's own.
pub async fn show(path: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let (code, name) = path.split_once('/').ok_or_else(problems::not_found)?;
    let tenant = (code != "plateforme").then(|| TenantId::of_member(code));
    let file = state.sealing.file(tenant, name).await?;
    let mut answer = HttpResponse::Ok();
    match file {
        Some(LogFile::Checkpoint(text)) => {
            answer.insert_header((header::CACHE_CONTROL, "no-cache"));
            Ok(answer.content_type("text/plain; charset=utf-8").body(text))
        }
        Some(LogFile::Tile(bytes)) => {
            answer.insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"));
            Ok(answer.content_type("application/octet-stream").body(bytes))
        }
        None => Err(problems::not_found()),
    }
}
