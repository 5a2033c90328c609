//! From what was found of a signature to what it is worth (EN 319 102-1, 5.6 in short): its own bytes first, then its
//! certificate at the earliest moment that somebody vouches for, or today.

use std::rc::Rc;

use chrono::{DateTime, Utc};
use openssl::x509::{X509, X509Crl};

use super::algorithm::Algorithm;
use super::trust::{signer, standing};
use super::{Digest, Judging};
use crate::model::signature::{Form, Indication, Proven, Reason, Revocation, Signature};
use crate::proof::token;

/// RSA keys below this are broken by those who mean it.
const RSA_BITS_MIN: u32 = 1536;
/// Remarks kept.
const REMARKS_MAX: usize = 10;

/// A signature taken apart and its bytes checked; nobody has been trusted yet.
pub(super) struct Checked {
    pub form: Form,
    /// What is wrong with it whoever signed.
    pub reason: Option<Reason>,
    pub signs: Vec<String>,
    pub certificate: Option<X509>,
    /// What came with it.
    pub beside: Vec<X509>,
    pub lists: Rc<[X509Crl]>,
    pub claimed_at: Option<DateTime<Utc>>,
    pub stamp: Option<Stamp>,
    pub algorithm: Option<Algorithm>,
    /// The weakest digest that it rests on, when it is weak.
    pub weak: Option<Digest>,
    pub role: Option<String>,
    pub policy: Option<String>,
    pub remarks: Vec<String>,
}

/// A time stamp of the signature.
pub(super) enum Stamp {
    /// A token, and the bytes that it must be of.
    Token { token: Vec<u8>, of: Vec<u8> },
    /// One over more than the signature, found good.
    Good(token::Stamp),
}

impl Checked {
    /// Of a form; everything else is to be found.
    pub fn of(form: Form) -> Self {
        Self {
            form,
            reason: None,
            signs: Vec::new(),
            certificate: None,
            beside: Vec::new(),
            lists: Rc::default(),
            claimed_at: None,
            stamp: None,
            algorithm: None,
            weak: None,
            role: None,
            policy: None,
            remarks: Vec::new(),
        }
    }

    /// The first thing wrong is the one told.
    pub fn wrong(&mut self, reason: Reason) {
        self.reason.get_or_insert(reason);
    }

    /// A digest that it rests on.
    pub fn rests_on(&mut self, digest: Digest) {
        if digest.is_weak() {
            self.weak = Some(digest);
        }
    }

    /// The certificate that it names must be the one it is verified with.
    pub fn must_be(&mut self, named: Option<&(Digest, Vec<u8>)>) {
        let (Some((digest, value)), Some(certificate)) = (named, &self.certificate) else { return };
        let is_it = certificate.digest(digest.openssl()).is_ok_and(|got| got.as_ref() == value.as_slice());
        if !is_it {
            self.wrong(Reason::SigConstraintsFailure);
        }
    }
}

/// What a signature is worth.
pub(super) fn judge(file: &str, mut checked: Checked, judging: Judging<'_>) -> Signature {
    let Judging { anchors, now } = judging;
    let proven = proven(&mut checked, judging);
    let mut revocation = Revocation::NotChecked;
    if checked.certificate.is_none() {
        checked.wrong(Reason::NoSigningCertificateFound);
    }
    if let Some(digest) = checked.weak {
        checked.wrong(Reason::CryptoConstraintsFailure);
        checked.remarks.push(format!("elle repose sur {}, qui n'est plus sûr", digest.name()));
    }
    if let Some(certificate) = &checked.certificate {
        let bits = certificate.public_key().ok().and_then(|key| key.rsa().ok().map(|_| key.bits()));
        let at = proven.as_ref().map_or(now, |proven| proven.at);
        let standing = standing(certificate, (&checked.beside, &checked.lists), anchors, at);
        revocation = standing.revocation;
        checked.remarks.extend(standing.said.map(|said| format!("chaîne du certificat : {said}")));
        if bits.is_some_and(|bits| bits < RSA_BITS_MIN) {
            checked.wrong(Reason::CryptoConstraintsFailure);
        }
        if let Some(reason) = standing.reason {
            checked.wrong(reason);
        }
    }
    checked.remarks.truncate(REMARKS_MAX);
    Signature {
        file: file.to_owned(),
        form: checked.form,
        indication: checked.reason.map_or(Indication::Passed, Reason::indication),
        reason: checked.reason,
        signs: checked.signs,
        signer: checked.certificate.as_ref().map(|certificate| signer(certificate)),
        claimed_at: checked.claimed_at,
        proven,
        algorithm: checked.algorithm.map(Algorithm::name),
        role: checked.role,
        policy: checked.policy,
        revocation,
        remarks: checked.remarks,
    }
}

/// What its time stamp proves: nothing, unless it is of this signature and by an authority that is trusted.
fn proven(checked: &mut Checked, judging: Judging<'_>) -> Option<Proven> {
    let verified = match checked.stamp.take()? {
        Stamp::Good(stamp) => Ok(stamp),
        Stamp::Token { token, of } => token::verify(&token, &of, &judging.anchors.above_token(&token)),
    };
    match verified {
        Ok(stamp) if stamp.at <= judging.now => Some(Proven { at: stamp.at, authority: stamp.authority }),
        Ok(_) => {
            checked.remarks.push("son horodatage est dans l'avenir : il ne prouve rien".to_owned());
            None
        }
        Err(error) => {
            checked.remarks.push(format!("son horodatage ne prouve rien : {error}"));
            None
        }
    }
}
