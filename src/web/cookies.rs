//! The cookies: the session's, a visitor's for the log-in form, and that of a log-in under way elsewhere.
//!
//! Never readable by scripts, never sent from another site's forms. With TLS their names begin with
//! `__Host-`: no neighbouring host can set them.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};

use super::State;
use crate::identity::SESSION_SECONDS;

const SESSION: &str = "chartrier";
const VISIT: &str = "chartrier-visite";
const LOG_IN: &str = "chartrier-fournisseur";

/// The session cookie's value, when the request has one.
pub fn session(state: &State, request: &HttpRequest) -> Option<String> {
    value(state, request, SESSION)
}

/// The cookie of a session just opened.
pub fn open_session(state: &State, value: String) -> Cookie<'static> {
    cookie(state, SESSION, value, Some(Duration::seconds(SESSION_SECONDS)))
}

/// What makes a browser forget its session.
pub fn end_session(state: &State) -> Cookie<'static> {
    cookie(state, SESSION, String::new(), Some(Duration::ZERO))
}

/// The visitor's value, when the request has one.
pub fn visit(state: &State, request: &HttpRequest) -> Option<String> {
    value(state, request, VISIT)
}

/// The cookie of a visitor, until the browser is closed.
pub fn open_visit(state: &State, value: String) -> Cookie<'static> {
    cookie(state, VISIT, value, None)
}

/// What a browser keeps of a log-in under way at the identity provider.
pub fn keep_log_in(state: &State, value: String) -> Cookie<'static> {
    cookie(state, LOG_IN, value, Some(Duration::minutes(10)))
}

/// The log-in under way of this browser, when there is one.
pub fn log_in_under_way(state: &State, request: &HttpRequest) -> Option<String> {
    value(state, request, LOG_IN)
}

/// What makes a browser forget its log-in under way.
pub fn end_log_in(state: &State) -> Cookie<'static> {
    cookie(state, LOG_IN, String::new(), Some(Duration::ZERO))
}

fn value(state: &State, request: &HttpRequest, name: &str) -> Option<String> {
    request
        .cookie(&full(state, name))
        .map(|cookie| cookie.value().to_owned())
        .filter(|value| !value.is_empty())
}

fn cookie(state: &State, name: &str, value: String, max_age: Option<Duration>) -> Cookie<'static> {
    let mut cookie = Cookie::build(full(state, name), value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(state.is_https())
        .finish();
    cookie.set_max_age(max_age);
    cookie
}

fn full(state: &State, name: &str) -> String {
    if state.is_https() { format!("__Host-{name}") } else { name.to_owned() }
}
