//! Compiled profiles kept at hand: compiling one may take longer than reading a small manifest.
//!
//! Never holds more than a few, never a row: what is kept is found by the digest of the grammar it came from, which
//! cannot change.

use std::sync::{Arc, Mutex, PoisonError};

use super::{Profile as Registered, profile_queries};
use crate::db::{self, Db};
use crate::model::{ProfileId, TenantId};
use crate::seda::profile::Profile;

/// Grammars kept, the one used longest ago dropped first.
const KEPT_MAX: usize = 16;

/// A digest, and what was compiled from it.
type Kept = (Vec<u8>, Arc<Profile>);

/// Compiled profiles by the SHA-512 of their grammar. Cheap to clone; clones share what they keep.
#[derive(Clone, Default)]
pub struct Compiled {
    /// The last used stands last.
    kept: Arc<Mutex<Vec<Kept>>>,
}

/// Why a profile of the register is not at hand.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error("the profile has changed meanwhile")]
    Changed,
    /// It was compiled when it was imported: the program has changed since.
    #[error("the profile {0} does not compile any more")]
    Profile(ProfileId),
    #[error("the thread that compiled the profile died")]
    Died,
}

impl Compiled {
    /// The grammar of the version in force, compiled.
    ///
    /// # Errors
    /// When it cannot be read, or does not compile any more.
    pub async fn of(
        &self,
        db: &Db,
        tenant: TenantId,
        registered: &Registered,
    ) -> Result<Arc<Profile>, Error> {
        let sha512 = &registered.in_force.sha512;
        if let Some(known) = self.get(sha512) {
            return Ok(known);
        }
        let (id, version) = (registered.profile_id, registered.in_force.version);
        let mut tx = db.read(tenant).await?;
        let rng = profile_queries::find_rng(&mut tx, id, version).await?.ok_or(Error::Changed)?;
        drop(tx);
        let compiled = tokio::task::spawn_blocking(move || Profile::compile(&rng)).await;
        let compiled = compiled.map_err(|_| Error::Died)?.map_err(|_| Error::Profile(id))?;
        Ok(self.keep(sha512, Arc::new(compiled)))
    }

    /// The profile of this grammar, if it is at hand.
    pub fn get(&self, sha512: &[u8]) -> Option<Arc<Profile>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(known, _)| known == sha512)?;
        let found = kept.remove(at);
        let profile = Arc::clone(&found.1);
        kept.push(found);
        Some(profile)
    }

    /// Keeps it for the next time; gives it back.
    pub fn keep(&self, sha512: &[u8], profile: Arc<Profile>) -> Arc<Profile> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(known, _)| known != sha512);
        if kept.len() >= KEPT_MAX {
            kept.remove(0);
        }
        kept.push((sha512.to_vec(), Arc::clone(&profile)));
        profile
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_used_longest_ago_is_dropped_first() {
        let compiled = Compiled::default();
        let profile = || {
            let rng = b"<element name='a' xmlns='http://relaxng.org/ns/structure/1.0'><empty/></element>";
            Arc::new(Profile::compile(rng).expect("a grammar"))
        };
        for n in 0..KEPT_MAX as u8 {
            compiled.keep(&[n], profile());
        }
        assert!(compiled.get(&[0]).is_some());
        compiled.keep(&[99], profile());
        assert!(compiled.get(&[0]).is_some() && compiled.get(&[99]).is_some());
        assert!(compiled.get(&[1]).is_none());
    }
}
