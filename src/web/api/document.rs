//! `GET /api/v1/openapi.json`: the API described for programs (OpenAPI 3.1).

use actix_web::HttpResponse;
use actix_web::http::header;

/// The document, written by hand.
pub const OPENAPI: &str = include_str!("../../../static/openapi.json");

/// `GET /api/v1/openapi.json`.
pub async fn show() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .body(OPENAPI)
}
