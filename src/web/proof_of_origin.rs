//! Proof that a form sent to the portal was one of ours: looked for here, once, for every method that changes
//! something, so that no handler can forget it.
//!
//! Never looks at the machines' addresses: no cookie counts there. Two proofs are asked for: the browser's own
//! word on where the form came from, and the session's token, in a header or as the form's first field.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName};
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use futures_util::future::{Ready, ready};
use subtle::ConstantTimeEq;

use super::problem::{Problem, is_of_the_portal};
use super::{State, Who, callers, cookies, first_field, problems, routes};
use crate::identity::fresh_secret;

/// Header that scripts of ours may use instead of the field.
const TOKEN_HEADER: &str = "x-csrf-token";
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Someone not logged in, who will send a form: the token it must bring back.
#[derive(Clone, Debug)]
pub struct Visitor {
    pub csrf_token: String,
}

/// A visitor whose cookie the answer must set.
#[derive(Clone)]
struct FreshVisit(String);

impl FromRequest for Visitor {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(visitor(request))
    }
}

fn visitor(request: &HttpRequest) -> Result<Visitor, Problem> {
    if let Some(csrf_token) = cookies::visit(callers::state(request), request) {
        return Ok(Visitor { csrf_token });
    }
    let csrf_token = fresh_secret()?;
    request.extensions_mut().insert(FreshVisit(csrf_token.clone()));
    Ok(Visitor { csrf_token })
}

/// Refuses what bears no proof; gives new visitors their cookie.
pub async fn check(
    state: web::Data<State>,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if !request.method().is_safe()
        && is_of_the_portal(request.path())
        && let Err(problem) = prove(&state, &mut request).await
    {
        return Ok(request.error_response(problem));
    }
    let mut answer = next.call(request).await?.map_into_boxed_body();
    let fresh = answer.request().extensions().get::<FreshVisit>().cloned();
    if let Some(FreshVisit(value)) = fresh {
        answer.response_mut().add_cookie(&cookies::open_visit(&state, value))?;
    }
    Ok(answer)
}

async fn prove(state: &State, request: &mut ServiceRequest) -> Result<(), Problem> {
    let stale = || Problem::new(&problems::STALE_FORM);
    if !comes_from_us(request.headers(), state) {
        return Err(stale());
    }
    let expected = match callers::session_of(request.request()).await? {
        Some(session) => session.csrf_token,
        None if is_open_to_anyone(request) => cookies::visit(state, request.request()).ok_or_else(stale)?,
        // Nobody: the handler says so.
        None => return Ok(()),
    };
    let given = match request.headers().get(TOKEN_HEADER) {
        Some(value) => value.to_str().ok().map(str::to_owned),
        None => first_field::read(request, "csrf").await?,
    };
    let proved = given.is_some_and(|given| bool::from(given.as_bytes().ct_eq(expected.as_bytes())));
    if proved { Ok(()) } else { Err(stale()) }
}

/// What the browser itself says of the page that sends. Old ones say nothing: the token decides.
fn comes_from_us(headers: &HeaderMap, state: &State) -> bool {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    match (text(SEC_FETCH_SITE), text(header::ORIGIN)) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let host = origin.split_once("://").map(|(_, host)| host);
            origin == state.settings.public_url || host.is_some() && host == text(header::HOST)
        }
        (None, None) => true,
    }
}

fn is_open_to_anyone(request: &ServiceRequest) -> bool {
    let address = request.match_pattern().unwrap_or_default();
    routes::who(request.method(), &address) == Some(Who::Anyone)
}
