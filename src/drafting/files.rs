//! The files of a draft: added to piece by piece, named by their formats, taken away.
//!
//! Never answers for a byte that is not on the disk: a piece is there before it is counted, and counted before it is answered for. The
//! one thing to know: bytes that no row names are swept.

use std::io;

use bytes::Bytes;
use fail::fail_point;
use futures_util::Stream;
use uuid::Uuid;

use super::draft::{By, Draft, DraftFile};
use super::{Drafting, Error, blocking, file_queries, queries};
use crate::formats::{Declared, declared};
use crate::model::{TenantId, TransferId};
use crate::storage::{self, Hold};

pub use super::incoming::{Coming, NotTaken};

impl Drafting {
    /// Adds the next piece of a file, at `at`; the file as it stands then, whole with its last byte.
    ///
    /// # Errors
    /// When bytes or rows cannot be written.
    pub async fn add(
        &self,
        by: &By,
        (draft, file): (Uuid, Uuid),
        at: u64,
        body: impl Stream<Item = io::Result<Bytes>>,
    ) -> Result<Result<DraftFile, NotTaken>, Error> {
        let Some(known) = queries::find(&mut self.db.technical().await?, by, draft).await? else {
            return Ok(Err(NotTaken::NotFound));
        };
        let Some(found) = known.file(file).cloned() else { return Ok(Err(NotTaken::NotFound)) };
        if !known.is_open() {
            return Ok(Err(NotTaken::Closed));
        }
        if found.is_whole() || found.bytes_received != at {
            return Ok(Err(NotTaken::Misplaced(found.bytes_received)));
        }
        let others = known.size_bytes() - found.bytes_total.unwrap_or(found.bytes_received);
        let left = self.limits.received_bytes_max.saturating_sub(others);
        let max = left.min(found.bytes_total.unwrap_or(u64::MAX));
        let (quarantine, id) = (self.quarantine(), TransferId(file));
        // Held until the piece is on the disk.
        let storage = self.storage.clone();
        let coming = found.bytes_total.map_or(0, |total| total - found.bytes_received);
        let _room = blocking(move || Ok(storage.reserve_draft(coming)?)).await?;
        let Hold::Held(held) = quarantine.hold(by.tenant, id, at == 0).await? else {
            return Ok(Err(NotTaken::Busy));
        };
        let (added, held) = match quarantine.add(by.tenant, held, at, body, max, |_| ()).await {
            Ok(added) => added,
            Err(storage::Error::TooLarge { .. }) => return Ok(Err(NotTaken::TooLarge)),
            Err(error) => return Err(error.into()),
        };
        fail_point!("draft-piece-before-count");
        let mut tx = self.db.technical().await?;
        if !file_queries::advance(&mut tx, by.tenant, (draft, file), (at, added.size_bytes)).await? {
            return Ok(Err(NotTaken::Busy));
        }
        queries::touch(&mut tx, by.tenant, draft, self.clock.now()).await?;
        tx.commit().await?;
        fail_point!("draft-piece-after-count");
        drop(held);
        if added.broken.is_some() {
            return Ok(Err(NotTaken::Cut(added.size_bytes)));
        }
        let came = DraftFile { bytes_received: added.size_bytes, ..found };
        if came.bytes_total.is_some_and(|total| total > came.bytes_received) {
            return Ok(Ok(came));
        }
        self.end(by.tenant, draft, came).await
    }

    /// A file all of whose bytes came: digested and named by its format.
    async fn end(
        &self,
        tenant: TenantId,
        draft: Uuid,
        file: DraftFile,
    ) -> Result<Result<DraftFile, NotTaken>, Error> {
        if file.bytes_received == 0 {
            self.remove(tenant, draft, file.file_id).await?;
            return Ok(Err(NotTaken::Empty));
        }
        let received = self.quarantine().close(tenant, TransferId(file.file_id)).await?;
        let signatures = self.signatures.get().await?;
        let (quarantine, name, id) = (self.quarantine(), file.name.clone(), TransferId(file.file_id));
        let Declared { format, mime } = blocking(move || {
            let mut opened = quarantine.open(tenant, id)?.file;
            Ok(declared(&signatures, &mut opened, &name)?)
        })
        .await?;
        let whole = DraftFile {
            bytes_total: Some(received.size_bytes),
            bytes_received: received.size_bytes,
            sha512: Some(received.sha512.to_vec()),
            puid: format.as_ref().map(|format| format.puid.clone()),
            format_name: format.as_ref().map(|format| format.name.clone()),
            mime: Some(mime),
            ..file
        };
        let mut tx = self.db.technical().await?;
        let is_there = file_queries::set_whole(&mut tx, tenant, draft, &whole).await?;
        tx.commit().await?;
        Ok(if is_there { Ok(whole) } else { Err(NotTaken::NotFound) })
    }

    /// A draft whose files that came whole are all digested, though the service stopped between their last byte and that.
    pub(super) async fn settled(&self, by: &By, mut draft: Draft) -> Result<Draft, Error> {
        if !draft.is_open() {
            return Ok(draft);
        }
        for at in 0..draft.files.len() {
            let file = &draft.files[at];
            if file.is_whole() || file.bytes_total != Some(file.bytes_received) {
                continue;
            }
            // Another request is ending it: the next reading will tell.
            if let Ok(whole) = self.end(by.tenant, draft.draft_id, file.clone()).await? {
                draft.files[at] = whole;
            }
        }
        Ok(draft)
    }

    /// Takes a file away; `false`: there is none, or the draft is being sent.
    ///
    /// # Errors
    /// When the rows cannot be changed.
    pub async fn remove_file(&self, by: &By, draft: Uuid, file: Uuid) -> Result<bool, Error> {
        let mut tx = self.db.technical().await?;
        let found = queries::lock(&mut tx, by, draft).await?;
        if !found.is_some_and(|draft| draft.is_open() && draft.file(file).is_some()) {
            return Ok(false);
        }
        drop(tx);
        self.remove(by.tenant, draft, file).await?;
        Ok(true)
    }

    /// The row first: bytes that no row names are swept.
    async fn remove(&self, tenant: TenantId, draft: Uuid, file: Uuid) -> Result<(), Error> {
        let mut tx = self.db.technical().await?;
        file_queries::delete_file(&mut tx, tenant, (draft, file)).await?;
        tx.commit().await?;
        let quarantine = self.quarantine();
        blocking(move || Ok(quarantine.remove(tenant, TransferId(file))?)).await
    }

    /// Takes the bytes of a draft out; the sweeper does what fails here.
    pub(super) async fn drop_bytes(&self, tenant: TenantId, draft: &Draft) {
        let ids: Vec<Uuid> = draft.files.iter().map(|file| file.file_id).chain([draft.draft_id]).collect();
        let quarantine = self.quarantine();
        let _ = blocking(move || {
            for id in ids {
                quarantine.remove(tenant, TransferId(id))?;
            }
            Ok(())
        })
        .await;
    }
}
