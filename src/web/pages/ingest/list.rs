//! The list of transfers, newest first, and one transfer as a line of it.

use askama::Template;

use crate::model::{Transfer, TransferId, TransferState};
use crate::web::pages::shell::{At, Badge, Shell};
use crate::web::pages::words;

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
    pub lines: Vec<TransferLine>,
    /// Whether this is the first page.
    pub first: bool,
    pub next: Option<String>,
    /// Something here will change by itself.
    pub moving: bool,
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
        TransferState::TakenInCharge => badge("kept", "check"),
        TransferState::Refused => badge("refused", "cross"),
    }
}

/// Whether it will change by itself.
pub fn is_moving(transfer: &Transfer) -> bool {
    match transfer.state {
        TransferState::Received | TransferState::Sealed => true,
        TransferState::Examined => transfer.decided_at.is_some(),
        TransferState::TakenInCharge | TransferState::Refused => false,
    }
}

/// What a transfer is called: its title, else its file; for who may see no title, its moment.
pub fn name(transfer: &Transfer, sees_titles: bool) -> String {
    if !sees_titles {
        return format!("Versement du {}", words::moment(transfer.received_at).words);
    }
    transfer
        .title
        .clone()
        .filter(|title| !title.trim().is_empty())
        .unwrap_or_else(|| transfer.file_name.clone())
}

/// A transfer as a line.
pub fn line(transfer: &Transfer, sees_titles: bool) -> TransferLine {
    TransferLine {
        address: address(transfer.transfer_id),
        title: name(transfer, sees_titles),
        state: badge(transfer),
        received: words::moment(transfer.received_at),
        sender: transfer.transferring_agency.clone(),
        size: words::size(transfer.size_bytes),
        files: transfer.object_count.map(|count| words::count(count.into(), "fichier", "fichiers")),
    }
}
