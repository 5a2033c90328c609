//! The native API: `/oauth2/token` and `/api/v1`, for machines.
//!
//! Never looks at a cookie. Every list is a page with the address of the next one; every refusal to answer is
//! a problem. `static/openapi.json` describes it all, and a test holds it against the table of addresses.

pub mod agreements;
pub mod attestations;
pub mod checks;
mod checksum;
pub mod document;
pub mod objects;
pub mod profiles;
pub mod token;
mod transfer_json;
pub mod transfers;
mod unit_json;
pub mod units;
pub mod uploads;
pub mod usage;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::cursor;
use super::problem::Problem;
use super::problems;
use super::range::is_known;
use crate::proof::digest::sha256;

/// Lines of a page when the caller does not say.
const LIMIT: u32 = 50;
/// Lines of a page at most.
const LIMIT_MAX: u32 = 200;

/// One page of a list.
#[derive(Serialize)]
struct Page<T: Serialize> {
    items: Vec<T>,
    /// Address of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

impl<T: Serialize> Page<T> {
    fn answer(self) -> HttpResponse {
        HttpResponse::Ok().json(self)
    }
}

/// What follows a place in a list sorted by name, and the name from which the next page goes on.
fn page_by_name<T>(
    mut all: Vec<T>,
    name: impl Fn(&T) -> &str,
    after: Option<&str>,
    most: u32,
) -> (Vec<T>, Option<String>) {
    all.sort_by(|one, other| name(one).cmp(name(other)));
    all.retain(|one| after.is_none_or(|after| name(one) > after));
    let more = all.len() > most as usize;
    all.truncate(most as usize);
    let next = all.last().filter(|_| more).map(|last| name(last).to_owned());
    (all, next)
}

/// An answer that its caller may keep, if it asks each time whether it still holds: `304` then.
fn conditional(request: &HttpRequest, body: &impl Serialize) -> Result<HttpResponse, Problem> {
    let body = serde_json::to_vec(body).map_err(|error| Problem::new(&problems::INTERNAL).because(&error))?;
    Ok(tagged(request, &sha256(&body), "private, no-cache", body))
}

/// The same of bytes whose SHA-256 is known. The tag is weak: what is compressed on its way is the same answer.
fn tagged(
    request: &HttpRequest,
    sha256: &[u8; 32],
    cache: &'static str,
    body: impl Into<web::Bytes>,
) -> HttpResponse {
    let tag = format!("\"{}\"", hex::encode(&sha256[..16]));
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let is_known = known.is_some_and(|tags| is_known(tags, &tag));
    let mut answer = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer.insert_header((header::ETAG, format!("W/{tag}"))).insert_header((header::CACHE_CONTROL, cache));
    if is_known { answer.finish() } else { answer.content_type("application/json").body(body.into()) }
}

/// The lines asked for, within bounds.
fn limit(asked: Option<u32>) -> Result<u32, Problem> {
    match asked {
        None => Ok(LIMIT),
        Some(limit @ 1..=LIMIT_MAX) => Ok(limit),
        Some(_) => Err(Problem::new(&problems::BAD_REQUEST).detail(format!("limit va de 1 à {LIMIT_MAX}."))),
    }
}

/// The place of a cursor.
fn place<T: DeserializeOwned>(after: Option<&str>) -> Result<Option<T>, Problem> {
    let Some(text) = after else { return Ok(None) };
    let wrong = || Problem::new(&problems::BAD_REQUEST).detail("after n’est pas une suite de cette liste.");
    cursor::read(text).map(Some).ok_or_else(wrong)
}

/// Parameters of the next page's address, in order; absent ones are left out.
fn address(path: &str, parameters: &[(&str, Option<String>)]) -> String {
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    let written: Vec<String> = parameters
        .iter()
        .filter_map(|(name, value)| {
            let value = value.as_ref()?;
            Some(format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
        })
        .collect();
    format!("{path}?{}", written.join("&"))
}
