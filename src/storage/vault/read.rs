//! Read: a stored file from the first site that has it, of the size it must have.
//!
//! [`TenantStore::read`] trusts the site with the bytes; [`TenantStore::read_checked`] does not, and tells
//! which sites would have given wrong ones.

use std::io::{self, Seek};

use super::super::error::Error;
use super::super::{StoredFile, TenantStore};
use crate::model::ArchiveId;
use crate::package::ocfl::{self, INVENTORY};
use crate::proof::digest::sha512_of;

impl TenantStore {
    /// Opens content from the first site that has it. `stored_path` is the path in the object
    /// (`v1/content/…`, [`super::NewFile::stored_path`]).
    pub fn read(&self, archive: ArchiveId, stored_path: &str) -> Result<StoredFile, Error> {
        safe(stored_path)?;
        self.read_where(archive, stored_path, &mut |_, _| Ok(true))
    }

    /// Opens the inventory of the first version from the first site where it has this digest.
    pub fn read_first_inventory(&self, archive: ArchiveId, sha512: &[u8; 64]) -> Result<StoredFile, Error> {
        let is_right = |file: &mut StoredFile| digest_of(file).is_ok_and(|digest| digest == *sha512);
        self.read_where(archive, &format!("v1/{INVENTORY}"), &mut |_, file| Ok(is_right(file)))
    }

    /// Opens content from the first site whose bytes are those of the digest, read whole before it returns;
    /// with the sites whose bytes are not, or are missing.
    pub fn read_checked(
        &self,
        archive: ArchiveId,
        stored_path: &str,
        sha512: &[u8; 64],
    ) -> Result<(StoredFile, Vec<String>), Error> {
        safe(stored_path)?;
        let mut wrong = Vec::new();
        let mut names = self.sites().map(|site| site.name.clone());
        let file = self.read_where(archive, stored_path, &mut |site, file| {
            // Sites passed over had no such file.
            wrong.extend(names.by_ref().take_while(|name| name != site));
            let right = digest_of(file).is_ok_and(|digest| digest == *sha512);
            if !right {
                wrong.push(site.to_string());
            }
            Ok(right)
        })?;
        Ok((file, wrong))
    }

    fn read_where(
        &self,
        archive: ArchiveId,
        stored_path: &str,
        suits: &mut dyn FnMut(&str, &mut StoredFile) -> Result<bool, Error>,
    ) -> Result<StoredFile, Error> {
        let mut failure = Error::Absent(format!("{archive}/{stored_path}"));
        for site in self.sites() {
            let path = format!("{}/{stored_path}", site.object(self.tenant, archive));
            match site.medium.open(&path) {
                Ok(Some(mut file)) => match suits(&site.name, &mut file)? {
                    true => return Ok(file),
                    false => failure = Error::Damaged { site: site.name.clone(), path },
                },
                Ok(None) => {}
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }
}

fn safe(stored_path: &str) -> Result<(), Error> {
    match ocfl::stored_path_is_safe(stored_path) {
        true => Ok(()),
        false => Err(Error::Object(format!("{stored_path:?} is no safe path such as v1/content/…"))),
    }
}

/// The digest of a file, which then stands at its beginning again.
fn digest_of(file: &mut StoredFile) -> io::Result<[u8; 64]> {
    let (digest, _) = sha512_of(file)?;
    file.rewind()?;
    Ok(digest)
}
