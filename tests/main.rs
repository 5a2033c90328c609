//! Every test of the crate that needs more than one module: one binary, one PostgreSQL, one fresh tenant a test.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails, and looks at the database as no module may"
)]

mod architecture;
mod billing;
mod browser;
mod costs;
pub mod db;
mod demo;
mod faults;
mod formats;
mod identity;
pub mod ingest;
mod isolation;
mod mail;
mod membership;
mod package;
pub mod preservation;
mod pronom;
pub mod proof;
mod recovery;
pub mod sealing;
mod seda;
mod sip;
pub mod storage;
mod support;
pub mod survey;
mod usage;
mod web;
mod worker;

/// The corpus beside the repository, or where `CHARTRIER_CORPUS` says; says so when a test is skipped for want of it.
fn corpus_folder() -> Option<std::path::PathBuf> {
    let folder = std::env::var_os("CHARTRIER_CORPUS")
        .map_or_else(|| "../shared/corpus".into(), std::path::PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("ignoré : le corpus n'est pas dans {} (CHARTRIER_CORPUS)", folder.display());
    None
}
