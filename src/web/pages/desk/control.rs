//! The control authority's desk: rules that await it, and its own ressort at a glance, member by member.
//!
//! Shows figures alone, no title and no cote: the files of a member open once the reason is said there (`pages::readings`), and each
//! reading is told in its journal.

use chrono::{DateTime, Utc};
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::catalog::register_queries;
use crate::identity::{Membership, Session};
use crate::model::{PersonId, Role, Scope, TenantId};
use crate::preservation;
use crate::registry::{self, Quota};
use crate::web::pages::words;
use crate::web::{Problem, State};

/// Members looked at, so many at a time.
const MEMBERS_MAX: usize = 400;
const AT_ONCE: usize = 4;

/// The desk.
pub struct ControlDesk {
    pub csrf: String,
    pub total: String,
    pub lines: Vec<Line>,
    /// Somewhere a rule awaits its agreement.
    pub awaits_rules: bool,
    pub left_out: Option<String>,
}

/// A member of the ressort.
pub struct Line {
    pub code: String,
    pub name: String,
    pub is_here: bool,
    pub held: String,
    /// Something is wrong with a copy.
    pub is_wrong: bool,
    pub integrity: String,
    pub last: String,
    /// A reading is open there.
    pub reading: Option<String>,
    /// Rules that await its agreement, counted.
    pub rules: Option<String>,
}

/// What was read of a member.
pub struct Found {
    pub code: String,
    pub name: String,
    pub is_here: bool,
    pub quota: Option<Quota>,
    /// Copies known to be wrong.
    pub open_count: u64,
    pub last: Option<DateTime<Utc>>,
    /// Until when a reading is open there.
    pub reading: Option<DateTime<Utc>>,
    /// Rules of its schedule that this person may validate.
    pub rules: u64,
}

/// Looks at the ressort of this session's person; nothing for one who controls nowhere.
pub async fn look(state: &State, session: &Session) -> Result<Option<ControlDesk>, Problem> {
    let ressort: Vec<&Membership> = super::members_with(session, Role::ControlAuthority).collect();
    if ressort.is_empty() {
        return Ok(None);
    }
    let here = session.caller.as_ref().map(|caller| caller.tenant);
    let reads = ressort.iter().take(MEMBERS_MAX).map(|member| read(state, member, here, session.person_id));
    let found: Vec<Found> = stream::iter(reads).buffered(AT_ONCE).try_collect().await?;
    Ok(Some(desk(&session.csrf_token, &found, ressort.len())))
}

async fn read(
    state: &State,
    member: &Membership,
    here: Option<TenantId>,
    person: PersonId,
) -> Result<Found, Problem> {
    let scope = Scope::of(&member.holdings, &[Role::ControlAuthority]);
    let mut tx = state.db.read(member.tenant).await?;
    let quota = registry::queries::find_quota(&mut tx).await?;
    let last = register_queries::latest(&mut tx, &scope).await?;
    let rules = registry::retention_queries::awaiting_count(&mut tx, person).await?;
    let open_count = preservation::open_count(&mut tx).await?;
    drop(tx);
    Ok(Found {
        code: member.code.clone(),
        name: member.name.clone(),
        is_here: Some(member.tenant) == here,
        quota,
        open_count,
        last,
        rules,
        reading: member.holdings.iter().filter_map(|held| held.reading.as_ref()).map(|of| of.until).max(),
    })
}

/// The desk of what was found.
pub fn desk(csrf: &str, found: &[Found], ressort: usize) -> ControlDesk {
    let held: u64 = found.iter().filter_map(|of| of.quota.as_ref()).map(|quota| quota.archives_held).sum();
    let left_out = ressort.saturating_sub(found.len()) as u64;
    ControlDesk {
        csrf: csrf.to_owned(),
        total: format!(
            "{}, {}",
            words::count(ressort as u64, "collectivité", "collectivités"),
            words::count(held, "archive", "archives")
        ),
        lines: found.iter().map(line).collect(),
        awaits_rules: found.iter().any(|of| of.rules > 0),
        left_out: (left_out > 0).then(|| {
            format!("{} ne sont pas montrées ici.", words::count(left_out, "collectivité", "collectivités"))
        }),
    }
}

fn line(of: &Found) -> Line {
    let open = of.open_count;
    Line {
        code: of.code.clone(),
        name: of.name.clone(),
        is_here: of.is_here,
        held: of.quota.as_ref().map_or_else(String::new, |quota| {
            format!(
                "{}, {}",
                words::count(quota.archives_held, "archive", "archives"),
                words::size(quota.bytes_held)
            )
        }),
        rules: (of.rules > 0).then(|| words::count(of.rules, "règle", "règles")),
        is_wrong: open > 0,
        integrity: if open == 0 {
            "Aucune copie fausse connue".into()
        } else {
            words::count(open, "copie fausse, en réparation", "copies fausses, en réparation")
        },
        last: of.last.map_or_else(|| "Aucune entrée".into(), |at| words::moment(at).short),
        reading: of.reading.map(|until| format!("Lecture ouverte jusqu’au {}", words::moment(until).words)),
    }
}
