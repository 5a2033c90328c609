//! What the pilot enters of an entry: a step, a step withdrawn, a person, a training, deposits that are planned.

use actix_web::{HttpResponse, web};
use chrono::NaiveDate;
use uuid::Uuid;

use super::PLACE;
use super::entry::{found, id_of};
use crate::onboarding::entries::{self, Making, NotAdded, Row};
use crate::onboarding::stage::{Stage, When};
use crate::onboarding::{Contact, ContactPart, Planned, Training};
use crate::web::callers::Pilot;
use crate::web::pages::fields::{Fields, first};
use crate::web::pages::form::Form;
use crate::web::pages::shell::{FieldError, answer_to_correct, go_to};
use crate::web::pages::words;
use crate::web::{Problem, State, problems};

/// An entry has as many rows as it may.
const FULL: &str = "Cette entrée en a déjà deux cents : retirez-en, ou ouvrez-en une autre.";

/// Deposits of a month.
const DEPOSITS_MAX: u32 = 1_000_000;

fn back(id: Uuid) -> HttpResponse {
    go_to(&format!("{PLACE}/{id}"))
}

/// The page again, with what is wrong and what was typed.
async fn to_correct(
    person: &Pilot,
    state: &State,
    id: Uuid,
    (errors, fields): (Vec<FieldError>, &[(String, String)]),
) -> Result<HttpResponse, Problem> {
    let mut page = found(person, state, id).await?;
    page.errors = errors;
    page.typed = fields.to_vec();
    Ok(answer_to_correct(&page))
}

/// `POST /pilotage/entrees/{id}/etapes`.
pub async fn step(
    person: Pilot,
    asked: web::Path<String>,
    fields: Fields,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = id_of(&asked)?;
    let mut form = Form::of(&fields);
    let stage = form.read("etape", Stage::from_word, "Choisissez une étape.");
    let when = form.read("date", When::from_text, "Donnez un jour (25/03/2019) ou un mois (05/2019).");
    let note = form.text("note", false);
    let mut errors = form.errors;
    if let (Some(stage), Some(when), true) = (stage, when, errors.is_empty()) {
        let making = Making { stage, when, note };
        match entries::enter(&state.db, &state.clock, person.person_id, id, &making).await? {
            Ok(()) => return Ok(back(id)),
            Err(refused) => {
                errors.push(FieldError { field: "etape", sentence: words::sentence(&format!("{refused}.")) });
            }
        }
    }
    to_correct(&person, &state, id, (errors, &fields)).await
}

/// `POST /pilotage/entrees/{id}/etapes/retrait`.
pub async fn withdraw(
    person: Pilot,
    asked: web::Path<String>,
    fields: Fields,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = id_of(&asked)?;
    let seq = first(&fields, "numero").parse().map_err(|_| problems::not_found())?;
    entries::withdraw(&state.db, &state.clock, person.person_id, id, seq).await?;
    Ok(back(id))
}

/// What an act adds to an entry, or the page again with what is wrong: `at`, the field that says that there is no room.
async fn added(
    person: &Pilot,
    state: &State,
    (id, at): (Uuid, &'static str),
    row: Option<Row>,
    mut form: Form<'_>,
) -> Result<HttpResponse, Problem> {
    if let Some(row) = row.filter(|_| form.errors.is_empty()) {
        match entries::add(&state.db, id, &row).await? {
            Ok(()) => return Ok(back(id)),
            Err(NotAdded::Unknown) => return Err(problems::not_found()),
            Err(NotAdded::Full) => form.wrong(at, FULL),
        }
    }
    to_correct(person, state, id, (form.errors, form.fields)).await
}

/// `POST /pilotage/entrees/{id}/interlocuteurs`.
pub async fn contact(
    person: Pilot,
    asked: web::Path<String>,
    fields: Fields,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let mut form = Form::of(&fields);
    let part = form.read("role", ContactPart::from_word, "Choisissez ce que la personne est au projet.");
    let (name, email, telephone) =
        (form.text("personne", true), form.text("courriel", false), form.text("telephone", false));
    if !email.is_empty() && !email.contains('@') {
        form.wrong("courriel", "Écrivez l’adresse en entier : nom@collectivite.fr.");
    }
    let id = state.clock.fresh_id();
    let row = part.map(|part| Row::Contact(Contact { id, part, name, email, telephone }));
    added(&person, &state, (id_of(&asked)?, "personne"), row, form).await
}

/// `POST /pilotage/entrees/{id}/interlocuteurs/retrait`: the person is gone.
pub async fn gone(
    _: Pilot,
    asked: web::Path<String>,
    fields: Fields,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let (id, contact) = (id_of(&asked)?, id_of(&first(&fields, "interlocuteur"))?);
    entries::forget(&state.db, id, contact).await?;
    Ok(back(id))
}

/// `POST /pilotage/entrees/{id}/formations`.
pub async fn training(
    person: Pilot,
    asked: web::Path<String>,
    fields: Fields,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let mut form = Form::of(&fields);
    let held_on =
        form.read("tenue", |text| text.parse::<NaiveDate>().ok(), "Donnez le jour de la formation.");
    let (subject, people) = (form.text("sujet", true), form.text("participants", false));
    let id = state.clock.fresh_id();
    let row = held_on.map(|held_on| Row::Training(Training { id, subject, held_on, people }));
    added(&person, &state, (id_of(&asked)?, "sujet"), row, form).await
}

/// `POST /pilotage/entrees/{id}/versements`.
pub async fn plan(
    person: Pilot,
    asked: web::Path<String>,
    fields: Fields,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let mut form = Form::of(&fields);
    let agreement = form.text("accord", true);
    let month = |text: &str| match When::from_text(text) {
        Some(When::Month(first)) => Some(first),
        _ => None,
    };
    let month = form.read("mois", month, "Donnez un mois : 09/2019.");
    let count = |text: &str| text.parse().ok().filter(|count| *count <= DEPOSITS_MAX);
    let deposits = form.read("nombre", count, "Donnez un nombre de versements.");
    let row =
        month.zip(deposits).map(|(month, deposits)| Row::Planned(Planned { agreement, month, deposits }));
    added(&person, &state, (id_of(&asked)?, "accord"), row, form).await
}
