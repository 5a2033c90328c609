//! Whom the service trusts to say who somebody is, and what a certificate says of its holder.
//!
//! Trusted certificates may be roots or the authorities that issue to people, as trusted lists name them. Never goes to
//! the network: lists of revocation are those at hand.

use std::collections::{HashMap, HashSet};
use std::fmt;

use chrono::{DateTime, Utc};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::stack::Stack;
use openssl::x509::store::X509StoreBuilder;
use openssl::x509::verify::{X509VerifyFlags, X509VerifyParam};
use openssl::x509::{CrlStatus, X509, X509Crl, X509NameRef, X509Ref, X509StoreContext};

use super::cms;
use crate::model::signature::{Reason, Revocation, Signer};
use crate::proof::token::moment;

/// `organizationIdentifier` (X.520).
const ORGANISATION_IDENTIFIER: &str = "2.5.4.97";
/// Characters kept of what a certificate says.
const TEXT_MAX: usize = 200;
/// X509_V_ERR_…: the chain leads to nobody trusted.
const UNKNOWN_ISSUER: [i32; 5] = [2, 18, 19, 20, 21];
/// X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED.
const OUT_OF_DATE: [i32; 2] = [9, 10];

/// Certificates trusted, and lists of those that were revoked.
#[derive(Default)]
pub struct Anchors {
    certificates: Vec<X509>,
    /// By the DER of whom they name.
    by_subject: HashMap<Vec<u8>, Vec<usize>>,
    lists: Vec<X509Crl>,
}

impl Anchors {
    /// Adds what a file holds: certificates or lists, PEM (several) or DER; how many there were.
    pub fn add(&mut self, bytes: &[u8]) -> usize {
        let before = self.certificates.len() + self.lists.len();
        if bytes.trim_ascii_start().starts_with(b"-----BEGIN")
            || bytes.windows(11).any(|at| at == b"-----BEGIN ")
        {
            self.certificates.extend(X509::stack_from_pem(bytes).unwrap_or_default());
            self.lists.extend(X509Crl::from_pem(bytes));
        } else {
            self.certificates.extend(X509::from_der(bytes));
            self.lists.extend(X509Crl::from_der(bytes));
        }
        let known = self.by_subject.values().map(Vec::len).sum();
        for (at, certificate) in self.certificates.iter().enumerate().skip(known) {
            let subject = certificate.subject_name().to_der().unwrap_or_default();
            self.by_subject.entry(subject).or_default().push(at);
        }
        self.certificates.len() + self.lists.len() - before
    }

    /// Those that may stand above these certificates, or are among them: a whole trusted list would be gone through for each
    /// signature.
    pub(super) fn above<'a>(&self, certificates: impl Iterator<Item = &'a X509>) -> Vec<X509> {
        let names = |certificate: &X509Ref| {
            [certificate.subject_name(), certificate.issuer_name()]
                .map(|name| name.to_der().unwrap_or_default())
        };
        let mut wanted: Vec<Vec<u8>> = certificates.flat_map(|one| names(one)).collect();
        let (mut asked, mut found) = (HashSet::new(), Vec::new());
        while let Some(name) = wanted.pop() {
            for &at in self.by_subject.get(&name).into_iter().flatten() {
                if asked.insert(at) {
                    found.push(self.certificates[at].clone());
                    wanted.extend(names(&self.certificates[at]));
                }
            }
        }
        found
    }

    /// Those that may stand above the certificates of a time stamp.
    pub(super) fn above_token(&self, token: &[u8]) -> Vec<X509> {
        let certificates = cms::read(token).map(|signed| signed.certificates).unwrap_or_default();
        self.above(certificates.iter())
    }

    /// Certificates trusted.
    pub fn certificates(&self) -> &[X509] {
        &self.certificates
    }
}

impl fmt::Debug for Anchors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Anchors({} certificates, {} lists)", self.certificates.len(), self.lists.len())
    }
}

/// How a certificate stands at a moment.
pub(super) struct Standing {
    pub reason: Option<Reason>,
    /// What the library said, when the reason does not tell all.
    pub said: Option<String>,
    pub revocation: Revocation,
}

/// How a certificate stood at `at`, with what came beside it; `proven` when somebody vouches for that moment.
pub(super) fn standing(
    certificate: &X509,
    (beside, lists): (&[X509], &[X509Crl]),
    anchors: &Anchors,
    at: DateTime<Utc>,
) -> Standing {
    let failed = |reason, said| Standing { reason: Some(reason), said, revocation: Revocation::NotChecked };
    if certificate.key_usage().is_some_and(|usage| {
        !usage.contains(openssl::x509::X509KeyUsage::DIGITAL_SIGNATURE)
            && !usage.contains(openssl::x509::X509KeyUsage::NON_REPUDIATION)
    }) {
        return failed(Reason::ChainConstraintsFailure, None);
    }
    let chain = match chain(certificate, beside, anchors, at) {
        Ok(Ok(chain)) => chain,
        Ok(Err((code, depth, said))) => {
            let reason = if UNKNOWN_ISSUER.contains(&code) {
                Reason::NoCertificateChainFound
            } else if OUT_OF_DATE.contains(&code) {
                Reason::OutOfBoundsNoPoe
            } else {
                Reason::CertificateChainGeneralFailure
            };
            let is_told = reason != Reason::CertificateChainGeneralFailure && depth == 0;
            return failed(reason, (!is_told && reason != Reason::NoCertificateChainFound).then_some(said));
        }
        Err(error) => return failed(Reason::CertificateChainGeneralFailure, Some(error.to_string())),
    };
    let lists: Vec<&X509Crl> = lists.iter().chain(&anchors.lists).collect();
    let revocation = revocation(&chain, &lists, at);
    let reason = (revocation == Revocation::Revoked).then_some(Reason::RevokedNoPoe);
    Standing { reason, said: None, revocation }
}

