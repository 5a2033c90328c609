//! A draft sent: received as any package is, then shown with its acknowledgement.
//!
//! Not undone by whoever goes away meanwhile: what was begun ends. Sent twice, it is one transfer.

use actix_web::{HttpResponse, web};
use uuid::Uuid;

use super::{by, review};
use crate::drafting::{By, Drafting, Ready, Sending};
use crate::ingest::{self, Ingest};
use crate::model::TransferId;
use crate::storage;
use crate::web::callers::Depositor;
use crate::web::pages::ingest::list;
use crate::web::pages::shell::go_to;
use crate::web::{Problem, State, problems};

/// `POST /versements/brouillons/{id}/envoi`.
pub async fn send(
    person: Depositor,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let by = by(&person);
    let ready = match state.drafting.send(&by, *id).await? {
        Sending::Nothing => return Err(problems::not_found()),
        Sending::NotReady => return review::again(&person, &state, *id).await,
        Sending::Sent(transfer) => return Ok(go_to(&list::address(transfer))),
        Sending::Ready(ready) => ready,
    };
    let from = review::depositor(&person, &ready);
    let (drafting, ingest) = (state.drafting.clone(), state.ingest.clone());
    let task = tokio::spawn(received(drafting, ingest, by, from, *ready));
    let transfer = task.await.map_err(|_| Problem::new(&problems::UNAVAILABLE))??;
    Ok(go_to(&list::address(transfer)))
}

async fn received(
    drafting: Drafting,
    ingest: Ingest,
    by: By,
    from: ingest::Depositor,
    ready: Ready,
) -> Result<TransferId, Problem> {
    let Ready { draft_id, file_name, package, .. } = ready;
    match ingest.receive(&from, &file_name, package.stream()).await {
        Ok(reception) => {
            let transfer = reception.transfer.transfer_id;
            drafting.sent(&by, draft_id, transfer).await?;
            Ok(transfer)
        }
        // Nothing was received, and nothing will be of these bytes.
        Err(error @ ingest::Error::Storage(storage::Error::TooLarge { .. })) => {
            drafting.not_sent(&by, draft_id).await?;
            Err(error.into())
        }
        // Another request may have sent it meanwhile, and taken the bytes that this one was reading.
        Err(error) => match drafting.became(&by, draft_id).await? {
            Some(transfer) => Ok(transfer),
            None => Err(error.into()),
        },
    }
}
