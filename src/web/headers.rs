//! Headers that every answer bears, so that a browser does as little as needed with it.
//!
//! Never loosened by a page: an answer that shows a stored file sets its own, stricter, policy.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web;

use super::State;

/// Scripts, styles, pictures and fonts of ours alone; nothing inline; no frame of anyone else. A stored PDF
/// is shown in an `object` of the same origin, which Chromium takes for a frame.
pub const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     font-src 'self'; media-src 'self'; connect-src 'self'; object-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

/// A stored file shown in a page of ours: no script, no form, no origin, whatever it contains.
const CONTENT_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'self'; sandbox";
/// A PDF: Chromium's reader, which is a sandbox of its own, does not start inside another.
const PDF_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; object-src 'self'; frame-ancestors 'self'";

/// The policy of a stored file of this type.
pub fn content_policy(content_type: &str) -> &'static str {
    if content_type == "application/pdf" { PDF_POLICY } else { CONTENT_POLICY }
}

const ALWAYS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::CONTENT_SECURITY_POLICY, PAGE_POLICY),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    ),
];

const HSTS: &str = "max-age=31536000; includeSubDomains";

/// Adds what an answer does not bear yet. Answers are kept by nobody unless they say so.
pub async fn add(
    state: web::Data<State>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let mut answer = next.call(request).await?;
    let headers = answer.headers_mut();
    for (name, value) in &ALWAYS {
        add_missing(headers, name, value);
    }
    add_missing(headers, &header::CACHE_CONTROL, "no-store");
    if state.is_https() {
        add_missing(headers, &header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
    Ok(answer)
}

fn add_missing(headers: &mut HeaderMap, name: &HeaderName, value: &'static str) {
    if !headers.contains_key(name) {
        headers.insert(name.clone(), HeaderValue::from_static(value));
    }
}
