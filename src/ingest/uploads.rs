//! Deposits that come in several requests: opened and added to piece by piece; how they end is in `upload_ends`.
//!
//! A piece is on the disk, and counted, before it is answered for; what a cut left past the count goes when the next one
//! comes. The one thing to know: an upload has the identifier of the transfer it will be, and its bytes are where that
//! transfer's wait, so that closing it copies nothing.

use std::io;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use fail::fail_point;
use futures_util::{Stream, StreamExt};
use subtle::ConstantTimeEq;

use super::{Depositor, Error, Ingest, acknowledge, upload_queries as queries};
use crate::model::{Agent, Channel, CopySaid, MachineId, PersonId, TenantId, TransferId};
use crate::proof::digest::sha256;
use crate::storage::{self, Hold};

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
    /// What its sender said of it, as it said it.
    pub metadata: Option<&'a str>,
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
    /// What its sender said of it, as it said it.
    pub metadata: Option<String>,
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

    /// Who sends it, and through which door.
    pub(super) fn sender(&self) -> Depositor {
        Depositor {
            tenant: self.tenant,
            agent: self.machine.map_or(Agent::Service, Agent::Machine),
            channel: self.door,
            copy: self.copy,
            announced_bytes: None,
        }
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
        queries::insert(&mut tx, from, new, (now, until(now))).await?;
        tx.commit().await?;
        for id in replaced {
            // One that is just becoming a transfer stays what it is.
            self.give_up(from.tenant, id, from.agent, "envoi remplacé par un autre").await?;
        }
        self.upload(from.tenant, new.id).await
    }

    /// The upload of this identifier, while it has not expired.
    pub async fn upload(&self, tenant: TenantId, id: TransferId) -> Result<Option<Upload>, Error> {
        Ok(queries::find(&mut self.db.technical().await?, tenant, id, self.clock.now()).await?)
    }

    /// Says the length of an upload whose length was to be said later; the length that stands, another's when it came first.
    pub async fn announce(&self, upload: &Upload, bytes_total: u64) -> Result<Upload, Error> {
        let mut tx = self.db.technical().await?;
        let stands = queries::set_total(&mut tx, upload, bytes_total).await?;
        tx.commit().await?;
        Ok(Upload { bytes_total: stands, ..upload.clone() })
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
        let is_first = upload.pieces_received == 0;
        let Hold::Held(held) = quarantine.hold(upload.tenant, upload.id, is_first).await? else {
            return Ok(Piece::Busy);
        };
        match self.upload(upload.tenant, upload.id).await? {
            Some(now) if now.stands_as(&upload) => {}
            _ => return Ok(Piece::Busy),
        }
        let (added, held) = match quarantine.add(upload.tenant, held, at, body, max, seen).await {
            Ok(added) => added,
            Err(storage::Error::TooLarge { .. }) => return Ok(Piece::TooLong),
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

    /// Whether these bytes are the last piece, sent again. Once the transfer has left the quarantine its length alone is known.
    pub async fn is_last_piece(
        &self,
        upload: &Upload,
        mut body: impl Stream<Item = io::Result<Bytes>> + Unpin,
    ) -> Result<bool, Error> {
        let (quarantine, at) = (self.storage.quarantine(), upload.last_piece_at);
        match quarantine.is_repeated(upload.tenant, upload.id, at, &mut body).await {
            Err(storage::Error::Absent(_)) if upload.is_whole() => {}
            compared => return Ok(compared?),
        }
        let mut size_bytes = 0_u64;
        while let Some(bytes) = body.next().await {
            size_bytes = size_bytes.saturating_add(bytes.map_err(storage::Error::Interrupted)?.len() as u64);
        }
        Ok(at.saturating_add(size_bytes) == upload.bytes_received)
    }
}

fn until(now: DateTime<Utc>) -> DateTime<Utc> {
    now + TimeDelta::hours(UPLOAD_HOURS)
}
