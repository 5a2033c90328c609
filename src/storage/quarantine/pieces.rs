//! What comes in several requests: pieces of a file, each durable before it is answered for, and a manifest that came apart.
//!
//! Never copies: pieces are added to one file, which takes the transfer's name once it is closed. The one thing to know: how
//! much of the file counts is what the caller says (`at`), from its rows; what lies past it was never answered for, and goes.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::PoisonError;

use bytes::{Bytes, BytesMut};
use fail::fail_point;
use futures_util::{Stream, StreamExt};

use super::{GATHERED_BYTES, MANIFEST, Quarantine, Received, UPLOAD, beside, blocking, opened};
use crate::model::{TenantId, TransferId};
use crate::proof::digest::sha512_of;
use crate::storage::error::{Error, failed};
use crate::storage::folder::disk::{self, GrowingFile, Locked, NewFile};
use crate::storage::folder::stands;

/// A file that pieces are added to, nobody else's until it is dropped: its pieces are counted before it is.
pub struct Held(GrowingFile);

/// Whether a file could be held.
pub enum Hold {
    Held(Held),
    /// Another request has it.
    Busy,
    /// There is none.
    Nothing,
}

/// A piece, on the disk.
#[derive(Debug)]
pub struct Added {
    /// Bytes of the file from its beginning, all synced.
    pub size_bytes: u64,
    /// The piece was cut: what came before is there.
    pub broken: Option<io::Error>,
}

impl Quarantine {
    /// Receives the manifest of a pair, as [`Quarantine::receive`] does a package.
    pub async fn receive_manifest(
        &self,
        tenant: TenantId,
        transfer: TransferId,
        stream: impl Stream<Item = io::Result<Bytes>>,
        bytes_max: u64,
    ) -> Result<Received, Error> {
        self.receive_at(tenant, beside(&self.place(tenant, transfer), MANIFEST), stream, bytes_max).await
    }

    /// The manifest of a pair, closed or not; `None` when there is none.
    pub fn open_manifest(&self, tenant: TenantId, transfer: TransferId) -> Result<Option<File>, Error> {
        opened(&beside(&self.place(tenant, transfer), MANIFEST))
    }

    /// Takes hold of the file that pieces are added to, closed or not; `is_first`: makes it when there is none.
    pub async fn hold(&self, tenant: TenantId, transfer: TransferId, is_first: bool) -> Result<Hold, Error> {
        let place = self.place(tenant, transfer);
        blocking(move || {
            if is_first && let Some(folder) = place.parent().filter(|folder| !folder.exists()) {
                disk::make_folder(folder)?;
            }
            // Closing renames it: the same file, whoever opens it under either name.
            for path in [beside(&place, UPLOAD), place] {
                match GrowingFile::open(path, is_first)? {
                    Some(Ok(file)) => return Ok(Hold::Held(Held(file))),
                    Some(Err(Locked)) => return Ok(Hold::Busy),
                    None => {}
                }
            }
            Ok(Hold::Nothing)
        })
        .await
    }

    /// Adds a piece at `at`, durable when it returns; `seen` sees each byte of it.
    ///
    /// # Errors
    /// [`Error::TooLarge`] when the file would pass `bytes_max`: nothing of the piece counts then.
    pub async fn add(
        &self,
        tenant: TenantId,
        Held(mut file): Held,
        at: u64,
        stream: impl Stream<Item = io::Result<Bytes>>,
        bytes_max: u64,
        mut seen: impl FnMut(&[u8]),
    ) -> Result<(Added, Held), Error> {
        let mut stream = std::pin::pin!(stream);
        file = blocking(move || file.begin_at(at).map(|()| file)).await?;
        let (mut gathered, mut size_bytes, mut broken) = (BytesMut::new(), at, None);
        while let Some(bytes) = stream.next().await {
            let bytes = match bytes {
                Ok(bytes) => bytes,
                Err(error) => {
                    broken = Some(error);
                    break;
                }
            };
            size_bytes = size_bytes.saturating_add(bytes.len() as u64);
            if size_bytes > bytes_max {
                return Err(Error::TooLarge { bytes_max });
            }
            seen(&bytes);
            gathered.extend_from_slice(&bytes);
            if gathered.len() >= GATHERED_BYTES {
                let full = gathered.split();
                file = blocking(move || file.write(&full).map(|()| file)).await?;
            }
        }
        let (folder, top) = (self.folder.join(tenant.to_string()), self.folder.clone());
        let added = blocking(move || {
            file.write(&gathered)?;
            file.sync()?;
            fail_point!("storage-piece-written");
            if file.is_new {
                disk::sync_folder(&folder)?;
                disk::sync_folder(&top)?;
            }
            Ok((Added { size_bytes: file.size_bytes(), broken }, Held(file)))
        });
        added.await
    }

    /// The pieces so far become the transfer: what [`Quarantine::open`] finds, digested whole, the manifest first. Empty when no
    /// attachment came. Safe to run again.
    pub async fn close(&self, tenant: TenantId, transfer: TransferId) -> Result<Received, Error> {
        let quarantine = self.clone();
        blocking(move || quarantine.named(tenant, transfer)).await
    }

    /// As [`Quarantine::close`], of a file held, of which only so many bytes count.
    pub async fn close_held(
        &self,
        tenant: TenantId,
        transfer: TransferId,
        Held(mut file): Held,
        counted: u64,
    ) -> Result<(Received, Held), Error> {
        let quarantine = self.clone();
        blocking(move || {
            file.begin_at(counted)?;
            file.sync()?;
            Ok((quarantine.named(tenant, transfer)?, Held(file)))
        })
        .await
    }

    fn named(&self, tenant: TenantId, transfer: TransferId) -> Result<Received, Error> {
        let (place, folder) = (self.place(tenant, transfer), self.folder.join(tenant.to_string()));
        if !stands(&place)? {
            let upload = beside(&place, UPLOAD);
            if !stands(&upload)? {
                NewFile::create(upload.clone())?.sync()?;
            }
            disk::rename(&upload, &place)?;
            fail_point!("storage-piece-named");
            disk::sync_folder(&folder)?;
        }
        let mut waiting = self.open(tenant, transfer)?;
        let (sha512, size_bytes) = sha512_of(&mut waiting.bytes()).map_err(failed("reading", &place))?;
        self.durable.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant);
        Ok(Received { size_bytes, sha512 })
    }

    /// Whether these are, to the last one, the bytes from `at` to the end of what came so far: a piece sent again.
    pub async fn is_repeated(
        &self,
        tenant: TenantId,
        transfer: TransferId,
        at: u64,
        stream: impl Stream<Item = io::Result<Bytes>>,
    ) -> Result<bool, Error> {
        let mut stream = std::pin::pin!(stream);
        let place = self.place(tenant, transfer);
        let mut file = blocking(move || {
            let found = match opened(&beside(&place, UPLOAD))? {
                None => opened(&place)?,
                found => found,
            };
            let mut file = found.ok_or_else(|| Error::Absent(transfer.to_string()))?;
            file.seek(SeekFrom::Start(at)).map_err(failed("reading", &place))?;
            Ok(file)
        })
        .await?;
        while let Some(bytes) = stream.next().await {
            let bytes = bytes.map_err(Error::Interrupted)?;
            let mut same = vec![0; bytes.len()];
            let read =
                blocking(move || Ok((file.read_exact(&mut same).is_ok() && same == bytes).then_some(file)));
            match read.await? {
                Some(read) => file = read,
                None => return Ok(false),
            }
        }
        blocking(move || Ok(matches!(file.read(&mut [0]), Ok(0)))).await
    }
}
