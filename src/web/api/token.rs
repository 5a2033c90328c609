//! `POST /oauth2/token`: client credentials against a bearer token (RFC 6749, 2.3.1 and 4.4).
//!
//! Errors are those of RFC 6749, 5.2, not problems: OAuth clients expect them. Never tells an unknown client
//! from a wrong secret.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::json;

use crate::web::State;
use crate::web::problem::Problem;

const CHALLENGE: (header::HeaderName, &str) =
    (header::WWW_AUTHENTICATE, "Basic realm=\"chartrier\", charset=\"UTF-8\"");

#[derive(Default, Deserialize)]
struct Asked {
    grant_type: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    scope: Option<String>,
}

/// `POST /oauth2/token`.
pub async fn give(
    request: HttpRequest,
    body: web::Bytes,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let Some(asked) = read(&request, &body) else { return Ok(refusal("invalid_request")) };
    match asked.grant_type.as_deref() {
        Some("client_credentials") => {}
        Some(_) => return Ok(refusal("unsupported_grant_type")),
        None => return Ok(refusal("invalid_request")),
    }
    // What a client may do is said by its agreements: there is nothing to choose from.
    if asked.scope.is_some_and(|scope| !scope.is_empty()) {
        return Ok(refusal("invalid_scope"));
    }
    let Some((client_id, secret)) = credentials(&request, asked.client_id, asked.client_secret) else {
        return Ok(unknown_client());
    };
    let Some(given) = state.identity.client_token(&client_id, &secret).await? else {
        return Ok(unknown_client());
    };
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({
        "access_token": given.token,
        "token_type": "Bearer",
        "expires_in": given.expires_in_seconds,
    })))
}

fn read(request: &HttpRequest, body: &[u8]) -> Option<Asked> {
    use actix_web::HttpMessage as _;
    if !request.content_type().eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return None;
    }
    Some(web::Query::<Asked>::from_query(std::str::from_utf8(body).ok()?).ok()?.into_inner())
}

/// From the header, else from the form; `None` when there is none, or both (RFC 6749, 2.3).
fn credentials(
    request: &HttpRequest,
    client_id: Option<String>,
    client_secret: Option<String>,
) -> Option<(String, String)> {
    match (request.headers().get(header::AUTHORIZATION), client_secret) {
        (Some(value), None) => {
            basic(value.to_str().ok()?).filter(|(id, _)| client_id.is_none_or(|said| said == *id))
        }
        (None, Some(secret)) => Some((client_id?, secret)),
        _ => None,
    }
}

/// Both parts are form-encoded before they are joined (RFC 6749, 2.3.1).
fn basic(value: &str) -> Option<(String, String)> {
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let joined = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = joined.split_once(':')?;
    let part =
        |text: &str| Some(percent_decode_str(&text.replace('+', " ")).decode_utf8().ok()?.into_owned());
    Some((part(id)?, part(secret)?))
}

fn refusal(error: &str) -> HttpResponse {
    HttpResponse::BadRequest()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(json!({ "error": error }))
}

fn unknown_client() -> HttpResponse {
    HttpResponse::Unauthorized()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(CHALLENGE)
        .json(json!({ "error": "invalid_client" }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_credentials_are_form_encoded() {
        let encoded = STANDARD.encode("bus%3A1:a+b%2Bc%C3%A9");
        assert_eq!(basic(&format!("basic {encoded}")), Some(("bus:1".into(), "a b+cé".into())));
        for wrong in ["Basic", "Basic ???", "Bearer abc", "Basic YWJj"] {
            assert_eq!(basic(wrong), None, "{wrong}");
        }
    }
}
