//! `/restservices`: the protocol of As@lae, which every French bus speaks (asalae-rest.md).
//!
//! Never answers success with anything but 200 and a body that is true for PHP, nor an error without a short French text:
//! that text is what the bus shows. The one thing to know: identifiers in addresses are split before they are decoded, for
//! they hold slashes and colons of their own.

pub mod chunks;
pub mod deposit;
mod form;
mod named;
pub mod polling;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Europe::Paris;
use serde_json::json;

use super::State;
use super::callers::Connector;
use super::problem::Problem;
use crate::membership::calls::{CallOutcome, What};

/// What `versions` says: clients look at its first letters, to know which protocol they speak.
const VERSION: &str = "V1.6.6";

/// `GET /restservices/ping`: whether the network lets through; anyone may ask.
pub async fn ping() -> HttpResponse {
    json_body(&json!("webservices as@lae accessibles"))
}

/// `GET /restservices/versions`: whether the credentials are right.
pub async fn versions(connector: Connector, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    connector
        .note(&state, What::Versions, CallOutcome::Ok, None, "Identifiant et mot de passe reconnus.")
        .await;
    Ok(json_body(&json!({"application": "as@lae", "denomination": "", "version": VERSION})))
}

/// A JSON answer that says its charset: a client that does not find it reads Latin-1.
fn json_body(body: &serde_json::Value) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json; charset=UTF-8").body(body.to_string())
}

/// A short text, without a line's end: clients compare it as it is.
fn text(status: StatusCode, text: &str) -> HttpResponse {
    HttpResponse::build(status).content_type("text/plain; charset=UTF-8").body(text.to_owned())
}

/// A moment as As@lae writes it: of Paris, with its offset.
fn moment(at: DateTime<Utc>) -> String {
    at.with_timezone(&Paris).to_rfc3339_opts(SecondsFormat::Secs, false)
}
