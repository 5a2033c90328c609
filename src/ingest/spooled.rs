//! A package that is only tried, written down where nobody finds it: a file without a name, which vanishes with its handle.
//!
//! Never synced: nothing is promised of it. Never looks into the bytes.

use std::fs::File;
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};

use super::{Error, blocking};
use crate::package;
use crate::proof::digest::Sha512;
use crate::storage;

/// Bytes gathered before a thread is asked to write them.
const GATHERED_BYTES: usize = 1 << 20;

/// A package in a file without a name.
pub(super) struct Spooled {
    pub file: File,
    pub digest: Sha512,
}

/// Writes the stream down; it is at its beginning again when this returns.
pub(super) async fn spool(
    mut body: impl Stream<Item = io::Result<Bytes>> + Unpin,
    scratch: PathBuf,
    bytes_max: u64,
) -> Result<Spooled, Error> {
    let folder = scratch.clone();
    let file =
        blocking(move || package::unlinked(&folder).map_err(|error| unwritten(error, &folder))).await?;
    let mut spooled = Spooled { file, digest: Sha512::new() };
    let (mut gathered, mut size_bytes) = (BytesMut::new(), 0u64);
    while let Some(bytes) = body.next().await {
        let bytes = bytes.map_err(storage::Error::Interrupted)?;
        size_bytes = size_bytes.saturating_add(bytes.len() as u64);
        if size_bytes > bytes_max {
            return Err(storage::Error::TooLarge { bytes_max }.into());
        }
        gathered.extend_from_slice(&bytes);
        if gathered.len() >= GATHERED_BYTES {
            let (full, folder) = (gathered.split(), scratch.clone());
            spooled =
                blocking(move || spooled.take(&full).map_err(|error| unwritten(error, &folder))).await?;
        }
    }
    blocking(move || {
        let ended = spooled.take(&gathered).and_then(|mut spooled| {
            spooled.file.rewind()?;
            Ok(spooled)
        });
        ended.map_err(|error| unwritten(error, &scratch))
    })
    .await
}

impl Spooled {
    fn take(mut self, bytes: &[u8]) -> io::Result<Self> {
        self.digest.update(bytes);
        self.file.write_all(bytes)?;
        Ok(self)
    }
}

/// A full disk is told as it is of a deposit.
fn unwritten(source: io::Error, folder: &Path) -> Error {
    let (doing, path) = ("writing in", folder.to_owned());
    match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            storage::Error::Full { doing, path }.into()
        }
        _ => storage::Error::Io { doing, path, source }.into(),
    }
}
