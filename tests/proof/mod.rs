//! What is proved, beside programs that are not ours.

pub mod authority;
mod outside;
mod tokens;
mod vectors;

use chartrier::proof::merkle::{Hash, NodeId, leaf, node};
use chartrier::proof::note::{Error, Signer};
use openssl::pkey::{Id, PKey, Private};

/// A key of the tests.
pub struct Key {
    pub name: String,
    pub key: PKey<Private>,
}

impl Key {
    pub fn new(name: &str) -> Self {
        Self { name: name.into(), key: PKey::generate_ed25519().unwrap() }
    }
}

impl Signer for Key {
    fn name(&self) -> &str {
        &self.name
    }

    fn public_key(&self) -> [u8; 32] {
        assert_eq!(self.key.id(), Id::ED25519);
        self.key.raw_public_key().unwrap().try_into().unwrap()
    }

    fn sign(&self, bytes: &[u8]) -> Result<[u8; 64], Error> {
        let mut signer = openssl::sign::Signer::new_without_digest(&self.key).unwrap();
        Ok(signer.sign_oneshot_to_vec(bytes).unwrap().try_into().unwrap())
    }
}

/// Leaves of a tree, and the hashes of its complete subtrees.
pub fn tree(count: u64) -> (Vec<Hash>, impl FnMut(NodeId) -> Result<Hash, std::convert::Infallible>) {
    let leaves: Vec<Hash> = (0..count).map(|number| leaf(&[number as u8; 32])).collect();
    let mut rows = vec![leaves.clone()];
    while rows.last().is_some_and(|row| row.len() > 1) {
        let above = rows.last().unwrap().chunks_exact(2).map(|pair| node(&pair[0], &pair[1])).collect();
        rows.push(above);
    }
    (leaves, move |id: NodeId| Ok(rows[usize::from(id.level)][id.index as usize]))
}
