//! Time stamps (RFC 3161): asked for, read, and verified against the certificates of their authority, at the time that
//! they tell.
//!
//! Never asks an authority: `timestamp` does. The one thing to know: a token is verified as of its own time, so that it
//! outlives its certificate; that the certificate was not revoked by then is not known here, and is said.

pub(crate) mod der;
mod signer;

use chrono::{DateTime, NaiveDateTime, Utc};
use openssl::asn1::{Asn1Time, Asn1TimeRef};
use openssl::cms::{CMSOptions, CmsContentInfo};
use openssl::hash::{MessageDigest, hash};
use openssl::nid::Nid;
use openssl::x509::store::{X509Store, X509StoreBuilder};
use openssl::x509::verify::{X509VerifyFlags, X509VerifyParam};
use openssl::x509::{X509, X509PurposeId, X509Ref};

use der::{Reader, oid_content, oid_text, positive, tag, write};

/// Bytes of a response, at most.
pub const BYTES_MAX: usize = 1 << 20;

const TST_INFO: &str = "1.2.840.113549.1.9.16.1.4";

/// What the bytes are digested with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    Sha256,
    Sha512,
}

impl Algorithm {
    /// By its name in settings and records.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Sha256, Self::Sha512].into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// `sha256`, `sha512`.
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::Sha256 => "sha256",
            Algorithm::Sha512 => "sha512",
        }
    }

    fn oid(self) -> &'static str {
        match self {
            Algorithm::Sha256 => "2.16.840.1.101.3.4.2.1",
            Algorithm::Sha512 => "2.16.840.1.101.3.4.2.3",
        }
    }

    fn digest(self, bytes: &[u8]) -> Result<Vec<u8>, Error> {
        let with = match self {
            Algorithm::Sha256 => MessageDigest::sha256(),
            Algorithm::Sha512 => MessageDigest::sha512(),
        };
        hash(with, bytes).map(|digest| digest.to_vec()).map_err(|_| Error::Unreadable("empreinte"))
    }
}

/// Why a token does not stamp what it should.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("jeton d'horodatage illisible : {0}")]
    Unreadable(&'static str),
    #[error("l'autorité d'horodatage a refusé : {0}")]
    Refused(String),
    #[error("le jeton horodate d'autres octets")]
    OtherBytes,
    #[error("le jeton ne répond pas à cette demande")]
    OtherRequest,
    #[error("le jeton est émis sous la politique {got}, et non {wanted}")]
    OtherPolicy { wanted: String, got: String },
    #[error("le jeton ne désigne pas le certificat qui l'a signé (signingCertificate) : {0}")]
    OtherSigner(&'static str),
    #[error("la signature du jeton, ou la chaîne de ses certificats, n'est pas bonne : {0}")]
    Untrusted(String),
}

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// When the authority had the digest.
    pub at: DateTime<Utc>,
    pub policy: String,
    /// In hexadecimal.
    pub serial: String,
    pub algorithm: Algorithm,
    pub imprint: Vec<u8>,
    /// Big-endian; empty when the request had none.
    pub nonce: Vec<u8>,
    /// Common name of the certificate that signed.
    pub authority: String,
    /// When that certificate ends.
    pub certificate_ends: DateTime<Utc>,
}

/// A request for a stamp over `bytes`, whose token brings its certificates.
pub fn request(
    bytes: &[u8],
    algorithm: Algorithm,
    nonce: u64,
    policy: Option<&str>,
) -> Result<Vec<u8>, Error> {
    let oid = |text: &str| oid_content(text).map(|content| write(tag::OID, &content));
    let algorithm_oid = oid(algorithm.oid()).ok_or(Error::Unreadable("algorithme"))?;
    let identifier = write(tag::SEQUENCE, &[algorithm_oid, write(tag::NULL, &[])].concat());
    let imprint = [identifier, write(tag::OCTET_STRING, &algorithm.digest(bytes)?)].concat();
    let policy = policy.map(|policy| oid(policy).ok_or(Error::Unreadable("politique"))).transpose()?;
    let parts = [
        write(tag::INTEGER, &[1]),
        write(tag::SEQUENCE, &imprint),
        policy.unwrap_or_default(),
        write(tag::INTEGER, &positive(&nonce.to_be_bytes())),
        write(tag::BOOLEAN, &[0xff]),
    ];
    Ok(write(tag::SEQUENCE, &parts.concat()))
}

