//! The connectors of a member, in the hands of its administrator: settings to copy, last calls, secret changed with an overlap, keys,
//! certificates, agreements, paused and opened; and the deposits that were expected and did not come.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use uuid::Uuid;

use super::fields::{Fields, all};
use super::machine_view::{MachinePage, Told, address, list_page, page};
use super::shell::{Account, FieldError, answer, answer_to_correct, go_to};
use super::words;
use crate::ingest::visibility;
use crate::membership::calls::calls_of;
use crate::membership::expected::open_alerts;
use crate::membership::machines::{self, Keeper, OVERLAP_DAYS, Unchanged, machines_of};
use crate::membership::profiles::By;
use crate::model::{MachineId, Role};
use crate::registry;
use crate::web::callers::MachineKeeper;
use crate::web::{Problem, State, problems};

/// What the page before has to say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    fait: Option<Done>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Done {
    Change,
}

/// How long the secret before goes on serving.
#[derive(Deserialize)]
pub struct Rotating {
    jours: Option<u32>,
}

/// A text of the form.
#[derive(Deserialize)]
pub struct Given {
    #[serde(default)]
    texte: String,
}

/// `GET /applications`.
pub async fn show(person: MachineKeeper, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let mut tx = state.db.read(person.tenant).await?;
    let (known, missed) = (machines_of(&mut tx).await?, open_alerts(&mut tx).await?);
    Ok(answer(&list_page(Account::of(&person), &known, &missed)))
}

/// `GET /applications/{id}`.
pub async fn one(
    person: MachineKeeper,
    id: web::Path<Uuid>,
    said: web::Query<Said>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let mut page = machine_page(&person, &state, MachineId(*id)).await?;
    page.notice = said.fait.map(|Done::Change| "C’est changé, dès maintenant.");
    Ok(answer(&page))
}

/// `POST /applications/{id}/renouvellement`.
pub async fn rotate(
    person: MachineKeeper,
    id: web::Path<Uuid>,
    form: web::Form<Rotating>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let (id, days) = (MachineId(*id), form.jours.unwrap_or(OVERLAP_DAYS));
    let rotated = machines::rotate(&state.db, &state.clock, by(&person), id, days).await?;
    let secret = rotated.map_err(|_| problems::not_found())?;
    let mut page = machine_page(&person, &state, id).await?;
    page.tell(&secret);
    Ok(answer(&page))
}

/// `POST /applications/{id}/cles`.
pub async fn keys(
    person: MachineKeeper,
    id: web::Path<Uuid>,
    form: web::Form<Given>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = MachineId(*id);
    let done = machines::set_keys(&state.db, by(&person), id, &form.texte).await?;
    ended(&person, &state, id, done).await
}

/// `POST /applications/{id}/certificats`.
pub async fn certificates(
    person: MachineKeeper,
    id: web::Path<Uuid>,
    form: web::Form<Given>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = MachineId(*id);
    let done = machines::set_certificates(&state.db, by(&person), id, &form.texte).await?;
    ended(&person, &state, id, done).await
}

/// `POST /applications/{id}/accords`.
pub async fn assign(
    person: MachineKeeper,
    id: web::Path<Uuid>,
    fields: Fields,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = MachineId(*id);
    let chosen = all(&fields, "accord");
    let done = machines::assign(&state.db, by(&person), id, chosen).await?;
    ended(&person, &state, id, done).await
}

/// `POST /applications/{id}/fermeture`.
pub async fn close(
    person: MachineKeeper,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = MachineId(*id);
    let done = machines::set_open(&state.db, &state.clock, by(&person), id, false).await?;
    // What it holds opens nothing any more, at once.
    state.identity.end_tokens(person.tenant, id).await?;
    ended(&person, &state, id, done).await
}

/// `POST /applications/{id}/ouverture`.
pub async fn open(
    person: MachineKeeper,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = MachineId(*id);
    let done = machines::set_open(&state.db, &state.clock, by(&person), id, true).await?;
    ended(&person, &state, id, done).await
}

pub(super) async fn ended(
    person: &MachineKeeper,
    state: &State,
    id: MachineId,
    done: Result<(), Unchanged>,
) -> Result<HttpResponse, Problem> {
    let (field, sentence) = match done {
        Ok(()) => return Ok(go_to(&format!("{}?fait=change", address(id)))),
        Err(Unchanged::NotFound) => return Err(problems::not_found()),
        Err(Unchanged::Keys(reason)) => ("cles", format!("{}.", words::sentence(reason))),
        Err(Unchanged::Certificate) => {
            ("certificats", "Une empreinte SHA-256 est faite de 64 chiffres et lettres de a à f.".to_owned())
        }
        Err(Unchanged::AgreementUnknown) => {
            ("accords", "Un accord coché n’existe plus : choisissez de nouveau.".to_owned())
        }
    };
    let mut page = machine_page(person, state, id).await?;
    page.errors = vec![FieldError { field, sentence }];
    Ok(answer_to_correct(&page))
}

/// The page of a machine as it is.
pub(super) async fn machine_page(
    person: &MachineKeeper,
    state: &State,
    id: MachineId,
) -> Result<MachinePage, Problem> {
    let mut tx = state.db.read(person.tenant).await?;
    let known = machines_of(&mut tx).await?;
    let known = known.iter().find(|known| known.machine_id == id).ok_or_else(problems::not_found)?;
    let told = Told {
        known,
        agreements: &registry::queries::agreements(&mut tx).await?,
        calls: &calls_of(&mut tx, id).await?,
        sees_transfers: visibility::followed_by(person).is_some(),
        public_url: &state.settings.public_url,
    };
    Ok(page(Account::of(person), &told))
}

pub(super) fn by(person: &MachineKeeper) -> Keeper {
    Keeper::Person(By { tenant: person.tenant, person: person.person_id, role: Role::MemberAdmin })
}
