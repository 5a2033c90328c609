//! The native API: `/oauth2/token` and `/api/v1`, for machines.
//!
//! Never looks at a cookie. Every list is a page with the address of the next one; every refusal to answer is
//! a problem. `static/openapi.json` describes it all, and a test holds it against the table of addresses.

pub mod attestations;
pub mod document;
pub mod objects;
pub mod profiles;
pub mod token;
mod transfer_json;
pub mod transfers;
mod unit_json;
pub mod units;

use actix_web::HttpResponse;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::cursor;
use super::problem::Problem;
use super::problems;

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
