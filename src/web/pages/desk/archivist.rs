//! The archivist's desk: what awaits her in every member she serves, gravest first, then oldest, with counts by member.
//!
//! Never decides, and never changes the session's member by itself: another member's transfer is opened by a form.

use crate::db;
use crate::identity::{Membership, Session};
use crate::ingest::awaiting::{Awaiting, MEMBERS_MAX, Served, Waiting};
use crate::model::{Role, Scope, TenantId};
use crate::web::State;
use crate::web::pages::ingest::waiting::{self, WaitingLine};
use crate::web::pages::words;

/// Transfers shown of all members together.
const SHOWN: usize = 15;

/// The desk.
pub struct ArchivistDesk {
    pub csrf: String,
    /// « 12 versements, dans 3 collectivités ».
    pub total: String,
    pub lines: Vec<Line>,
    /// By member, those with the most first; of one member alone, nothing.
    pub members: Vec<MemberLine>,
    /// There is something to decide in the session's own member.
    pub has_here: bool,
    /// She decides in that member, whose register she reads.
    pub serves_here: bool,
    /// What is not shown, and why.
    pub left_out: Option<String>,
}

/// A transfer that awaits.
pub struct Line {
    pub of: WaitingLine,
    /// Name of the member, when she serves several.
    pub member: Option<String>,
    /// Code of the member to act for first, when it is another.
    pub elsewhere: Option<String>,
}

/// What awaits in a member.
pub struct MemberLine {
    pub code: String,
    pub name: String,
    pub is_here: bool,
    pub count: String,
    pub remarked: String,
    pub contents: String,
}

/// The members in which a person decides, and how far.
pub fn served(members: &[Membership]) -> Vec<(&Membership, Served)> {
    let decides = |member: &&Membership| member.holdings.iter().any(|held| held.role == Role::Archivist);
    let of = |member: &Membership| Served {
        tenant: member.tenant,
        scope: Scope::of(&member.holdings, &[Role::Archivist]),
    };
    members.iter().filter(decides).map(|member| (member, of(member))).collect()
}

/// What awaits the person of this session; nothing for one who decides nowhere.
pub async fn look(state: &State, session: &Session) -> Result<Option<ArchivistDesk>, db::Error> {
    let served = served(&session.members);
    if served.is_empty() {
        return Ok(None);
    }
    let asked: Vec<Served> = served.iter().map(|(_, served)| served.clone()).collect();
    let found = state.ingest.awaiting(&asked, SHOWN as u32).await?;
    let here = session.caller.as_ref().map(|caller| caller.tenant);
    let found: Vec<(&Membership, Awaiting)> = served.iter().map(|(member, _)| *member).zip(found).collect();
    Ok(Some(desk(&session.csrf_token, here, &found, served.len(), state.clock.now())))
}

/// The desk of what was found in these members.
pub fn desk(
    csrf: &str,
    here: Option<TenantId>,
    found: &[(&Membership, Awaiting)],
    served: usize,
    now: chrono::DateTime<chrono::Utc>,
) -> ArchivistDesk {
    let count: u64 = found.iter().map(|(_, awaiting)| awaiting.count).sum();
    let mut with: Vec<&(&Membership, Awaiting)> = found.iter().filter(|(_, of)| of.count > 0).collect();
    with.sort_by(|(one, of_one), (other, of_other)| {
        (of_other.count, &one.name).cmp(&(of_one.count, &other.name))
    });
    let total = words::count(count, "versement", "versements");
    let total = match with.len() {
        0 | 1 => total,
        several => format!("{total}, dans {several} collectivités"),
    };
    let unseen = served.saturating_sub(MEMBERS_MAX) as u64;
    ArchivistDesk {
        csrf: csrf.to_owned(),
        total,
        lines: lines(found, here, served > 1, now),
        members: if served > 1 {
            with.iter().map(|found| member_line(found, here)).collect()
        } else {
            Vec::new()
        },
        serves_here: found.iter().any(|(member, _)| Some(member.tenant) == here),
        has_here: found.iter().any(|(member, of)| Some(member.tenant) == here && of.count > 0),
        left_out: (unseen > 0).then(|| {
            format!("{} ne sont pas regardées ici.", words::count(unseen, "collectivité", "collectivités"))
        }),
    }
}

