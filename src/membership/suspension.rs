//! The pilot suspends a member's deposits, and lets them go on: with a reason, a date, a notice; reading, export and restitution
//! never stop (norms §10).

use chrono::NaiveDate;

use super::{convention_queries, queries};
use crate::clock::Clock;
use crate::db::{self, Db};
use crate::mail::{self, Letter};
use crate::model::{Agent, Event, EventType, Outcome, PersonId, Role, Suspension, TenantId};
use crate::registry;

/// Longest reason.
pub const REASON_CHARS_MAX: usize = 500;

/// Why nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unchanged {
    NotFound,
    /// It is so already.
    AlreadySo,
    ReasonMissing,
    /// It would begin before today, or before the member is told.
    TooSoon,
}

/// The member of this code, for the pilot, who answers for all of them.
pub async fn member_named(db: &Db, code: &str) -> Result<Option<TenantId>, db::Error> {
    let members = registry::queries::members(&mut db.technical().await?).await?;
    Ok(members.into_iter().find(|member| member.code == code).map(|member| member.tenant))
}

/// Suspends the deposits of a member from a day on; its administrators are written to.
pub async fn suspend(
    db: &Db,
    clock: &Clock,
    pilot: PersonId,
    tenant: TenantId,
    mut suspension: Suspension,
) -> Result<Result<(), Unchanged>, db::Error> {
    let reason = suspension.reason.trim().chars().filter(|c| !c.is_control());
    suspension.reason = reason.take(REASON_CHARS_MAX).collect();
    let today = clock.today();
    if suspension.reason.is_empty() {
        return Ok(Err(Unchanged::ReasonMissing));
    }
    if suspension.from < today || suspension.from < suspension.notified_on {
        return Ok(Err(Unchanged::TooSoon));
    }
    let mut tx = db.write(tenant).await?;
    if registry::convention_queries::standing(&mut tx).await?.suspension.is_some() {
        return Ok(Err(Unchanged::AlreadySo));
    }
    queries::set_suspension(&mut tx, Some((&suspension, pilot))).await?;
    let detail = vec![
        ("action", "suspension".to_owned()),
        ("from", suspension.from.to_string()),
        ("notified_on", suspension.notified_on.to_string()),
    ];
    tx.record(event(pilot, detail));
    let letter = Letter::Suspended { from: suspension.from, reason: suspension.reason.clone() };
    let topic = format!("suspended:{}:{}", suspension.from, clock.now().timestamp());
    mail::write_to_administrators(&mut tx, clock, &topic, &letter).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// Lets deposits go on.
pub async fn resume(db: &Db, pilot: PersonId, tenant: TenantId) -> Result<Result<(), Unchanged>, db::Error> {
    let mut tx = db.write(tenant).await?;
    if registry::convention_queries::standing(&mut tx).await?.suspension.is_none() {
        return Ok(Err(Unchanged::AlreadySo));
    }
    queries::set_suspension(&mut tx, None).await?;
    tx.record(event(pilot, vec![("action", "reprise".to_owned())]));
    tx.commit().await?;
    Ok(Ok(()))
}

/// The reason is in the row and in the letter: it may name people, and the journal names nobody.
fn event(pilot: PersonId, detail: Vec<(&'static str, String)>) -> Event {
    Event {
        event_type: EventType::Parametrage,
        outcome: Outcome::Ok,
        agent: Agent::Person(pilot, Role::Pilot),
        object: "deposits".into(),
        detail,
    }
}

/// Months before the end of a convention at which it is told.
pub const TOLD_MONTHS_BEFORE: [u32; 3] = [1, 3, 6];

/// Tells the administrators of each member, and the pilots, once each time, that a convention ends in six, three, one months.
pub async fn tell_ends(db: &Db, clock: &Clock) -> Result<u64, db::Error> {
    let today = clock.today();
    let overviews = registry::convention_queries::overviews(&mut db.technical().await?).await?;
    let mut told = 0;
    for overview in overviews {
        let Some(convention) = overview.standing.convention else { continue };
        let Some(until) = convention.valid_until else { continue };
        let Some(months) = months_left(today, until) else { continue };
        let mut tx = db.write(overview.tenant).await?;
        if !convention_queries::note_told(&mut tx, &convention.identifier, months).await? {
            continue;
        }
        let letter = Letter::ConventionEnds { identifier: convention.identifier.clone(), until, months };
        let topic =
            format!("convention:{}:{}:{until}:{months}", overview.standing.code, convention.identifier);
        // First, and each once: a crash before the commit below tells nobody twice, and leaves nobody untold.
        let mut pilots = db.technical().await?;
        mail::write_to_pilots(&mut pilots, clock, overview.tenant, &topic, &letter).await?;
        pilots.commit().await?;
        mail::write_to_administrators(&mut tx, clock, &topic, &letter).await?;
        tx.record(Event {
            event_type: EventType::Parametrage,
            outcome: Outcome::Ok,
            agent: Agent::Service,
            object: format!("convention:{}", convention.identifier),
            detail: vec![("action", "alerte".to_owned()), ("months", months.to_string())],
        });
        tx.commit().await?;
        told += 1;
    }
    Ok(told)
}

/// The narrowest of the delays that has begun; `None` before the first one, and once it has ended.
pub fn months_left(today: NaiveDate, until: NaiveDate) -> Option<u32> {
    let has_begun = |months: &u32| {
        until.checked_sub_months(chrono::Months::new(*months)).is_some_and(|from| from <= today)
    };
    TOLD_MONTHS_BEFORE.into_iter().find(has_begun).filter(|_| today <= until)
}

#[cfg(test)]
mod tests {
    use super::months_left;

    #[test]
    fn the_narrowest_delay_that_has_begun_is_told() {
        let until = "2027-08-31".parse().unwrap();
        let of = |day: &str| months_left(day.parse().unwrap(), until);
        assert_eq!((of("2027-02-27"), of("2027-02-28")), (None, Some(6)));
        assert_eq!((of("2027-05-30"), of("2027-05-31")), (Some(6), Some(3)));
        assert_eq!((of("2027-07-31"), of("2027-08-31")), (Some(1), Some(1)));
        assert_eq!(of("2027-09-01"), None, "over");
    }
}
