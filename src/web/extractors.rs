//! What the framework reads from addresses, queries and bodies, with limits and problems of ours.
//!
//! Never answers with the framework's own words: an identifier that is none answers like one that names
//! nothing.

use actix_web::HttpRequest;
use actix_web::error::{JsonPayloadError, PathError, PayloadError, QueryPayloadError, UrlencodedError};
use actix_web::web::{self, ServiceConfig};

use super::problem::{Kind, Problem};
use super::problems as kinds;

/// Bytes of a form or of a JSON body.
pub const FORM_BYTES_MAX: usize = 64 * 1024;

/// Settings of the framework's extractors.
pub fn configure(app: &mut ServiceConfig) {
    app.app_data(web::PathConfig::default().error_handler(path))
        .app_data(web::QueryConfig::default().error_handler(query))
        .app_data(web::FormConfig::default().limit(FORM_BYTES_MAX).error_handler(form))
        .app_data(web::JsonConfig::default().limit(FORM_BYTES_MAX).error_handler(json))
        .app_data(web::PayloadConfig::new(FORM_BYTES_MAX));
}

fn path(_: PathError, _: &HttpRequest) -> actix_web::Error {
    kinds::not_found().into()
}

fn query(_: QueryPayloadError, _: &HttpRequest) -> actix_web::Error {
    Problem::new(&kinds::BAD_REQUEST).detail("Un paramètre de l’adresse est inconnu ou mal écrit.").into()
}

fn form(error: UrlencodedError, _: &HttpRequest) -> actix_web::Error {
    let kind = match error {
        UrlencodedError::Overflow { .. } => &kinds::TOO_LARGE,
        UrlencodedError::ContentType => &kinds::UNSUPPORTED_MEDIA_TYPE,
        UrlencodedError::Payload(error) => of_payload(&error),
        _ => &kinds::BAD_REQUEST,
    };
    Problem::new(kind).into()
}

fn json(error: JsonPayloadError, _: &HttpRequest) -> actix_web::Error {
    let kind = match error {
        JsonPayloadError::Overflow { .. } | JsonPayloadError::OverflowKnownLength { .. } => &kinds::TOO_LARGE,
        JsonPayloadError::ContentType => &kinds::UNSUPPORTED_MEDIA_TYPE,
        JsonPayloadError::Payload(error) => of_payload(&error),
        _ => &kinds::BAD_REQUEST,
    };
    Problem::new(kind).into()
}

/// The kind of a body that could not be read.
pub fn of_payload(error: &PayloadError) -> &'static Kind {
    match error {
        PayloadError::Overflow => &kinds::TOO_LARGE,
        PayloadError::Io(error) if error.kind() == std::io::ErrorKind::TimedOut => &kinds::TIMEOUT,
        _ => &kinds::INTERRUPTED,
    }
}
