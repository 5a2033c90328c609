//! Archives: search, a unit with its tree and files, a file with its preview.
//!
//! Never opens what the caller may not read: `crate::access` says what is visible, and records the reading.

pub mod closed;
pub mod delivery;
pub mod derogation;
pub mod description;
pub mod facets;
pub mod object;
pub mod preview;
pub mod register;
pub mod search;
pub mod stocktaking;
pub mod unit;
