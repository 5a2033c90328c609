//! What happened lately that concerns this person, drawn from the journals of the members they serve: the last ten things, under all of
//! their roles.
//!
//! Never tells one role what another sees: each has its kinds of entries and its scope, and only those who follow transfers are told a
//! title. One reading a member, of those whose last entries are the last of all.

use std::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Utc};
use futures_util::{StreamExt, TryStreamExt, stream};

use super::told;
use crate::db;
use crate::evidence::lately::{self, Happened, Told};
use crate::identity::{Membership, Session};
use crate::model::{PersonId, Role, Scope, TenantId};
use crate::registry;
use crate::web::State;
use crate::web::callers::Person;
use crate::web::pages::shell::At;
use crate::web::pages::words;

/// Things told.
const SHOWN: usize = 10;
/// Entries read of each member: some have no words of ours.
const READ: i64 = 30;
/// So many members are read without asking whose entries are the last, and so many of the last are asked about.
const FEW: usize = 12;
const TOLD: i32 = 15;
/// Members looked at, so many at a time.
const MEMBERS_MAX: usize = 1_000;
const AT_ONCE: usize = 4;

/// The last things, and what is needed to go where they lead.
pub struct Lately {
    pub csrf: String,
    pub lines: Vec<Line>,
}

/// One thing that happened.
pub struct Line {
    pub at: At,
    /// « Pris en charge ».
    pub what: String,
    /// To what.
    pub name: Option<String>,
    pub address: Option<String>,
    /// Name of the member, when the person serves several.
    pub member: Option<String>,
    /// Code of the member to act for first, when it is another.
    pub elsewhere: Option<String>,
}

/// A member looked at, as whom.
#[derive(Clone)]
pub struct Looked {
    pub tenant: TenantId,
    pub code: String,
    pub name: String,
    pub role: Role,
    pub told: Told,
}

const DECIDED: &[&str] = &["PRISE_EN_CHARGE", "REJET", "COMMUNICATION", "PARAMETRAGE"];
const CLOSED: &[&str] = &["PRISE_EN_CHARGE", "REJET", "PARAMETRAGE"];
const SET: &[&str] = &["PARAMETRAGE"];
const MENDED: &[&str] = &["INCIDENT", "REPARATION", "RECONSTRUCTION", "PARAMETRAGE"];

/// What a role is told of a member's journal; nothing, where it has no desk.
pub fn told_to(role: Role, holdings: &[crate::model::Holding]) -> Option<Told> {
    let scope = || Some(Scope::of(holdings, &[role]));
    Some(match role {
        Role::Archivist => Told {
            types: DECIDED,
            about: &["agreement", "profile", "reading", "retention_schedule", "retention_rule"],
            scope: scope(),
        },
        Role::MemberAdmin => Told {
            types: CLOSED,
            about: &[
                "agreement",
                "person",
                "machine",
                "reading",
                "glass",
                "deposits",
                "convention",
                "statement",
            ],
            scope: scope(),
        },
        Role::ControlAuthority => Told {
            types: SET,
            about: &["reading", "retention_schedule", "retention_rule", "deposits"],
            scope: None,
        },
        Role::Pilot => {
            Told { types: SET, about: &["glass", "deposits", "convention", "statement"], scope: None }
        }
        Role::Operator => Told { types: MENDED, about: &["archive", "member", "glass"], scope: None },
        Role::Depositor | Role::Producer | Role::Reader => return None,
    })
}

/// The last things of this session; whether the strong roles have shown their second factor.
pub async fn look(
    state: &State,
    session: &Session,
    person: &Person,
    is_sure: bool,
) -> Result<Option<Lately>, db::Error> {
    let looked = looked(state, session, person, is_sure).await?;
    let several = looked.iter().map(|of| of.tenant.as_uuid()).collect::<BTreeSet<_>>().len() > 1;
    let Parted { first, rest, since } = last_of_all(state, looked).await?;
    let mut found = read(state, first).await?;
    let is_last = |(of, one): &&(Looked, Happened)| {
        since.is_none_or(|since| one.at >= since) && told::told(of, one, person.person_id).is_some()
    };
    if !rest.is_empty() && found.iter().filter(is_last).count() < SHOWN {
        found.extend(read(state, rest).await?);
    }
    if person.has(Role::Depositor) {
        let own = own(person);
        let mut tx = state.db.read(person.tenant).await?;
        let happened = lately::of_depositor(&mut tx, person.person_id, SHOWN as i64).await?;
        found.extend(happened.into_iter().map(|one| (own.clone(), one)));
    }
    if found.is_empty() && told_nothing(session, person) {
        return Ok(None);
    }
    let lines = lines(found, person.person_id, (Some(person.tenant), several));
    Ok(Some(Lately { csrf: session.csrf_token.clone(), lines }))
}

/// Whether no role of this person is told anything.
fn told_nothing(session: &Session, person: &Person) -> bool {
    let has_desk = |held: &crate::model::Holding| told_to(held.role, &[]).is_some();
    !person.has(Role::Depositor) && !session.members.iter().flat_map(|member| &member.holdings).any(has_desk)
}

