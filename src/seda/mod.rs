//! The exchange standard: messages read as streams, checked, and written.
//!
//! Never touches a file or the network: a reader is given, a text is returned. The one thing to know: the version is told
//! by the root's namespace alone, and reading, schema check and description are one single pass over the manifest;
//! references, which may point forward, are judged afterwards ([`consistency`]).

pub mod consistency;
pub mod contents;
pub mod datatype;
pub mod digest;
pub mod read;
pub mod write;

mod build;
mod date;
mod fault;
mod graph;
pub mod lengths;
mod objects;
mod schema;
mod source;
mod value;
mod xml;

pub use read::{Reading, read_manifest};
