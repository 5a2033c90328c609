//! The same file, kept already: told to whoever sees the archive that keeps it, and to nobody else.

use std::collections::BTreeSet;

use super::{Access, Error, Reader};
use crate::catalog::bytes_queries::{self, Kept};

impl Access {
    /// Of these digests, those of files in archives that this reader sees, each with the first such file. Descriptions alone: nothing is
    /// opened, hence no consultation.
    pub async fn kept_with(&self, reader: &Reader, digests: &[Vec<u8>]) -> Result<Vec<Kept>, Error> {
        let once: BTreeSet<&Vec<u8>> = digests.iter().collect();
        let once: Vec<Vec<u8>> = once.into_iter().cloned().collect();
        if once.is_empty() {
            return Ok(Vec::new());
        }
        let mut tx = self.db.read(reader.tenant).await?;
        Ok(bytes_queries::kept_with(&mut tx, &reader.scope, &once).await?)
    }
}
