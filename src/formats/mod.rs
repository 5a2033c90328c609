//! Naming file formats, as PRONOM names them: by their bytes, by what their container holds, by their name at the last.
//!
//! Never holds a long file whole, never believes a file or a signature file: windows, depths, counts and work are bounded
//! by [`Settings`]. Never opens a file: it is given a reader, or fed as the bytes go by ([`Sniffer`]).
//!
//! Reading order: `signatures` (what is known of formats), `droid` and `container_file` (from PRONOM's files), `sequence` and
//! `syntax` (their writing), `chain` (a byte sequence at work), `index` (which are worth trying), `sniffer` and `watch`
//! (the windows), `look` (what they match), `judge` (what follows from what matched), `inner` (ZIP and OLE2).

mod builtin;
mod chain;
mod container_file;
mod declared;
mod droid;
mod index;
mod inner;
mod judge;
mod look;
mod media_type;
mod pattern;
mod sequence;
mod signatures;
mod sniffer;
mod syntax;
#[cfg(test)]
mod tests;
mod text;
mod view;
mod watch;
mod xml;
mod zone;

pub use declared::{Declared, declared};
pub use judge::{Basis, Identification, Warning};
pub use media_type::{HEAD_BYTES, contradicts, media_type};
pub use signatures::{Format, Signatures};
pub use sniffer::{Pending, Sniffed, Sniffer};

/// Of a file's name in its container and the one it is declared to have, the one whose extension may tell something.
pub fn telling_name<'a>(stored: &'a str, declared: Option<&'a str>) -> &'a str {
    match declared {
        Some(declared) if judge::extension(stored).is_none() => declared,
        _ => stored,
    }
}

/// Bounds of one identification.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Bytes kept from the beginning.
    pub head_bytes: usize,
    /// Bytes kept from the end.
    pub tail_bytes: usize,
    /// Bytes that may be looked at, a byte counting each time it is; past it, what was not found is not there.
    pub work_bytes: usize,
    /// Files listed in a container.
    pub inner_files: usize,
    /// Bytes of a container's own tables.
    pub inner_table_bytes: u64,
    /// Bytes read from one file inside a container, decompressed.
    pub inner_bytes: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            head_bytes: 1 << 20,
            tail_bytes: 256 << 10,
            work_bytes: 256 << 20,
            inner_files: 100_000,
            inner_table_bytes: 32 << 20,
            inner_bytes: 4 << 20,
        }
    }
}

/// Why a signature file cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("lecture impossible : {0}")]
    Io(#[from] std::io::Error),
    #[error("{0}")]
    Malformed(String),
    #[error("fichier de signatures refusé : trop de {0}")]
    TooLarge(&'static str),
}