type Refused = (i32, u32, String);

/// The certificates up to one that is trusted, or why there are none.
fn chain(
    certificate: &X509,
    beside: &[X509],
    anchors: &Anchors,
    at: DateTime<Utc>,
) -> Result<Result<Vec<X509>, Refused>, openssl::error::ErrorStack> {
    let mut builder = X509StoreBuilder::new()?;
    for trusted in anchors.above(beside.iter().chain([certificate])) {
        builder.add_cert(trusted)?;
    }
    let mut parameters = X509VerifyParam::new()?;
    parameters.set_time(at.timestamp());
    // An authority may be trusted without the one above it.
    parameters.set_flags(X509VerifyFlags::PARTIAL_CHAIN)?;
    builder.set_param(&parameters)?;
    let store = builder.build();
    let mut untrusted = Stack::new()?;
    for one in beside {
        untrusted.push(one.clone())?;
    }
    X509StoreContext::new()?.init(&store, certificate, &untrusted, |context| {
        if context.verify_cert()? {
            let chain = context.chain().map(|chain| chain.iter().map(X509Ref::to_owned).collect());
            return Ok(Ok(chain.unwrap_or_default()));
        }
        let error = context.error();
        Ok(Err((error.as_raw(), context.error_depth(), error.error_string().to_owned())))
    })
}

/// What the lists say of the certificates of a chain, but for the last, which is trusted as it is.
fn revocation(chain: &[X509], lists: &[&X509Crl], at: DateTime<Utc>) -> Revocation {
    let mut worst = Revocation::NotRevoked;
    for pair in chain.windows(2) {
        let [certificate, issuer] = pair else { continue };
        let theirs: Vec<&&X509Crl> = lists.iter().filter(|list| is_by(list, issuer)).collect();
        let revoked = theirs.iter().any(|list| match list.get_by_cert(certificate) {
            CrlStatus::Revoked(revoked) => moment(revoked.revocation_date()).is_none_or(|since| since <= at),
            CrlStatus::NotRevoked | CrlStatus::RemoveFromCrl(_) => false,
        });
        if revoked {
            return Revocation::Revoked;
        }
        if theirs.is_empty() {
            worst = Revocation::NotChecked;
        }
    }
    // A certificate trusted by itself has nobody above it to revoke it.
    if chain.len() < 2 { Revocation::NotChecked } else { worst }
}

fn is_by(list: &X509Crl, issuer: &X509) -> bool {
    let names = (list.issuer_name().to_der().ok(), issuer.subject_name().to_der().ok());
    let signed = || issuer.public_key().and_then(|key| list.verify(&key)).unwrap_or(false);
    names.0.is_some() && names.0 == names.1 && signed()
}

/// What a certificate says of its holder.
pub(super) fn signer(certificate: &X509Ref) -> Signer {
    let subject = certificate.subject_name();
    let sha256 = certificate.digest(MessageDigest::sha256()).map(hex::encode).unwrap_or_default();
    let serial = certificate.serial_number().to_bn().map(|number| hex::encode(number.to_vec()));
    let identifier = openssl::asn1::Asn1Object::from_str(ORGANISATION_IDENTIFIER).ok();
    Signer {
        name: text(subject, Nid::COMMONNAME).unwrap_or_default(),
        organisation: text(subject, Nid::ORGANIZATIONNAME),
        organisation_identifier: identifier
            .and_then(|identifier| text(subject, identifier.nid()))
            .or_else(|| text(subject, Nid::ORGANIZATIONALUNITNAME)),
        issuer: text(certificate.issuer_name(), Nid::COMMONNAME)
            .or_else(|| text(certificate.issuer_name(), Nid::ORGANIZATIONNAME))
            .unwrap_or_default(),
        serial: serial.unwrap_or_default(),
        valid_from: moment(certificate.not_before()),
        valid_until: moment(certificate.not_after()),
        sha256,
    }
}

fn text(name: &X509NameRef, kind: Nid) -> Option<String> {
    if kind == Nid::UNDEF {
        return None;
    }
    let entry = name.entries_by_nid(kind).next()?;
    let text = entry.data().to_string().ok()?;
    Some(text.chars().filter(|c| !c.is_control()).take(TEXT_MAX).collect())
}
