//! Those whom an agreement names are written to when a transfer is decided: in the transaction that decides it, so once.

use super::queries;
use crate::clock::Clock;
use crate::db::{self, TenantTx};
use crate::mail::{self, Letter};
use crate::model::TransferId;

/// What was decided, of which transfer, under which agreement.
pub(super) struct Decided<'a> {
    pub agreement: &'a str,
    pub transfer: TransferId,
    pub taken: bool,
}

/// Writes to them; the letter says nothing of what the transfer holds.
pub(super) async fn decided(
    tx: &mut TenantTx,
    clock: &Clock,
    to: &[String],
    decided: Decided<'_>,
) -> Result<(), db::Error> {
    let Decided { agreement, transfer, taken } = decided;
    let mut to = to.to_vec();
    to.extend(queries::reply_to(tx, transfer).await?);
    if to.is_empty() {
        return Ok(());
    }
    let topic = format!("decided:{}:{taken}", transfer.0);
    let letter = Letter::Decided { agreement: agreement.to_owned(), transfer_id: transfer.0, taken };
    mail::write_to_addresses(tx, clock, &to, &topic, &letter).await
}
