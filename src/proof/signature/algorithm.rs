//! Digests and signature algorithms, by their object identifiers and by their addresses in XML, and what verifies them.
//!
//! Never takes an algorithm for another: one that is not known here has no value.

use openssl::bn::BigNum;
use openssl::ecdsa::EcdsaSig;
use openssl::hash::{Hasher, MessageDigest, hash};
use openssl::md::Md;
use openssl::pkey::{Id, PKey, Public};
use openssl::pkey_ctx::PkeyCtx;
use openssl::rsa::Padding;
use openssl::sign::{RsaPssSaltlen, Verifier};

use crate::proof::token::der::{Reader, oid_text, tag};

/// MGF1.
const MASK_BY_DIGEST: &str = "1.2.840.113549.1.1.8";

/// A digest algorithm met in signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Digest {
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

use Digest::{Md5, Sha1, Sha224, Sha256, Sha384, Sha512};

impl Digest {
    /// Its usual name.
    pub fn name(self) -> &'static str {
        match self {
            Md5 => "MD5",
            Sha1 => "SHA-1",
            Sha224 => "SHA-224",
            Sha256 => "SHA-256",
            Sha384 => "SHA-384",
            Sha512 => "SHA-512",
        }
    }

    /// Collisions are made at will: what is signed may be another document.
    pub fn is_weak(self) -> bool {
        matches!(self, Md5 | Sha1)
    }

    /// By its object identifier.
    pub fn by_oid(oid: &str) -> Option<Self> {
        Some(match oid {
            "1.2.840.113549.2.5" => Md5,
            "1.3.14.3.2.26" => Sha1,
            "2.16.840.1.101.3.4.2.4" => Sha224,
            "2.16.840.1.101.3.4.2.1" => Sha256,
            "2.16.840.1.101.3.4.2.2" => Sha384,
            "2.16.840.1.101.3.4.2.3" => Sha512,
            _ => return None,
        })
    }

    /// By its address (XML-DSig 1.1, RFC 9231).
    pub fn by_uri(uri: &str) -> Option<Self> {
        Some(match uri {
            "http://www.w3.org/2001/04/xmldsig-more#md5" => Md5,
            "http://www.w3.org/2000/09/xmldsig#sha1" => Sha1,
            "http://www.w3.org/2001/04/xmldsig-more#sha224" => Sha224,
            "http://www.w3.org/2001/04/xmlenc#sha256" => Sha256,
            "http://www.w3.org/2001/04/xmldsig-more#sha384" => Sha384,
            "http://www.w3.org/2001/04/xmlenc#sha512" => Sha512,
            _ => return None,
        })
    }

    pub(super) fn openssl(self) -> MessageDigest {
        match self {
            Md5 => MessageDigest::md5(),
            Sha1 => MessageDigest::sha1(),
            Sha224 => MessageDigest::sha224(),
            Sha256 => MessageDigest::sha256(),
            Sha384 => MessageDigest::sha384(),
            Sha512 => MessageDigest::sha512(),
        }
    }

    fn md(self) -> &'static openssl::md::MdRef {
        match self {
            Md5 => Md::md5(),
            Sha1 => Md::sha1(),
            Sha224 => Md::sha224(),
            Sha256 => Md::sha256(),
            Sha384 => Md::sha384(),
            Sha512 => Md::sha512(),
        }
    }

    /// Of these bytes; `None` when the library has not the algorithm.
    pub fn of(self, bytes: &[u8]) -> Option<Vec<u8>> {
        hash(self.openssl(), bytes).ok().map(|digest| digest.to_vec())
    }

    /// Of bytes that come in pieces.
    pub fn hasher(self) -> Option<Hasher> {
        Hasher::new(self.openssl()).ok()
    }
}

/// How a signature value is made of a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    Pkcs1,
    Pss { mask: Digest },
    Ecdsa,
    Dsa,
    Ed25519,
}

/// A signature algorithm and its digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Algorithm {
    pub scheme: Scheme,
    pub digest: Digest,
}

