//! Values that are kept encrypted: second factors, links in letters that wait.
//!
//! Never reads a file: the key is found by a function given at the assembly, once, when something is first sealed or opened. The one
//! thing to know: each value is bound to what it is for, so that one cannot be put in another's place.

use std::sync::{Arc, OnceLock};

use openssl::rand::rand_bytes;
use openssl::symm::{Cipher, decrypt_aead, encrypt_aead};

/// Bytes before the ciphertext: the nonce; and after it: the tag.
const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;

type Find = dyn Fn() -> Result<[u8; 32], String> + Send + Sync;

/// What seals and opens. Cheap to clone.
#[derive(Clone)]
pub struct AtRest {
    key: Arc<OnceLock<[u8; 32]>>,
    find: Arc<Find>,
}

/// Why a value was neither sealed nor opened.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("clé de chiffrement des secrets : {0}")]
    Key(String),
    #[error("OpenSSL n'a pas pu chiffrer")]
    OpenSsl(#[from] openssl::error::ErrorStack),
    /// Another key, another purpose, or changed bytes.
    #[error("un secret gardé chiffré ne s'ouvre pas : {0}")]
    Closed(String),
}

impl AtRest {
    /// Under the key that `find` gives, looked for at the first need.
    pub fn new(find: impl Fn() -> Result<[u8; 32], String> + Send + Sync + 'static) -> Self {
        Self { key: Arc::default(), find: Arc::new(find) }
    }

    /// The bytes, readable with the key and for this purpose alone (AES-256-GCM).
    pub fn seal(&self, purpose: &str, bytes: &[u8]) -> Result<Vec<u8>, Error> {
        let mut nonce = [0; NONCE_BYTES];
        rand_bytes(&mut nonce)?;
        let mut tag = [0; TAG_BYTES];
        let cipher = Cipher::aes_256_gcm();
        let sealed = encrypt_aead(cipher, self.key()?, Some(&nonce), purpose.as_bytes(), bytes, &mut tag)?;
        Ok([&nonce[..], &sealed, &tag].concat())
    }

    /// The bytes that were sealed for this purpose.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<Vec<u8>, Error> {
        let closed = || Error::Closed(purpose.to_owned());
        let (nonce, rest) = sealed.split_at_checked(NONCE_BYTES).ok_or_else(closed)?;
        let at = rest.len().checked_sub(TAG_BYTES).ok_or_else(closed)?;
        let (sealed, tag) = rest.split_at(at);
        let cipher = Cipher::aes_256_gcm();
        decrypt_aead(cipher, self.key()?, Some(nonce), purpose.as_bytes(), sealed, tag).map_err(|_| closed())
    }

    fn key(&self) -> Result<&[u8; 32], Error> {
        if let Some(key) = self.key.get() {
            return Ok(key);
        }
        let key = (self.find)().map_err(Error::Key)?;
        Ok(self.key.get_or_init(|| key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_its_key_and_its_purpose_alone() {
        let kept = AtRest::new(|| Ok([7; 32]));
        let sealed = kept.seal("totp:1", b"secret").unwrap();
        assert_eq!(kept.open("totp:1", &sealed).unwrap(), b"secret");
        assert_ne!(kept.seal("totp:1", b"secret").unwrap(), sealed, "a nonce each time");
        assert!(kept.open("totp:2", &sealed).is_err());
        assert!(AtRest::new(|| Ok([8; 32])).open("totp:1", &sealed).is_err());
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(kept.open("totp:1", &changed).is_err(), "byte {at}");
            assert!(kept.open("totp:1", &sealed[..at]).is_err(), "cut at {at}");
        }
        assert!(matches!(AtRest::new(|| Err("absente".into())).seal("x", b""), Err(Error::Key(_))));
    }
}