fn lines(
    found: &[(&Membership, Awaiting)],
    here: Option<TenantId>,
    names_members: bool,
    now: chrono::DateTime<chrono::Utc>,
) -> Vec<Line> {
    let of_all = |(member, awaiting): &(&'_ Membership, Awaiting)| -> Vec<(Membership, Waiting)> {
        awaiting.first.iter().map(|waiting| ((*member).clone(), waiting.clone())).collect()
    };
    let mut all: Vec<(Membership, Waiting)> = found.iter().flat_map(of_all).collect();
    all.sort_by_key(|(_, waiting)| waiting.rank());
    let line = |(member, waiting): &(Membership, Waiting)| Line {
        of: waiting::line(waiting, now),
        member: names_members.then(|| member.name.clone()),
        elsewhere: (Some(member.tenant) != here).then(|| member.code.clone()),
    };
    all.iter().take(SHOWN).map(line).collect()
}

fn member_line((member, awaiting): &(&Membership, Awaiting), here: Option<TenantId>) -> MemberLine {
    MemberLine {
        code: member.code.clone(),
        name: member.name.clone(),
        is_here: Some(member.tenant) == here,
        count: words::number(awaiting.count),
        remarked: words::number(awaiting.remarked),
        contents: format!(
            "{}, {}",
            words::count(awaiting.files, "fichier", "fichiers"),
            words::size(awaiting.bytes)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FileKinds, Holding, TransferId};

    fn member(code: &str, role: Role) -> Membership {
        Membership {
            tenant: TenantId::of_member(code),
            code: code.into(),
            name: format!("Commune de {code}"),
            successor: None,
            holdings: vec![Holding::whole(role)],
        }
    }

    fn waiting(id: u128, at: &str, remarks: u64) -> Waiting {
        Waiting {
            transfer_id: TransferId(uuid::Uuid::from_u128(id)),
            title: format!("n° {id}"),
            received_at: at.parse().unwrap(),
            sender: None,
            files: 1,
            bytes: 10,
            kinds: FileKinds::new(),
            remarks,
            depositor: None,
        }
    }

    #[test]
    fn the_gravest_of_all_members_come_first_then_the_oldest() {
        let (a, b) = (member("a", Role::Archivist), member("b", Role::Archivist));
        let of_a = vec![waiting(1, "2027-03-01T08:00:00Z", 2), waiting(2, "2027-02-01T08:00:00Z", 0)];
        let of_b = vec![waiting(3, "2027-02-20T08:00:00Z", 1), waiting(4, "2027-02-02T08:00:00Z", 0)];
        let awaiting = |first| Awaiting { count: 2, remarked: 1, files: 2, bytes: 20, first };
        let found = [(&a, awaiting(of_a)), (&b, awaiting(of_b))];
        let now = "2027-03-02T08:00:00Z".parse().unwrap();
        let desk = desk("jeton", Some(a.tenant), &found, 2, now);
        let titles: Vec<&str> = desk.lines.iter().map(|line| line.of.title.as_str()).collect();
        assert_eq!(titles, ["n° 3", "n° 1", "n° 2", "n° 4"]);
        assert_eq!(desk.lines[0].elsewhere.as_deref(), Some("b"));
        assert_eq!(desk.lines[1].elsewhere, None, "of the session's own member");
        assert_eq!(desk.total, "4\u{a0}versements, dans 2 collectivités");
        assert!(desk.has_here);
    }

    #[test]
    fn only_members_where_the_role_is_held_are_served() {
        let members = [member("a", Role::Archivist), member("b", Role::Reader)];
        let served = served(&members);
        assert_eq!(served.len(), 1);
        assert_eq!(served[0].0.code, "a");
    }
}
