//! The gate to rows.

mod backup;
mod cluster;
mod gate;
pub mod jobs;
mod migration;
mod search;
