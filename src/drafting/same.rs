//! Bytes that are at hand or were seen before: those of a deposit taken up again, and those that came twice.

use std::io;

use bytes::Bytes;
use futures_util::Stream;
use uuid::Uuid;

use super::draft::{By, Draft, DraftFile};
use super::{Drafting, Error, blocking, file_queries};
use crate::model::TransferId;
use crate::proof::digest::sha512_of;

/// Where the same bytes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Same {
    /// In this draft, under that path.
    Here(String),
    /// In a deposit of that day.
    Before(chrono::DateTime<chrono::Utc>),
}

impl Drafting {
    /// Puts a file's bytes that are at hand into a draft: those of a deposit taken up again.
    pub(super) async fn put(
        &self,
        by: &By,
        draft: Uuid,
        file: DraftFile,
        body: impl Stream<Item = io::Result<Bytes>>,
    ) -> Result<(), Error> {
        let max = self.limits.received_bytes_max;
        let id = TransferId(file.file_id);
        self.quarantine().receive(by.tenant, id, body, max).await?;
        let quarantine = self.quarantine();
        let (tenant, sha512) = (by.tenant, file.sha512.clone());
        let is_same = blocking(move || {
            let (digest, _) = sha512_of(&mut quarantine.open(tenant, id)?.bytes())?;
            Ok(sha512.as_deref() == Some(digest.as_slice()))
        });
        if !is_same.await? {
            let quarantine = self.quarantine();
            return blocking(move || Ok(quarantine.remove(tenant, id)?)).await;
        }
        let mut tx = self.db.technical().await?;
        file_queries::insert_file(&mut tx, by.tenant, draft, &file).await?;
        file_queries::set_whole(&mut tx, by.tenant, draft, &file).await?;
        Ok(tx.commit().await?)
    }

    /// Of a draft's files, those whose bytes came twice, and those that the member deposited before: the file, and words on it.
    ///
    /// # Errors
    /// When the rows cannot be read.
    pub async fn same_bytes(&self, by: &By, draft: &Draft) -> Result<Vec<(Uuid, Same)>, Error> {
        let digests: Vec<Vec<u8>> = draft.files.iter().filter_map(|file| file.sha512.clone()).collect();
        let before =
            file_queries::deposited_before(&mut self.db.technical().await?, by.tenant, &digests).await?;
        let mut same = Vec::new();
        for (at, file) in draft.files.iter().enumerate() {
            let Some(digest) = &file.sha512 else { continue };
            let first = draft.files[..at].iter().find(|other| other.sha512.as_ref() == Some(digest));
            if let Some(first) = first {
                same.push((file.file_id, Same::Here(first.path())));
            } else if let Some((_, at)) = before.iter().find(|(known, _)| known == digest) {
                same.push((file.file_id, Same::Before(*at)));
            }
        }
        Ok(same)
    }
}
