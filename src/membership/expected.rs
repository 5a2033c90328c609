//! Deposits expected by the calendar: the periods in which none came are told, once each, and until one comes.
//!
//! Never refuses nor asks anything of anyone. The one thing to know: a transfer that was refused has not come; and a period that was
//! told once is not told again, whatever becomes of its row.

use chrono::{Days, NaiveDate};

use super::profiles::By;
use super::{agreement_queries, expected_queries as queries};
use crate::clock::{Clock, midnight};
use crate::db::{self, Db, TenantRead, TenantTx};
use crate::mail::{self, Letter};
use crate::model::expected::{Every, Expected, Period, WITHIN_DAYS_MAX};
use crate::model::{Agent, Agreement, AgreementId, Event, EventType, Outcome, TenantId};
use crate::registry;

pub use super::expected_queries::{Missed, open_alerts};

/// The earliest day from which deposits may be expected.
pub const SINCE_MIN: NaiveDate = NaiveDate::from_ymd_opt(2000, 1, 1).expect("a day");
/// The last one.
pub const SINCE_MAX: NaiveDate = NaiveDate::from_ymd_opt(2100, 1, 1).expect("a day");

/// Why nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unchanged {
    NotFound,
    /// More days than may be granted.
    Within,
    /// A day too long past, or too far.
    Since,
}

/// Whether these are expectations that can be held.
pub fn fault(expected: &Expected) -> Option<Unchanged> {
    if expected.within_days > WITHIN_DAYS_MAX {
        return Some(Unchanged::Within);
    }
    (!(SINCE_MIN..=SINCE_MAX).contains(&expected.since)).then_some(Unchanged::Since)
}

/// Says what an agreement expects, or that it expects nothing; it judges no deposit, and makes no version of the terms.
pub async fn set(
    db: &Db,
    by: By,
    id: AgreementId,
    expected: Option<Expected>,
) -> Result<Result<(), Unchanged>, db::Error> {
    if let Some(unchanged) = expected.as_ref().and_then(fault) {
        return Ok(Err(unchanged));
    }
    let mut tx = db.write(by.tenant).await?;
    agreement_queries::lock_agreements(&mut tx).await?;
    let agreements = registry::queries::agreements(&mut tx).await?;
    let Some(mut agreement) = agreements.into_iter().find(|agreement| agreement.agreement_id == id) else {
        return Ok(Err(Unchanged::NotFound));
    };
    agreement.conditions.expected = expected;
    agreement_queries::set_conditions(&mut tx, id.0, &agreement.conditions).await?;
    let said = expected.map(|expected| expected.said()).unwrap_or_default();
    let agent = Agent::Person(by.person, by.role);
    tx.record(event(agent, &agreement.identifier, vec![("action", "calendrier".into()), ("expected", said)]));
    tx.commit().await?;
    Ok(Ok(()))
}

/// Looks at the calendar of every member; how many alerts were raised. One member's trouble leaves the others to go on.
pub async fn look_at_the_calendar(db: &Db, clock: &Clock) -> Result<u64, db::Error> {
    let members = registry::queries::members(&mut db.technical().await?).await?;
    let mut raised = 0;
    for member in members {
        match look(db, clock, member.tenant).await {
            Ok(more) => raised += more,
            Err(error) => {
                tracing::error!(tenant.id = %member.tenant, %error, "the calendar was not looked at");
            }
        }
    }
    Ok(raised)
}

/// A deposit expected in the period under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Awaited {
    pub agreement: String,
    pub name: String,
    pub every: Every,
    pub period: Period,
    pub has_come: bool,
}

/// What each agreement open today expects in the period under way, and whether it came.
pub async fn under_way(
    tx: &mut TenantRead,
    agreements: &[Agreement],
    today: NaiveDate,
) -> Result<Vec<Awaited>, db::Error> {
    let mut awaited = Vec::new();
    for agreement in agreements.iter().filter(|agreement| agreement.is_open_on(today)) {
        let Some(expected) = agreement.conditions.expected else { continue };
        let Some(period) = expected.current(today) else { continue };
        let has_come = queries::came(tx, &agreement.identifier, midnight(period.from), None).await?;
        let (name, every) = (agreement.name.clone(), expected.every);
        awaited.push(Awaited { agreement: agreement.identifier.clone(), name, every, period, has_come });
    }
    Ok(awaited)
}

