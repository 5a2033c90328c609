//! The digest that a sender announces of a request's body (tus 1.0, checksum).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use openssl::hash::{Hasher, MessageDigest};

/// A digest announced, and the one being made.
pub(super) struct Checksum {
    expected: Vec<u8>,
    made: Hasher,
}

impl Checksum {
    /// As `Tus-Checksum-Algorithm` tells them.
    pub const ALGORITHMS: &str = "sha1,sha256,sha512,md5";

    /// Of `algorithm base64`; none when it is not that.
    pub fn read(written: &str) -> Option<Checksum> {
        let (algorithm, expected) = written.trim().split_once(' ')?;
        let kind = match algorithm {
            "sha1" => MessageDigest::sha1(),
            "sha256" => MessageDigest::sha256(),
            "sha512" => MessageDigest::sha512(),
            "md5" => MessageDigest::md5(),
            _ => return None,
        };
        let expected = STANDARD.decode(expected.trim()).ok().filter(|bytes| bytes.len() == kind.size())?;
        Some(Checksum { expected, made: Hasher::new(kind).ok()? })
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        // A digest that could not go on is not the one expected.
        if self.made.update(bytes).is_err() {
            self.expected.clear();
        }
    }

    /// Whether the bytes are those announced.
    pub fn holds(mut self) -> bool {
        self.made.finish().is_ok_and(|made| *made == *self.expected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_is_of_what_was_announced() {
        let mut right = Checksum::read("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=").unwrap();
        right.update(b"hello ");
        right.update(b"world");
        assert!(right.holds());
        assert!(!Checksum::read("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=").unwrap().holds());
        for wrong in ["", "sha1", "sha1 !!", "sha256 Kq5sNclPz7QV2+lfQIuc6R7oRu0=", "crc32 AAAA"] {
            assert!(Checksum::read(wrong).is_none(), "{wrong}");
        }
    }
}
