//! A person forgotten: name, login and address go, the identifier stays, so that the journals that name it go on holding together
//! (norms E-16).
//!
//! Never touches a journal's entry, nor a transfer: both have the identifier only. Run again after a crash, it goes on.

use super::people_queries as queries;
use crate::clock::Clock;
use crate::db::{Db, Error};
use crate::identity::{self, Account};
use crate::model::{Agent, Event, EventType, Outcome};
use crate::registry;

/// What was forgotten.
#[derive(Debug)]
pub struct Forgotten {
    /// As the journals name the person: `person:<uuid>`.
    pub object: String,
    /// Codes of the members whose rows named the person.
    pub members: Vec<String>,
}

/// Forgets whoever has this login, in every member; `None` when nobody has it.
pub async fn forget(db: &Db, clock: &Clock, login: &str) -> Result<Option<Forgotten>, Error> {
    let login = login.to_lowercase();
    let Some(account) = identity::account_of(db, &login).await? else { return Ok(None) };
    let object = format!("person:{}", account.person_id);
    let mut forgotten = Forgotten { object: object.clone(), members: Vec::new() };
    for member in registry::queries::members(&mut db.technical().await?).await? {
        let mut tx = db.write(member.tenant).await?;
        let roles = queries::holdings_of(&mut tx, account.person_id.0).await?;
        queries::set_holdings(&mut tx, account.person_id.0, &[]).await?;
        if !queries::forget_former(&mut tx, &login).await? && roles.is_empty() {
            continue;
        }
        tx.record(Event {
            event_type: EventType::Parametrage,
            outcome: Outcome::Ok,
            agent: Agent::Operator,
            object: object.clone(),
            detail: vec![("action", "oubli".into())],
        });
        tx.commit().await?;
        forgotten.members.push(member.code);
    }
    // Last: until then the login leads here again.
    let Account { person_id, email } = account;
    identity::forget(db, person_id, &login, email.as_deref(), clock.now()).await?;
    Ok(Some(forgotten))
}
