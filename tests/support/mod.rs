//! What tests stand on: a private PostgreSQL, a fresh tenant each.
//!
//! Never a superuser's connection for what is under test: the service's own roles.

pub mod clamd;
pub mod database;
pub mod fault_table;
pub mod members;
#[cfg(feature = "failpoints")]
pub mod power_loss;
pub mod profile;
#[cfg(feature = "failpoints")]
pub mod replay;
pub mod s3;
pub mod service;
pub mod sip;
pub mod smtp;
pub mod tenant;
pub mod vault;

use std::path::Path;

use chartrier::clock::Clock;
use chartrier::db::Db;
use chartrier::keys::Keys;
use chartrier::sealing::Sealing;
use chartrier::storage::Storage;

pub use tenant::{FreshTenant, PASSWORD, fresh_tenant, fresh_tenant_alone};

/// What tests keep secrets encrypted with.
pub fn at_rest() -> chartrier::at_rest::AtRest {
    chartrier::at_rest::AtRest::new(|| Ok([42; 32]))
}

/// Seals of a test's own, signed with a key of `folder`.
pub fn sealing(db: &Db, storage: &Storage, clock: &Clock, folder: &Path) -> Sealing {
    let keys = Keys::new(&folder.join("keys"), None, "archives.example.fr");
    Sealing::new(db.clone(), storage.clone(), keys, clock.clone())
}

/// The operations on deposits being prepared, beside an ingest.
pub fn drafting(
    db: &Db,
    storage: &Storage,
    clock: &Clock,
    ingest: &chartrier::ingest::Ingest,
) -> chartrier::drafting::Drafting {
    let (limits, signatures) = (chartrier::model::Limits::default(), ingest.signatures().clone());
    chartrier::drafting::Drafting::new(db.clone(), storage.clone(), clock.clone(), limits, signatures)
}

/// The words of a page as they are written: with the space bar around the signs that no line begins or ends with.
pub fn as_written(page: &str) -> String {
    let mut words = page.replace("«\u{a0}", "« ");
    for sign in ['»', ';', ':', '?', '!'] {
        words = words.replace(&format!("\u{a0}{sign}"), &format!(" {sign}"));
    }
    words
}
