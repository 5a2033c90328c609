//! SHA-256 of short texts and SHA-512 of whatever streams by.
//!
//! Never holds more than the buffer given. SHA-512 is the digest kept for objects, SHA-256 the one of
//! chains, trees and credentials.
//!
//! SHA-512 is OpenSSL's: every byte of a transfer goes through it three times, and it is half as fast again as
//! the others tried (1 230 MB/s against 850 for `sha2` and `ring`, one core).

use std::io::{self, Read};

use sha2::{Digest, Sha256};

/// SHA-256 of a text held in memory.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// SHA-512 of bytes held in memory.
pub fn sha512(bytes: &[u8]) -> [u8; 64] {
    openssl::sha::sha512(bytes)
}

/// SHA-512 of bytes as they go by, with their count.
#[derive(Clone)]
pub struct Sha512 {
    state: openssl::sha::Sha512,
    size_bytes: u64,
}

impl Sha512 {
    /// Nothing read yet.
    pub fn new() -> Self {
        Self { state: openssl::sha::Sha512::new(), size_bytes: 0 }
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.state.update(bytes);
        self.size_bytes += bytes.len() as u64;
    }

    /// Bytes taken so far.
    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// The digest of all bytes taken.
    pub fn finish(self) -> [u8; 64] {
        self.state.finish()
    }
}

impl Default for Sha512 {
    fn default() -> Self {
        Self::new()
    }
}

/// A reader that digests what is read through it.
pub struct Digesting<R> {
    inner: R,
    digest: Sha512,
}

impl<R: Read> Digesting<R> {
    /// Reads from `inner`, digesting on the way.
    pub fn new(inner: R) -> Self {
        Self { inner, digest: Sha512::new() }
    }

    /// SHA-512 and count of the bytes read so far.
    pub fn finish(self) -> ([u8; 64], u64) {
        let size_bytes = self.digest.size_bytes();
        (self.digest.finish(), size_bytes)
    }
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.digest.update(&buffer[..read]);
        Ok(read)
    }
}

/// Reads to the end: SHA-512 and count of the bytes.
pub fn sha512_of(reader: &mut dyn Read) -> io::Result<([u8; 64], u64)> {
    let mut digesting = Digesting::new(reader);
    let mut buffer = vec![0; 64 << 10];
    while digesting.read(&mut buffer)? > 0 {}
    Ok(digesting.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_digested_whole() {
        let (digest, size_bytes) = sha512_of(&mut &b"abc"[..]).unwrap();
        assert_eq!(size_bytes, 3);
        assert!(hex::encode(digest).starts_with("ddaf35a193617abacc417349ae204131"));
        assert!(hex::encode(sha256(b"abc")).starts_with("ba7816bf8f01cfea414140de5dae2223"));
    }
}
