//! The exchange standard: messages read as streams, checked, and written.
//!
//! Never opens a file nor the network: a reader is given, a text is returned, and what does not fit in memory goes to the
//! [`Scratch`] given. The one thing to know: the version is told by the root's namespace alone, and reading, schema check
//! and description are one single pass over the manifest; references, which may point forward, are judged afterwards
//! ([`consistency`]), in passes over what was read.

pub mod consistency;
pub mod contents;
pub mod description;
pub mod digest;
pub mod read;
pub mod write;

mod build;
mod date;
mod fault;
mod graph;
mod inline;
pub mod lengths;
mod objects;
mod orphans;
mod references;
mod schema;
mod source;
mod spill;
mod units;
mod value;
mod xml;

pub use description::Manifest;
pub use read::{Reading, read_manifest};
pub use spill::Scratch;
