//! What an agreement expects by the calendar, said by the administrator on the agreement's page.

use actix_web::{HttpResponse, web};
use uuid::Uuid;

use super::agreements::{address, agreement_page};
use super::fields::{Fields, first};
use super::shell::{FieldError, answer_to_correct, go_to};
use super::words;
use crate::membership::expected;
use crate::membership::profiles::By;
use crate::model::expected::{Every, Expected};
use crate::model::{AgreementId, Role};
use crate::web::callers::AgreementKeeper;
use crate::web::{Problem, State, problems};

/// What is expected, in words.
pub(super) fn words_of(expected: &Expected) -> String {
    let granted = match expected.within_days {
        0 => "le dernier jour au plus tard".to_owned(),
        days => format!("{} après au plus tard", words::count(days.into(), "jour", "jours")),
    };
    format!(
        "{}, {granted}, à compter du {}",
        expected.every.label(),
        words::lexical_date(&expected.since.to_string())
    )
}

/// The periods: value, words, whether it is chosen.
pub(super) fn periods(chosen: Option<Every>) -> Vec<(&'static str, &'static str, bool)> {
    Every::ALL.map(|every| (every.word(), every.label(), chosen == Some(every))).into()
}

/// `POST /accords/{id}/calendrier`.
pub async fn set(
    person: AgreementKeeper,
    id: web::Path<Uuid>,
    fields: Fields,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = AgreementId(*id);
    let by = By { tenant: person.tenant, person: person.person_id, role: Role::MemberAdmin };
    let done = match calendar_of(&fields) {
        Ok(wanted) => expected::set(&state.db, by, id, wanted).await?,
        Err(error) => Err(error),
    };
    let error = match done {
        Ok(()) => return Ok(go_to(&format!("{}?fait=calendrier", address(id)))),
        Err(expected::Unchanged::NotFound) => return Err(problems::not_found()),
        Err(expected::Unchanged::Within) => {
            FieldError { field: "delai", sentence: "Un nombre de jours est attendu, de 0 à 366.".into() }
        }
        Err(expected::Unchanged::Since) => FieldError {
            field: "depuis",
            sentence: "Une date est attendue, de 2000 à 2100 : le premier jour d’une période.".into(),
        },
    };
    let mut page = agreement_page(&person, &state, id).await?;
    (page.within_days, page.since) = (first(&fields, "delai"), first(&fields, "depuis"));
    page.periods = periods(Every::from_word(&first(&fields, "periode")));
    page.errors = vec![error];
    Ok(answer_to_correct(&page))
}

/// What the form says; nothing chosen: nothing is expected.
fn calendar_of(fields: &[(String, String)]) -> Result<Option<Expected>, expected::Unchanged> {
    let Some(every) = Every::from_word(&first(fields, "periode")) else { return Ok(None) };
    let within_days = first(fields, "delai").trim().parse().map_err(|_| expected::Unchanged::Within)?;
    let since = first(fields, "depuis").trim().parse().map_err(|_| expected::Unchanged::Since)?;
    Ok(Some(Expected { every, within_days, since }))
}
