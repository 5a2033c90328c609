//! The gate to the virus scanner: a `clamd`, shown bytes as they are read, over a Unix socket or TCP (`INSTREAM`).
//!
//! Never decides what becomes of a transfer, and never takes a silence, a broken connection or an answer it does not
//! know for a clean file: these are errors, which pass. The one thing to know: `clamd` says "OK" of a stream longer
//! than its `MaxFileSize` without having looked at all of it, so no stream may be longer than what the settings say it
//! looks at. Everything here blocks, each wait bounded by the time-out.

mod answer;
mod connection;
mod scan;
mod stream;

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::model::Engine;

use connection::Connection;
pub use scan::{Pending, Scan, Verdict};

/// Longest wait for a sign of life: whoever waits for one holds up others.
const HELLO: Duration = Duration::from_secs(15);
/// The same where somebody waits before a page.
const PROBE: Duration = Duration::from_secs(2);

/// Where the scanner is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    Unix(PathBuf),
    /// `host:port`.
    Tcp(String),
}

impl Address {
    /// A path from the root, or `host:port`; `None` for anything else.
    pub fn from_text(text: &str) -> Option<Self> {
        if text.starts_with('/') {
            return Some(Address::Unix(text.into()));
        }
        let (host, port) = text.rsplit_once(':')?;
        (!host.is_empty() && port.parse::<u16>().is_ok_and(|port| port > 0))
            .then(|| Address::Tcp(text.to_owned()))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Unix(path) => path.display().fmt(f),
            Address::Tcp(address) => f.write_str(address),
        }
    }
}

/// What is known of the scanner beforehand.
#[derive(Clone, Debug)]
pub struct Settings {
    pub address: Address,
    /// Longest stream it looks at whole.
    pub stream_bytes_max: u64,
    /// Bytes that end one part of a large file and begin the next; at most half a stream.
    pub parts_overlap_bytes: usize,
    /// Longest wait for one answer, and for a chunk to be taken.
    pub timeout: Duration,
}

/// Why there is no verdict. Whatever it is, it may pass: nothing was found, and nothing was cleared.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the scanner at {address} cannot be reached: {source}")]
    Unreachable { address: Address, source: io::Error },
    #[error("the scanner broke off: {0}")]
    Broken(io::Error),
    #[error("the scanner gave no verdict: {0}")]
    NoVerdict(String),
    #[error(
        "the scanner takes no stream of {0} bytes: bring antivirus.stream_bytes_max down to its StreamMaxLength"
    )]
    StreamLimit(u64),
}

/// The scanner. Cheap to clone; each question is a connection of its own.
#[derive(Clone, Debug)]
pub struct Scanner {
    settings: Arc<Settings>,
}

impl Scanner {
    /// The scanner that these settings describe; it is not asked anything yet.
    pub fn new(settings: Settings) -> Self {
        debug_assert!(settings.parts_overlap_bytes as u64 <= settings.stream_bytes_max / 2);
        Self { settings: Arc::new(settings) }
    }

    /// Where it is.
    pub fn address(&self) -> &Address {
        &self.settings.address
    }

    /// What answers, and with which signatures.
    pub fn engine(&self) -> Result<Engine, Error> {
        self.engine_within(HELLO.min(self.settings.timeout))
    }

    /// The same for a page that somebody waits for: a scanner that is slow to answer is taken for absent.
    pub fn probe(&self) -> Result<Engine, Error> {
        self.engine_within(PROBE.min(self.settings.timeout))
    }

    fn engine_within(&self, timeout: Duration) -> Result<Engine, Error> {
        let mut connection = Connection::open(&self.settings.address, timeout)?;
        connection.write(b"zVERSION\0").map_err(Error::Broken)?;
        let said = connection.answer().map_err(Error::Broken)?;
        answer::engine(&said).ok_or(Error::NoVerdict(said))
    }

    /// Begins to show it a file: in parts when it is larger than a stream, or whole or not at all.
    pub fn begin(&self, in_parts: bool) -> Scan {
        Scan::new(self.settings.clone(), in_parts)
    }
}

#[cfg(test)]
mod tests;
