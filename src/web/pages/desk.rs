//! The desk: what awaits this person, and what happened to what they sent.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::ingest::list::{self, Names, TransferLine};
use super::shell::{Account, Fact, Section, Shell, answer};
use super::{connector_words, operations, preservation, words};
use crate::db::{self, TenantRead, jobs};
use crate::ingest::queries::{self, Filter};
use crate::ingest::visibility;
use crate::membership::expected::open_alerts;
use crate::model::{Role, Transfer, TransferState};
use crate::registry::{self, Quota};
use crate::web::callers::Person;
use crate::web::{Problem, State, Who};

/// `GET /`.
#[derive(Template)]
#[template(path = "desk/desk.html")]
pub struct DeskPage {
    pub shell: Shell,
    /// For those who answer for the archives: copies that are wrong now.
    pub integrity: Option<String>,
    /// Of which one, at least, everywhere.
    pub hopeless: bool,
    /// An administrator's: deposits that were expected and did not come.
    pub missed: Vec<String>,
    pub can_deposit: bool,
    pub can_read: bool,
    pub sees_transfers: bool,
    /// An archivist's: transfers examined and without fault.
    pub decides: bool,
    pub awaiting: Vec<TransferLine>,
    pub awaiting_count: String,
    pub refused: Vec<TransferLine>,
    pub lately: Vec<TransferLine>,
    /// Something in `lately` will change by itself.
    pub moving: bool,
    /// For those who answer for the member.
    pub holdings: Option<Holdings>,
    /// An operator's: the background work of the whole service.
    pub work: Vec<Fact>,
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
            archives: words::count(
                quota.archives_held,
                "versement pris en charge",
                "versements pris en charge",
            ),
            held: words::size(quota.bytes_held),
            promised: words::size(quota.bytes_max),
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
/// Transfers shown to an archivist as awaiting a decision.
const AWAITING: u32 = 20;

/// `GET /`.
pub async fn show(person: Person, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let roles = &person.roles;
    let followed = visibility::followed_by(&person);
    let decides = Who::Archivist.admits(roles);
    let can_deposit = Who::Depositor.admits(roles);
    let mut tx = state.db.read(person.tenant).await?;
    let transfers = match &followed {
        Some(scope) => {
            let filter = Filter { scope: scope.clone(), ..Filter::default() };
            queries::transfers_page(&mut tx, &filter, None, LOOKED_AT).await?
        }
        None => Vec::new(),
    };
    let mut awaiting = Vec::new();
    if decides {
        let examined = Filter {
            state: Some(TransferState::Examined),
            scope: person.scope(&[Role::Archivist]),
            ..Filter::default()
        };
        awaiting = queries::transfers_page(&mut tx, &examined, None, AWAITING).await?;
        awaiting.retain(|transfer| transfer.decided_at.is_none());
    }
    let answers = [Role::MemberAdmin, Role::Archivist, Role::Operator].iter().any(|&role| person.has(role));
    let quota = if answers { registry::queries::find_quota(&mut tx).await? } else { None };
    let missed = missed(&person, &mut tx).await?;
    let names = list::names(&mut tx).await?;
    drop(tx);
    let standing = if Who::IntegrityReader.admits(roles) {
        Some(state.preservation.member_standing(person.tenant).await?)
    } else {
        None
    };
    let lately = &transfers[..transfers.len().min(SHOWN)];
    Ok(answer(&DeskPage {
        shell: Shell {
            title: "Accueil".into(),
            account: Some(Account::of(&person)),
            section: Section::Desk,
            top: true,
        },
        integrity: standing.as_ref().and_then(preservation::notice),
        hopeless: standing.is_some_and(|standing| standing.open.iter().any(|incident| incident.no_good_copy)),
        missed,
        can_deposit,
        can_read: Who::Searcher.admits(roles),
        sees_transfers: followed.is_some(),
        decides,
        awaiting_count: words::count(awaiting.len() as u64, "versement", "versements"),
        awaiting: awaiting.iter().map(|transfer| list::line(transfer, &names)).collect(),
        refused: if can_deposit { to_take_up_again(&transfers, &names) } else { Vec::new() },
        moving: lately.iter().any(list::is_moving),
        lately: lately.iter().map(|transfer| list::line(transfer, &names)).collect(),
        holdings: quota.as_ref().map(Holdings::of),
        work: work(&person, &state).await?,
    }))
}

/// Told to an operator.
async fn work(person: &Person, state: &State) -> Result<Vec<Fact>, db::Error> {
    if !person.has(Role::Operator) {
        return Ok(Vec::new());
    }
    Ok(operations::standing(&jobs::counts(&state.db, state.clock.now()).await?))
}

/// Told to whoever keeps the connectors.
async fn missed(person: &Person, tx: &mut TenantRead) -> Result<Vec<String>, db::Error> {
    let keeps = Who::MachineKeeper.admits(&person.roles);
    let missed = if keeps { open_alerts(tx).await? } else { Vec::new() };
    Ok(missed.iter().map(connector_words::missed).collect())
}

/// Refused transfers that nothing has followed under the same identifier; `transfers` are newest first.
fn to_take_up_again(transfers: &[Transfer], names: &Names) -> Vec<TransferLine> {
    let followed = |index: usize| {
        let refused = &transfers[index];
        transfers[..index].iter().any(|newer| match &refused.message_identifier {
            Some(identifier) => newer.message_identifier.as_ref() == Some(identifier),
            None => newer.file_name == refused.file_name,
        })
    };
    transfers
        .iter()
        .enumerate()
        .filter(|(index, transfer)| transfer.state == TransferState::Refused && !followed(*index))
        .map(|(_, transfer)| list::line(transfer, names))
        .take(SHOWN)
        .collect()
}
