//! Transfers: their list, the deposit, one transfer with its findings and papers, the archivist's decision.
//!
//! Never decides: `crate::ingest` does. A depositor's page says nothing of standards and formats of exchange.

pub mod batch;
pub mod decision;
pub mod deposit;
pub mod findings;
pub mod list;
pub mod said;
pub mod show;
pub mod transfer;
pub mod tree;
pub mod waiting;
