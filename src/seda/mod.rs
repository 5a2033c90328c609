//! The exchange standard: messages read as streams, checked, and written.
//!
//! Never opens a file nor the network: a reader is given, a text is returned, and what does not fit in memory goes to the
//! [`Scratch`] given. The one thing to know: the version is told by the root's namespace alone, and reading, schema check
//! and description are one single pass over the manifest; references, which may point forward, are judged afterwards
//! ([`consistency`]), in passes over what was read.

pub mod consistency;
pub mod contents;
pub mod datatype;
pub mod description;
pub mod digest;
pub mod engine;
pub mod fill;
pub mod identifiers;
pub mod pass;
pub mod profile;
pub mod profile_text;
pub mod read;
pub mod relaxng;
mod spill;
pub mod standard;
pub mod tolerance;
pub mod write;
pub mod xml;

mod build;
pub mod date;
mod element;
mod graph;
mod inline;
pub mod language;
pub mod lengths;
mod levels;
mod lineage;
mod objects;
pub mod opening;
mod orphans;
mod places;
mod references;
pub mod retention;
mod signed;
mod span;
mod terms;
mod texts;
mod units;

pub use description::Manifest;
pub use read::{Options, Reading, read_manifest};
pub use spill::Scratch;
