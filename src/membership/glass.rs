//! Break-glass (norms §8): an operator reads a member's archives for some hours, on the member's written request, when the pilot agrees;
//! the member's administrators are written to, and the journal has each step.
//!
//! Never one person alone: who asks does not open. The one thing to know: what is opened is a role of reading, which ends by itself.

use chrono::TimeDelta;

use super::glass_queries as queries;
use super::profiles::By;
use crate::clock::Clock;
use crate::db::{self, Db};
use crate::mail::{self, Letter};
use crate::model::{Agent, Event, EventType, Outcome, PersonId, Role, TenantId};

pub use super::glass_queries::{Glass, all, awaiting, of_member};

/// Longest access, in hours.
pub const HOURS_MAX: u32 = 4;
/// Longest reference, and longest reason.
const TEXT_CHARS_MAX: usize = 500;

/// What an operator asks for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Reference of the member's written request.
    pub request: String,
    pub reason: String,
    pub hours: u32,
}

/// Why nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unchanged {
    NotFound,
    RequestMissing,
    ReasonMissing,
    HoursWrong,
    /// Who asked cannot open.
    OwnRequest,
    /// It was opened or ended already.
    AlreadySo,
}

/// Asks for an access to a member's archives, and writes to the pilots.
pub async fn ask(
    db: &Db,
    clock: &Clock,
    operator: PersonId,
    tenant: TenantId,
    asked: Asked,
) -> Result<Result<(), Unchanged>, db::Error> {
    let text = |text: &str| -> String {
        text.trim().chars().filter(|c| !c.is_control()).take(TEXT_CHARS_MAX).collect()
    };
    let (request, reason) = (text(&asked.request), text(&asked.reason));
    if request.is_empty() {
        return Ok(Err(Unchanged::RequestMissing));
    }
    if reason.is_empty() {
        return Ok(Err(Unchanged::ReasonMissing));
    }
    if !(1..=HOURS_MAX).contains(&asked.hours) {
        return Ok(Err(Unchanged::HoursWrong));
    }
    let id = clock.fresh_id();
    let mut tx = db.write(tenant).await?;
    queries::insert(&mut tx, id, operator, (&request, &reason, asked.hours), clock.now()).await?;
    let detail = vec![("action", "acces demande".to_owned()), ("demande_ecrite", request)];
    tx.record(event(operator, Role::Operator, id, detail));
    if let Some(glass) = queries::lock(&mut tx, id).await? {
        // First: a crash before the commit below tells the pilots of what is asked again, and leaves nothing that they do not know of.
        let mut pilots = db.technical().await?;
        let letter = Letter::GlassAsked {
            operator: glass.asked_by_name,
            request: glass.request,
            reason: glass.reason,
            hours: asked.hours,
            code: glass.code,
        };
        mail::write_to_pilots(&mut pilots, clock, tenant, &format!("glass-asked:{id}"), &letter).await?;
        pilots.commit().await?;
    }
    tx.commit().await?;
    Ok(Ok(()))
}

/// Opens it, for the hours asked, from now on.
pub async fn open(
    db: &Db,
    clock: &Clock,
    by: By,
    id: uuid::Uuid,
) -> Result<Result<(), Unchanged>, db::Error> {
    let mut tx = db.write(by.tenant).await?;
    let Some(glass) = queries::lock(&mut tx, id).await? else { return Ok(Err(Unchanged::NotFound)) };
    if glass.asked_by == by.person {
        return Ok(Err(Unchanged::OwnRequest));
    }
    if glass.until.is_some() || glass.ended_at.is_some() {
        return Ok(Err(Unchanged::AlreadySo));
    }
    let (now, hours) = (clock.now(), glass.hours);
    let until = now + TimeDelta::hours(i64::from(hours));
    queries::open(&mut tx, id, by.person, now, until).await?;
    let detail = vec![("action", "acces ouvert".to_owned()), ("jusqu_au", until.to_rfc3339())];
    tx.record(event(by.person, by.role, id, detail));
    let operator = glass.asked_by_name.clone();
    let letter = Letter::GlassBroken { operator, reason: glass.reason, until };
    mail::write_to_administrators(&mut tx, clock, &format!("glass:{id}"), &letter).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// Refuses it, or ends it before its time.
pub async fn end(db: &Db, clock: &Clock, by: By, id: uuid::Uuid) -> Result<Result<(), Unchanged>, db::Error> {
    let mut tx = db.write(by.tenant).await?;
    let Some(glass) = queries::lock(&mut tx, id).await? else { return Ok(Err(Unchanged::NotFound)) };
    if glass.ended_at.is_some() {
        return Ok(Err(Unchanged::AlreadySo));
    }
    queries::end(&mut tx, id, clock.now()).await?;
    tx.record(event(by.person, by.role, id, vec![("action", "acces ferme".to_owned())]));
    tx.commit().await?;
    Ok(Ok(()))
}

fn event(person: PersonId, role: Role, id: uuid::Uuid, detail: Vec<(&'static str, String)>) -> Event {
    Event {
        event_type: EventType::Parametrage,
        outcome: Outcome::Ok,
        agent: Agent::Person(person, role),
        object: format!("glass:{id}"),
        detail,
    }
}
