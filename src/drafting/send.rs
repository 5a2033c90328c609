//! A draft sent: its manifest written and kept, its package given to whoever receives it, what it became noted.
//!
//! Never enters a transfer itself. The one thing to know: the manifest is kept first, the row next; from then on nothing in the draft
//! changes, so that a draft sent again after a stop is the same bytes, which are the same transfer.

use bytes::Bytes;
use fail::fail_point;
use futures_util::stream;
use uuid::Uuid;

use super::draft::{By, Draft};
use super::package::Package;
use super::review::Seen;
use super::settle::{settle, write};
use super::{Drafting, Error, blocking, queries, sent_queries};
use crate::model::{CopySaid, TransferId};

/// What became of a draft that was to be sent.
pub enum Sending {
    /// There is none of this person.
    Nothing,
    /// Something is to be put right first.
    NotReady,
    /// It was sent already.
    Sent(TransferId),
    Ready(Box<Ready>),
}

/// A draft ready to be received.
pub struct Ready {
    pub draft_id: Uuid,
    /// What its package is called.
    pub file_name: String,
    pub copy: Option<CopySaid>,
    pub package: Package,
}

impl Drafting {
    /// The package of a draft as it stands, to be tried: nothing is kept of it. `None`: there is none, or something is lacking.
    ///
    /// # Errors
    /// When rows or the profile cannot be read.
    pub async fn trial(&self, by: &By, id: Uuid) -> Result<Option<Ready>, Error> {
        let Some(draft) = self.draft(by, id).await?.filter(Draft::is_open) else { return Ok(None) };
        let manifest = self.manifest(by, &draft).await?;
        Ok(manifest.map(|manifest| self.ready(by, &draft, Some(manifest), self.clock.now())))
    }

    /// Makes a draft ready to be received; from then on it does not change. Safe to run again.
    ///
    /// # Errors
    /// When rows, the profile or the manifest cannot be read or written.
    pub async fn send(&self, by: &By, id: Uuid) -> Result<Sending, Error> {
        let Some(seen) = self.draft(by, id).await? else { return Ok(Sending::Nothing) };
        if let Some(transfer) = seen.transfer_id {
            return Ok(Sending::Sent(transfer));
        }
        let now = self.clock.now();
        // Before the row is held: what reads rows here takes connections of its own. What is being sent already was ready.
        let manifest = if seen.is_open() {
            let review = self.review(by, id).await?;
            if !matches!(review, Seen::Open(review) if review.is_ready()) {
                return Ok(Sending::NotReady);
            }
            self.manifest(by, &seen).await?
        } else {
            None
        };
        let mut tx = self.db.technical().await?;
        let Some(draft) = queries::lock(&mut tx, by, id).await? else { return Ok(Sending::Nothing) };
        if let Some(at) = draft.sending_since {
            drop(tx);
            return Ok(match draft.transfer_id {
                Some(transfer) => Sending::Sent(transfer),
                None => Sending::Ready(Box::new(self.ready(by, &draft, None, at))),
            });
        }
        let Some(manifest) = manifest.filter(|_| draft.says_as(&seen)) else {
            return Ok(Sending::NotReady);
        };
        // What a stop left here before the row.
        let (quarantine, tenant) = (self.quarantine(), by.tenant);
        blocking(move || Ok(quarantine.remove(tenant, TransferId(id))?)).await?;
        let whole = stream::iter([Ok(Bytes::from(manifest))]);
        let max = self.limits.manifest_bytes_max;
        self.quarantine().receive(by.tenant, TransferId(id), whole, max).await?;
        fail_point!("draft-send-before-row");
        queries::set_sending(&mut tx, by.tenant, id, Some(now)).await?;
        tx.commit().await?;
        fail_point!("draft-send-after-row");
        Ok(Sending::Ready(Box::new(self.ready(by, &draft, None, now))))
    }

    /// Notes what a draft became, and takes its bytes out: they are the transfer's now.
    ///
    /// # Errors
    /// When the rows cannot be changed.
    pub async fn sent(&self, by: &By, id: Uuid, transfer: TransferId) -> Result<(), Error> {
        fail_point!("draft-sent-before-row");
        let mut tx = self.db.technical().await?;
        let Some(draft) = queries::lock(&mut tx, by, id).await? else { return Ok(()) };
        sent_queries::set_sent(&mut tx, by.tenant, id, transfer).await?;
        tx.commit().await?;
        fail_point!("draft-sent-after-row");
        self.drop_bytes(by.tenant, &draft).await;
        Ok(())
    }

    /// What a draft became, once somebody noted it.
    ///
    /// # Errors
    /// When the rows cannot be read.
    pub async fn became(&self, by: &By, id: Uuid) -> Result<Option<TransferId>, Error> {
        let found = queries::find(&mut self.db.technical().await?, by, id).await?;
        Ok(found.and_then(|draft| draft.transfer_id))
    }

    /// A draft that was refused at the door may change again: nothing was received.
    ///
    /// # Errors
    /// When the rows cannot be changed.
    pub async fn not_sent(&self, by: &By, id: Uuid) -> Result<(), Error> {
        let mut tx = self.db.technical().await?;
        queries::set_sending(&mut tx, by.tenant, id, None).await?;
        Ok(tx.commit().await?)
    }

    fn ready(
        &self,
        by: &By,
        draft: &Draft,
        manifest: Option<Vec<u8>>,
        at: chrono::DateTime<chrono::Utc>,
    ) -> Ready {
        let title = draft.whole().values.get("titre").map_or("versement", String::as_str);
        let name: String = title.chars().filter(|c| !matches!(c, '/' | '\\')).take(100).collect();
        Ready {
            draft_id: draft.draft_id,
            file_name: format!("{name}.tar"),
            copy: draft.copy,
            package: Package::of(self.quarantine(), by.tenant, draft, manifest, at),
        }
    }

    /// The manifest; `None`: something is lacking.
    async fn manifest(&self, by: &By, draft: &Draft) -> Result<Option<Vec<u8>>, Error> {
        let Some(ground) = self.ground(by, draft).await? else { return Ok(None) };
        let earlier = self.earlier(by, &ground).await?;
        let (draft, now) = (draft.clone(), self.clock.now());
        blocking(move || {
            let settled = settle(&ground, &draft, earlier.kinds, now);
            let mut manifest = Vec::new();
            let lacks = write(&ground, &draft, &settled.described, now, &mut manifest)?;
            Ok(lacks.is_empty().then_some(manifest))
        })
        .await
    }
}
