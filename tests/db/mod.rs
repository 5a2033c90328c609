//! The gate to rows.

mod cluster;
mod gate;
mod jobs;
mod migration;