impl Algorithm {
    /// Of a SignerInfo: its signatureAlgorithm (RFC 5754, 4056, 8419), and the digest that it names beside.
    pub fn of_cms(identifier: &[u8], beside: Digest) -> Option<Self> {
        let mut parts = Reader::new(identifier);
        let oid = parts.expect(tag::OID).and_then(oid_text)?;
        let (scheme, digest) = match oid.as_str() {
            "1.2.840.113549.1.1.1" => (Scheme::Pkcs1, beside),
            "1.2.840.113549.1.1.4" => (Scheme::Pkcs1, Md5),
            "1.2.840.113549.1.1.5" => (Scheme::Pkcs1, Sha1),
            "1.2.840.113549.1.1.14" => (Scheme::Pkcs1, Sha224),
            "1.2.840.113549.1.1.11" => (Scheme::Pkcs1, Sha256),
            "1.2.840.113549.1.1.12" => (Scheme::Pkcs1, Sha384),
            "1.2.840.113549.1.1.13" => (Scheme::Pkcs1, Sha512),
            "1.2.840.113549.1.1.10" => pss(parts.expect(tag::SEQUENCE)?)?,
            "1.2.840.10045.2.1" => (Scheme::Ecdsa, beside),
            "1.2.840.10045.4.1" => (Scheme::Ecdsa, Sha1),
            "1.2.840.10045.4.3.1" => (Scheme::Ecdsa, Sha224),
            "1.2.840.10045.4.3.2" => (Scheme::Ecdsa, Sha256),
            "1.2.840.10045.4.3.3" => (Scheme::Ecdsa, Sha384),
            "1.2.840.10045.4.3.4" => (Scheme::Ecdsa, Sha512),
            "1.2.840.10040.4.1" => (Scheme::Dsa, beside),
            "1.2.840.10040.4.3" => (Scheme::Dsa, Sha1),
            "2.16.840.1.101.3.4.3.2" => (Scheme::Dsa, Sha256),
            "1.3.101.112" => (Scheme::Ed25519, Sha512),
            _ => return None,
        };
        Some(Self { scheme, digest })
    }

    /// By its address (XML-DSig 1.1, RFC 9231).
    pub fn by_uri(uri: &str) -> Option<Self> {
        const MORE: &str = "http://www.w3.org/2001/04/xmldsig-more#";
        const LATER: &str = "http://www.w3.org/2007/05/xmldsig-more#";
        let hash = |name: &str| {
            [Md5, Sha1, Sha224, Sha256, Sha384, Sha512]
                .into_iter()
                .find(|digest| digest.name().replace('-', "").eq_ignore_ascii_case(name))
        };
        let (scheme, digest) = if uri == "http://www.w3.org/2000/09/xmldsig#rsa-sha1" {
            (Scheme::Pkcs1, Sha1)
        } else if uri == "http://www.w3.org/2000/09/xmldsig#dsa-sha1" {
            (Scheme::Dsa, Sha1)
        } else if uri == "http://www.w3.org/2009/xmldsig11#dsa-sha256" {
            (Scheme::Dsa, Sha256)
        } else if uri == "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519" {
            (Scheme::Ed25519, Sha512)
        } else if let Some(name) = uri.strip_prefix(MORE).and_then(|name| name.strip_prefix("rsa-")) {
            (Scheme::Pkcs1, hash(name)?)
        } else if let Some(name) = uri.strip_prefix(MORE).and_then(|name| name.strip_prefix("ecdsa-")) {
            (Scheme::Ecdsa, hash(name)?)
        } else {
            let digest = hash(uri.strip_prefix(LATER)?.strip_suffix("-rsa-MGF1")?)?;
            (Scheme::Pss { mask: digest }, digest)
        };
        Some(Self { scheme, digest })
    }

    /// `RSA-PSS, SHA-256`.
    pub fn name(self) -> String {
        let scheme = match self.scheme {
            Scheme::Pkcs1 => "RSA",
            Scheme::Pss { .. } => "RSA-PSS",
            Scheme::Ecdsa => "ECDSA",
            Scheme::Dsa => "DSA",
            Scheme::Ed25519 => return "Ed25519".to_owned(),
        };
        format!("{scheme}, {}", self.digest.name())
    }

    /// Whether the key made this value of these bytes.
    pub fn holds(self, key: &PKey<Public>, bytes: &[u8], value: &[u8]) -> bool {
        if self.scheme == Scheme::Ed25519 {
            let verifier =
                (key.id() == Id::ED25519).then(|| Verifier::new_without_digest(key).ok()).flatten();
            return verifier.and_then(|mut verifier| verifier.verify_oneshot(value, bytes).ok())
                == Some(true);
        }
        self.digest.of(bytes).is_some_and(|digest| self.holds_digest(key, &digest, value))
    }

