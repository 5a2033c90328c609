//! What a draft became whose sending was cut after it was received: noted by whoever reads it next, and by the sweeper.
//!
//! Never guesses: a transfer of the same person under the draft's own message identifier is the draft's, and nothing else is.

use super::draft::{By, Draft};
use super::{Drafting, Error, sent_queries};
use crate::model::{Scope, TenantId};

impl Drafting {
    /// The draft, with the transfer that it became when nobody had noted it.
    pub(super) async fn noted(&self, by: &By, draft: Draft) -> Result<Draft, Error> {
        if draft.is_open() || draft.transfer_id.is_some() {
            return Ok(draft);
        }
        let mut tx = self.db.read(by.tenant).await?;
        let found = sent_queries::received_as(&mut tx, draft.person, &draft.message_identifier).await?;
        drop(tx);
        let Some(transfer) = found else { return Ok(draft) };
        self.sent(by, draft.draft_id, transfer).await?;
        Ok(Draft { transfer_id: Some(transfer), ..draft })
    }

    /// The same of all of the member's.
    pub(super) async fn note_all(&self, tenant: TenantId) -> Result<(), Error> {
        let sending = sent_queries::sending(&mut self.db.technical().await?, tenant).await?;
        for draft in sending {
            let by = By { tenant, person: draft.person, scope: Scope::whole() };
            self.noted(&by, draft).await?;
        }
        Ok(())
    }
}
