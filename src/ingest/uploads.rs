//! Deposits that come in several requests: opened, added to piece by piece, closed into a transfer.
//!
//! A piece is on the disk, and counted, before it is answered for; what a cut left past the count goes when the next one
//! comes. The one thing to know: an upload has the identifier of the transfer it will be, and its bytes are where that
//! transfer's wait, so that closing it copies nothing.

use std::io;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use fail::fail_point;
use futures_util::Stream;
use subtle::ConstantTimeEq;

use super::{Depositor, Entered, Error, Ingest, acknowledge, upload_queries as queries};
use crate::model::{
    Agent, Channel, CopySaid, Event, EventType, MachineId, Outcome, PersonId, TenantId, TransferId,
};
use crate::proof::digest::sha256;

/// How long an upload waits for its next piece.
pub const UPLOAD_HOURS: i64 = 24;
/// Uploads that one machine or person may have under way.
pub const UPLOADS_MAX: u64 = 1_000;

/// An upload to open.
#[derive(Clone, Copy, Debug)]
pub struct NewUpload<'a> {
    pub id: TransferId,
    pub file_name: &'a str,
    /// Asked for again with each piece.
    pub key: Option<&'a str>,
    /// What its manifest says, when it came apart.
    pub header: Option<&'a acknowledge::Header>,
    pub reply_to: Option<&'a str>,
    pub bytes_total: Option<u64>,
    pub pieces_total: Option<u32>,
}

/// An upload under way, or closed.
#[derive(Clone, Debug)]
pub struct Upload {
    pub tenant: TenantId,
    pub id: TransferId,
    pub door: Channel,
    pub machine: Option<MachineId>,
    pub person: Option<PersonId>,
    pub file_name: String,
    pub(super) key_hash: Option<Vec<u8>>,
    pub copy: Option<CopySaid>,
    pub(super) reply_to: Option<String>,
    /// `None`: to be said later.
    pub bytes_total: Option<u64>,
    pub bytes_received: u64,
    pub pieces_total: Option<u32>,
    pub pieces_received: u32,
    /// Where the last piece begins.
    pub last_piece_at: u64,
    pub expires_at: DateTime<Utc>,
    /// The transfer that it became.
    pub transfer_id: Option<TransferId>,
}

/// What became of a piece.
#[derive(Debug)]
pub enum Piece {
    /// On the disk and counted.
    Added(Upload),
    /// It was cut: what came before is there and counted, when parts of pieces count.
    Broken(Upload, io::Error),
    /// Another request is adding to the same upload.
    Busy,
    /// More bytes than were announced, or than may be received.
    TooLong,
    /// `keep` said no: nothing of it counts.
    Rejected,
}

/// How a piece is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counting {
    /// Whole or not at all; of so many.
    Whole { pieces_total: u32 },
    /// Byte by byte: what comes before a cut counts.
    Bytes,
    /// As bytes, but whole or not at all: what was announced of it can only be told of the whole.
    Checked,
}

impl Upload {
    /// Whether this is the key it was opened with; takes the same time whatever is given.
    pub fn is_opened_by(&self, key: &str) -> bool {
        let given = kept_key(key);
        self.key_hash.as_ref().is_some_and(|kept| kept.as_slice().ct_eq(&given).into())
    }

    /// Whether every byte or piece is there.
    pub fn is_whole(&self) -> bool {
        match (self.bytes_total, self.pieces_total) {
            (Some(total), _) => self.bytes_received == total,
            (None, Some(total)) => self.pieces_received == total,
            (None, None) => false,
        }
    }

    /// Whether no piece was counted since, and it was not closed.
    fn stands_as(&self, before: &Upload) -> bool {
        let place = |upload: &Upload| (upload.bytes_received, upload.pieces_received, upload.transfer_id);
        place(self) == place(before) && self.transfer_id.is_none()
    }

    fn agent(&self) -> Agent {
        self.machine.map_or(Agent::Service, Agent::Machine)
    }
}

/// What is kept of an upload's key.
pub(super) fn kept_key(key: &str) -> [u8; 32] {
    sha256(key.as_bytes())
}