fn own(person: &Person) -> Looked {
    Looked {
        tenant: person.tenant,
        code: person.member_code.clone(),
        name: person.member_name.clone(),
        role: Role::Depositor,
        told: Told { types: &[], about: &[], scope: None },
    }
}

/// Each member and role to look at: those served under the strong roles, the session's own for its administrator, every one for those who
/// answer for the service.
async fn looked(
    state: &State,
    session: &Session,
    person: &Person,
    is_sure: bool,
) -> Result<Vec<Looked>, db::Error> {
    let of = |member: &Membership, role: Role| {
        let held = member.holdings.iter().any(|held| held.role == role);
        let told = told_to(role, &member.holdings).filter(|_| held)?;
        Some(Looked {
            tenant: member.tenant,
            code: member.code.clone(),
            name: member.name.clone(),
            role,
            told,
        })
    };
    let mut all = Vec::new();
    for member in &session.members {
        let is_here = member.tenant == person.tenant;
        all.extend(
            [Role::Archivist, Role::ControlAuthority]
                .into_iter()
                .filter(|_| is_sure)
                .filter_map(|role| of(member, role)),
        );
        all.extend(of(member, Role::MemberAdmin).filter(|_| is_here));
    }
    let answering = [Role::Pilot, Role::Operator].into_iter().filter(|role| is_sure && person.has(*role));
    for role in answering {
        let Some(told) = told_to(role, &[]) else { continue };
        let members = registry::queries::members(&mut state.db.technical().await?).await?;
        all.extend(members.into_iter().map(|member| Looked {
            tenant: member.tenant,
            code: member.code,
            name: member.name,
            role,
            told: told.clone(),
        }));
    }
    Ok(all)
}

/// Those to be read, whose last entries are among the last of all under one of their roles; and those to be read if these tell too little.
struct Parted {
    first: Vec<Looked>,
    rest: Vec<Looked>,
    /// No entry of the rest is younger.
    since: Option<DateTime<Utc>>,
}

async fn last_of_all(state: &State, looked: Vec<Looked>) -> Result<Parted, db::Error> {
    if looked.len() <= FEW {
        return Ok(Parted { first: looked, rest: Vec::new(), since: None });
    }
    let mut told: HashMap<Role, (HashSet<TenantId>, Option<DateTime<Utc>>)> = HashMap::new();
    let mut technical = state.db.technical().await?;
    for of in &looked {
        if let Entry::Vacant(vacant) = told.entry(of.role) {
            vacant.insert(lately::members_told(&mut technical, &of.told, TOLD).await?);
        }
    }
    let is_among = |of: &Looked| told.get(&of.role).is_some_and(|(members, _)| members.contains(&of.tenant));
    let (first, rest): (Vec<Looked>, Vec<Looked>) = looked.into_iter().partition(is_among);
    // Of a role of which all was told, the others have nothing.
    let rest = rest.into_iter().filter(|of| told.get(&of.role).is_none_or(|(_, since)| since.is_some()));
    let since = told.values().filter_map(|(_, since)| *since).max();
    Ok(Parted { first, rest: rest.collect(), since })
}

async fn read(state: &State, looked: Vec<Looked>) -> Result<Vec<(Looked, Happened)>, db::Error> {
    let one = |of: Looked| async move {
        let mut tx = state.db.read(of.tenant).await?;
        let happened = lately::happened(&mut tx, &of.told, READ).await?;
        Ok::<_, db::Error>(happened.into_iter().map(|one| (of.clone(), one)).collect::<Vec<_>>())
    };
    let reads = stream::iter(looked.into_iter().take(MEMBERS_MAX).map(one)).buffered(AT_ONCE);
    Ok(reads.try_collect::<Vec<_>>().await?.concat())
}

/// The lines of what was found, the last first; what two roles are told of the same entry is told once.
pub fn lines(
    mut found: Vec<(Looked, Happened)>,
    person: PersonId,
    (here, names_members): (Option<TenantId>, bool),
) -> Vec<Line> {
    found.sort_by_key(|(_, happened)| Reverse((happened.at, happened.seq)));
    let mut seen: BTreeSet<(uuid::Uuid, DateTime<Utc>, String)> = BTreeSet::new();
    let mut lines = Vec::new();
    for (of, happened) in &found {
        let Some(told) = told::told(of, happened, person) else { continue };
        let once = (of.tenant.as_uuid(), happened.at, format!("{} {:?}", told.what, told.name));
        if lines.len() >= SHOWN || !seen.insert(once) {
            continue;
        }
        let is_of_all = matches!(of.role, Role::Pilot | Role::Operator);
        lines.push(Line {
            at: words::moment(happened.at),
            what: told.what,
            name: told.name,
            member: names_members.then(|| of.name.clone()),
            elsewhere: (Some(of.tenant) != here && !is_of_all && told.address.is_some())
                .then(|| of.code.clone()),
            address: told.address,
        });
    }
    lines
}
