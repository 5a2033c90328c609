//! What a year was, member by member, and for the service.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;

use super::queries;
use crate::catalog::register_queries::came_by_month;
use crate::clock;
use crate::db::{self, Db};
use crate::registry;

/// A member's year.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemberFacts {
    pub code: String,
    pub name: String,
    /// Under a convention on a day of the year.
    pub is_active: bool,
    pub received: u64,
    pub accepted: u64,
    pub refused: u64,
    /// Refused transfers that have this fault, by its code.
    pub causes: BTreeMap<String, u64>,
    /// From reception to taking in charge, summed over those accepted.
    pub seconds: u64,
    /// Taken in charge in the year: archives, files, bytes.
    pub entered: [u64; 3],
    /// Held at the end of the last day measured.
    pub held: [u64; 3],
    /// Entries of the journal, by type and outcome.
    pub entries: BTreeMap<(String, String), u64>,
}

/// What a closing says of the year's cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cost {
    pub version: u32,
    pub total: i64,
    /// By the word of the category.
    pub by_category: BTreeMap<String, i64>,
    /// By the member's name: what it bears.
    pub shares: Vec<(String, i64)>,
}

/// The year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    pub year: i32,
    pub members: Vec<MemberFacts>,
    /// The last closing, if there is one.
    pub cost: Option<Cost>,
    pub trainings: u64,
    /// Deposits planned in the year, and those that came under the same agreement in the same month.
    pub planned: u64,
    pub planned_came: u64,
}

/// The parts of a closing that are told here.
#[derive(Deserialize)]
struct Closing {
    version: u32,
    total_cents: i64,
    items: Vec<Item>,
    members: BTreeMap<String, Member>,
}

#[derive(Deserialize)]
struct Item {
    category: String,
    amount_cents: i64,
}

#[derive(Deserialize)]
struct Member {
    name: String,
    borne_cents: i64,
}

/// What a year was.
pub async fn of_year(db: &Db, year: i32) -> Result<Facts, db::Error> {
    let day = |year| NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
    let (first, last) = (day(year), day(year + 1).pred_opt().unwrap_or_default());
    let within = (clock::midnight(first), clock::midnight(day(year + 1)));
    let mut tx = db.technical().await?;
    let members = registry::queries::members(&mut tx).await?;
    let cost = queries::closing(&mut tx, year).await?.map(|kept| cost(&kept)).transpose()?;
    let trainings = queries::trainings(&mut tx, (first, last)).await?;
    let planned = queries::planned(&mut tx, (first, last)).await?;
    drop(tx);
    let (mut all, mut planned_came) = (Vec::with_capacity(members.len()), 0);
    for member in members {
        let mut tx = db.read(member.tenant).await?;
        let Some((name, siren, is_active)) = queries::member(&mut tx, (first, last)).await? else { continue };
        let mut of = MemberFacts { code: member.code, name, is_active, ..MemberFacts::default() };
        fill(&mut tx, &mut of, within, (first, last)).await?;
        let its: Vec<&queries::Planned> = planned.iter().filter(|of| of.siren == siren).collect();
        if !its.is_empty() {
            let came = came_by_month(&mut tx).await?;
            planned_came += its.iter().map(|of| of.came(&came)).sum::<u64>();
        }
        if of.is_active || of.received > 0 || of.held != [0; 3] {
            all.push(of);
        }
    }
    let planned = planned.iter().map(|of| of.deposits).sum();
    Ok(Facts { year, members: all, cost, trainings, planned, planned_came })
}

async fn fill(
    tx: &mut db::TenantRead,
    of: &mut MemberFacts,
    within: (DateTime<Utc>, DateTime<Utc>),
    days: (NaiveDate, NaiveDate),
) -> Result<(), db::Error> {
    let counted = queries::transfers(tx, within).await?;
    (of.received, of.accepted, of.refused, of.seconds) =
        (counted.received, counted.accepted, counted.refused, counted.seconds);
    of.causes = queries::causes(tx, within).await?;
    of.entered = queries::entered(tx, days).await?;
    of.held = queries::held(tx, days).await?;
    of.entries = queries::entries(tx, within).await?;
    Ok(())
}

fn cost(kept: &str) -> Result<Cost, db::Error> {
    let closing: Closing =
        serde_json::from_str(kept).map_err(|error| db::Error::row("bill_closing", error))?;
    let mut by_category = BTreeMap::new();
    for item in closing.items {
        *by_category.entry(item.category).or_default() += item.amount_cents;
    }
    let shares = closing.members.into_values().map(|member| (member.name, member.borne_cents)).collect();
    Ok(Cost { version: closing.version, total: closing.total_cents, by_category, shares })
}

impl Facts {
    /// A figure of all the members.
    pub fn sum(&self, of: impl Fn(&MemberFacts) -> u64) -> u64 {
        self.members.iter().map(of).sum()
    }

    /// Entries of all the journals, of a type and outcome.
    pub fn entries(&self, event_type: &str, outcome: &str) -> u64 {
        let key = (event_type.to_owned(), outcome.to_owned());
        self.sum(|of| of.entries.get(&key).copied().unwrap_or_default())
    }

    /// The faults of refused transfers, the most frequent first.
    pub fn causes(&self) -> Vec<(String, u64)> {
        let mut causes: BTreeMap<&str, u64> = BTreeMap::new();
        for (code, count) in self.members.iter().flat_map(|of| &of.causes) {
            *causes.entry(code).or_default() += count;
        }
        let mut causes: Vec<(String, u64)> =
            causes.into_iter().map(|(code, of)| (code.to_owned(), of)).collect();
        causes.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        causes
    }
}
