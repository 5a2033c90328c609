//! Asking for a derogation: what somebody may not read yet, and why they would (code du patrimoine, L213-3).
//!
//! Records the request and shows it to the archivist, who may say that it was seen; decides nothing.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{Access, Error, Reader, derogation_queries as queries, opening, reached};
use crate::model::{Agent, Event, EventType, Outcome, PersonId, Role, Scope, TenantId, UnitId};
use crate::seda::opening::Opening;

/// Characters of a reason.
pub const REASON_CHARS_MAX: usize = 2_000;
/// Requests of one person that may wait at once.
const OPEN_MAX: i64 = 50;

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    Recorded,
    /// The same person's request for the same unit waits already.
    Already,
    /// The unit is open, or never opens.
    Pointless,
    /// No reason, or one too long.
    NoReason,
    /// Too many requests of this person wait.
    TooMany,
}

/// A request as the archivist sees it.
#[derive(Clone, Debug)]
pub struct Request {
    pub derogation_request_id: Uuid,
    pub unit_id: UnitId,
    pub title: String,
    pub cote: String,
    pub person: String,
    pub reason: String,
    pub opens_on: Option<NaiveDate>,
    pub asked_at: DateTime<Utc>,
    /// `None`: deposited; otherwise seen.
    pub seen_at: Option<DateTime<Utc>>,
}

impl Access {
    /// Records a person's request to read a closed unit; `None`: no such unit.
    pub async fn ask_derogation(
        &self,
        reader: &Reader,
        person: PersonId,
        id: UnitId,
        reason: &str,
    ) -> Result<Option<Asked>, Error> {
        let mut read = self.db.read(reader.tenant).await?;
        let Some((_, archive)) = reached(&mut read, reader, id).await? else { return Ok(None) };
        let opening = opening::of_units(&mut read, archive.archive_id, &[id]).await?;
        drop(read);
        let reason: String = reason.trim().chars().filter(|c| !c.is_control() || *c == '\n').collect();
        if reason.is_empty() || reason.chars().count() > REASON_CHARS_MAX {
            return Ok(Some(Asked::NoReason));
        }
        if self.opens(reader, &archive, opening) || opening == Opening::Never {
            return Ok(Some(Asked::Pointless));
        }
        let opens_on = match opening {
            Opening::From(day) => Some(day),
            _ => None,
        };
        let request = self.clock.fresh_id();
        let mut tx = self.db.write(reader.tenant).await?;
        queries::one_at_a_time(&mut tx, person).await?;
        if queries::open_count_of(&mut tx, person).await? >= OPEN_MAX {
            return Ok(Some(Asked::TooMany));
        }
        let new = queries::insert(&mut tx, request, id, person, &reason, opens_on, self.clock.now()).await?;
        if !new {
            return Ok(Some(Asked::Already));
        }
        tx.record(event(reader.agent, "derogation_demandee", request, id));
        tx.commit().await?;
        Ok(Some(Asked::Recorded))
    }

    /// Whether this person's request for the unit waits.
    pub async fn awaits_derogation(
        &self,
        reader: &Reader,
        person: PersonId,
        id: UnitId,
    ) -> Result<bool, Error> {
        let mut tx = self.db.read(reader.tenant).await?;
        Ok(queries::is_open(&mut tx, person, id).await?)
    }

    /// At most `most` requests within the scope, the newest first, after one.
    pub async fn derogations(
        &self,
        reader: &Reader,
        after: Option<(DateTime<Utc>, Uuid)>,
        most: u32,
    ) -> Result<Vec<Request>, Error> {
        let mut tx = self.db.read(reader.tenant).await?;
        Ok(queries::page(&mut tx, &reader.scope, after, most).await?)
    }

    /// How many wait to be seen, within the scope.
    pub async fn derogations_open(&self, reader: &Reader) -> Result<u64, Error> {
        self.derogations_within(reader.tenant, &reader.scope).await
    }

    /// How many wait to be seen in a member, within a scope.
    pub async fn derogations_within(&self, tenant: TenantId, scope: &Scope) -> Result<u64, Error> {
        let mut tx = self.db.read(tenant).await?;
        Ok(queries::open_count(&mut tx, scope).await?)
    }

    /// Says that a request was seen; whether there is such a one within the scope. Saying it again changes nothing.
    pub async fn see_derogation(&self, reader: &Reader, by: PersonId, id: Uuid) -> Result<bool, Error> {
        let mut tx = self.db.write(reader.tenant).await?;
        let Some((unit, is_seen)) = queries::find(&mut tx, &reader.scope, id).await? else {
            return Ok(false);
        };
        if !is_seen && queries::see(&mut tx, id, by, self.clock.now()).await? {
            tx.record(event(Agent::Person(by, Role::Archivist), "derogation_vue", id, unit));
            tx.commit().await?;
        }
        Ok(true)
    }
}

fn event(agent: Agent, action: &str, request: Uuid, unit: UnitId) -> Event {
    Event {
        event_type: EventType::Communication,
        outcome: Outcome::Ok,
        agent,
        object: format!("unit:{unit}"),
        detail: vec![("action", action.to_owned()), ("demande", request.to_string())],
    }
}
