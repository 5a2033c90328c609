//! Every digest of the specification and of its registered extensions, computed as bytes go by.

use blake2::{Blake2b, Blake2b512};
use md5::Md5;
use sha1::Sha1;
use sha2::digest::Digest;
use sha2::digest::consts::{U20, U32, U48};
use sha2::{Sha256, Sha512, Sha512_256};

/// A digest by its name in inventories. // OCFL 1.1, 3.4; extension 0009
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    Md5,
    Sha1,
    Sha256,
    Sha512,
    Sha512t256,
    Blake2b160,
    Blake2b256,
    Blake2b384,
    Blake2b512,
    /// The count of bytes, written in decimal.
    Size,
}

impl Algorithm {
    /// Every one, with its name.
    pub const NAMED: [(&str, Self); 10] = [
        ("md5", Self::Md5),
        ("sha1", Self::Sha1),
        ("sha256", Self::Sha256),
        ("sha512", Self::Sha512),
        ("sha512/256", Self::Sha512t256),
        ("blake2b-160", Self::Blake2b160),
        ("blake2b-256", Self::Blake2b256),
        ("blake2b-384", Self::Blake2b384),
        ("blake2b-512", Self::Blake2b512),
        ("size", Self::Size),
    ];

    /// The algorithm of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMED.iter().find(|(known, _)| *known == name).map(|(_, algorithm)| *algorithm)
    }

    /// Whether a text can be one of its values: hexadecimal of its length, in either case.
    pub fn may_give(self, text: &str) -> bool {
        let digits = match self {
            Self::Md5 => 32,
            Self::Sha1 | Self::Blake2b160 => 40,
            Self::Sha256 | Self::Sha512t256 | Self::Blake2b256 => 64,
            Self::Blake2b384 => 96,
            Self::Sha512 | Self::Blake2b512 => 128,
            Self::Size => {
                return !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            }
        };
        text.len() == digits && text.bytes().all(|byte| byte.is_ascii_hexdigit())
    }

    /// Begins a computation.
    pub fn begin(self) -> Box<dyn Running> {
        match self {
            Self::Md5 => Box::new(Hashing(Md5::new())),
            Self::Sha1 => Box::new(Hashing(Sha1::new())),
            Self::Sha256 => Box::new(Hashing(Sha256::new())),
            Self::Sha512 => Box::new(Hashing(Sha512::new())),
            Self::Sha512t256 => Box::new(Hashing(Sha512_256::new())),
            Self::Blake2b160 => Box::new(Hashing(Blake2b::<U20>::new())),
            Self::Blake2b256 => Box::new(Hashing(Blake2b::<U32>::new())),
            Self::Blake2b384 => Box::new(Hashing(Blake2b::<U48>::new())),
            Self::Blake2b512 => Box::new(Hashing(Blake2b512::new())),
            Self::Size => Box::new(Counting(0)),
        }
    }

    /// The value of bytes held in memory, in lower case.
    pub fn of(self, bytes: &[u8]) -> String {
        let mut running = self.begin();
        running.take(bytes);
        running.value()
    }
}

/// A digest being computed.
pub trait Running {
    /// Takes the next bytes.
    fn take(&mut self, bytes: &[u8]);
    /// The value of all bytes taken, as inventories write it, in lower case.
    fn value(self: Box<Self>) -> String;
}

struct Hashing<D>(D);

impl<D: Digest> Running for Hashing<D> {
    fn take(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn value(self: Box<Self>) -> String {
        hex::encode(self.0.finalize())
    }
}

struct Counting(u64);

impl Running for Counting {
    fn take(&mut self, bytes: &[u8]) {
        self.0 += bytes.len() as u64;
    }

    fn value(self: Box<Self>) -> String {
        self.0.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digests_of_nothing_are_those_the_specification_gives() {
        for (name, start, digits) in [
            ("md5", "d41d8cd98f00b204e9800998ecf8427e", 32),
            ("sha1", "da39a3ee5e6b4b0d3255bfef95601890afd80709", 40),
            ("sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4", 64),
            ("sha512", "cf83e1357eefb8bdf1542850d66d8007d620e405", 128),
            ("sha512/256", "c672b8d1ef56ed28ab87c3622c5114069bdd3ad7", 64),
            ("blake2b-160", "3345524abf6bbe1809449224b5972c41790b6cf2", 40),
            ("blake2b-256", "0e5751c026e543b2e8ab2eb06099daa1d1e5df47", 64),
            ("blake2b-384", "b32811423377f52d7862286ee1a72ee540524380", 96),
            ("blake2b-512", "786a02f742015903c6c6fd852552d272912f4740", 128),
            ("size", "0", 1),
        ] {
            let algorithm = Algorithm::named(name).unwrap();
            let value = algorithm.of(b"");
            assert!(value.starts_with(start) && value.len() == digits, "{name}: {value}");
            assert!(algorithm.may_give(&value) && algorithm.may_give(&value.to_uppercase()), "{name}");
            assert!(!algorithm.may_give(&format!("{}g", &value[1..])), "{name}");
        }
        assert_eq!(Algorithm::named("sha3"), None);
    }
}
