//! `POST /oauth2/token`: client credentials against a bearer token (RFC 6749, 2.3.1 and 4.4), by a secret, a signed assertion
//! (RFC 7523) or the certificate of the connection (RFC 8705).
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

use crate::identity::{ASSERTION_TYPE, Proof};
use crate::web::problem::Problem;
use crate::web::{State, client};

const CHALLENGE: (header::HeaderName, &str) =
    (header::WWW_AUTHENTICATE, "Basic realm=\"chartrier\", charset=\"UTF-8\"");

#[derive(Default, Deserialize)]
struct Asked {
    grant_type: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    client_assertion_type: Option<String>,
    client_assertion: Option<String>,
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
    if asked.scope.as_ref().is_some_and(|scope| !scope.is_empty()) {
        return Ok(refusal("invalid_scope"));
    }
    let certificate = client::certificate(&request);
    let audiences = audiences(&state);
    let Some(shown) = shown(&request, &asked, certificate.as_deref(), &audiences) else {
        return Ok(unknown_client());
    };
    let Some(given) = state.identity.token(shown.as_proof(), certificate.as_deref()).await? else {
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

/// What the client shows, of one kind only (RFC 6749, 2.3).
enum Shown<'a> {
    Secret { client_id: String, secret: String },
    Assertion { assertion: &'a str, client_id: Option<&'a str>, audiences: &'a [String] },
    Certificate { client_id: &'a str, sha256: &'a str },
}

impl Shown<'_> {
    fn as_proof(&self) -> Proof<'_> {
        match self {
            Shown::Secret { client_id, secret } => Proof::Secret { client_id, secret },
            Shown::Assertion { assertion, client_id, audiences } => {
                Proof::Assertion { assertion, client_id: *client_id, audiences }
            }
            Shown::Certificate { client_id, sha256 } => Proof::Certificate { client_id, sha256 },
        }
    }
}

fn shown<'a>(
    request: &HttpRequest,
    asked: &'a Asked,
    certificate: Option<&'a str>,
    audiences: &'a [String],
) -> Option<Shown<'a>> {
    let client_id = asked.client_id.as_deref();
    let header = request.headers().get(header::AUTHORIZATION);
    match (header, asked.client_secret.as_deref(), asked.client_assertion.as_deref()) {
        (Some(value), None, None) => {
            let (id, secret) = basic(value.to_str().ok()?)?;
            client_id.is_none_or(|said| said == id).then_some(Shown::Secret { client_id: id, secret })
        }
        (None, Some(secret), None) => {
            Some(Shown::Secret { client_id: client_id?.to_owned(), secret: secret.to_owned() })
        }
        (None, None, Some(assertion)) if asked.client_assertion_type.as_deref() == Some(ASSERTION_TYPE) => {
            Some(Shown::Assertion { assertion, client_id, audiences })
        }
        (None, None, None) => Some(Shown::Certificate { client_id: client_id?, sha256: certificate? }),
        _ => None,
    }
}

/// For whom an assertion may be made: this service, or this address of it.
fn audiences(state: &State) -> [String; 2] {
    let url = &state.settings.public_url;
    [url.clone(), format!("{url}/oauth2/token")]
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
