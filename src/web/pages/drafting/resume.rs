//! A refused deposit taken up again.

use actix_web::{HttpResponse, web};
use uuid::Uuid;

use super::{address, by};
use crate::ingest::queries;
use crate::model::{TransferId, TransferState};
use crate::web::callers::Depositor;
use crate::web::pages::shell::go_to;
use crate::web::{Problem, State, problems};

/// `POST /versements/{id}/reprise`.
pub async fn begin(
    person: Depositor,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = TransferId(*id);
    let mut tx = state.db.read(person.tenant).await?;
    let transfer = queries::find_transfer(&mut tx, id).await?;
    drop(tx);
    let is_own = |transfer: &crate::model::Transfer| {
        transfer.state == TransferState::Refused && transfer.person_id == Some(person.person_id)
    };
    transfer.filter(is_own).ok_or_else(problems::not_found)?;
    let resumed = state.drafting.resume(&by(&person), id).await?.ok_or_else(problems::not_found)?;
    let more = if resumed.with_files { "" } else { "?sans=true" };
    Ok(go_to(&format!("{}{more}", address(resumed.draft_id))))
}
