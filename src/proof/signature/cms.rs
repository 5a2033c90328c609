//! A CMS SignedData (RFC 5652) taken apart: its content, its certificates and lists, its signers and their attributes.
//!
//! Never verifies. What is written with indefinite lengths is written again as DER first.

use std::rc::Rc;

use chrono::{DateTime, NaiveDateTime, Utc};
use openssl::cms::CmsContentInfo;
use openssl::x509::{X509, X509Crl, X509Ref};

use super::algorithm::{Algorithm, Digest};
use crate::proof::token::der::{Reader, oid_text, tag, write};

const SIGNED_DATA: &str = "1.2.840.113549.1.7.2";
const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
const SIGNING_TIME: &str = "1.2.840.113549.1.9.5";
const SIGNING_CERTIFICATE: &str = "1.2.840.113549.1.9.16.2.12";
const SIGNING_CERTIFICATE_V2: &str = "1.2.840.113549.1.9.16.2.47";
const SIGNATURE_TIME_STAMP: &str = "1.2.840.113549.1.9.16.2.14";
const SIGNATURE_POLICY: &str = "1.2.840.113549.1.9.16.2.15";
/// `[0]`, primitive: a subject key identifier.
const KEY_IDENTIFIER: u8 = 0x80;
const UTC_TIME: u8 = 0x17;
/// Certificates, lists and signers read of one SignedData, at most of each.
const PARTS_MAX: usize = 64;

/// What is signed and by whom.
pub(super) struct SignedData {
    /// When it is inside.
    pub content: Option<Vec<u8>>,
    pub certificates: Vec<X509>,
    pub lists: Rc<[X509Crl]>,
    pub signers: Vec<SignerInfo>,
}

/// One signer.
pub(super) struct SignerInfo {
    identifier: Identifier,
    pub digest: Option<Digest>,
    pub algorithm: Option<Algorithm>,
    /// The attributes as they are signed; `None`: the content itself is.
    pub attributes: Option<Attributes>,
    pub value: Vec<u8>,
    /// A token over the value.
    pub stamp: Option<Vec<u8>>,
}

enum Identifier {
    /// DER of the issuer's name, and a number.
    Issuer(Vec<u8>, Vec<u8>),
    Key(Vec<u8>),
}

/// What a signer signs beside the content's digest.
#[derive(Default)]
pub(super) struct Attributes {
    /// DER of the set: what the value is made of.
    pub signed: Vec<u8>,
    pub message_digest: Option<Vec<u8>>,
    pub signing_time: Option<DateTime<Utc>>,
    /// The first certificate named: its digest.
    pub certificate: Option<(Digest, Vec<u8>)>,
    pub policy: Option<String>,
}

/// Reads one; `None` when it is none.
pub(super) fn read(bytes: &[u8]) -> Option<SignedData> {
    match taken_apart(bytes) {
        Some(signed) => Some(signed),
        None => taken_apart(&CmsContentInfo::from_der(bytes).ok()?.to_der().ok()?),
    }
}

fn taken_apart(bytes: &[u8]) -> Option<SignedData> {
    let mut info = Reader::new(Reader::new(bytes).expect(tag::SEQUENCE)?);
    if oid_text(info.expect(tag::OID)?)? != SIGNED_DATA {
        return None;
    }
    let mut signed = Reader::new(Reader::new(info.expect(tag::CONTEXT_0)?).expect(tag::SEQUENCE)?);
    signed.expect(tag::INTEGER)?;
    signed.expect(tag::SET)?;
    let mut encapsulated = Reader::new(signed.expect(tag::SEQUENCE)?);
    encapsulated.expect(tag::OID)?;
    let content = match encapsulated.expect(tag::CONTEXT_0) {
        None => None,
        // Of PKCS #7 it may be another type, whose content is signed (RFC 5652, 5.2.1).
        Some(content) => Some(Reader::new(content).next()?.1.to_vec()),
    };
    let certificates = elements(signed.expect(tag::CONTEXT_0), |der| X509::from_der(der).ok());
    let lists = elements(signed.expect(tag::CONTEXT_1), |der| X509Crl::from_der(der).ok());
    let mut infos = Reader::new(signed.expect(tag::SET)?);
    let mut signers = Vec::new();
    while let Some(info) = infos.expect(tag::SEQUENCE) {
        if signers.len() < PARTS_MAX {
            signers.push(signer(info)?);
        }
    }
    Some(SignedData { content, certificates, lists: lists.into(), signers })
}

/// The elements of a set that are what `read` reads.
fn elements<T>(set: Option<&[u8]>, read: impl Fn(&[u8]) -> Option<T>) -> Vec<T> {
    let mut set = Reader::new(set.unwrap_or_default());
    std::iter::from_fn(|| set.whole()).take(PARTS_MAX).filter_map(read).collect()
}

