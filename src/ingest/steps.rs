//! The steps `chartrier check` shares with ingest, until the whole path stands behind them in `mod.rs`.

use crate::package;

pub mod identify;
pub mod unpack;
pub mod validate;

/// Our own failure; what is wrong with a transfer is a finding.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("reading the received file failed")]
    Package(#[from] package::Error),
}
