//! PRONOM's files, imported: read wholly before anything is kept, then in force for every member.

use sha2::{Digest, Sha512};

use super::{Error, Pronom};
use crate::model::PersonId;
use crate::registry::signature_queries;
use crate::registry::signatures::{Files, Version};

/// Longest file: PRONOM's have three mebibytes.
pub const FILE_BYTES_MAX: usize = 32 << 20;

/// What an import came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Imported {
    InForce(Version),
    /// The same bytes are in force already.
    AlreadySo(Version),
}

/// Why files cannot serve, in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused(pub String);

impl Pronom {
    /// Puts files in force, for every transfer to come. Nothing is kept of files that cannot serve.
    pub async fn import(
        &self,
        files: Files,
        by: Option<PersonId>,
    ) -> Result<Result<Imported, Refused>, Error> {
        let (files, read) = tokio::task::spawn_blocking(move || {
            let read = read(&files);
            (files, read)
        })
        .await?;
        let mut version = match read {
            Ok(version) => version,
            Err(refused) => return Ok(Err(refused)),
        };
        version.imported_at = self.clock.now();
        let mut tx = self.db.technical().await?;
        if let Some(before) = signature_queries::versions(&mut tx).await?.into_iter().next()
            && before.signatures_sha512 == version.signatures_sha512
            && before.containers_sha512 == version.containers_sha512
        {
            return Ok(Ok(Imported::AlreadySo(before)));
        }
        let (id, at) = (self.clock.fresh_id(), version.imported_at);
        signature_queries::insert(&mut tx, id, &files, &version, by, at).await?;
        tx.commit().await?;
        tracing::info!(version = %version.version, formats = version.format_count, "signatures of formats imported");
        self.signatures.refresh().await?;
        Ok(Ok(Imported::InForce(version)))
    }

    /// Every version imported, the one in force first.
    pub async fn versions(&self) -> Result<Vec<Version>, Error> {
        Ok(signature_queries::versions(&mut self.db.technical().await?).await?)
    }
}

fn read(files: &Files) -> Result<Version, Refused> {
    let lengths = [Some(files.signatures.len()), files.containers.as_ref().map(Vec::len)];
    if lengths.into_iter().flatten().any(|length| length > FILE_BYTES_MAX) {
        return Err(Refused(format!("le fichier dépasse {} Mio", FILE_BYTES_MAX >> 20)));
    }
    let signatures = files.compile().map_err(|error| Refused(error.to_string()))?;
    let format_count = u32::try_from(signatures.formats().len()).unwrap_or(u32::MAX);
    if format_count == 0 {
        return Err(Refused("le fichier ne décrit aucun format".into()));
    }
    let sha512 = |bytes: &[u8]| Sha512::digest(bytes).to_vec();
    Ok(Version {
        version: signatures.version().to_owned(),
        signatures_sha512: sha512(&files.signatures),
        containers_sha512: files.containers.as_deref().map(sha512),
        format_count,
        left_out: u32::try_from(signatures.left_out().len()).unwrap_or(u32::MAX),
        imported_at: chrono::DateTime::UNIX_EPOCH,
        imported_by: None,
    })
}
