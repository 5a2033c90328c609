//! A draft as one package: the manifest, then the files, streamed as they are.
//!
//! Never held in memory: one thread reads the files while another sends. The one thing to know: the same manifest and the same files
//! at the same moment make the same bytes.

use std::io::{self, Cursor, Read, Write};
use std::pin::Pin;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::{Stream, stream};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::draft::Draft;
use super::names;
use crate::model::{TenantId, TransferId};
use crate::storage::Quarantine;

/// Bytes sent at once, and how many wait to be taken.
const CHUNK_BYTES: usize = 256 << 10;
const WAITING: usize = 8;
const BLOCK: u64 = 512;

/// Bytes as they are read.
pub type Content = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

/// A package ready to be streamed.
pub struct Package {
    pub(super) quarantine: Quarantine,
    pub(super) tenant: TenantId,
    /// `None`: the one that is kept under the draft's identifier.
    pub(super) manifest: Option<Vec<u8>>,
    pub(super) draft_id: Uuid,
    pub(super) at: DateTime<Utc>,
    /// Name in the package, identifier, size.
    pub(super) files: Vec<(String, Uuid, u64)>,
}

impl Package {
    /// Of the draft's whole files.
    pub(super) fn of(
        quarantine: Quarantine,
        tenant: TenantId,
        draft: &Draft,
        manifest: Option<Vec<u8>>,
        at: DateTime<Utc>,
    ) -> Self {
        let whole = draft.files.iter().filter(|file| file.is_whole());
        let files =
            whole.map(|file| (names::in_package(file.rank, &file.name), file.file_id, file.bytes_received));
        Self { quarantine, tenant, manifest, draft_id: draft.draft_id, at, files: files.collect() }
    }

    /// Bytes of the files, the manifest left out.
    pub fn size_bytes(&self) -> u64 {
        let of = |size: u64| size.div_ceil(BLOCK) * BLOCK + BLOCK;
        self.files.iter().map(|(_, _, size)| of(*size)).fold(0, u64::saturating_add)
    }

    /// The bytes, read as they are taken.
    pub fn stream(self) -> Content {
        written(move |out| self.write(out))
    }

    fn write(mut self, out: &mut dyn Write) -> io::Result<()> {
        let mut tar = tar::Builder::new(out);
        let at = u64::try_from(self.at.timestamp()).unwrap_or(0);
        let mut append = |name: &str, size: u64, content: &mut dyn Read| {
            let mut header = tar::Header::new_ustar();
            header.set_path(name)?;
            header.set_size(size);
            header.set_mode(0o644);
            header.set_mtime(at);
            header.set_cksum();
            tar.append(&header, content.take(size))
        };
        match self.manifest.take() {
            Some(manifest) => append("manifest.xml", manifest.len() as u64, &mut Cursor::new(&manifest))?,
            None => {
                let kept =
                    self.quarantine.open(self.tenant, TransferId(self.draft_id)).map_err(io::Error::other)?;
                let mut kept = kept.file;
                append("manifest.xml", kept.metadata()?.len(), &mut kept)?;
            }
        }
        for (name, id, size) in &self.files {
            let mut file = self.quarantine.open(self.tenant, TransferId(*id)).map_err(io::Error::other)?.file;
            append(name, *size, &mut file)?;
        }
        tar.finish()
    }
}

/// Where the writing thread puts its bytes.
struct Out {
    sender: mpsc::Sender<io::Result<Bytes>>,
    gathered: Vec<u8>,
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.gathered.extend_from_slice(bytes);
        if self.gathered.len() >= CHUNK_BYTES {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.gathered.is_empty() {
            return Ok(());
        }
        let full = Bytes::from(std::mem::take(&mut self.gathered));
        self.sender.blocking_send(Ok(full)).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
    }
}

/// The bytes that a thread writes, as they are taken.
pub(super) fn written(write: impl FnOnce(&mut dyn Write) -> io::Result<()> + Send + 'static) -> Content {
    let (sender, mut receiver) = mpsc::channel(WAITING);
    tokio::task::spawn_blocking(move || {
        let mut out = Out { sender, gathered: Vec::new() };
        if let Err(error) = write(&mut out).and_then(|()| out.flush()) {
            let _ = out.sender.blocking_send(Err(error));
        }
    });
    Box::pin(stream::poll_fn(move |context| receiver.poll_recv(context)))
}
