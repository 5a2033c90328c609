//! How an upload ends: closed into a transfer, or given up by its sender, by another sending, or once its time is over.
//!
//! Never discards bytes that a transfer may name. The one thing to know: whoever ends an upload holds its file meanwhile, and looks
//! first for the transfer of its identifier: the service may have stopped between that transfer and the note of it.

use chrono::DateTime;
use fail::fail_point;

use super::uploads::Upload;
use super::{Entered, Error, Ingest, Reception, queries as transfers, upload_queries as queries};
use crate::model::{Agent, Event, EventType, Outcome, TenantId, Transfer, TransferId};
use crate::storage::{self, Hold};

/// What became of an upload to be given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GivenUp {
    /// Its bytes are gone, and the journal says so.
    Yes,
    /// It is a transfer.
    Closed,
    /// Another request has it.
    Busy,
    /// There is none.
    Unknown,
}

impl Ingest {
    /// Makes a whole upload the transfer it is. Safe to run again: one that is closed says what it became. `None`: another request
    /// has it, or gave it up.
    pub async fn close_upload(&self, upload: &Upload) -> Result<Option<Entered>, Error> {
        let quarantine = self.storage.quarantine();
        let held = quarantine.hold(upload.tenant, upload.id, false).await?;
        if matches!(held, Hold::Busy) {
            return Ok(None);
        }
        let Some(upload) = self.whatever_its_age(upload.tenant, upload.id).await? else { return Ok(None) };
        if let Some(transfer) = self.became(&upload).await? {
            return Ok(Some(Entered::Received(Reception { transfer, already_known: true })));
        }
        let Hold::Held(held) = held else {
            return Err(storage::Error::Absent(upload.id.to_string()).into());
        };
        let apart = match quarantine.open_manifest(upload.tenant, upload.id)? {
            None => None,
            Some(_) => Some(self.read_apart(upload.tenant, upload.id, upload.reply_to.clone()).await?),
        };
        // What lies past the count was never answered for.
        let (received, _held) =
            quarantine.close_held(upload.tenant, upload.id, held, upload.bytes_received).await?;
        let from = upload.sender();
        let entered = self.enter(&from, upload.id, &upload.file_name, &received, apart.as_ref()).await?;
        fail_point!("upload-before-close");
        let became = match &entered {
            Entered::Received(reception) => Some(reception.transfer.transfer_id),
            Entered::OtherContent(_) => None,
        };
        let mut tx = self.db.technical().await?;
        match became {
            Some(transfer) => queries::set_closed(&mut tx, &upload, transfer).await?,
            None => drop(queries::delete(&mut tx, upload.tenant, upload.id).await?),
        }
        tx.commit().await?;
        if became != Some(upload.id) {
            self.discard(upload.tenant, upload.id).await;
        }
        Ok(Some(entered))
    }

    /// Gives an upload up, at its sender's word.
    pub async fn abandon_upload(&self, upload: &Upload) -> Result<GivenUp, Error> {
        self.give_up(upload.tenant, upload.id, upload.sender().agent, "envoi abandonné").await
    }

    /// Sees to the member's uploads that nobody goes on with: closes those that are whole, gives up those whose time is over; how
    /// many of these.
    pub async fn expire_uploads(&self, tenant: TenantId) -> Result<usize, Error> {
        let ended = queries::ended(&mut self.db.technical().await?, tenant, self.clock.now()).await?;
        let mut given_up = 0;
        for id in ended {
            let Some(upload) = self.whatever_its_age(tenant, id).await? else { continue };
            if upload.transfer_id.is_some() {
                let mut tx = self.db.technical().await?;
                queries::delete(&mut tx, tenant, id).await?;
                tx.commit().await?;
            } else if upload.is_whole() {
                self.close_upload(&upload).await?;
            } else {
                let done = self.give_up(tenant, id, Agent::Service, "envoi resté inachevé").await?;
                given_up += usize::from(done == GivenUp::Yes);
            }
        }
        Ok(given_up)
    }

    /// Said in the journal before it is done: after a crash it is said, and done, again.
    pub(super) async fn give_up(
        &self,
        tenant: TenantId,
        id: TransferId,
        agent: Agent,
        said: &str,
    ) -> Result<GivenUp, Error> {
        // Held to the end; an upload of which nothing came has no file.
        let held = self.storage.quarantine().hold(tenant, id, false).await?;
        if matches!(held, Hold::Busy) {
            return Ok(GivenUp::Busy);
        }
        let Some(upload) = self.whatever_its_age(tenant, id).await? else { return Ok(GivenUp::Unknown) };
        if self.became(&upload).await?.is_some() {
            return Ok(GivenUp::Closed);
        }
        let mut tx = self.db.write(tenant).await?;
        tx.record(Event {
            event_type: EventType::Rejet,
            outcome: Outcome::Ko,
            agent,
            object: super::event_object(id),
            detail: vec![("etape", said.to_owned()), ("octets", upload.bytes_received.to_string())],
        });
        tx.commit().await?;
        let mut tx = self.db.technical().await?;
        queries::delete(&mut tx, tenant, id).await?;
        tx.commit().await?;
        self.discard(tenant, id).await;
        Ok(GivenUp::Yes)
    }

    /// The transfer that an upload became, noted if it was not yet.
    async fn became(&self, upload: &Upload) -> Result<Option<Transfer>, Error> {
        let id = upload.transfer_id.unwrap_or(upload.id);
        let found = transfers::find_transfer(&mut self.db.read(upload.tenant).await?, id).await?;
        if let (Some(transfer), None) = (&found, upload.transfer_id) {
            let mut tx = self.db.technical().await?;
            queries::set_closed(&mut tx, upload, transfer.transfer_id).await?;
            tx.commit().await?;
        }
        match (&found, upload.transfer_id) {
            (None, Some(_)) => Err(Error::Changed),
            _ => Ok(found),
        }
    }

    async fn whatever_its_age(&self, tenant: TenantId, id: TransferId) -> Result<Option<Upload>, Error> {
        Ok(queries::find(&mut self.db.technical().await?, tenant, id, DateTime::UNIX_EPOCH).await?)
    }
}
