//! The gate to rows.

mod backup;
mod cluster;
mod gate;
mod jobs;
mod migration;
