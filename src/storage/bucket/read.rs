//! Reading a bucket by ranges: so much at a time, wherever the reader stands.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};

use bytes::Bytes;
use futures_util::StreamExt;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt};

use super::super::error::Error;
use super::super::medium::Take;
use super::io_error;
use super::wait::{failed, runtime, wait};

/// Bytes asked for at once.
const RANGE_BYTES: u64 = 8 << 20;
/// Bytes asked for by a reader who may leave at once.
const AHEAD_BYTES: u64 = 1 << 20;
/// Names waiting to be looked at.
const NAMES_AHEAD: usize = 1_000;

/// An object read from where the reader stands.
pub(super) struct RangeReader {
    store: Arc<dyn ObjectStore>,
    key: Key,
    size_bytes: u64,
    at: u64,
    /// What was asked for last, and where it begins.
    ahead: (u64, Bytes),
}

impl RangeReader {
    pub fn new(store: Arc<dyn ObjectStore>, key: Key, size_bytes: u64) -> Self {
        Self { store, key, size_bytes, at: 0, ahead: (0, Bytes::new()) }
    }
}

impl Read for RangeReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.size_bytes || buffer.is_empty() {
            return Ok(0);
        }
        let (from, bytes) = &self.ahead;
        if self.at < *from || self.at >= from + bytes.len() as u64 {
            // A reader who goes on reading is given more at once.
            let more =
                if self.at == from + bytes.len() as u64 && self.at > 0 { RANGE_BYTES } else { AHEAD_BYTES };
            let until = (self.at + more).min(self.size_bytes);
            self.ahead = (self.at, range(&self.store, &self.key, self.at, until)?);
        }
        let (from, bytes) = &self.ahead;
        let rest = &bytes[usize::try_from(self.at - from).unwrap_or(usize::MAX).min(bytes.len())..];
        let read = rest.len().min(buffer.len());
        buffer[..read].copy_from_slice(&rest[..read]);
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for RangeReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(back) => self.size_bytes.checked_add_signed(back),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

/// Every byte of an object, asked for again.
pub(super) fn each_chunk(store: &Arc<dyn ObjectStore>, key: &Key, take: &mut Take<'_>) -> io::Result<()> {
    let (asked, of) = (Arc::clone(store), key.clone());
    let size_bytes = wait(async move { asked.head(&of).await }).map_err(io_error)?.size;
    let mut at = 0;
    while at < size_bytes {
        let until = (at + RANGE_BYTES).min(size_bytes);
        take(&range(store, key, at, until)?)?;
        at = until;
    }
    Ok(())
}

fn range(store: &Arc<dyn ObjectStore>, key: &Key, from: u64, until: u64) -> io::Result<Bytes> {
    let (store, key) = (Arc::clone(store), key.clone());
    let bytes = wait(async move { store.get_range(&key, from..until).await }).map_err(io_error)?;
    // An answer cut short is no answer.
    if bytes.len() as u64 == until - from { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

/// Folders whose key ends with `suffix`, as the bucket lists them: in the order of their names.
pub(super) fn listed(
    store: Arc<dyn ObjectStore>,
    root: Key,
    suffix: String,
) -> impl Iterator<Item = Result<String, Error>> + Send {
    let (told, hears): (_, Receiver<Result<String, Error>>) = mpsc::sync_channel(NAMES_AHEAD);
    runtime().spawn(async move {
        let mut keys = store.list(Some(&root));
        while let Some(found) = keys.next().await {
            let found = match found {
                Ok(meta) => match meta.location.as_ref().strip_suffix(&suffix) {
                    Some(folder) => Ok(folder.to_string()),
                    None => continue,
                },
                Err(error) => Err(failed("listing", root.as_ref())(error)),
            };
            // Whoever listens may be slow: this thread serves others meanwhile.
            let sent = tokio::task::block_in_place(|| told.send(found));
            if sent.is_err() {
                return;
            }
        }
    });
    hears.into_iter()
}
