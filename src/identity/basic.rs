//! Machines that prove themselves with each request, by a user and a password (RFC 7617): the clients of the As@lae door. The
//! password is the lowercase hexadecimal SHA-256 of the secret, kept here as a slow hash.
//!
//! Never keeps what was shown. The one thing to know: a slow hash for each piece of 2 MiB would hold the door to some 25 a
//! second, so a proof that was right is remembered five minutes, as a keyed digest beside the hash that it was right for:
//! another secret, or a closed machine, ends it at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use super::machine::{CLIENT_ID_BYTES_MAX, USED_EVERY};
use super::machine_queries::{self as queries, TokenHolder};
use super::{Error, Identity, password};
use crate::model::ReplyForm;
use crate::proof::digest::sha256;

/// How long a proof is remembered.
const REMEMBERED: TimeDelta = TimeDelta::minutes(5);
/// Proofs remembered at once; past them all are asked for again.
const REMEMBERED_MAX: usize = 10_000;
/// How a machine proved itself, as it is told of its last use.
const BY_BASIC: &str = "basic";
const BY_FORMER_BASIC: &str = "former basic";

/// A machine that proved itself, and how it wants its answers.
pub struct Connector {
    pub holder: TokenHolder,
    pub replies: ReplyForm,
}

/// Proofs that were right a moment ago.
#[derive(Clone)]
pub(super) struct Remembered {
    key: [u8; 32],
    right: Arc<Mutex<HashMap<[u8; 32], Right>>>,
}

/// For which hash, and until when.
struct Right {
    hash: String,
    until: DateTime<Utc>,
}

impl Remembered {
    /// Nothing yet; without randomness nothing ever.
    pub(super) fn new() -> Self {
        let mut key = [0; 32];
        getrandom::fill(&mut key).expect("salts need randomness too");
        Self { key, right: Arc::default() }
    }

    fn name(&self, client_id: &str, password: &str) -> [u8; 32] {
        let length = (client_id.len() as u64).to_be_bytes();
        sha256(&[self.key.as_slice(), &length, client_id.as_bytes(), password.as_bytes(), &self.key].concat())
    }

    /// Whether it was right a moment ago, for this very hash.
    fn knows(&self, name: &[u8; 32], hash: &str, now: DateTime<Utc>) -> bool {
        let right = self.right.lock().unwrap_or_else(PoisonError::into_inner);
        right.get(name).is_some_and(|known| known.until > now && known.hash == hash)
    }

    fn keep(&self, name: [u8; 32], hash: String, now: DateTime<Utc>) {
        let mut right = self.right.lock().unwrap_or_else(PoisonError::into_inner);
        if right.len() >= REMEMBERED_MAX {
            right.retain(|_, known| known.until > now);
        }
        if right.len() >= REMEMBERED_MAX {
            right.clear();
        }
        right.insert(name, Right { hash, until: now + REMEMBERED });
    }
}

impl Identity {
    /// The machine of this user and password; none for anyone else, known or not.
    pub async fn connector(&self, client_id: &str, password: &str) -> Result<Option<Connector>, Error> {
        if client_id.is_empty() || client_id.len() > CLIENT_ID_BYTES_MAX || client_id.contains('\0') {
            return Ok(None);
        }
        let now = self.clock.now();
        let found = queries::find_connector(&mut self.db.technical().await?, client_id).await?;
        let (name, hash) = (self.remembered.name(client_id, password), &found);
        let current = hash.as_ref().and_then(|found| found.basic_hash.clone());
        let former = hash.as_ref().filter(|found| found.former_until.is_some_and(|until| until > now));
        let former = former.and_then(|found| found.former_basic_hash.clone());
        for known in [&current, &former].into_iter().flatten() {
            if self.remembered.knows(&name, known, now) {
                return Ok(found.map(|found| found.connector));
            }
        }
        let (right, by) = if password::verify(password, current.clone()).await? {
            (current, BY_BASIC)
        } else if let Some(former) = former {
            (password::verify(password, Some(former.clone())).await?.then_some(former), BY_FORMER_BASIC)
        } else {
            (None, BY_BASIC)
        };
        let (Some(found), Some(hash)) = (found, right) else { return Ok(None) };
        self.remembered.keep(name, hash, now);
        let holder = &found.connector.holder;
        let mut tx = self.db.technical().await?;
        queries::used(&mut tx, holder.tenant, holder.machine_id, by, now, now - USED_EVERY).await?;
        tx.commit().await?;
        Ok(Some(found.connector))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_remembered_for_its_hash_and_five_minutes() {
        let (remembered, now) = (Remembered::new(), "2027-03-01T08:00:00Z".parse().unwrap());
        let name = remembered.name("bus", "abc");
        assert!(!remembered.knows(&name, "hash", now));
        remembered.keep(name, "hash".into(), now);
        assert!(remembered.knows(&name, "hash", now + TimeDelta::minutes(4)));
        assert!(!remembered.knows(&name, "hash", now + TimeDelta::minutes(5)));
        assert!(!remembered.knows(&name, "another", now), "the secret was changed");
        assert!(!remembered.knows(&remembered.name("busa", "bc"), "hash", now));
        assert_ne!(name, Remembered::new().name("bus", "abc"), "each process has its key");
    }
}