/// The token of a response, when the authority granted one.
pub fn token_of(response: &[u8]) -> Result<Vec<u8>, Error> {
    let unreadable = || Error::Unreadable("réponse");
    let mut parts = Reader::new(Reader::new(response).expect(tag::SEQUENCE).ok_or_else(unreadable)?);
    let mut status = Reader::new(parts.expect(tag::SEQUENCE).ok_or_else(unreadable)?);
    match status.expect(tag::INTEGER) {
        Some([0 | 1]) => parts.whole().map(<[u8]>::to_vec).ok_or_else(unreadable),
        Some(code) => {
            let words = status.expect(tag::SEQUENCE).and_then(|words| Reader::new(words).next());
            let words = words.map(|(_, words)| String::from_utf8_lossy(words).chars().take(200).collect());
            let words: String = words.unwrap_or_else(|| format!("état {}", hex::encode(code)));
            Err(Error::Refused(words))
        }
        None => Err(unreadable()),
    }
}

/// Certificates from a PEM text, each in its own block.
pub fn certificates(pem: &[u8]) -> Result<Vec<X509>, Error> {
    X509::stack_from_pem(pem).map_err(|_| Error::Unreadable("certificats"))
}

/// What a token says of `bytes`, once its signature, the certificate that it names as its signer's and the chain of its certificates up to one of `roots` are found
/// good as of its own time.
pub fn verify(token: &[u8], bytes: &[u8], roots: &[X509]) -> Result<Stamp, Error> {
    let stamp = of_bytes(token, bytes)?;
    let store = store(roots, stamp.at).map_err(untrusted)?;
    let mut content = CmsContentInfo::from_der(token).map_err(|_| Error::Unreadable("CMS"))?;
    content.verify(None, Some(&store), None, None, CMSOptions::empty()).map_err(untrusted)?;
    Ok(stamp)
}

/// As [`verify`], wherever the certificate leads: only that the token is whole, and of these bytes.
pub fn verify_alone(token: &[u8], bytes: &[u8]) -> Result<Stamp, Error> {
    let stamp = of_bytes(token, bytes)?;
    let mut content = CmsContentInfo::from_der(token).map_err(|_| Error::Unreadable("CMS"))?;
    let store = store(&[], stamp.at).map_err(untrusted)?;
    content.verify(None, Some(&store), None, None, CMSOptions::NO_SIGNER_CERT_VERIFY).map_err(untrusted)?;
    Ok(stamp)
}

fn of_bytes(token: &[u8], bytes: &[u8]) -> Result<Stamp, Error> {
    let stamp = read(token)?;
    if stamp.algorithm.digest(bytes)? != stamp.imprint {
        return Err(Error::OtherBytes);
    }
    let certificate = signer::certificate(token).ok_or(Error::Unreadable("certificat du signataire"))?;
    signer::is_named(token, &certificate).map_err(Error::OtherSigner)?;
    Ok(stamp)
}

fn untrusted(error: openssl::error::ErrorStack) -> Error {
    let reason = error.errors().iter().rev().find_map(|error| error.data().or(error.reason()));
    Error::Untrusted(reason.unwrap_or("inconnue").to_string())
}

/// As [`verify`], of the answer to a request.
pub fn verify_answer(
    token: &[u8],
    bytes: &[u8],
    nonce: u64,
    policy: Option<&str>,
    roots: &[X509],
) -> Result<Stamp, Error> {
    let stamp = verify(token, bytes, roots)?;
    if stamp.nonce != positive(&nonce.to_be_bytes()) {
        return Err(Error::OtherRequest);
    }
    match policy.filter(|wanted| **wanted != stamp.policy) {
        Some(wanted) => Err(Error::OtherPolicy { wanted: wanted.to_string(), got: stamp.policy }),
        None => Ok(stamp),
    }
}

