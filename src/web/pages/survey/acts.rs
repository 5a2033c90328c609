//! What the pilot does of a campaign: each stage left, and the order of the domains tried or frozen.

use actix_web::{HttpResponse, web};
use uuid::Uuid;

use super::campaign::{Priorities, found, page};
use super::{by, id_of, place};
use crate::survey::priority::{NUMBER_MAX, Weights};
use crate::survey::{DOMAINS, NotDone};
use crate::web::callers::Pilot;
use crate::web::pages::fields::{Fields, first};
use crate::web::pages::shell::{Account, FieldError, answer, answer_to_correct, go_to};
use crate::web::pages::words;
use crate::web::{Problem, State, problems};

/// `POST /pilotage/recensements/{id}/ouverture`.
pub async fn open(
    person: Pilot,
    asked: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = id_of(&asked)?;
    let done = state.surveys.open(by(&person), id).await?;
    let done = done.map(|letters| format!("ouvert&lettres={letters}"));
    told(&person, &state, id, done).await
}

/// `POST /pilotage/recensements/{id}/relance`.
pub async fn remind(
    person: Pilot,
    asked: web::Path<String>,
    fields: Fields,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = id_of(&asked)?;
    // A form that does not say after how many reminders it comes is none of ours.
    let after = first(&fields, "apres").parse().map_err(|_| Problem::new(&problems::BAD_REQUEST))?;
    let done = state.surveys.remind(by(&person), id, after).await?;
    let done = done.map(|letters| format!("relance&lettres={letters}"));
    told(&person, &state, id, done).await
}

/// `POST /pilotage/recensements/{id}/cloture`.
pub async fn close(
    person: Pilot,
    asked: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = id_of(&asked)?;
    let done = state.surveys.close(by(&person), id).await?;
    told(&person, &state, id, done.map(|()| "clos".to_owned())).await
}

/// `POST /pilotage/recensements/{id}/analyse`.
pub async fn take_as_analysed(
    person: Pilot,
    asked: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = id_of(&asked)?;
    let done = state.surveys.take_as_analysed(by(&person), id).await?;
    told(&person, &state, id, done.map(|()| "analyse".to_owned())).await
}

/// `POST /pilotage/recensements/{id}/restitution`.
pub async fn give_back(
    person: Pilot,
    asked: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = id_of(&asked)?;
    let done = state.surveys.give_back(by(&person), id).await?;
    told(&person, &state, id, done.map(|()| "restitue".to_owned())).await
}

/// Leads back to the campaign, which says what was done or why nothing was.
async fn told(
    person: &Pilot,
    state: &State,
    id: Uuid,
    done: Result<String, NotDone>,
) -> Result<HttpResponse, Problem> {
    let why = match done {
        Ok(done) => return Ok(go_to(&format!("{}?fait={done}", place(id)))),
        Err(NotDone::Unknown) => return Err(problems::not_found()),
        Err(NotDone::Already) => return Ok(go_to(&format!("{}?fait=deja", place(id)))),
        Err(why) => why,
    };
    let mut page = page(Account::of(person), &found(state, id).await?);
    page.errors = vec![FieldError { field: "etat", sentence: words::sentence(&format!("{why}.")) }];
    Ok(answer_to_correct(&page))
}

/// `POST /pilotage/recensements/{id}/priorites`.
pub async fn prioritise(
    person: Pilot,
    asked: web::Path<String>,
    fields: Fields,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = id_of(&asked)?;
    let read = |name: &str| {
        let typed = first(&fields, name);
        typed.trim().parse::<u64>().ok().filter(|number| *number <= NUMBER_MAX)
    };
    let law = DOMAINS.into_iter().enumerate();
    let law: Option<_> =
        law.map(|(place, domain)| Some((domain.to_owned(), read(&format!("poids{place}"))?))).collect();
    let weights = match (read("a"), read("b"), law) {
        (Some(a), Some(b), Some(law)) => Some(Weights { a, b, law }),
        _ => None,
    };
    let note: Option<Uuid> = first(&fields, "note").parse().ok();
    if let (Some(weights), Some(note), "figer") = (&weights, note, first(&fields, "suite").as_str()) {
        let done = state.surveys.freeze(by(&person), id, note, weights.clone()).await?;
        return told(&person, &state, id, done.map(|()| "fige".to_owned())).await;
    }
    let found = found(&state, id).await?;
    let mut page = page(Account::of(&person), &found);
    let Some(weights) = weights else {
        page.priorities.a = first(&fields, "a");
        page.priorities.b = first(&fields, "b");
        page.priorities.law.iter_mut().for_each(|(name, _, typed)| *typed = first(&fields, name));
        let sentence =
            format!("Les coefficients et les poids sont des nombres entiers, de 0 à {NUMBER_MAX}.");
        page.errors = vec![FieldError { field: "a", sentence }];
        return Ok(answer_to_correct(&page));
    };
    page.priorities = Priorities::of(&found, &weights);
    page.notice = Some("Essai : l’ordre est calculé plus bas, rien n’est figé.".into());
    Ok(answer(&page))
}