/// What a look at a member's calendar found.
#[derive(Default)]
struct Found<'a> {
    /// Alerts that are over, and whether a deposit came.
    over: Vec<(Missed, bool)>,
    /// Periods in which none came, not told yet.
    missed: Vec<(&'a Agreement, Vec<Period>)>,
}

/// Raises what is to be raised of a member and closes what is over; how many were raised. Safe to run as often as one likes, in
/// several processes: of two that raise the same, the rows let one.
pub async fn look(db: &Db, clock: &Clock, tenant: TenantId) -> Result<u64, db::Error> {
    let today = clock.today();
    let mut tx = db.read(tenant).await?;
    let agreements = registry::queries::agreements(&mut tx).await?;
    let found = find(&mut tx, &agreements, today).await?;
    drop(tx);
    if found.over.is_empty() && found.missed.is_empty() {
        return Ok(0);
    }
    enter(db, clock, tenant, found).await
}

async fn find<'a>(
    tx: &mut TenantRead,
    agreements: &'a [Agreement],
    today: NaiveDate,
) -> Result<Found<'a>, db::Error> {
    let mut found = Found::default();
    for alert in open_alerts(tx).await? {
        let agreement = agreements.iter().find(|one| one.agreement_id == alert.agreement_id);
        let expects = agreement.is_some_and(|one| one.conditions.expected.is_some() && one.is_open_on(today));
        let came = queries::came(tx, &alert.agreement, midnight(alert.from), None).await?;
        if came || !expects {
            found.over.push((alert, came));
        }
    }
    for agreement in agreements.iter().filter(|agreement| agreement.is_open_on(today)) {
        let Some(expected) = agreement.conditions.expected else { continue };
        let told = queries::told(tx, agreement.agreement_id).await?;
        let mut missed = Vec::new();
        for period in expected.over_on(today).into_iter().filter(|period| !told.contains(&period.from)) {
            let (from, end) = (midnight(period.from), midnight(period.due + Days::new(1)));
            if !queries::came(tx, &agreement.identifier, from, Some(end)).await? {
                missed.push(period);
            }
        }
        if !missed.is_empty() {
            found.missed.push((agreement, missed));
        }
    }
    Ok(found)
}

async fn enter(db: &Db, clock: &Clock, tenant: TenantId, found: Found<'_>) -> Result<u64, db::Error> {
    let mut tx = db.write(tenant).await?;
    let mut events = Vec::new();
    for (alert, came) in found.over {
        if queries::close(&mut tx, &alert, clock.now()).await? {
            let why = if came { "versement recu" } else { "plus attendu" };
            let detail = vec![
                ("action", "fin d'alerte".to_owned()),
                ("periode", format!("{}/{}", alert.from, alert.until)),
                ("raison", why.to_owned()),
            ];
            events.push(event(Agent::Service, &alert.agreement, detail));
        }
    }
    let mut raised = 0;
    for (agreement, periods) in found.missed {
        let told = raise(&mut tx, clock, agreement, &periods).await?;
        raised += told.len() as u64;
        events.extend(told);
    }
    // Another process was quicker.
    if events.is_empty() {
        return Ok(0);
    }
    events.into_iter().for_each(|event| tx.record(event));
    tx.commit().await?;
    Ok(raised)
}

/// Raises an alert for each of these periods that has none, and writes one letter for the last; an event for each.
async fn raise(
    tx: &mut TenantTx,
    clock: &Clock,
    agreement: &Agreement,
    periods: &[Period],
) -> Result<Vec<Event>, db::Error> {
    let (mut events, mut last) = (Vec::new(), None);
    for period in periods {
        if queries::insert(tx, agreement.agreement_id, period, clock.now()).await? {
            let detail = vec![
                ("action", "alerte".to_owned()),
                ("periode", format!("{}/{}", period.from, period.until)),
                ("attendu_le", period.due.to_string()),
            ];
            events.push(event(Agent::Service, &agreement.identifier, detail));
            last = Some(period);
        }
    }
    if let Some(period) = last {
        let topic = format!("missed:{}:{}", agreement.agreement_id, period.from);
        let letter = Letter::Missed {
            agreement: agreement.identifier.clone(),
            from: period.from,
            until: period.until,
            due: period.due,
        };
        mail::write_to_administrators(tx, clock, &topic, &letter).await?;
    }
    Ok(events)
}

fn event(agent: Agent, agreement: &str, detail: Vec<(&'static str, String)>) -> Event {
    let (event_type, object) = (EventType::Parametrage, format!("agreement:{agreement}"));
    Event { event_type, outcome: Outcome::Ok, agent, object, detail }
}