impl Ingest {
    /// Opens an upload; `None` when whoever asks has too many under way. One under way by the same machine under the same
    /// identifier of transfer goes: the sender began again.
    pub async fn open_upload(&self, from: &Depositor, new: &NewUpload<'_>) -> Result<Option<Upload>, Error> {
        let _room = self.make_room(from).await?;
        let now = self.clock.now();
        let mut tx = self.db.technical().await?;
        if queries::count_open(&mut tx, from, now).await? >= UPLOADS_MAX {
            return Ok(None);
        }
        let replaced = match (new.header, from.agent) {
            (Some(header), Agent::Machine(machine)) => {
                queries::open_of(&mut tx, from.tenant, machine, header).await?
            }
            _ => Vec::new(),
        };
        for id in &replaced {
            queries::delete(&mut tx, from.tenant, *id).await?;
        }
        queries::insert(&mut tx, from, new, (now, until(now))).await?;
        tx.commit().await?;
        for id in replaced {
            self.discard(from.tenant, id).await;
        }
        self.upload(from.tenant, new.id).await
    }

    /// The upload of this identifier, while it has not expired.
    pub async fn upload(&self, tenant: TenantId, id: TransferId) -> Result<Option<Upload>, Error> {
        Ok(queries::find(&mut self.db.technical().await?, tenant, id, self.clock.now()).await?)
    }

    /// Says the length of an upload whose length was to be said later.
    pub async fn announce(&self, upload: &Upload, bytes_total: u64) -> Result<Upload, Error> {
        let mut tx = self.db.technical().await?;
        queries::set_total(&mut tx, upload, bytes_total).await?;
        tx.commit().await?;
        Ok(Upload { bytes_total: upload.bytes_total.or(Some(bytes_total)), ..upload.clone() })
    }

    /// Adds the next piece. `seen` sees its bytes; `keep` says, once it is whole, whether it is what its sender meant.
    pub async fn add_piece(
        &self,
        upload: Upload,
        counting: Counting,
        body: impl Stream<Item = io::Result<Bytes>>,
        seen: impl FnMut(&[u8]),
        keep: impl FnOnce() -> bool,
    ) -> Result<Piece, Error> {
        let max = self.limits.received_bytes_max.min(upload.bytes_total.unwrap_or(u64::MAX));
        let (quarantine, at) = (self.storage.quarantine(), upload.bytes_received);
        // Held until the piece is counted: nobody shortens what was, or is about to be, answered for.
        let Some(held) = quarantine.hold(upload.tenant, upload.id).await? else { return Ok(Piece::Busy) };
        match self.upload(upload.tenant, upload.id).await? {
            Some(now) if now.stands_as(&upload) => {}
            _ => return Ok(Piece::Busy),
        }
        let (added, held) = match quarantine.add(upload.tenant, held, at, body, max, seen).await {
            Ok(added) => added,
            Err(crate::storage::Error::TooLarge { .. }) => return Ok(Piece::TooLong),
            Err(error) => return Err(error.into()),
        };
        let pieces = match (counting, added.broken) {
            (Counting::Whole { .. } | Counting::Checked, Some(broken)) => {
                return Ok(Piece::Broken(upload, broken));
            }
            (Counting::Bytes, Some(broken)) if added.size_bytes == at => {
                return Ok(Piece::Broken(upload, broken));
            }
            (_, None) if !keep() => return Ok(Piece::Rejected),
            (Counting::Whole { pieces_total }, None) => {
                (upload.pieces_received + 1, Some(pieces_total), None)
            }
            (Counting::Bytes | Counting::Checked, broken) => (upload.pieces_received + 1, None, broken),
        };
        let (received, total, broken) = pieces;
        let expires_at = until(self.clock.now());
        let mut tx = self.db.technical().await?;
        fail_point!("upload-before-count");
        if !queries::advance(&mut tx, &upload, added.size_bytes, (received, total), expires_at).await? {
            return Ok(Piece::Busy);
        }
        tx.commit().await?;
        drop(held);
        fail_point!("upload-after-count");
        let upload = Upload {
            bytes_received: added.size_bytes,
            pieces_received: received,
            pieces_total: total.or(upload.pieces_total),
            last_piece_at: at,
            expires_at,
            ..upload
        };
        Ok(match broken {
            None => Piece::Added(upload),
            Some(broken) => Piece::Broken(upload, broken),
        })
    }

