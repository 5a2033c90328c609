//! The log-in by an identity provider: the browser sent there, and back.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::account;
use super::shell::go_to;
use crate::identity::LogIn;
use crate::web::callers::is_page_of_ours;
use crate::web::{Problem, State, client, cookies, problems};

/// Where to go on.
#[derive(Deserialize)]
pub struct Back {
    #[serde(default)]
    retour: String,
}

/// What the provider sends back (RFC 6749, 4.1.2).
#[derive(Deserialize)]
pub struct Given {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
}

/// `GET /connexion/fournisseur`.
pub async fn begin(back: web::Query<Back>, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let provider = state.provider.as_ref().ok_or_else(problems::not_found)?;
    let back = if is_page_of_ours(&back.retour) { back.retour.as_str() } else { "/" };
    match provider.begin(&state.identity, back).await {
        Ok((address, kept)) => {
            let mut answer = go_to(&address);
            // Hexadecimal digits are always a header's value.
            let _ = answer.add_cookie(&cookies::keep_log_in(&state, kept));
            Ok(answer)
        }
        Err(error) => {
            tracing::error!(%error, "the identity provider could not be asked");
            Ok(go_to("/connexion?fait=panne"))
        }
    }
}

/// `GET /connexion/fournisseur/retour`.
pub async fn back(
    request: HttpRequest,
    given: web::Query<Given>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let provider = state.provider.as_ref().ok_or_else(problems::not_found)?;
    let kept = cookies::log_in_under_way(&state, &request).unwrap_or_default();
    let vouched = match provider.finish(&state.identity, &kept, (&given.code, &given.state)).await {
        Ok(vouched) => vouched,
        Err(error) => {
            tracing::warn!(%error, "the identity provider vouched for nobody");
            return Ok(go_to("/connexion?fait=panne"));
        }
    };
    let opened = state.identity.log_in_vouched(&vouched, client::address(&request)).await?;
    let LogIn::Opened(cookie) = opened else { return Ok(go_to("/connexion?fait=refuse")) };
    let agent = request.headers().get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    state.identity.name_session(&cookie, &agent.map(account::browser).unwrap_or_default()).await?;
    let mut answer = go_to(&vouched.back);
    let _ = answer.add_cookie(&cookies::open_session(&state, cookie));
    let _ = answer.add_cookie(&cookies::end_log_in(&state));
    Ok(answer)
}
