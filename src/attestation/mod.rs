//! What the service declared, given to whoever may have it: as a page to print and as a file that proves itself.
//!
//! ```text
//! issue (ingest, preservation: with the act) → complete (a seal covers the entry) → page and file, at any time
//! ```
//!
//! Never issues: that is the act's own transaction (`evidence::attestation`). Nothing given out is kept: the page and the file
//! are made again, the same, from the register and the journal.

pub mod dossier;
mod paper;

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::db::{self, Db};
use crate::evidence::attestation::{self, Attestation};
use crate::model::TenantId;
use crate::proof::attestation::{self as form, Statement, file};
use crate::proof::sealed::{Proof, Shown, Trusted};
use crate::report;
use crate::storage::{self, Storage};

/// The operations on attestations. Cheap to clone.
#[derive(Clone)]
pub struct Attestations {
    db: Db,
    storage: Storage,
    /// Of the service, without a slash at the end: pages lead there.
    public_url: Arc<str>,
}

/// A failure of ours.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error("attestation {number} : {reason}")]
    Unreadable { number: String, reason: String },
    #[error(transparent)]
    Report(#[from] report::Error),
    /// Of whoever gives what a dossier is made of.
    #[error(transparent)]
    Given(Box<dyn std::error::Error + Send + Sync>),
    #[error(transparent)]
    Storage(#[from] storage::Error),
    #[error("writing a file: {0}")]
    Io(#[from] std::io::Error),
    #[error("the thread that laid out a page died")]
    Died,
}

impl Error {
    /// Whether trying again later may do.
    pub fn is_transient(&self) -> bool {
        match self {
            Error::Db(error) => error.is_transient(),
            Error::Storage(error) => error.is_transient(),
            Error::Died | Error::Given(_) | Error::Io(_) => true,
            Error::Unreadable { .. } | Error::Report(_) => false,
        }
    }
}

impl Attestations {
    /// The operations, for a service that is reached at this address.
    pub fn new(db: Db, storage: Storage, public_url: &str) -> Self {
        Self { db, storage, public_url: public_url.into() }
    }

    /// The page, as PDF; the same as long as its proof does not change.
    pub async fn page(&self, attestation: &Attestation) -> Result<Vec<u8>, Error> {
        let statement = statement(attestation)?;
        let (proved, public_url) = (attestation.proof.is_some(), self.public_url.clone());
        let sha256 = hex::encode(&attestation.sha256);
        let laid = tokio::task::spawn_blocking(move || paper::pdf(&statement, &sha256, proved, &public_url));
        Ok(laid.await.map_err(|_| Error::Died)??)
    }

    /// The file: statement, entry, and proof when there is one.
    pub async fn file(&self, tenant: TenantId, attestation: &Attestation) -> Result<String, Error> {
        let mut tx = self.db.read(tenant).await?;
        let unreadable = |reason: String| Error::Unreadable { number: attestation.number.clone(), reason };
        let entry = attestation::entry(&mut tx, &attestation.number).await?;
        let entry = entry.ok_or_else(|| unreadable("le journal n’a pas son entrée".into()))?;
        let proof = attestation.proof.as_deref().map(serde_json::from_str).transpose();
        let proof = proof.map_err(|error| unreadable(error.to_string()))?;
        file(&attestation.statement, &entry, proof).map_err(|error| unreadable(error.to_string()))
    }
}

/// What is found of an attestation that somebody holds.
#[derive(Debug)]
pub enum Look {
    /// No attestation of this number.
    Unknown,
    /// It declares something else.
    Altered,
    Genuine {
        title: &'static str,
        issued_at: DateTime<Utc>,
        /// The register has it; else the journal alone declares it, after the rows were lost.
        registered: bool,
        /// `None`: no seal covers it yet. Else what its proof shows, or why it shows nothing.
        proof: Option<Result<Shown, String>>,
    },
}

impl Attestations {
    /// Whether an attestation of this number declares what has this SHA-256 (hexadecimal). Of an unknown member as of an
    /// unknown number, the same is said, after the same work.
    pub async fn look(&self, number: &str, sha256: &str, trusted: &Trusted) -> Result<Look, Error> {
        let Named { code, found, entry } = self.named(number).await?;
        let Some(found) = found else {
            return Ok(entry.and_then(|entry| declared_by(&entry, sha256)).unwrap_or(Look::Unknown));
        };
        if hex::encode(&found.sha256) != sha256 {
            return Ok(Look::Altered);
        }
        let unreadable = |reason: String| Error::Unreadable { number: number.to_owned(), reason };
        let entry = entry.ok_or_else(|| unreadable("le journal n’a pas son entrée".into()))?;
        let proof = found.proof.as_deref().map(|text| {
            let whole = file(&found.statement, &entry, None).map_err(|error| error.to_string())?;
            let declared = form::read(whole.as_bytes()).map_err(|fault| fault.to_string())?;
            let proof: Proof = serde_json::from_str(text).map_err(|error| error.to_string())?;
            let shown = proof.verify(&declared.entry_hash, declared.seq, &code, trusted);
            shown.map_err(|fault| fault.to_string())
        });
        let (title, issued_at) = (found.kind.title(), found.issued_at);
        Ok(Look::Genuine { title, issued_at, registered: true, proof })
    }
}

/// What the journal's entry alone says, when it is that of an attestation.
fn declared_by(entry: &str, sha256: &str) -> Option<Look> {
    let entry: serde_json::Value = serde_json::from_str(entry).ok()?;
    let field = |pointer: &str| entry.pointer(pointer).and_then(serde_json::Value::as_str);
    let kind = form::Kind::from_word(field("/detail/genre")?)?;
    let issued_at = DateTime::parse_from_rfc3339(field("/ts")?).ok()?.to_utc();
    if field("/detail/sha256")? != sha256 {
        return Some(Look::Altered);
    }
    Some(Look::Genuine { title: kind.title(), issued_at, registered: false, proof: None })
}

/// What is found of a file that somebody holds.
#[derive(Debug)]
pub enum Dropped {
    /// Neither the file nor the page of an attestation.
    Other,
    /// The file of an attestation of this number.
    File { number: String, look: Look },
    /// A file that says it is one, and does not hold together: why, in French.
    Broken(String),
    /// The page of an attestation of this number; whether it is, to the byte, the one that is given today.
    Page { number: String, look: Look, same: bool },
}

/// How a page begins, and where its number stands in its metadata.
const PAGE: &[u8] = b"%PDF-";
const NUMBERED: &str = " n° ";

impl Attestations {
    /// What a file is. Its own proof is verified too, when it has one: what it says of the register is asked of the register.
    pub async fn look_at(&self, bytes: &[u8], trusted: &Trusted) -> Result<Dropped, Error> {
        if bytes.starts_with(PAGE) {
            return self.look_at_page(bytes, trusted).await;
        }
        if !form::looks_like_one(bytes) {
            return Ok(Dropped::Other);
        }
        let declared = match form::read(bytes) {
            Ok(declared) => declared,
            Err(fault) => return Ok(Dropped::Broken(fault.0)),
        };
        let (number, code) = (declared.statement.number, &declared.statement.member.code);
        if let Some(proof) = declared.proof {
            let read = serde_json::from_value::<Proof>(proof).map_err(|error| error.to_string());
            let verified = read.and_then(|proof| {
                proof
                    .verify(&declared.entry_hash, declared.seq, code, trusted)
                    .map_err(|fault| fault.to_string())
            });
            if let Err(reason) = verified {
                return Ok(Dropped::Broken(reason));
            }
        }
        let look = self.look(&number, &hex::encode(declared.sha256), trusted).await?;
        Ok(Dropped::File { number, look })
    }

    async fn look_at_page(&self, bytes: &[u8], trusted: &Trusted) -> Result<Dropped, Error> {
        let Some(number) = number_of(bytes) else { return Ok(Dropped::Other) };
        let Some(found) = self.numbered(&number).await? else {
            return Ok(Dropped::Page { number, look: Look::Unknown, same: false });
        };
        let sha256 = hex::encode(&found.sha256);
        let mut same = self.page(&found).await? == bytes;
        if found.proof.is_some() && !same {
            // Printed before its seal.
            same = self.page(&Attestation { proof: None, ..found }).await? == bytes;
        }
        let look = self.look(&number, &sha256, trusted).await?;
        Ok(Dropped::Page { number, look, same })
    }

    async fn numbered(&self, number: &str) -> Result<Option<Attestation>, Error> {
        Ok(self.named(number).await?.found)
    }

    /// The attestation of this number, and its entry, of whichever member.
    async fn named(&self, number: &str) -> Result<Named, Error> {
        for code in members_of(number) {
            let mut tx = self.db.read(TenantId::of_member(code)).await?;
            let found = attestation::find_numbered(&mut tx, number).await?;
            let entry = attestation::entry(&mut tx, number).await?;
            if found.is_some() || entry.is_some() {
                return Ok(Named { code: code.to_owned(), found, entry });
            }
        }
        Ok(Named::default())
    }
}

/// The number in a page's metadata, which every page of ours has in clear.
fn number_of(page: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(page);
    let (_, after) = text.split_once(NUMBERED)?;
    let number: String =
        after.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).collect();
    (number.len() > 4).then_some(number)
}

/// What there is of a number, and the code of its member.
#[derive(Default)]
struct Named {
    code: String,
    found: Option<Attestation>,
    entry: Option<String>,
}

/// Most beginnings of a number that are looked at.
const CODES_MAX: usize = 12;

/// The codes with which a number may begin, dashes among them: `<code>-ATT-2027-000001`. Every pattern begins with the code and a
/// separator (`model/numbering.rs`); the longest are first, and that of a number without a setting is the first tried.
fn members_of(number: &str) -> impl Iterator<Item = &str> {
    let ends = number.match_indices(['-', '_', '.']).map(|(at, _)| at).collect::<Vec<_>>();
    let usual = number.rsplitn(4, '-').nth(3);
    let others = ends.into_iter().rev().map(|at| &number[..at]).filter(move |code| Some(*code) != usual);
    let is_code =
        |code: &&str| code.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-');
    usual.into_iter().chain(others).filter(|code| !code.is_empty()).filter(is_code).take(CODES_MAX)
}

/// What it declares.
fn statement(attestation: &Attestation) -> Result<Statement, Error> {
    let unreadable = |reason: String| Error::Unreadable { number: attestation.number.clone(), reason };
    Statement::from_text(&attestation.statement).map_err(unreadable)
}

#[cfg(test)]
mod tests;