    /// Whether these bytes are the last piece, sent again.
    pub async fn is_last_piece(
        &self,
        upload: &Upload,
        body: impl Stream<Item = io::Result<Bytes>>,
    ) -> Result<bool, Error> {
        let quarantine = self.storage.quarantine();
        Ok(quarantine.is_repeated(upload.tenant, upload.id, upload.last_piece_at, body).await?)
    }

    /// Makes a whole upload the transfer it is. Safe to run again: one that is closed says what it became.
    pub async fn close_upload(&self, from: &Depositor, upload: &Upload) -> Result<Entered, Error> {
        if let Some(known) = upload.transfer_id {
            let mut tx = self.db.read(upload.tenant).await?;
            let transfer = super::queries::find_transfer(&mut tx, known).await?.ok_or(Error::Changed)?;
            return Ok(Entered::Received(super::Reception { transfer, already_known: true }));
        }
        let manifest = self.storage.quarantine().open_manifest(upload.tenant, upload.id)?;
        let apart = match manifest {
            None => None,
            Some(_) => Some(self.read_apart(upload.tenant, upload.id, upload.reply_to.clone()).await?),
        };
        let received = self.storage.quarantine().close(upload.tenant, upload.id).await?;
        let entered = self.enter(from, upload.id, &upload.file_name, &received, apart.as_ref()).await?;
        let mut tx = self.db.technical().await?;
        match &entered {
            Entered::Received(reception) => {
                let transfer = reception.transfer.transfer_id;
                queries::set_closed(&mut tx, upload, transfer).await?;
                tx.commit().await?;
                if transfer != upload.id {
                    self.discard(upload.tenant, upload.id).await;
                }
            }
            Entered::OtherContent(_) => {
                queries::delete(&mut tx, upload.tenant, upload.id).await?;
                tx.commit().await?;
                self.discard(upload.tenant, upload.id).await;
            }
        }
        Ok(entered)
    }

    /// Gives an upload up, at its sender's word.
    pub async fn abandon_upload(&self, upload: &Upload) -> Result<(), Error> {
        self.give_up(upload.tenant, upload.id, upload.bytes_received, upload.agent(), "envoi abandonné").await
    }

    /// Gives up the member's uploads whose time is over; how many.
    pub async fn expire_uploads(&self, tenant: TenantId) -> Result<usize, Error> {
        let expired = queries::expired(&mut self.db.technical().await?, tenant, self.clock.now()).await?;
        let mut given_up = 0;
        for (id, bytes, is_closed) in expired {
            if is_closed {
                let mut tx = self.db.technical().await?;
                queries::delete(&mut tx, tenant, id).await?;
                tx.commit().await?;
                continue;
            }
            let said = "envoi resté inachevé";
            self.give_up(tenant, id, bytes, Agent::Service, said).await?;
            given_up += 1;
        }
        Ok(given_up)
    }

    /// Said in the journal before it is done: after a crash it is said, and done, again.
    async fn give_up(
        &self,
        tenant: TenantId,
        id: TransferId,
        bytes: u64,
        agent: Agent,
        said: &str,
    ) -> Result<(), Error> {
        // It became a transfer, and the service stopped before it could say so: its bytes are the transfer's.
        let mut read = self.db.read(tenant).await?;
        if super::queries::find_transfer(&mut read, id).await?.is_some() {
            drop(read);
            let mut tx = self.db.technical().await?;
            queries::delete(&mut tx, tenant, id).await?;
            return Ok(tx.commit().await?);
        }
        drop(read);
        let mut tx = self.db.write(tenant).await?;
        tx.record(Event {
            event_type: EventType::Rejet,
            outcome: Outcome::Ko,
            agent,
            object: super::event_object(id),
            detail: vec![("etape", said.to_owned()), ("octets", bytes.to_string())],
        });
        tx.commit().await?;
        let mut tx = self.db.technical().await?;
        queries::delete(&mut tx, tenant, id).await?;
        tx.commit().await?;
        self.discard(tenant, id).await;
        Ok(())
    }
}

fn until(now: DateTime<Utc>) -> DateTime<Utc> {
    now + TimeDelta::hours(UPLOAD_HOURS)
}
