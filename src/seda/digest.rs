//! Declared digests: every spelling of the algorithm and encoding of the value met in real messages (seda.md 3.1).
//!
//! Decides by length: hexadecimal, base64 of the digest, base64 of the hexadecimal text.

use std::fmt;

use base64::Engine as _;

use crate::model::findings::{self, Kind};

/// Algorithms accepted in; SHA-512 is always computed beside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    Md5,
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

/// A digest as declared, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    pub algorithm: Algorithm,
    pub value: Vec<u8>,
}

/// Why a declaration cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    Missing,
    UnknownAlgorithm(String),
    /// Neither hexadecimal nor base64 of the right length.
    Garbled(Algorithm),
}

impl Algorithm {
    /// Every one, the strongest last.
    pub const ALL: [Algorithm; 5] =
        [Algorithm::Md5, Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha384, Algorithm::Sha512];

    /// The usual name.
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::Md5 => "MD5",
            Algorithm::Sha1 => "SHA-1",
            Algorithm::Sha256 => "SHA-256",
            Algorithm::Sha384 => "SHA-384",
            Algorithm::Sha512 => "SHA-512",
        }
    }

    /// Whether collisions are known.
    pub fn is_weak(self) -> bool {
        matches!(self, Algorithm::Md5 | Algorithm::Sha1)
    }

    /// Bytes of a digest.
    pub fn length(self) -> usize {
        match self {
            Algorithm::Md5 => 16,
            Algorithm::Sha1 => 20,
            Algorithm::Sha256 => 32,
            Algorithm::Sha384 => 48,
            Algorithm::Sha512 => 64,
        }
    }

    /// From any spelling: `SHA-512`, `sha512`, `SHA 512`, `http://www.w3.org/2001/04/xmlenc#sha512`…
    pub fn from_spelling(spelling: &str) -> Option<Algorithm> {
        let name = spelling.trim().rsplit(['#', ':']).next().unwrap_or_default();
        let plain: String =
            name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        match plain.as_str() {
            "md5" => Some(Algorithm::Md5),
            "sha1" | "sha" => Some(Algorithm::Sha1),
            "sha256" | "sha2256" => Some(Algorithm::Sha256),
            "sha384" | "sha2384" => Some(Algorithm::Sha384),
            "sha512" | "sha2512" => Some(Algorithm::Sha512),
            _ => None,
        }
    }
}

impl Fault {
    /// The catalogue's kind.
    pub fn kind(&self) -> &'static Kind {
        match self {
            Fault::Missing => &findings::OBJECT_NO_DIGEST,
            Fault::UnknownAlgorithm(_) => &findings::OBJECT_DIGEST_ALGORITHM,
            Fault::Garbled(_) => &findings::OBJECT_DIGEST_FORM,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Missing => f.write_str("l'empreinte manque"),
            Fault::UnknownAlgorithm(name) => write!(f, "algorithme d'empreinte « {name} » inconnu"),
            Fault::Garbled(algorithm) => {
                write!(
                    f,
                    "l'empreinte n'a pas la forme d'un {} ({} octets)",
                    algorithm.name(),
                    algorithm.length()
                )
            }
        }
    }
}

/// Decodes a declaration.
///
/// # Errors
/// [`Fault`], which says why nothing can be compared with it.
pub fn declared(algorithm: Option<&str>, text: Option<&str>) -> Result<Declared, Fault> {
    let compact: String = text.unwrap_or_default().split_whitespace().collect();
    if compact.is_empty() {
        return Err(Fault::Missing);
    }
    let spelling = algorithm.unwrap_or_default();
    let algorithm = Algorithm::from_spelling(spelling)
        .ok_or_else(|| Fault::UnknownAlgorithm(spelling.chars().take(60).collect()))?;
    let length = algorithm.length();
    let hexadecimal = |text: &[u8]| (text.len() == 2 * length).then(|| hex::decode(text).ok()).flatten();
    let value = hexadecimal(compact.as_bytes()).or_else(|| {
        let engine = &base64::engine::general_purpose::STANDARD;
        let bytes = engine.decode(&compact).ok()?;
        if bytes.len() == length { Some(bytes) } else { hexadecimal(&bytes) }
    });
    value.map(|value| Declared { algorithm, value }).ok_or(Fault::Garbled(algorithm))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_known() {
        for (spelling, algorithm) in [
            ("SHA-512", Algorithm::Sha512),
            ("sha512", Algorithm::Sha512),
            ("SHA-256", Algorithm::Sha256),
            ("MD5", Algorithm::Md5),
            ("md5", Algorithm::Md5),
            ("http://www.w3.org/2001/04/xmlenc#sha256", Algorithm::Sha256),
            ("http://www.w3.org/2001/04/xmldsig-more#sha384", Algorithm::Sha384),
            ("http://www.w3.org/2000/09/xmldsig#sha1", Algorithm::Sha1),
            ("urn:oid:sha-512", Algorithm::Sha512),
        ] {
            assert_eq!(Algorithm::from_spelling(spelling), Some(algorithm), "{spelling}");
        }
        assert_eq!(Algorithm::from_spelling("CRC32"), None);
    }

    #[test]
    fn every_encoding_is_decoded() {
        let digest = [0xab; 32];
        let engine = &base64::engine::general_purpose::STANDARD;
        let hexadecimal = hex::encode(digest);
        for text in [
            hexadecimal.clone(),
            hexadecimal.to_uppercase(),
            engine.encode(digest),
            engine.encode(&hexadecimal),
        ] {
            assert_eq!(
                declared(Some("SHA-256"), Some(&text)).map(|d| d.value),
                Ok(digest.to_vec()),
                "{text}"
            );
        }
        assert_eq!(declared(Some("SHA-512"), Some(&hexadecimal)), Err(Fault::Garbled(Algorithm::Sha512)));
        assert_eq!(declared(Some("SHA-512"), Some("")), Err(Fault::Missing));
        assert!(matches!(declared(Some("x"), Some("00")), Err(Fault::UnknownAlgorithm(_))));
    }
}
