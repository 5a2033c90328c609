//! A draft begun: from nothing, or with the answers of the last deposit of its kind.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::draft::{By, Draft, Sheet};
use super::{Drafting, Error, queries, sent_queries};
use crate::model::{CopySaid, TransferId};

/// Drafts that one person may have open.
const OPEN_MAX: i64 = 50;

impl Drafting {
    /// Begins a deposit under an agreement, `again`: with the answers of the last one; `None`: it is not open to this person, or they
    /// have too many begun.
    ///
    /// # Errors
    /// When the rows cannot be changed.
    pub async fn begin(&self, by: &By, agreement: &str, again: bool) -> Result<Option<Uuid>, Error> {
        let flows = self.flows(by).await?;
        if !flows.iter().any(|flow| flow.agreement == agreement) {
            return Ok(None);
        }
        let mut draft = self.fresh(by, agreement.to_owned());
        let mut tx = self.db.technical().await?;
        if queries::open_of(&mut tx, by, OPEN_MAX).await?.len() >= OPEN_MAX as usize {
            return Ok(None);
        }
        if again {
            let sent = sent_queries::sent_under(&mut tx, by.tenant, agreement, Some(by.person), 1).await?;
            if let Some(last) = sent.into_iter().next() {
                draft.answers = of_the_whole(&last);
                draft.copy = last.copy;
            }
        }
        queries::insert(&mut tx, by, &draft).await?;
        tx.commit().await?;
        Ok(Some(draft.draft_id))
    }

    /// An empty one.
    pub(super) fn fresh(&self, by: &By, agreement: String) -> Draft {
        let draft_id = self.clock.fresh_id();
        Draft {
            draft_id,
            person: by.person,
            agreement,
            copy: Some(CopySaid::Original),
            answers: BTreeMap::new(),
            message_identifier: format!("PORTAIL-{draft_id}"),
            resumes: None::<TransferId>,
            used_at: self.clock.now(),
            sending_since: None,
            transfer_id: None,
            files: Vec::new(),
        }
    }
}

/// What was answered of the whole; folders and files are others now.
fn of_the_whole(last: &Draft) -> BTreeMap<String, Sheet> {
    BTreeMap::from([(String::new(), last.whole().clone())])
}
