//! The list of transfers, newest first, and one transfer as a line of it.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::db::{self, TenantRead};
use crate::ingest::{queries, visibility};
use crate::model::{Transfer, TransferId, TransferState};
use crate::registry;
use crate::web::callers::TransferReader;
use crate::web::pages::shell::{Account, At, Badge, Section, Shell, answer};
use crate::web::pages::{drafting, words};
use crate::web::{Problem, State, Who, cursor, problems};

/// One transfer in a list.
pub struct TransferLine {
    pub address: String,
    pub title: String,
    pub state: Badge,
    pub received: At,
    pub sender: Option<String>,
    pub size: String,
    /// « 12 fichiers », once counted.
    pub files: Option<String>,
}

/// `GET /versements`.
#[derive(Template)]
#[template(path = "ingest/list.html")]
pub struct ListPage {
    pub shell: Shell,
    pub here: String,
    pub can_deposit: bool,
    /// « 2 versements commencés », when the person has begun some.
    pub begun: Option<String>,
    pub lines: Vec<TransferLine>,
    /// Whether this is the first page.
    pub first: bool,
    pub next: Option<String>,
    /// Something here will change by itself.
    pub moving: bool,
}

/// Lines of a page.
const LINES: u32 = 25;

/// Where a page begins.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    apres: Option<String>,
}

/// `GET /versements`.
pub async fn show(
    person: TransferReader,
    place: web::Query<Place>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let after = place.apres.as_deref().and_then(cursor::read::<cursor::Moment>);
    let after = after.map(|(received_at, id)| queries::After { received_at, transfer_id: TransferId(id) });
    let scope = visibility::followed_by(&person).ok_or_else(problems::not_found)?;
    let filter = queries::Filter { scope, ..queries::Filter::default() };
    let mut tx = state.db.read(person.tenant).await?;
    let mut transfers = queries::transfers_page(&mut tx, &filter, after, LINES + 1).await?;
    let names = names(&mut tx).await?;
    drop(tx);
    let more = transfers.len() > LINES as usize;
    transfers.truncate(LINES as usize);
    let last = transfers.last().filter(|_| more);
    let next = last
        .map(|last| format!("/versements?apres={}", cursor::write(&(last.received_at, last.transfer_id.0))));
    let here = match &place.apres {
        Some(_) if after.is_some() => {
            format!("/versements?apres={}", place.apres.as_deref().unwrap_or_default())
        }
        _ => "/versements".into(),
    };
    let can_deposit = Who::Depositor.admits(&person.roles);
    let begun = match can_deposit && after.is_none() {
        true => state.drafting.open_drafts(&drafting::by(&person)).await?.len(),
        false => 0,
    };
    Ok(answer(&ListPage {
        shell: Shell {
            title: "Versements".into(),
            account: Some(Account::of(&person)),
            section: Section::Transfers,
            top: true,
        },
        here,
        can_deposit,
        begun: (begun > 0).then(|| words::count(begun as u64, "versement commencé", "versements commencés")),
        moving: transfers.iter().any(is_moving),
        lines: transfers.iter().map(|transfer| line(transfer, &names)).collect(),
        first: after.is_none(),
        next,
    }))
}

/// The page of a transfer.
pub fn address(id: TransferId) -> String {
    format!("/versements/{id}")
}

/// A transfer's state. One that an archivist has accepted no longer waits for them, whatever the register
/// says until the background work takes it up.
pub fn badge(transfer: &Transfer) -> Badge {
    let accepted = Badge { label: TransferState::Sealed.label(), tone: "moving", icon: "clock" };
    let badge = |tone, icon| Badge { label: transfer.state.label(), tone, icon };
    match transfer.state {
        TransferState::Received => badge("moving", "clock"),
        TransferState::Examined if transfer.decided_at.is_some() => accepted,
        TransferState::Examined => badge("waiting", "person"),
        TransferState::Sealed => accepted,
        TransferState::AwaitingReplication => badge("waiting", "clock"),
        TransferState::TakenInCharge => badge("kept", "check"),
        TransferState::Refused => badge("refused", "cross"),
    }
}

/// Whether it will change by itself.
pub fn is_moving(transfer: &Transfer) -> bool {
    match transfer.state {
        TransferState::Received | TransferState::Sealed | TransferState::AwaitingReplication => true,
        TransferState::Examined => transfer.decided_at.is_some(),
        TransferState::TakenInCharge | TransferState::Refused => false,
    }
}

/// What a transfer is called: its title, else its file.
pub fn name(transfer: &Transfer) -> String {
    transfer
        .title
        .clone()
        .filter(|title| !title.trim().is_empty())
        .unwrap_or_else(|| transfer.file_name.clone())
}

/// Names of the member's parties by their identifiers.
pub type Names = BTreeMap<String, String>;

/// The member's parties.
pub async fn names(tx: &mut TenantRead) -> Result<Names, db::Error> {
    let parties = registry::queries::parties(tx).await?;
    Ok(parties.into_iter().map(|party| (party.identifier, party.name)).collect())
}

/// A transfer as a line.
pub fn line(transfer: &Transfer, names: &Names) -> TransferLine {
    TransferLine {
        address: address(transfer.transfer_id),
        title: name(transfer),
        state: badge(transfer),
        received: words::moment(transfer.received_at),
        sender: transfer
            .transferring_agency
            .as_ref()
            .map(|agency| names.get(agency).unwrap_or(agency).clone()),
        size: words::size(transfer.size_bytes),
        files: transfer.object_count.map(|count| words::count(count.into(), "fichier", "fichiers")),
    }
}
