//! Agreements in the hands of the member's administrator: suspended, and open again.
//!
//! Never changes what an agreement asks: its file does. Each state is a version of its terms, as everything else is.

use super::profiles::By;
use super::{agreement_queries, rows};
use crate::clock::Clock;
use crate::db::{self, Db};
use crate::model::{Agent, AgreementId, Event, EventType, Outcome};
use crate::registry;

/// Why nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unchanged {
    NotFound,
    /// It is so already.
    AlreadySo,
}

/// Opens an agreement to deposits, or suspends it; what was deposited is as it was.
pub async fn set_open(
    db: &Db,
    clock: &Clock,
    by: By,
    id: AgreementId,
    open: bool,
) -> Result<Result<(), Unchanged>, db::Error> {
    let mut tx = db.write(by.tenant).await?;
    agreement_queries::lock_agreements(&mut tx).await?;
    let agreements = registry::queries::agreements(&mut tx).await?;
    let Some(agreement) = agreements.into_iter().find(|agreement| agreement.agreement_id == id) else {
        return Ok(Err(Unchanged::NotFound));
    };
    // What is being prepared is opened by the archivist's validation.
    if agreement.active == open || agreement.is_draft {
        return Ok(Err(Unchanged::AlreadySo));
    }
    let state = if open { "active" } else { "suspended" };
    agreement_queries::set_state(&mut tx, id.0, state).await?;
    rows::keep_terms(&mut tx, &agreement.identifier, clock).await?;
    tx.record(Event {
        event_type: EventType::Parametrage,
        outcome: Outcome::Ok,
        agent: Agent::Person(by.person, by.role),
        object: format!("agreement:{}", agreement.identifier),
        detail: vec![("action", "modification".into()), ("state", state.into())],
    });
    tx.commit().await?;
    Ok(Ok(()))
}