fn signer(info: &[u8]) -> Option<SignerInfo> {
    let mut parts = Reader::new(info);
    parts.expect(tag::INTEGER)?;
    let identifier = match parts.next()? {
        (tag::SEQUENCE, named) => {
            let mut named = Reader::new(named);
            Identifier::Issuer(named.whole()?.to_vec(), named.expect(tag::INTEGER)?.to_vec())
        }
        (KEY_IDENTIFIER, key) => Identifier::Key(key.to_vec()),
        _ => return None,
    };
    let digest = oid_text(Reader::new(parts.expect(tag::SEQUENCE)?).expect(tag::OID)?)?;
    let attributes = match parts.expect(tag::CONTEXT_0) {
        None => None,
        Some(signed) => Some(attributes(signed)?),
    };
    let algorithm = parts.expect(tag::SEQUENCE)?;
    let value = parts.expect(tag::OCTET_STRING)?.to_vec();
    let stamp = parts.expect(tag::CONTEXT_1).and_then(|unsigned| {
        let (_, values) = each(unsigned).find(|(kind, _)| kind == SIGNATURE_TIME_STAMP)?;
        Reader::new(values).whole().map(<[u8]>::to_vec)
    });
    let digest = Digest::by_oid(&digest);
    let algorithm = digest.and_then(|digest| Algorithm::of_cms(algorithm, digest));
    Some(SignerInfo { identifier, digest, algorithm, attributes, value, stamp })
}

/// Kinds of attributes and the values of each.
fn each(attributes: &[u8]) -> impl Iterator<Item = (String, &[u8])> {
    let mut attributes = Reader::new(attributes);
    std::iter::from_fn(move || {
        let mut attribute = Reader::new(attributes.expect(tag::SEQUENCE)?);
        let kind = attribute.expect(tag::OID).and_then(oid_text)?;
        Some((kind, attribute.expect(tag::SET)?))
    })
    .take(PARTS_MAX)
}

fn attributes(signed: &[u8]) -> Option<Attributes> {
    let mut read = Attributes { signed: write(tag::SET, signed), ..Attributes::default() };
    for (kind, values) in each(signed) {
        let mut values = Reader::new(values);
        match kind.as_str() {
            // Each exactly once (RFC 5652, 11.2): which one would count?
            MESSAGE_DIGEST if read.message_digest.is_some() => return None,
            MESSAGE_DIGEST => read.message_digest = Some(values.expect(tag::OCTET_STRING)?.to_vec()),
            SIGNING_TIME => read.signing_time = values.next().and_then(|(tag, time)| moment(tag, time)),
            SIGNING_CERTIFICATE if read.certificate.is_none() => {
                read.certificate = certificate_named(values.expect(tag::SEQUENCE)?, Digest::Sha1);
            }
            SIGNING_CERTIFICATE_V2 => {
                read.certificate = certificate_named(values.expect(tag::SEQUENCE)?, Digest::Sha256);
            }
            SIGNATURE_POLICY => {
                read.policy = values
                    .expect(tag::SEQUENCE)
                    .and_then(|policy| Reader::new(policy).expect(tag::OID).and_then(oid_text));
            }
            _ => {}
        }
    }
    Some(read)
}

/// The digest of the first certificate that an attribute names (RFC 5035); `unsaid` is the algorithm when it says none.
fn certificate_named(attribute: &[u8], unsaid: Digest) -> Option<(Digest, Vec<u8>)> {
    let mut first =
        Reader::new(Reader::new(Reader::new(attribute).expect(tag::SEQUENCE)?).expect(tag::SEQUENCE)?);
    let digest = match first.expect(tag::SEQUENCE) {
        Some(algorithm) => Digest::by_oid(&oid_text(Reader::new(algorithm).expect(tag::OID)?)?)?,
        None => unsaid,
    };
    Some((digest, first.expect(tag::OCTET_STRING)?.to_vec()))
}

/// A UTCTime or a GeneralizedTime; the years of the first are those of RFC 5280 (1950 to 2049).
fn moment(tag: u8, content: &[u8]) -> Option<DateTime<Utc>> {
    let text = std::str::from_utf8(content).ok()?.strip_suffix('Z')?;
    let text = match tag {
        tag::GENERALIZED_TIME => text.to_owned(),
        UTC_TIME => {
            let year: u32 = text.get(..2)?.parse().ok()?;
            format!("{}{text}", if year < 50 { "20" } else { "19" })
        }
        _ => return None,
    };
    NaiveDateTime::parse_from_str(&text, "%Y%m%d%H%M%S%.f").ok().map(|time| time.and_utc())
}

impl SignerInfo {
    /// Its certificate, among those at hand.
    pub fn certificate<'a>(&self, among: &'a [X509]) -> Option<&'a X509> {
        among.iter().find(|certificate| self.is(certificate) == Some(true))
    }

    fn is(&self, certificate: &X509Ref) -> Option<bool> {
        Some(match &self.identifier {
            Identifier::Issuer(name, number) => {
                let serial = certificate.serial_number().to_bn().ok()?.to_vec();
                let zeros = number.iter().take_while(|byte| **byte == 0).count();
                certificate.issuer_name().to_der().ok()? == *name && serial == number[zeros..]
            }
            Identifier::Key(key) => certificate.subject_key_id()?.as_slice() == key,
        })
    }
}

/// Bytes of the element that these begin with: what follows is filling.
pub(super) fn length(bytes: &[u8]) -> Option<usize> {
    Reader::new(bytes).whole().map(<[u8]>::len)
}
