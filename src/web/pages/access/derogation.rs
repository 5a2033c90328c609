//! Asking for a derogation, and the requests as the archivist sees them.
//!
//! Decides nothing: a request is deposited, then seen.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::unit;
use crate::access::Reader;
use crate::access::derogation::{Asked, Request};
use crate::model::UnitId;
use crate::web::callers::{Archivist, Searcher};
use crate::web::pages::fields::{Fields, first};
use crate::web::pages::shell::{Account, Badge, Link, Section, Shell, answer, go_to};
use crate::web::pages::words::{self, Moment};
use crate::web::{Problem, State, cursor, problems};

/// `GET /derogations`.
#[derive(Template)]
#[template(path = "access/derogations.html")]
pub struct DerogationsPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub csrf: String,
    /// How many wait to be seen, in words.
    pub waiting: String,
    pub lines: Vec<Line>,
    pub next: Option<String>,
}

/// A request.
pub struct Line {
    pub unit: String,
    pub title: String,
    pub cote: String,
    pub person: String,
    pub reason: String,
    pub opens: Option<String>,
    pub asked: Moment,
    pub state: Badge,
    /// Where to say that it was seen; `None`: it was.
    pub see: Option<String>,
}

/// Requests of a page.
const LINES: u32 = 25;

const DEPOSITED: Badge = Badge { label: "Déposée", tone: "waiting", icon: "clock" };
const SEEN: Badge = Badge { label: "Vue", tone: "kept", icon: "check" };

/// Where a page of requests begins.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    apres: Option<String>,
}

/// `POST /archives/unites/{id}/derogation`.
pub async fn ask(
    person: Searcher,
    id: web::Path<Uuid>,
    fields: Fields,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let reader = Reader::person(&person).ok_or_else(problems::not_found)?;
    let id = UnitId(*id);
    let asked = state.access.ask_derogation(&reader, person.person_id, id, &first(&fields, "motif")).await?;
    let said = match asked.ok_or_else(problems::not_found)? {
        Asked::Recorded => "deposee",
        Asked::Already => "deja",
        Asked::NoReason => "motif",
        Asked::Pointless => "ouverte",
        Asked::TooMany => "trop",
    };
    Ok(go_to(&format!("{}?derogation={said}#acces", unit::address(id))))
}

/// `GET /derogations`.
pub async fn list(
    person: Archivist,
    place: web::Query<Place>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let reader = Reader::person(&person).ok_or_else(problems::not_found)?;
    let after = place.apres.as_deref().and_then(cursor::read::<cursor::Moment>);
    let mut requests = state.access.derogations(&reader, after, LINES + 1).await?;
    let more = requests.len() > LINES as usize;
    requests.truncate(LINES as usize);
    let waiting = state.access.derogations_open(&reader).await?;
    let next = requests.last().filter(|_| more).map(|last| {
        format!("/derogations?apres={}", cursor::write(&(last.asked_at, last.derogation_request_id)))
    });
    Ok(answer(&DerogationsPage {
        shell: Shell {
            title: "Demandes de dérogation".into(),
            account: Some(Account::of(&person)),
            section: Section::Archives,
            top: false,
        },
        trail: vec![Link::new("Archives", "/archives")],
        csrf: person.csrf_token.clone(),
        waiting: words::count(waiting, "demande attend d’être vue", "demandes attendent d’être vues"),
        lines: requests.iter().map(line).collect(),
        next,
    }))
}

/// `POST /derogations/{id}/vue`.
pub async fn see(
    person: Archivist,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let reader = Reader::person(&person).ok_or_else(problems::not_found)?;
    if !state.access.see_derogation(&reader, person.person_id, *id).await? {
        return Err(problems::not_found());
    }
    Ok(go_to("/derogations"))
}

fn line(request: &Request) -> Line {
    let is_seen = request.seen_at.is_some();
    Line {
        unit: unit::address(request.unit_id),
        title: request.title.clone(),
        cote: request.cote.clone(),
        person: request.person.clone(),
        reason: request.reason.clone(),
        opens: request.opens_on.map(|day| words::lexical_date(&day.to_string())),
        asked: words::moment(request.asked_at),
        state: if is_seen { SEEN } else { DEPOSITED },
        see: (!is_seen).then(|| format!("/derogations/{}/vue", request.derogation_request_id)),
    }
}
