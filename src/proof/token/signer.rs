//! Who signed a token: the certificate, and the signed attribute that names it (RFC 2634 and RFC 5035, asked for by RFC 3161).
//!
//! Without that attribute another certificate of the same key and number could be put in its place, with other dates.

use openssl::asn1::Asn1Object;
use openssl::hash::MessageDigest;
use openssl::pkcs7::{Pkcs7, Pkcs7Flags};
use openssl::stack::Stack;
use openssl::x509::{X509, X509Ref};

use super::der::{Reader, oid_text, tag};
use super::signed_data;

/// By SHA-1.
const SIGNING_CERTIFICATE: &str = "1.2.840.113549.1.9.16.2.12";
/// By an algorithm that it names.
const SIGNING_CERTIFICATE_V2: &str = "1.2.840.113549.1.9.16.2.47";

/// The certificate that the token says it was signed with, among those it brings.
pub(super) fn certificate(token: &[u8]) -> Option<X509> {
    let signed = Pkcs7::from_der(token).ok()?;
    let none = Stack::new().ok()?;
    let signers = signed.signers(&none, Pkcs7Flags::empty()).ok()?;
    signers.iter().next().map(X509Ref::to_owned)
}

/// Whether each attribute that names the signer's certificate names this one, and there is one.
pub(super) fn is_named(token: &[u8], certificate: &X509Ref) -> Result<(), &'static str> {
    let mut attributes = Reader::new(attributes(token).ok_or("attributs signés illisibles, ou absents")?);
    let mut found = [0, 0];
    while let Some(attribute) = attributes.expect(tag::SEQUENCE) {
        let mut attribute = Reader::new(attribute);
        let kind = attribute.expect(tag::OID).and_then(oid_text).unwrap_or_default();
        let version = [SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2].iter().position(|known| *known == kind);
        let Some(version) = version else { continue };
        found[version] += 1;
        let names = attribute.expect(tag::SET).and_then(|values| names(values, version == 1, certificate));
        if !names.ok_or("l'attribut est illisible")? {
            return Err("c'en est un autre");
        }
    }
    match found {
        [0, 0] => Err("l'attribut manque"),
        [0 | 1, 0 | 1] => Ok(()),
        _ => Err("l'attribut est répété"),
    }
}

/// The signed attributes of the token's only signer.
fn attributes(token: &[u8]) -> Option<&[u8]> {
    let mut signed = signed_data(token)?;
    signed.expect(tag::SET)?;
    signed.expect(tag::SEQUENCE)?;
    // Certificates and revocations.
    signed.expect(tag::CONTEXT_0);
    signed.expect(tag::CONTEXT_1);
    let mut signers = Reader::new(signed.expect(tag::SET)?);
    let mut signer = Reader::new(signers.expect(tag::SEQUENCE)?);
    if signers.next().is_some() {
        return None;
    }
    signer.expect(tag::INTEGER)?;
    signer.next()?;
    signer.expect(tag::SEQUENCE)?;
    signer.expect(tag::CONTEXT_0)
}

/// Whether the first certificate named by an attribute's only value is this one; those after it may name those above it.
fn names(values: &[u8], is_v2: bool, certificate: &X509Ref) -> Option<bool> {
    let mut values = Reader::new(values);
    let mut parts = Reader::new(values.expect(tag::SEQUENCE)?);
    if values.next().is_some() {
        return None;
    }
    let mut first = Reader::new(Reader::new(parts.expect(tag::SEQUENCE)?).expect(tag::SEQUENCE)?);
    let with = match first.expect(tag::SEQUENCE) {
        Some(algorithm) if is_v2 => {
            let oid = oid_text(Reader::new(algorithm).expect(tag::OID)?)?;
            MessageDigest::from_nid(Asn1Object::from_str(&oid).ok()?.nid())?
        }
        Some(_) => return None,
        None if is_v2 => MessageDigest::sha256(),
        None => MessageDigest::sha1(),
    };
    let digest = first.expect(tag::OCTET_STRING)?;
    Some(certificate.digest(with).ok()?.as_ref() == digest)
}
