//! Small files kept beside a tenant's archives, on each of its sites: the tail of a journal, the seals; in folders where
//! their names have a `/`.

use super::TenantStore;
use super::error::Error;
use super::medium::Put;

const KEPT: &str = ".kept";
/// Longest of them.
const BYTES_MAX: usize = 256 << 20;

impl TenantStore {
    /// Keeps a file under this name on every site that takes it, over the one of that name; the sites that did
    /// not, with the reason.
    pub fn keep(&self, name: &str, bytes: &[u8]) -> Result<Vec<(String, Error)>, Error> {
        self.put_kept(name, bytes, Put::Over)
    }

    /// As [`keep`](Self::keep), of a file that never changes: where other bytes have its name they stay, and that is
    /// [`Error::Occupied`].
    pub fn keep_once(&self, name: &str, bytes: &[u8]) -> Result<Vec<(String, Error)>, Error> {
        self.put_kept(name, bytes, Put::Once)
    }

    fn put_kept(&self, name: &str, bytes: &[u8], how: Put) -> Result<Vec<(String, Error)>, Error> {
        let path = self.kept_path(name)?;
        let mut failed = Vec::new();
        for site in self.sites() {
            failed.extend(site.put(&path, bytes, how).err().map(|error| (site.name.clone(), error)));
        }
        Ok(failed)
    }

    /// The file of this name from the first site that has it.
    pub fn kept(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        let path = self.kept_path(name)?;
        let mut failure = None;
        for site in self.sites() {
            match site.there().and_then(|medium| medium.get(&path, BYTES_MAX)) {
                Ok(None) => {}
                Ok(found) => return Ok(found),
                Err(error) => failure = Some(error),
            }
        }
        failure.map_or(Ok(None), Err)
    }

    /// Names of the files kept on any of the sites, sorted.
    pub fn kept_names(&self) -> Result<Vec<String>, Error> {
        let mut names = Vec::new();
        for site in self.sites() {
            let found = site.there()?.names(&format!("{KEPT}/{}", self.tenant))?;
            names.extend(found.into_iter().map(|entry| entry.name));
        }
        names.sort();
        names.dedup();
        Ok(names)
    }

    fn kept_path(&self, name: &str) -> Result<String, Error> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let is_plain = |part: &str| !part.is_empty() && !part.starts_with('.') && part.chars().all(plain);
        if !name.split('/').all(is_plain) {
            return Err(Error::Object(format!("{name:?} is no plain name")));
        }
        Ok(format!("{KEPT}/{}/{name}", self.tenant))
    }
}
