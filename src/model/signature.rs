//! Words of the electronic signatures that come with what is deposited: what was found, who signed, and how far it can
//! be believed. Spelled as ETSI EN 319 102-1 spells them.
//!
//! Not the signatures by which formats are named: those are PRONOM's.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What a validation comes to (EN 319 102-1, 5.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Indication {
    #[serde(rename = "TOTAL-FAILED")]
    Failed,
    #[serde(rename = "INDETERMINATE")]
    Indeterminate,
    #[serde(rename = "TOTAL-PASSED")]
    Passed,
}

impl Indication {
    /// Every one, worst first.
    pub const ALL: [Indication; 3] = [Indication::Failed, Indication::Indeterminate, Indication::Passed];

    /// As people read it.
    pub fn label(self) -> &'static str {
        match self {
            Indication::Passed => "valide",
            Indication::Indeterminate => "indéterminée",
            Indication::Failed => "invalide",
        }
    }

    /// The standard's word.
    pub fn word(self) -> &'static str {
        match self {
            Indication::Passed => "TOTAL-PASSED",
            Indication::Indeterminate => "INDETERMINATE",
            Indication::Failed => "TOTAL-FAILED",
        }
    }
}

/// Why a signature is not valid: the sub-indications of EN 319 102-1 (5.1.4) that are told here, and `UNSUPPORTED`,
/// ours, for what is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Reason {
    FormatFailure,
    HashFailure,
    SigCryptoFailure,
    SigConstraintsFailure,
    ChainConstraintsFailure,
    CertificateChainGeneralFailure,
    CryptoConstraintsFailure,
    NoSigningCertificateFound,
    NoCertificateChainFound,
    RevokedNoPoe,
    OutOfBoundsNoPoe,
    SignedDataNotFound,
    Unsupported,
}

impl Reason {
    /// What the standard makes of it.
    pub fn indication(self) -> Indication {
        match self {
            Reason::FormatFailure | Reason::HashFailure | Reason::SigCryptoFailure => Indication::Failed,
            _ => Indication::Indeterminate,
        }
    }

    /// The standard's word.
    pub fn word(self) -> &'static str {
        match self {
            Reason::FormatFailure => "FORMAT_FAILURE",
            Reason::HashFailure => "HASH_FAILURE",
            Reason::SigCryptoFailure => "SIG_CRYPTO_FAILURE",
            Reason::SigConstraintsFailure => "SIG_CONSTRAINTS_FAILURE",
            Reason::ChainConstraintsFailure => "CHAIN_CONSTRAINTS_FAILURE",
            Reason::CertificateChainGeneralFailure => "CERTIFICATE_CHAIN_GENERAL_FAILURE",
            Reason::CryptoConstraintsFailure => "CRYPTO_CONSTRAINTS_FAILURE",
            Reason::NoSigningCertificateFound => "NO_SIGNING_CERTIFICATE_FOUND",
            Reason::NoCertificateChainFound => "NO_CERTIFICATE_CHAIN_FOUND",
            Reason::RevokedNoPoe => "REVOKED_NO_POE",
            Reason::OutOfBoundsNoPoe => "OUT_OF_BOUNDS_NO_POE",
            Reason::SignedDataNotFound => "SIGNED_DATA_NOT_FOUND",
            Reason::Unsupported => "UNSUPPORTED",
        }
    }

    /// As people read it, after « car ».
    pub fn label(self) -> &'static str {
        match self {
            Reason::FormatFailure => "elle n'est pas formée comme une signature doit l'être",
            Reason::HashFailure => "ce qui est signé a changé depuis",
            Reason::SigCryptoFailure => {
                "elle n'a pas été faite par la clé de ce certificat, ou a été altérée"
            }
            Reason::SigConstraintsFailure => "elle désigne un autre certificat que celui qui l'accompagne",
            Reason::ChainConstraintsFailure => "le certificat n'est pas fait pour signer",
            Reason::CertificateChainGeneralFailure => "la chaîne du certificat n'est pas bonne",
            Reason::CryptoConstraintsFailure => "ses algorithmes ne sont plus sûrs",
            Reason::NoSigningCertificateFound => "elle n'apporte pas le certificat du signataire",
            Reason::NoCertificateChainFound => {
                "son émetteur n'est pas parmi les autorités auxquelles le service se fie"
            }
            Reason::RevokedNoPoe => "le certificat est révoqué, et rien ne prouve qu'elle est d'avant",
            Reason::OutOfBoundsNoPoe => "le certificat a expiré, et rien ne prouve qu'elle est d'avant",
            Reason::SignedDataNotFound => "ce qu'elle signe n'est pas dans le versement",
            Reason::Unsupported => "le service ne sait pas vérifier cette forme",
        }
    }
}

