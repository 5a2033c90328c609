//! Those whom an agreement names are written to when a transfer is decided, and whoever deposited it at the portal: in the
//! transaction that decides it, so once.

use super::queries;
use crate::clock::Clock;
use crate::db::{self, TenantTx};
use crate::mail::{self, Letter};
use crate::model::{Transfer, TransferId};
use crate::registry;

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

/// Writes to the person who deposited it, if one did and has an address: where their attestation is, or the reasons.
pub(super) async fn depositor(
    tx: &mut TenantTx,
    clock: &Clock,
    transfer: &Transfer,
    agreement: Option<&str>,
    taken: bool,
) -> Result<(), db::Error> {
    let Some(person) = transfer.person_id else { return Ok(()) };
    let name = match agreement {
        Some(identifier) => {
            let found = registry::queries::find_agreement(tx, identifier).await?;
            found.map_or_else(|| identifier.to_owned(), |agreement| agreement.name)
        }
        None => String::new(),
    };
    let topic = format!("deposited:{}:{taken}", transfer.transfer_id);
    let letter = Letter::Deposited { agreement: name, transfer_id: transfer.transfer_id.0, taken };
    mail::write_to_person(tx, clock, person, &topic, &letter).await
}
