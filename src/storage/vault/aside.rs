//! Two things that no verb does, each for one caller: a whole copy put aside, where a repair puts what it takes out of
//! its place; and a canary harmed on purpose, so that readings have something to find.

use std::io::{Cursor, Read};

use super::super::TenantStore;
use super::super::error::Error;
use crate::model::{ArchiveId, TenantId};
use crate::package::ocfl;

/// Largest file of a canary.
const CANARY_BYTES_MAX: u64 = 1 << 20;

impl TenantStore {
    /// Takes the copies on these sites out of their place, to where the sweep finds them once they are old; nothing
    /// there is no failure.
    pub fn put_aside(&self, archive: ArchiveId) -> Result<(), Error> {
        for site in self.sites() {
            let (medium, _asking) = site.ask()?;
            let object = site.object(self.tenant, archive);
            if medium.stands(&object)? {
                self.set_aside(site, medium, archive, &object)?;
            }
        }
        Ok(())
    }

    /// Writes a byte at a place of a canary's file, on these sites: the only write that makes a copy wrong. Done again, it
    /// changes nothing more.
    ///
    /// # Errors
    /// [`Error::Object`] for any tenant but the one whose archives are canaries.
    pub fn harm_a_canary_on_purpose(
        &self,
        archive: ArchiveId,
        stored_path: &str,
        (place, byte): (usize, u8),
    ) -> Result<(), Error> {
        if self.tenant != TenantId::of_canaries() || !ocfl::stored_path_is_safe(stored_path) {
            return Err(Error::Object("only canaries are harmed".to_string()));
        }
        for site in self.sites() {
            let (medium, _asking) = site.ask()?;
            let path = format!("{}/{stored_path}", site.object(self.tenant, archive));
            let absent = || Error::Absent(format!("{archive}/{stored_path}"));
            let file =
                medium.open(&path)?.filter(|file| file.len() <= CANARY_BYTES_MAX).ok_or_else(absent)?;
            let mut bytes = Vec::new();
            file.take(CANARY_BYTES_MAX)
                .read_to_end(&mut bytes)
                .map_err(|source| Error::Source { content_path: stored_path.to_string(), source })?;
            *bytes.get_mut(place).ok_or_else(absent)? = byte;
            medium.overwrite(&path, &mut Cursor::new(bytes), &mut || Ok(()))?;
        }
        Ok(())
    }
}
