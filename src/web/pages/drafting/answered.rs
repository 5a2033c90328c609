//! The answers to the questions, written down; then what is still to be put right, or the result.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use uuid::Uuid;

use super::describe::DOCUMENTS;
use super::{Wrong, address, by, describe, files, id_of, named};
use crate::drafting::review::{At, Review, Seen};
use crate::drafting::{Answer, By};
use crate::web::callers::Depositor;
use crate::web::pages::fields::{Fields, first};
use crate::web::pages::shell::go_to;
use crate::web::{Problem, State, problems};

/// `POST /versements/brouillons/{id}/questions`.
pub async fn receive(
    person: Depositor,
    id: web::Path<Uuid>,
    fields: Result<Fields, actix_web::Error>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let by = by(&person);
    files::find(&state, &by, *id).await?;
    let fields = fields.map_err(|_| Problem::new(&problems::BAD_REQUEST))?;
    let answers: Vec<Answer> = fields
        .iter()
        .filter_map(|(name, value)| {
            let (place, field) = named(name)?;
            Some(Answer { place, field: field.to_owned(), value: value.clone() })
        })
        .collect();
    if !state.drafting.answer(&by, *id, &answers, None).await? {
        return Err(problems::not_found());
    }
    let page: usize = first(&fields, "page").parse().unwrap_or(1);
    let review = describe::read(&person, &state, *id).await?;
    let pages = review.draft.files.len().div_ceil(DOCUMENTS).max(1);
    if page < pages {
        return Ok(go_to(&format!("{}/questions?page={}", address(*id), page + 1)));
    }
    // Those of several pages are told beside the result, each with its page.
    if pages == 1 && review.problems.iter().any(|problem| matches!(problem.at, At::Field(..))) {
        return describe::again(&person, &state, *id, page).await;
    }
    Ok(go_to(&format!("{}/relire", address(*id))))
}

/// What the form that moves dates says.
#[derive(Deserialize)]
pub struct Moved {
    mois: u32,
}

/// Longest move at once.
const MONTHS_MAX: u32 = 120;

/// `POST /versements/brouillons/{id}/dates`.
pub async fn move_dates(
    person: Depositor,
    id: web::Path<Uuid>,
    form: Result<web::Form<Moved>, actix_web::Error>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let by = by(&person);
    files::find(&state, &by, *id).await?;
    let form = form.map_err(|_| Problem::new(&problems::BAD_REQUEST))?;
    if !state.drafting.move_dates(&by, *id, form.mois.min(MONTHS_MAX)).await? {
        return Err(problems::not_found());
    }
    Ok(go_to(&format!("{}/questions", address(*id))))
}

/// The page after the files: the questions, or the result when all is answered.
pub(super) async fn next(state: &State, by: &By, id: Uuid) -> Result<String, Problem> {
    let end = match state.drafting.review(by, id).await? {
        Seen::Open(review) if review.is_ready() && !review.draft.whole().asked.is_empty() => "relire",
        Seen::Open(_) | Seen::Closed(_) => "questions",
        Seen::Nothing => return Err(problems::not_found()),
    };
    Ok(format!("{}/{end}", address(id)))
}

/// What is to be put right, each beside the field that mends it.
pub(super) fn wrongs(review: &Review) -> Vec<Wrong> {
    let wrong = |at: &At| match at {
        At::Field(place, field) => {
            let asked = review.asked.get(place).into_iter().flatten();
            let question = asked.into_iter().find(|question| question.fields.contains(field));
            id_of(place, question.map_or(field, |question| question.name()))
        }
        At::Files | At::Elsewhere => "documents".to_owned(),
    };
    let problems = review.problems.iter();
    problems.map(|problem| Wrong { field: wrong(&problem.at), sentence: problem.sentence.clone() }).collect()
}