    /// Whether the key made this value of this digest.
    pub fn holds_digest(self, key: &PKey<Public>, digest: &[u8], value: &[u8]) -> bool {
        let is_kind = match self.scheme {
            Scheme::Pkcs1 => key.id() == Id::RSA,
            Scheme::Pss { .. } => matches!(key.id(), Id::RSA | Id::RSA_PSS),
            Scheme::Ecdsa => key.id() == Id::EC,
            Scheme::Dsa => key.id() == Id::DSA,
            Scheme::Ed25519 => false,
        };
        is_kind && self.context(key).and_then(|mut context| context.verify(digest, value).ok()) == Some(true)
    }

    fn context(self, key: &PKey<Public>) -> Option<PkeyCtx<Public>> {
        let mut context = PkeyCtx::new(key).ok()?;
        context.verify_init().ok()?;
        match self.scheme {
            Scheme::Pkcs1 => context.set_rsa_padding(Padding::PKCS1).ok()?,
            Scheme::Pss { mask } => {
                context.set_rsa_padding(Padding::PKCS1_PSS).ok()?;
                context.set_signature_md(self.digest.md()).ok()?;
                context.set_rsa_mgf1_md(mask.md()).ok()?;
                // Whatever length it was made with, as long as it is there.
                context.set_rsa_pss_saltlen(RsaPssSaltlen::MAXIMUM_LENGTH).ok()?;
                return Some(context);
            }
            Scheme::Ecdsa | Scheme::Dsa | Scheme::Ed25519 => {}
        }
        context.set_signature_md(self.digest.md()).ok()?;
        Some(context)
    }

    /// The digest that an RSA signature was made of: what signs no attribute says it nowhere else.
    pub fn recover(self, key: &PKey<Public>, value: &[u8]) -> Option<Vec<u8>> {
        if self.scheme != Scheme::Pkcs1 || key.id() != Id::RSA {
            return None;
        }
        let mut context = PkeyCtx::new(key).ok()?;
        context.verify_recover_init().ok()?;
        context.set_rsa_padding(Padding::PKCS1).ok()?;
        context.set_signature_md(self.digest.md()).ok()?;
        let mut digest = vec![0; key.size()];
        let length = context.verify_recover(value, Some(&mut digest)).ok()?;
        digest.truncate(length);
        Some(digest)
    }

    /// A value as XML writes it (r and s side by side, XML-DSig 6.4.3) as the library reads it.
    pub fn value_in_xml(self, value: &[u8]) -> Option<Vec<u8>> {
        match self.scheme {
            Scheme::Ecdsa if value.len().is_multiple_of(2) => {
                let (r, s) = value.split_at(value.len() / 2);
                let number = |bytes| BigNum::from_slice(bytes).ok();
                EcdsaSig::from_private_components(number(r)?, number(s)?).ok()?.to_der().ok()
            }
            Scheme::Ecdsa | Scheme::Dsa => None,
            _ => Some(value.to_vec()),
        }
    }
}

/// RSASSA-PSS-params (RFC 4055): digest, mask, length of the salt; each has a default.
fn pss(parameters: &[u8]) -> Option<(Scheme, Digest)> {
    let mut parts = Reader::new(parameters);
    let named = |identifier: &[u8]| {
        let mut parts = Reader::new(Reader::new(identifier).expect(tag::SEQUENCE)?);
        Some((parts.expect(tag::OID).and_then(oid_text)?, parts.whole().map(<[u8]>::to_vec)))
    };
    let digest = match parts.expect(tag::CONTEXT_0) {
        Some(identifier) => Digest::by_oid(&named(identifier)?.0)?,
        None => Sha1,
    };
    let mask = match parts.expect(tag::CONTEXT_1) {
        Some(identifier) => {
            let (oid, inner) = named(identifier)?;
            if oid != MASK_BY_DIGEST {
                return None;
            }
            Digest::by_oid(&named(&inner?)?.0)?
        }
        None => Sha1,
    };
    Some((Scheme::Pss { mask }, digest))
}
