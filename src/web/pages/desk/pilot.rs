//! The pilot's desk: accesses to be decided, members and what is to be looked at of them, entries with their next step, years to close.
//!
//! Sees no title and no archive.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use uuid::Uuid;

use crate::billing;
use crate::membership::glass::{self, Glass};
use crate::onboarding::stage::reached;
use crate::onboarding::{self, Entry, Step};
use crate::registry::convention_queries::{self, Overview};
use crate::web::callers::Person;
use crate::web::pages::entries::steering::next;
use crate::web::pages::shell::{At, Fact, Link};
use crate::web::pages::{pilot, words};
use crate::web::{Problem, State, Who};

/// Alerts and entries shown.
const SHOWN: usize = 12;
/// Years looked at for those that are not closed.
const YEARS: usize = 5;

/// The desk.
pub struct PilotDesk {
    pub accesses: Vec<AccessLine>,
    pub facts: Vec<Fact>,
    /// Conventions that end, quotas that fill: sentences.
    pub alerts: Vec<String>,
    pub more: Option<String>,
    pub entries: Vec<EntryLine>,
    pub more_entries: Option<String>,
    pub years: Vec<Link>,
}

/// An exceptional access that an operator asked for.
pub struct AccessLine {
    /// The member, and where it is decided.
    pub link: Link,
    pub asked: At,
    pub who: String,
    pub hours: String,
}

/// An entry that waits for something.
pub struct EntryLine {
    pub link: Link,
    pub stage: &'static str,
    pub next: &'static str,
}

/// What was read.
pub struct Found {
    /// Accesses that await a decision.
    pub accesses: Vec<Glass>,
    pub overviews: Vec<Overview>,
    pub entries: Vec<Entry>,
    pub steps: BTreeMap<Uuid, Vec<Step>>,
    /// Years prepared, or over, and not closed since.
    pub open_years: Vec<i32>,
}

/// Looks, for a pilot.
pub async fn look(state: &State, person: &Person) -> Result<Option<PilotDesk>, Problem> {
    if !Who::Pilot.admits(&person.roles) {
        return Ok(None);
    }
    let mut tx = state.db.technical().await?;
    let mut open_years = Vec::new();
    for year in billing::queries::years(&mut tx).await?.into_iter().take(YEARS) {
        let closings = billing::queries::closings(&mut tx, year).await?;
        let prepared = billing::queries::year(&mut tx, year).await?;
        if prepared.is_some_and(|prepared| prepared.standing(&closings).is_none()) {
            open_years.push(year);
        }
    }
    let found = Found {
        accesses: glass::awaiting(&mut tx).await?,
        overviews: convention_queries::overviews(&mut tx).await?,
        entries: onboarding::queries::entries(&mut tx).await?,
        steps: onboarding::queries::steps(&mut tx).await?,
        open_years,
    };
    Ok(Some(desk(&found, state.clock.today())))
}

/// The desk of what was found.
pub fn desk(found: &Found, today: NaiveDate) -> PilotDesk {
    let held: u64 = found.overviews.iter().map(|member| member.bytes_held).sum();
    let promised: u64 = found.overviews.iter().map(|member| member.bytes_max).sum();
    let open = found.overviews.iter().filter(|member| member.standing.closed_on(today).is_none()).count();
    let alerts: Vec<String> =
        found.overviews.iter().flat_map(|member| pilot::alerts(member, today)).collect();
    let entries: Vec<EntryLine> =
        found.entries.iter().filter_map(|entry| entry_line(found, entry, today)).collect();
    let more = |all: usize| {
        (all > SHOWN).then(|| format!("et {}", words::count((all - SHOWN) as u64, "autre", "autres")))
    };
    PilotDesk {
        accesses: found.accesses.iter().map(access_line).collect(),
        facts: vec![
            Fact::new("Collectivités", words::number(found.overviews.len() as u64)),
            Fact::new("Qui peuvent verser aujourd’hui", words::number(open as u64)),
            Fact::new("Place occupée", format!("{} sur {}", words::size(held), words::size(promised))),
        ],
        more: more(alerts.len()),
        alerts: alerts.into_iter().take(SHOWN).collect(),
        more_entries: more(entries.len()),
        entries: entries.into_iter().take(SHOWN).collect(),
        years: found.open_years.iter().map(|year| year_link(*year, today)).collect(),
    }
}

fn access_line(glass: &Glass) -> AccessLine {
    AccessLine {
        link: Link::new(&glass.member, format!("{}/acces", pilot::address(&glass.code))),
        asked: words::moment(glass.asked_at),
        who: glass.asked_by_name.clone(),
        hours: words::count(glass.hours.unsigned_abs().into(), "heure", "heures"),
    }
}

fn entry_line(found: &Found, entry: &Entry, today: NaiveDate) -> Option<EntryLine> {
    let (stage, _) = reached(found.steps.get(&entry.id).map_or(&[][..], Vec::as_slice), today);
    let next = next(stage);
    (!next.is_empty()).then(|| EntryLine {
        link: Link::new(&entry.name, format!("/pilotage/entrees/{}", entry.id)),
        stage: stage.label(),
        next,
    })
}

fn year_link(year: i32, today: NaiveDate) -> Link {
    let label = if year < today.year() {
        format!("Exercice {year} : l’année est finie, à clore")
    } else {
        format!("Exercice {year} : en préparation")
    };
    Link::new(label, format!("/pilotage/couts/{year}"))
}
