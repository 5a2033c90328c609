//! CAdES and other CMS signatures: around what they sign, or beside it.

use std::io;
use std::rc::Rc;

use super::algorithm::Algorithm;
use super::cms::{self, SignedData, SignerInfo};
use super::judge::{Checked, Stamp};
use super::{Beside, Digest, SIGNATURES_MAX, Wanted};
use crate::model::signature::{Form, Reason};

const PEM_BEGINS: &[u8] = b"-----BEGIN ";

/// Every signer of a file that is a CMS.
pub(super) fn check(bytes: &[u8], beside: &mut dyn Beside) -> io::Result<Vec<Checked>> {
    let der = unwrapped(bytes);
    let Some(signed) = cms::read(der.as_deref().unwrap_or(bytes)) else {
        return Ok(vec![unreadable(Form::Cms)]);
    };
    let mut checked = Vec::new();
    for signer in signed.signers.iter().take(SIGNATURES_MAX) {
        checked.push(match &signed.content {
            Some(content) => {
                let mut checked = verified(&signed, signer, &mut |digest| digest.of(content));
                checked.signs = vec!["ce qu'elle contient".to_owned()];
                checked
            }
            None => detached(&signed, signer, beside)?,
        });
    }
    Ok(checked)
}

/// What says that it is a signature and cannot be read as one.
pub(super) fn unreadable(form: Form) -> Checked {
    let mut checked = Checked::of(form);
    checked.wrong(Reason::FormatFailure);
    checked
}

/// DER in PEM.
fn unwrapped(bytes: &[u8]) -> Option<Vec<u8>> {
    use base64::Engine;
    let text =
        std::str::from_utf8(bytes.trim_ascii_start().starts_with(PEM_BEGINS).then_some(bytes)?).ok()?;
    let lines = text.lines().map(str::trim).skip_while(|line| !line.starts_with("-----BEGIN ")).skip(1);
    let body: String = lines.take_while(|line| !line.starts_with("-----")).collect();
    base64::engine::general_purpose::STANDARD.decode(body).ok()
}

/// A signer's value and digest checked, `digest_of` what is signed.
pub(super) fn verified(
    signed: &SignedData,
    signer: &SignerInfo,
    digest_of: &mut dyn FnMut(Digest) -> Option<Vec<u8>>,
) -> Checked {
    let mut checked = begun(signed, signer);
    let (Some(digest), Some(algorithm)) = (signer.digest, signer.algorithm) else { return checked };
    match &signer.attributes {
        Some(attributes) => {
            // Whoever changes the content leaves the value good and the digest wrong: the value is checked first.
            value(&mut checked, signer, algorithm, &attributes.signed);
            if attributes.message_digest.is_none() {
                checked.wrong(Reason::FormatFailure);
            } else {
                match digest_of(digest) {
                    None => checked.wrong(Reason::Unsupported),
                    got if got == attributes.message_digest => {}
                    Some(_) => checked.wrong(Reason::HashFailure),
                }
            }
        }
        None => {
            let got = digest_of(algorithm.digest);
            let key = checked.certificate.as_ref().and_then(|certificate| certificate.public_key().ok());
            if let (Some(key), Some(got)) = (key, got)
                && !algorithm.holds_digest(&key, &got, &signer.value)
            {
                // Another digest in a value that this key made: the content has changed.
                let reason = algorithm.recover(&key, &signer.value).map(|_| Reason::HashFailure);
                checked.wrong(reason.unwrap_or(Reason::SigCryptoFailure));
            }
        }
    }
    checked.must_be(signer.attributes.as_ref().and_then(|attributes| attributes.certificate.as_ref()));
    checked
}

fn detached(signed: &SignedData, signer: &SignerInfo, beside: &mut dyn Beside) -> io::Result<Checked> {
    let mut checked = begun(signed, signer);
    let (Some(digest), Some(algorithm)) = (signer.digest, signer.algorithm) else { return Ok(checked) };
    let wanted = match &signer.attributes {
        Some(attributes) => {
            value(&mut checked, signer, algorithm, &attributes.signed);
            if attributes.message_digest.is_none() {
                checked.wrong(Reason::FormatFailure);
            }
            attributes.message_digest.clone().map(|value| Wanted { digest, value })
        }
        None => {
            let key = checked.certificate.as_ref().and_then(|certificate| certificate.public_key().ok());
            let recovered = key.and_then(|key| algorithm.recover(&key, &signer.value));
            recovered.map(|value| Wanted { digest: algorithm.digest, value })
        }
    };
    let found = match wanted {
        Some(wanted) => beside.find(&wanted, None)?,
        None => None,
    };
    match found {
        Some(file) => checked.signs = vec![file],
        None => checked.wrong(Reason::SignedDataNotFound),
    }
    checked.must_be(signer.attributes.as_ref().and_then(|attributes| attributes.certificate.as_ref()));
    Ok(checked)
}

fn value(checked: &mut Checked, signer: &SignerInfo, algorithm: Algorithm, bytes: &[u8]) {
    let Some(certificate) = &checked.certificate else { return };
    if !certificate.public_key().is_ok_and(|key| algorithm.holds(&key, bytes, &signer.value)) {
        checked.wrong(Reason::SigCryptoFailure);
    }
}

/// What a signer says, before anything is verified.
fn begun(signed: &SignedData, signer: &SignerInfo) -> Checked {
    let attributes = signer.attributes.as_ref();
    let named = attributes.and_then(|attributes| attributes.certificate.as_ref());
    let mut checked = Checked::of(if named.is_some() { Form::CAdES } else { Form::Cms });
    checked.certificate = signer.certificate(&signed.certificates).cloned();
    checked.beside = signed.certificates.clone();
    checked.lists = Rc::clone(&signed.lists);
    checked.claimed_at = attributes.and_then(|attributes| attributes.signing_time);
    checked.policy = attributes.and_then(|attributes| attributes.policy.clone());
    checked.algorithm = signer.algorithm;
    checked.stamp = signer.stamp.clone().map(|token| Stamp::Token { token, of: signer.value.clone() });
    match (signer.digest, signer.algorithm) {
        (Some(digest), Some(algorithm)) => {
            checked.rests_on(digest);
            checked.rests_on(algorithm.digest);
        }
        _ => checked.wrong(Reason::Unsupported),
    }
    checked
}
