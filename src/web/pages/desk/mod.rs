//! The desk: what awaits this person under each of their roles, and what happened to what they sent.
//!
//! One file a desk. Never shows one role what another sees: the pilot's and the operator's have no title.

pub mod administrator;
pub mod archivist;
pub mod control;
pub mod lately;
pub mod operator;
pub mod pilot;
pub mod told;
mod words;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

pub use administrator::AdministratorDesk;
pub use archivist::ArchivistDesk;
pub use control::ControlDesk;
pub use lately::Lately;
pub use operator::OperatorDesk;
pub use pilot::PilotDesk;

use super::ingest::list::{self, Names, TransferLine};
use super::shell::{Account, Section, Shell, answer};
use super::{drafting, preservation, words as french};
use crate::access::Reader;
use crate::identity::Session;
use crate::ingest::queries::{self, Filter};
use crate::ingest::visibility;
use crate::model::{Role, Transfer, TransferId, TransferState};
use crate::registry::{self, Quota};
use crate::web::callers::{Person, session_of};
use crate::web::health::Readiness;
use crate::web::{Problem, State, Who, problems};

/// `GET /`.
#[derive(Template)]
#[template(path = "desk/desk.html")]
pub struct DeskPage {
    pub shell: Shell,
    /// For those who answer for the archives: copies that are wrong now.
    pub integrity: Option<String>,
    /// Of which one, at least, everywhere.
    pub hopeless: bool,
    pub can_deposit: bool,
    pub can_read: bool,
    pub sees_transfers: bool,
    /// Something awaits elsewhere, which is not shown without a second factor.
    pub needs_factor: bool,
    /// Requests for derogation that wait to be seen.
    pub derogations: Option<String>,
    pub archivist: Option<ArchivistDesk>,
    pub administrator: Option<AdministratorDesk>,
    pub control: Option<ControlDesk>,
    pub pilot: Option<PilotDesk>,
    pub operator: Option<OperatorDesk>,
    /// What happened that concerns this person; nothing for those whose roles are told nothing.
    pub happened: Option<Lately>,
    pub refused: Vec<TransferLine>,
    pub lately: Vec<TransferLine>,
    /// Something in `lately` will change by itself.
    pub moving: bool,
    /// For those who answer for the member.
    pub holdings: Option<Holdings>,
}

/// What the member holds of what it was promised.
pub struct Holdings {
    pub archives: String,
    pub held: String,
    pub promised: String,
    /// From 0 to 100.
    pub percent: u64,
}

impl Holdings {
    /// In words.
    pub fn of(quota: &Quota) -> Self {
        Self {
            archives: french::count(
                quota.archives_held,
                "versement pris en charge",
                "versements pris en charge",
            ),
            held: french::size(quota.bytes_held),
            promised: french::size(quota.bytes_max),
            percent: (quota.bytes_held.saturating_mul(100))
                .checked_div(quota.bytes_max)
                .unwrap_or(0)
                .min(100),
        }
    }
}

/// Transfers looked at for what is to be taken up again.
const LOOKED_AT: u32 = 25;
/// Transfers shown under each heading.
const SHOWN: usize = 6;