/// What a token says; nothing is verified.
pub fn read(token: &[u8]) -> Result<Stamp, Error> {
    if token.len() > BYTES_MAX {
        return Err(Error::Unreadable("il est trop long"));
    }
    let unreadable = Error::Unreadable;
    let info = content(token).ok_or(unreadable("TSTInfo"))?;
    let mut parts = Reader::new(Reader::new(info).expect(tag::SEQUENCE).ok_or(unreadable("TSTInfo"))?);
    parts.expect(tag::INTEGER).ok_or(unreadable("version"))?;
    let policy = parts.expect(tag::OID).and_then(oid_text).ok_or(unreadable("politique"))?;
    let mut imprint = Reader::new(parts.expect(tag::SEQUENCE).ok_or(unreadable("empreinte"))?);
    let mut identifier = Reader::new(imprint.expect(tag::SEQUENCE).ok_or(unreadable("algorithme"))?);
    let algorithm = identifier.expect(tag::OID).and_then(oid_text).and_then(|oid| {
        [Algorithm::Sha256, Algorithm::Sha512].into_iter().find(|algorithm| algorithm.oid() == oid)
    });
    let algorithm = algorithm.ok_or(unreadable("algorithme"))?;
    let imprint = imprint.expect(tag::OCTET_STRING).ok_or(unreadable("empreinte"))?.to_vec();
    let serial = hex::encode(parts.expect(tag::INTEGER).ok_or(unreadable("numéro"))?);
    let at = parts.expect(tag::GENERALIZED_TIME).and_then(time).ok_or(unreadable("date"))?;
    // Accuracy and ordering are of no use here.
    parts.expect(tag::SEQUENCE);
    parts.expect(tag::BOOLEAN);
    let nonce = parts.expect(tag::INTEGER).unwrap_or_default().to_vec();
    let signer = signer::certificate(token).ok_or(unreadable("certificat du signataire"))?;
    let certificate_ends = moment(signer.not_after()).ok_or(unreadable("fin du certificat"))?;
    let authority = common_name(&signer);
    Ok(Stamp { at, policy, serial, algorithm, imprint, nonce, authority, certificate_ends })
}

/// The parts of a token's SignedData, after its version.
fn signed_data(token: &[u8]) -> Option<Reader<'_>> {
    let mut info = Reader::new(Reader::new(token).expect(tag::SEQUENCE)?);
    info.expect(tag::OID)?;
    let mut signed = Reader::new(Reader::new(info.expect(tag::CONTEXT_0)?).expect(tag::SEQUENCE)?);
    signed.expect(tag::INTEGER)?;
    Some(signed)
}

/// The TSTInfo in a token: ContentInfo → SignedData → encapContentInfo.
fn content(token: &[u8]) -> Option<&[u8]> {
    let mut signed = signed_data(token)?;
    signed.expect(tag::SET)?;
    let mut encapsulated = Reader::new(signed.expect(tag::SEQUENCE)?);
    if oid_text(encapsulated.expect(tag::OID)?)? != TST_INFO {
        return None;
    }
    Reader::new(encapsulated.expect(tag::CONTEXT_0)?).expect(tag::OCTET_STRING)
}

/// `20270301080000Z`, `20270301080000.123Z`.
fn time(content: &[u8]) -> Option<DateTime<Utc>> {
    let text = std::str::from_utf8(content).ok()?.strip_suffix('Z')?;
    NaiveDateTime::parse_from_str(text, "%Y%m%d%H%M%S%.f").ok().map(|time| time.and_utc())
}

/// A moment as certificates write it.
pub(crate) fn moment(time: &Asn1TimeRef) -> Option<DateTime<Utc>> {
    let since = Asn1Time::from_unix(0).ok()?.diff(time).ok()?;
    DateTime::from_timestamp(i64::from(since.days) * 86_400 + i64::from(since.secs), 0)
}

fn common_name(certificate: &X509Ref) -> String {
    let entry = certificate.subject_name().entries_by_nid(Nid::COMMONNAME).next();
    let text = entry.and_then(|entry| entry.data().to_string().ok());
    text.map(|text| text.chars().take(200).collect()).unwrap_or_default()
}

fn store(roots: &[X509], at: DateTime<Utc>) -> Result<X509Store, openssl::error::ErrorStack> {
    let mut builder = X509StoreBuilder::new()?;
    for root in roots {
        builder.add_cert(root.clone())?;
    }
    builder.set_purpose(X509PurposeId::TIMESTAMP_SIGN)?;
    let mut parameters = X509VerifyParam::new()?;
    parameters.set_time(at.timestamp());
    // What is trusted may be the authority itself, as trusted lists name it, without the one above.
    parameters.set_flags(X509VerifyFlags::PARTIAL_CHAIN)?;
    builder.set_param(&parameters)?;
    Ok(builder.build())
}
