//! A refused deposit taken up again: a new draft with the same answers and, while they are kept, the same files.
//!
//! Never changes the refused transfer. The one thing to know: its files are read from its own package in quarantine, each taken only
//! if its bytes are those that were deposited.

use std::collections::HashMap;
use std::io;

use uuid::Uuid;

use super::draft::{By, Draft, DraftFile};
use super::package::written;
use super::{Drafting, Error, blocking, names, queries, sent_queries};
use crate::model::TransferId;
use crate::package::Package;
use crate::storage;

/// What a deposit taken up again is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resumed {
    pub draft_id: Uuid,
    /// Its files were kept, and are there.
    pub with_files: bool,
}

impl Drafting {
    /// Whether this transfer was sent by a draft of this person.
    ///
    /// # Errors
    /// When the rows cannot be read.
    pub async fn may_resume(&self, by: &By, transfer: TransferId) -> Result<bool, Error> {
        Ok(sent_queries::of_transfer(&mut self.db.technical().await?, by, transfer).await?.is_some())
    }

    /// Of these transfers, those that another takes up again, each with the last that does.
    ///
    /// # Errors
    /// When the rows cannot be read.
    pub async fn resumed(
        &self,
        by: &By,
        transfers: &[TransferId],
    ) -> Result<HashMap<TransferId, TransferId>, Error> {
        let ids: Vec<Uuid> = transfers.iter().map(|transfer| transfer.0).collect();
        Ok(sent_queries::resumed(&mut self.db.technical().await?, by.tenant, &ids).await?)
    }

    /// The refused transfer that this one takes up again, when it does.
    ///
    /// # Errors
    /// When the rows cannot be read.
    pub async fn resumes(&self, by: &By, transfer: TransferId) -> Result<Option<TransferId>, Error> {
        Ok(sent_queries::resumes(&mut self.db.technical().await?, by.tenant, transfer).await?)
    }

    /// Takes a refused transfer up again: whoever calls knows that it was refused. The one begun before is gone on with. `None`: it
    /// was not sent by a draft of this person.
    ///
    /// # Errors
    /// When rows or files cannot be read or written.
    pub async fn resume(&self, by: &By, transfer: TransferId) -> Result<Option<Resumed>, Error> {
        let mut tx = self.db.technical().await?;
        let Some(sent) = sent_queries::of_transfer(&mut tx, by, transfer).await? else { return Ok(None) };
        if let Some(draft_id) = sent_queries::resuming(&mut tx, by, transfer).await? {
            return Ok(Some(Resumed { draft_id, with_files: true }));
        }
        let mut draft = self.fresh(by, sent.agreement.clone());
        draft.answers = sent.answers.clone();
        draft.copy = sent.copy;
        draft.resumes = Some(transfer);
        queries::insert(&mut tx, by, &draft).await?;
        tx.commit().await?;
        let with_files = self.take_files(by, draft.draft_id, &sent, transfer).await?;
        Ok(Some(Resumed { draft_id: draft.draft_id, with_files }))
    }

    async fn take_files(
        &self,
        by: &By,
        draft: Uuid,
        sent: &Draft,
        transfer: TransferId,
    ) -> Result<bool, Error> {
        let (quarantine, tenant, limits) =
            (self.storage.quarantine().clone(), by.tenant, self.limits.clone());
        let opened = blocking(move || {
            let waiting = match quarantine.open(tenant, transfer) {
                Err(storage::Error::Absent(_)) => return Ok(None),
                waiting => waiting?,
            };
            let (package, _) = Package::open(waiting.file, quarantine.scratch(), &limits)?;
            Ok(Some(package.entries().iter().map(|entry| entry.name.clone()).collect::<Vec<_>>()))
        });
        let Some(entries) = opened.await? else { return Ok(false) };
        let mut all = true;
        for file in &sent.files {
            let name = names::in_package(file.rank, &file.name);
            let Some(at) = entries.iter().position(|entry| *entry == name) else {
                all = false;
                continue;
            };
            let file = DraftFile { file_id: self.clock.fresh_id(), ..file.clone() };
            let (quarantine, limits) = (self.storage.quarantine().clone(), self.limits.clone());
            let content = written(move |out| {
                let waiting = quarantine.open(tenant, transfer).map_err(io::Error::other)?;
                let opened = Package::open(waiting.file, quarantine.scratch(), &limits);
                let (mut package, _) = opened.map_err(io::Error::other)?;
                let mut entry = package.read(at).map_err(io::Error::other)?;
                io::copy(&mut entry, out).map(drop)
            });
            self.put(by, draft, file, content).await?;
        }
        Ok(all)
    }
}