/// How a signature is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Form {
    XAdES,
    #[serde(rename = "XML-DSig")]
    XmlDsig,
    CAdES,
    #[serde(rename = "CMS")]
    Cms,
    PAdES,
    #[serde(rename = "PDF")]
    Pdf,
}

impl Form {
    /// Its usual name.
    pub fn word(self) -> &'static str {
        match self {
            Form::XAdES => "XAdES",
            Form::XmlDsig => "XML-DSig",
            Form::CAdES => "CAdES",
            Form::Cms => "CMS",
            Form::PAdES => "PAdES",
            Form::Pdf => "PDF",
        }
    }
}

/// Whom a certificate names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signer {
    /// Common name.
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// As the certificate says it: `0002 21150001300017`, `VATFR-…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation_identifier: Option<String>,
    /// Common name of the authority.
    pub issuer: String,
    /// In hexadecimal.
    pub serial: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<DateTime<Utc>>,
    /// SHA-256 of the certificate, hexadecimal.
    pub sha256: String,
}

/// A time that somebody else vouches for: a time stamp verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proven {
    pub at: DateTime<Utc>,
    /// Common name of the time-stamping authority.
    pub authority: String,
}

/// What is known of the certificate's revocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Revocation {
    /// No list of its authority is at hand, or the chain led nowhere.
    NotChecked,
    NotRevoked,
    Revoked,
}

/// One signature, as it was found when the transfer came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// The file that bears it, by its name in the transfer.
    pub file: String,
    pub form: Form,
    pub indication: Indication,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// What it signs, in French; names of files of the transfer for those beside it.
    pub signs: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signer: Option<Signer>,
    /// When, as the signer says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed_at: Option<DateTime<Utc>>,
    /// When, at the latest, as a time stamp proves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proven: Option<Proven>,
    /// `RSA, SHA-256`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub algorithm: Option<String>,
    /// What the signer says to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Under which signature policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    pub revocation: Revocation,
    /// What else is to be known, in French.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
}

/// Most signatures told one by one of a transfer.
const TOLD_MAX: usize = 10_000;

/// Every signature found in a transfer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signatures {
    pub passed: u64,
    pub indeterminate: u64,
    pub failed: u64,
    /// Certificates that the service trusted then.
    pub anchors: u64,
    pub told: Vec<Signature>,
    /// Files that were not searched to their end, for their size or for want of time.
    #[serde(default)]
    pub unread: u64,
}

impl Signatures {
    /// Adds one.
    pub fn push(&mut self, signature: Signature) {
        match signature.indication {
            Indication::Passed => self.passed += 1,
            Indication::Indeterminate => self.indeterminate += 1,
            Indication::Failed => self.failed += 1,
        }
        if self.told.len() < TOLD_MAX {
            self.told.push(signature);
        }
    }

    /// The text of `metadata/signatures.json`; the same value gives the same bytes.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("strings and numbers");
        text.push('\n');
        text
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.passed + self.indeterminate + self.failed
    }

    /// How many of a kind.
    pub fn of(&self, indication: Indication) -> u64 {
        match indication {
            Indication::Passed => self.passed,
            Indication::Indeterminate => self.indeterminate,
            Indication::Failed => self.failed,
        }
    }

    /// Whether nothing was found, nor left.
    pub fn is_empty(&self) -> bool {
        self.count() == 0 && self.unread == 0
    }

    /// The same, telling at most so many one by one, worst first.
    pub fn shortened(&self, max: usize) -> Self {
        let mut told = self.told.clone();
        told.sort_by_key(|signature| signature.indication);
        told.truncate(max);
        Self { told, ..self.clone() }
    }
}
