//! Journals read back and verified; what the service declares, in its register.
//!
//! Never writes an entry: the gate does, at commit. The one thing to know: the proof is in the entries'
//! texts; the columns beside them are only for searching, and are compared with the texts here.

pub mod attestation;
mod attestation_queries;
pub mod attested;
pub mod copy;
pub mod export;
pub mod lately;
mod lately_queries;
mod queries;
pub mod seal_queries;
pub mod stamping_queries;
pub mod token_queries;
pub mod tree;
pub mod witness_queries;

use chrono::DateTime;
use serde_json::Value;

use crate::db::{self, TenantRead};
use crate::proof::journal::{BEFORE_FIRST, Fault, Hash, Walk};

pub use queries::{Recorded, events_about, events_about_any, journal_page, last_events, sites_of_member};

/// Entries read at a time.
const PAGE: u16 = 1_000;

/// A journal that holds together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Number of entries.
    pub entries: i64,
    /// Hash of the last one; zeros when there is none.
    pub hash: Hash,
}

/// Why a journal is not proved.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] db::Error),
    /// The journal was tampered with, or damaged; the entry is named.
    #[error(transparent)]
    Broken(#[from] Fault),
    /// Whoever takes the entries could not.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl Error {
    /// Whether trying again later may succeed.
    pub fn is_transient(&self) -> bool {
        matches!(self, Error::Db(error) if error.is_transient())
    }
}

/// Entries of a journal, in order.
pub type Entries = Vec<Recorded>;

/// Number and hash of the journal's last entry; 0 and zeros before the first.
pub async fn journal_head(tx: &mut TenantRead) -> Result<(i64, Hash), db::Error> {
    let head = queries::journal_head(tx).await?.ok_or(db::Error::UnknownTenant)?;
    let hash = head.hash.try_into().map_err(|_| db::Error::row("journal_head", "empreinte"))?;
    Ok((head.seq, hash))
}

/// A walk that goes on after the entry numbered `seq`, and that entry's hash; zeros before the first.
pub async fn walk_after(tx: &mut TenantRead, seq: i64, code: &str) -> Result<(Walk, Hash), db::Error> {
    let Some(last) = journal_page(tx, seq - 1, 1).await?.pop().filter(|last| last.seq == seq) else {
        return Ok((Walk::default(), BEFORE_FIRST));
    };
    let hash = last.hash.try_into().map_err(|_| db::Error::row("event", "empreinte"))?;
    Ok((Walk::after(seq, hash, last.at, code), hash))
}

/// Walks the tenant's whole journal: numbers without gap, texts that match their hashes, each entry after
/// the one before, columns equal to texts, and the head at the last entry. Lend it a reading transaction:
/// in a writing one another's entry may come between two pages.
pub async fn verify_journal(tx: &mut TenantRead) -> Result<Verified, Error> {
    let head = queries::journal_head(tx).await?.ok_or(db::Error::UnknownTenant)?;
    let mut walk = Walk::default();
    loop {
        let page = journal_page(tx, walk.seq(), i64::from(PAGE)).await?;
        let Some(last) = page.last().map(|row| row.seq) else { break };
        for row in &page {
            let fields = walk.step(row.seq, &row.entry, &row.hash)?;
            let field = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
            let at = DateTime::parse_from_rfc3339(field("ts")).ok();
            let same = field("type") == row.event_type
                && field("outcome") == row.outcome
                && field("object") == row.object
                && at == Some(row.at.fixed_offset());
            if !same {
                return Err(broken(row.seq, "les colonnes de recherche ne disent plus ce que dit le texte"));
            }
        }
        if last != walk.seq() || page.len() < usize::from(PAGE) {
            break;
        }
    }
    if head.seq != walk.seq() || head.hash != walk.hash() {
        return Err(broken(walk.seq() + 1, "le journal ne finit pas où sa tête le dit"));
    }
    Ok(Verified { entries: walk.seq(), hash: walk.hash() })
}

fn broken(seq: i64, reason: &str) -> Error {
    Error::Broken(Fault { seq, reason: reason.to_string() })
}
