//! Any number of records in bounded memory: kept up to a threshold, then in a scratch file.
//!
//! Never makes a file itself: a [`Scratch`] does, given by the caller. What is read back is what was written in the same
//! run; a scratch that fails is an [`io::Error`], never a finding.

use std::fmt;
use std::fs::File;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

mod bytes;
mod record;
mod repeats;
mod sequence;
mod sort;

pub use bytes::Bytes;
pub use record::{Fixed, Record};
pub use repeats::{Keys, Repeats};
pub use sequence::{Column, Records, Sequence, Values};
pub use sort::{Sorted, Sorter};

pub(super) use record::record;

/// Bytes that one sequence keeps in memory before it goes to a file.
const MEMORY_BYTES: usize = 4 << 20;
/// Bytes of files one scratch may fill: what a manifest at every limit could come to, with a margin.
const FILE_BYTES_MAX: u64 = 64 << 30;

type Open = dyn Fn() -> io::Result<File> + Send + Sync;

/// Where what does not fit in memory goes: makes files that nobody else can name and that vanish with their handle.
#[derive(Clone)]
pub struct Scratch {
    open: Option<Arc<Open>>,
    memory_bytes: usize,
    left_bytes: Arc<AtomicU64>,
}

impl Scratch {
    /// A scratch whose files `open` makes, empty, for reading and writing.
    pub fn new(open: impl Fn() -> io::Result<File> + Send + Sync + 'static) -> Self {
        Self {
            open: Some(Arc::new(open)),
            memory_bytes: MEMORY_BYTES,
            left_bytes: Arc::new(AtomicU64::new(FILE_BYTES_MAX)),
        }
    }

    /// No file at all: everything stays in memory. For messages known to be small.
    pub fn memory() -> Self {
        Self { open: None, memory_bytes: usize::MAX, left_bytes: Arc::default() }
    }

    /// The same, with another threshold for each sequence, in bytes.
    pub fn keeping(mut self, memory_bytes: usize) -> Self {
        self.memory_bytes = memory_bytes;
        self
    }

    /// The same, with another bound on what its files may fill together, in bytes.
    pub fn filling(mut self, bytes_max: u64) -> Self {
        self.left_bytes = Arc::new(AtomicU64::new(bytes_max));
        self
    }

    fn file(&self) -> io::Result<File> {
        self.open.as_ref().ok_or_else(|| io::Error::other("no scratch"))?()
    }

    /// Takes room for so many bytes; what a sequence took comes back when it is dropped.
    fn take(&self, bytes: u64) -> io::Result<()> {
        let took = self
            .left_bytes
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes));
        took.map(drop).map_err(|_| io::Error::new(io::ErrorKind::StorageFull, "the scratch files are full"))
    }

    fn give_back(&self, bytes: u64) {
        self.left_bytes.fetch_add(bytes, Ordering::Relaxed);
    }
}

impl fmt::Debug for Scratch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scratch").field("memory_bytes", &self.memory_bytes).finish_non_exhaustive()
    }
}
