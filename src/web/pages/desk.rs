//! The desk: what awaits this person, and what happened to what they sent.

use askama::Template;

use super::ingest::list::TransferLine;
use super::shell::Shell;

/// `GET /`.
#[derive(Template)]
#[template(path = "desk/desk.html")]
pub struct DeskPage {
    pub shell: Shell,
    pub person: String,
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
}
