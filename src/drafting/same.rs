//! Bytes that are at hand or were seen before: those of a deposit taken up again, and those that came twice.

use std::collections::HashMap;
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
    /// In a deposit of theirs, of that day.
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

    /// Of these files of a draft, those whose bytes came twice, and those that the person deposited before: the file, and where.
    ///
    /// # Errors
    /// When the rows cannot be read.
    pub async fn same_bytes(
        &self,
        by: &By,
        draft: &Draft,
        files: &[DraftFile],
    ) -> Result<Vec<(Uuid, Same)>, Error> {
        let digests: Vec<Vec<u8>> = files.iter().filter_map(|file| file.sha512.clone()).collect();
        let mut tx = self.db.technical().await?;
        let before = file_queries::deposited_before(&mut tx, by, draft.resumes, &digests).await?;
        let before: HashMap<_, _> = before.into_iter().collect();
        let mut first: HashMap<&[u8], &DraftFile> = HashMap::new();
        for file in &draft.files {
            if let Some(digest) = &file.sha512 {
                first.entry(digest).or_insert(file);
            }
        }
        let of = |file: &DraftFile| {
            let digest = file.sha512.as_deref()?;
            let here = first.get(digest).filter(|first| first.rank < file.rank);
            let here = here.map(|first| Same::Here(first.path()));
            here.or_else(|| before.get(digest).map(|at| Same::Before(*at))).map(|same| (file.file_id, same))
        };
        Ok(files.iter().filter_map(of).collect())
    }
}