/// `GET /`.
pub async fn show(
    person: Person,
    request: HttpRequest,
    readiness: web::Data<Readiness>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let session = session_of(&request).await?.ok_or_else(|| Problem::new(&problems::UNAUTHORIZED))?;
    // What another member holds asks for what its own pages would ask.
    let is_sure = !state.settings.second_factor || session.factor_at.is_some();
    let strong = |role: &Role| matches!(role, Role::Archivist | Role::ControlAuthority);
    let answers_elsewhere =
        session.members.iter().flat_map(|member| &member.holdings).any(|held| strong(&held.role));
    let roles = &person.roles;
    let (can_deposit, answers) = (Who::Depositor.admits(roles), answers_for_member(roles));
    let transfers = followed(&person, &state).await?;
    let quota = if answers { find_quota(&person, &state).await? } else { None };
    let names = list::names(&mut state.db.read(person.tenant).await?).await?;
    let standing = if Who::IntegrityReader.admits(roles) {
        Some(state.preservation.member_standing(person.tenant).await?)
    } else {
        None
    };
    let followed = transfers.is_some();
    let transfers = transfers.unwrap_or_default();
    let last = &transfers[..transfers.len().min(SHOWN)];
    Ok(answer(&DeskPage {
        shell: Shell {
            title: "Accueil".into(),
            account: Some(Account::of(&person)),
            section: Section::Desk,
            top: true,
        },
        integrity: standing.as_ref().and_then(preservation::notice),
        hopeless: standing.is_some_and(|standing| standing.open.iter().any(|incident| incident.no_good_copy)),
        can_deposit,
        can_read: Who::Searcher.admits(roles),
        sees_transfers: followed,
        needs_factor: answers_elsewhere && !is_sure,
        derogations: derogations(&person, &state).await?,
        archivist: if is_sure { archivist::look(&state, &session).await? } else { None },
        control: if is_sure { control::look(&state, &session).await? } else { None },
        administrator: administrator::look(&state, &person, quota.as_ref()).await?,
        pilot: pilot::look(&state, &person).await?,
        operator: operator::look(&state, &person, &readiness).await?,
        happened: lately::look(&state, &session, &person, is_sure).await?,
        refused: if can_deposit {
            to_take_up_again(&person, &state, &transfers, &names).await?
        } else {
            Vec::new()
        },
        moving: last.iter().any(list::is_moving),
        lately: last.iter().map(|transfer| list::line(transfer, &names)).collect(),
        holdings: quota.as_ref().map(Holdings::of),
    }))
}

/// Members of this session in which the person holds a role, with what it reaches.
fn members_with(session: &Session, role: Role) -> impl Iterator<Item = &crate::identity::Membership> {
    session.members.iter().filter(move |member| member.holdings.iter().any(|held| held.role == role))
}

/// Requests for derogation that wait to be seen, for whoever sees them, in words.
async fn derogations(person: &Person, state: &State) -> Result<Option<String>, Problem> {
    let reader = Reader::person(person).filter(|_| Who::Archivist.admits(&person.roles));
    let Some(reader) = reader else { return Ok(None) };
    let waiting = state.access.derogations_open(&reader).await?;
    let words = "demande de dérogation attend d’être vue";
    let several = "demandes de dérogation attendent d’être vues";
    Ok((waiting > 0).then(|| french::count(waiting, words, several)))
}

fn answers_for_member(roles: &[Role]) -> bool {
    [Role::MemberAdmin, Role::Archivist].iter().any(|role| roles.contains(role))
}

async fn find_quota(person: &Person, state: &State) -> Result<Option<Quota>, Problem> {
    Ok(registry::queries::find_quota(&mut state.db.read(person.tenant).await?).await?)
}

/// The last transfers that the person follows; `None`: they follow none.
async fn followed(person: &Person, state: &State) -> Result<Option<Vec<Transfer>>, Problem> {
    let Some(scope) = visibility::followed_by(person) else { return Ok(None) };
    let filter = Filter { scope, ..Filter::default() };
    let mut tx = state.db.read(person.tenant).await?;
    Ok(Some(queries::transfers_page(&mut tx, &filter, None, LOOKED_AT).await?))
}

/// Refused transfers that nothing has followed, under the same identifier or by the form; `transfers` are newest first.
async fn to_take_up_again(
    person: &Person,
    state: &State,
    transfers: &[Transfer],
    names: &Names,
) -> Result<Vec<TransferLine>, Problem> {
    let followed = |index: usize| {
        let refused = &transfers[index];
        transfers[..index].iter().any(|newer| match &refused.message_identifier {
            Some(identifier) => newer.message_identifier.as_ref() == Some(identifier),
            None => newer.file_name == refused.file_name,
        })
    };
    let refused = transfers.iter().enumerate().filter(|(_, one)| one.state == TransferState::Refused);
    let left: Vec<&Transfer> = refused.filter(|(index, _)| !followed(*index)).map(|(_, one)| one).collect();
    // By the form, under an identifier of its own.
    let ids: Vec<TransferId> = left.iter().map(|transfer| transfer.transfer_id).collect();
    let resumed = state.drafting.resumed(&drafting::by(person), &ids).await?;
    let left = left.into_iter().filter(|transfer| !resumed.contains_key(&transfer.transfer_id));
    Ok(left.take(SHOWN).map(|transfer| list::line(transfer, names)).collect())
}
