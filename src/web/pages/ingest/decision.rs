//! What the archivist decides of an examined transfer: the two forms of its page.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use uuid::Uuid;

use super::{list, show};
use crate::ingest::archivist::{Decider, Undecided};
use crate::model::{Role, TransferId};
use crate::web::callers::Archivist;
use crate::web::pages::shell::{FieldError, go_to};
use crate::web::{Problem, State, problems};

/// The words of a refusal.
#[derive(Deserialize)]
pub struct Refusal {
    #[serde(default)]
    motif: String,
}

/// `POST /versements/{id}/acceptation`.
pub async fn accept(
    person: Archivist,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = TransferId(*id);
    match state.ingest.approve(person.tenant, decider(&person), id).await? {
        Ok(()) => Ok(go_to(&list::address(id))),
        Err(undecided) => undecided_page(&person, &state, id, undecided, String::new()).await,
    }
}

/// `POST /versements/{id}/refus`.
pub async fn refuse(
    person: Archivist,
    id: web::Path<Uuid>,
    form: web::Form<Refusal>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = TransferId(*id);
    match state.ingest.decline(person.tenant, decider(&person), id, &form.motif).await? {
        Ok(()) => Ok(go_to(&list::address(id))),
        Err(undecided) => undecided_page(&person, &state, id, undecided, form.into_inner().motif).await,
    }
}

/// The archivist, as far as they are.
fn decider(person: &Archivist) -> Decider {
    Decider { person: person.person_id, scope: person.scope(&[Role::Archivist]) }
}

async fn undecided_page(
    person: &Archivist,
    state: &State,
    id: TransferId,
    undecided: Undecided,
    reason: String,
) -> Result<HttpResponse, Problem> {
    let sentence = match undecided {
        Undecided::NotFound => return Err(problems::not_found()),
        // Somebody was quicker: the page says what they decided.
        Undecided::NotWaiting => return Ok(go_to(&list::address(id))),
        Undecided::OwnDeposit => "Vous avez déposé ce versement : un autre archiviste doit en décider.",
        Undecided::ReasonMissing => "Dites pourquoi vous refusez ce versement.",
    };
    let error = FieldError { field: "motif", sentence: sentence.into() };
    show::with_errors(person, state, id, reason, vec![error]).await
}
