//! Whether a connector could deposit now, told thing by thing without any call to the outside.
//!
//! Never promises that a deposit will be accepted: its package is judged when it comes. The one thing to know: what is looked at is
//! what a deposit would meet at the door, in the same order.

use chrono::NaiveDate;

use super::connectors::Bus;
use super::machine_queries::{self as queries, Known};
use crate::clock::Clock;
use crate::db::{self, Db};
use crate::model::{Agreement, Closed, MachineId, Standing, TenantId};
use crate::registry::{self, Profile, Quota, convention_queries, profile_queries};

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gravity {
    Fine,
    /// It deposits, and somebody should look.
    Warning,
    /// Nothing is deposited until it is seen to.
    Blocking,
}

/// Something that was looked at. Texts name agreements and profiles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    Open,
    Paused,
    SecretFits,
    /// It was made before the As@lae door, which does not know it.
    SecretTooOld,
    /// The application still used the one before, the last time.
    FormerSecret,
    NoAgreement,
    AgreementOpen(String),
    AgreementDraft(String),
    AgreementSuspended(String),
    AgreementOutOfDates(String),
    ProfilesFine,
    /// An agreement names a profile that is out of use.
    ProfileOut {
        agreement: String,
        profile: String,
    },
    /// An agreement demands a profile, and none of its own is in use.
    NoProfileLeft(String),
    MemberOpen,
    MemberClosed(Closed),
    RoomLeft,
    /// The soft quota is passed.
    SoftPassed,
    QuotaFull,
    /// Every deposit that the quota admits in a day was made today.
    DayFull,
    SitesFine,
    /// So many transfers wait for a site.
    SitesWait(u64),
}

impl Check {
    /// How much it matters.
    pub fn gravity(&self) -> Gravity {
        match self {
            Check::Open
            | Check::SecretFits
            | Check::AgreementOpen(_)
            | Check::ProfilesFine
            | Check::MemberOpen
            | Check::RoomLeft
            | Check::SitesFine => Gravity::Fine,
            Check::FormerSecret | Check::ProfileOut { .. } | Check::SoftPassed | Check::SitesWait(_) => {
                Gravity::Warning
            }
            // Under another agreement it may deposit all the same.
            Check::AgreementDraft(_)
            | Check::AgreementSuspended(_)
            | Check::AgreementOutOfDates(_)
            | Check::NoProfileLeft(_) => Gravity::Warning,
            Check::Paused
            | Check::SecretTooOld
            | Check::NoAgreement
            | Check::MemberClosed(_)
            | Check::QuotaFull
            | Check::DayFull => Gravity::Blocking,
        }
    }
}

/// What the registers say of a machine.
pub struct Seen<'a> {
    pub machine: &'a Known,
    /// Those it is assigned.
    pub agreements: Vec<Agreement>,
    pub profiles: Vec<Profile>,
    pub standing: Standing,
    pub quota: Option<Quota>,
    pub deposits_today: u64,
    /// Transfers that wait for a site.
    pub waiting: u64,
}

/// Looks at a machine; `None`: the member has no such machine.
pub async fn look(
    db: &Db,
    clock: &Clock,
    tenant: TenantId,
    machine: MachineId,
) -> Result<Option<Vec<Check>>, db::Error> {
    let today = clock.today();
    let mut tx = db.read(tenant).await?;
    let known = queries::machines_of(&mut tx).await?;
    let Some(machine) = known.iter().find(|known| known.machine_id == machine) else { return Ok(None) };
    let mut agreements = registry::queries::agreements(&mut tx).await?;
    agreements.retain(|agreement| machine.agreements.contains(&agreement.identifier));
    let (deposits_today, waiting) = queries::under_way(&mut tx, today).await?;
    let seen = Seen {
        machine,
        agreements,
        profiles: profile_queries::profiles(&mut tx).await?,
        standing: convention_queries::standing(&mut tx).await?,
        quota: registry::queries::find_quota(&mut tx).await?,
        deposits_today,
        waiting,
    };
    Ok(Some(check(&seen, today)))
}

/// What a deposit of today would meet, in its order.
pub fn check(seen: &Seen<'_>, today: NaiveDate) -> Vec<Check> {
    let mut found = vec![if seen.machine.is_closed { Check::Paused } else { Check::Open }];
    found.push(secret(seen.machine));
    found.push(seen.standing.closed_on(today).map_or(Check::MemberOpen, Check::MemberClosed));
    if seen.agreements.is_empty() {
        found.push(Check::NoAgreement);
    }
    found.extend(seen.agreements.iter().map(|agreement| of_agreement(agreement, today)));
    if seen.agreements.iter().any(|agreement| !agreement.profiles.is_empty()) {
        found.extend(profiles(&seen.agreements, &seen.profiles));
    }
    found.extend(seen.quota.as_ref().map(|quota| room(quota, seen.deposits_today)));
    found.push(if seen.waiting == 0 { Check::SitesFine } else { Check::SitesWait(seen.waiting) });
    found
}

/// Whether it could deposit: nothing is in the way, and one of its agreements takes deposits.
pub fn could_deposit(checks: &[Check]) -> bool {
    checks.iter().all(|check| check.gravity() != Gravity::Blocking)
        && checks.iter().any(|check| {
            let Check::AgreementOpen(name) = check else { return false };
            !checks.contains(&Check::NoProfileLeft(name.clone()))
        })
}

fn secret(machine: &Known) -> Check {
    let by_former = machine.used_by.as_deref().is_some_and(|by| by.starts_with("former"));
    if !machine.has_basic && machine.bus != Some(Bus::Api) {
        Check::SecretTooOld
    } else if by_former {
        Check::FormerSecret
    } else {
        Check::SecretFits
    }
}

fn of_agreement(agreement: &Agreement, today: NaiveDate) -> Check {
    let name = agreement.identifier.clone();
    if agreement.is_draft {
        Check::AgreementDraft(name)
    } else if !agreement.active {
        Check::AgreementSuspended(name)
    } else if !agreement.is_open_on(today) {
        Check::AgreementOutOfDates(name)
    } else {
        Check::AgreementOpen(name)
    }
}

fn profiles(agreements: &[Agreement], known: &[Profile]) -> Vec<Check> {
    let is_active = |name: &String| known.iter().any(|profile| profile.identifier == *name && profile.active);
    let mut found = Vec::new();
    for agreement in agreements {
        let out = agreement.profiles.iter().filter(|name| !is_active(name));
        let out: Vec<&String> = out.collect();
        if agreement.profile_imposed && out.len() == agreement.profiles.len() {
            found.push(Check::NoProfileLeft(agreement.identifier.clone()));
        } else {
            let one = |profile: &String| Check::ProfileOut {
                agreement: agreement.identifier.clone(),
                profile: profile.clone(),
            };
            found.extend(out.into_iter().map(one));
        }
    }
    if found.is_empty() { vec![Check::ProfilesFine] } else { found }
}

fn room(quota: &Quota, deposits_today: u64) -> Check {
    let is_full = quota.bytes_held >= quota.bytes_max
        || quota.objects_max.is_some_and(|most| quota.objects_held >= most);
    if is_full {
        Check::QuotaFull
    } else if quota.deposits_per_day.is_some_and(|most| deposits_today >= most) {
        Check::DayFull
    } else if quota.bytes_soft.is_some_and(|soft| quota.bytes_held > soft) {
        Check::SoftPassed
    } else {
        Check::RoomLeft
    }
}
