//! `GET /api/v1/openapi.json`: the API described for programs (OpenAPI 3.1).

use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse};

use super::tagged;
use crate::proof::digest::sha256;

/// The document, written by hand.
pub const OPENAPI: &str = include_str!("../../../static/openapi.json");

static SHA256: LazyLock<[u8; 32]> = LazyLock::new(|| sha256(OPENAPI.as_bytes()));

/// `GET /api/v1/openapi.json`.
pub async fn show(request: HttpRequest) -> HttpResponse {
    tagged(&request, &SHA256, "public, max-age=300", OPENAPI)
}
