//! The command that needs no database, until the others stand beside it in `mod.rs`.

pub mod check;
