//! The control authority's desk: its own ressort at a glance, member by member.
//!
//! Shows figures alone, no title and no cote: the files of a member open once the reason is said there (`pages::readings`), and each
//! reading is told in its journal.

use chrono::{DateTime, Utc};

use crate::catalog::register_queries;
use crate::identity::{Membership, Session};
use crate::model::{Role, Scope, TenantId};
use crate::preservation::MemberStanding;
use crate::registry::{self, Quota};
use crate::web::pages::words;
use crate::web::{Problem, State};

/// Members looked at.
const MEMBERS_MAX: usize = 200;

/// The desk.
pub struct ControlDesk {
    pub csrf: String,
    pub total: String,
    pub lines: Vec<Line>,
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
}

/// What was read of a member.
pub struct Found {
    pub code: String,
    pub name: String,
    pub is_here: bool,
    pub quota: Option<Quota>,
    pub standing: MemberStanding,
    pub last: Option<DateTime<Utc>>,
    /// Until when a reading is open there.
    pub reading: Option<DateTime<Utc>>,
}

/// Looks at the ressort of this session's person; nothing for one who controls nowhere.
pub async fn look(state: &State, session: &Session) -> Result<Option<ControlDesk>, Problem> {
    let ressort: Vec<&Membership> = super::members_with(session, Role::ControlAuthority).collect();
    if ressort.is_empty() {
        return Ok(None);
    }
    let here = session.caller.as_ref().map(|caller| caller.tenant);
    let mut found = Vec::new();
    for member in ressort.iter().take(MEMBERS_MAX) {
        found.push(read(state, member, here).await?);
    }
    Ok(Some(desk(&session.csrf_token, &found, ressort.len())))
}

async fn read(state: &State, member: &Membership, here: Option<TenantId>) -> Result<Found, Problem> {
    let scope = Scope::of(&member.holdings, &[Role::ControlAuthority]);
    let mut tx = state.db.read(member.tenant).await?;
    let quota = registry::queries::find_quota(&mut tx).await?;
    let last = register_queries::latest(&mut tx, &scope).await?;
    drop(tx);
    Ok(Found {
        code: member.code.clone(),
        name: member.name.clone(),
        is_here: Some(member.tenant) == here,
        quota,
        standing: state.preservation.member_standing(member.tenant).await?,
        last,
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
        left_out: (left_out > 0).then(|| {
            format!("{} ne sont pas montrées ici.", words::count(left_out, "collectivité", "collectivités"))
        }),
    }
}

fn line(of: &Found) -> Line {
    let open = of.standing.open_count;
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
