//! An object of a bucket in the making: contents first, then what says that it is whole, in order and only
//! where nobody said it before.

use std::io;
use std::sync::Arc;

use object_store::path::Path as Key;
use object_store::{ObjectStoreExt, PutPayload, WriteMultipart};

use super::super::error::Error;
use super::super::medium::{Draft, Medium, Pen, Put, Take};
use super::turns::Turn;
use super::wait::{failed, runtime, wait};
use super::{Bucket, key};

/// Files up to this size are sent at once, larger ones in parts of it.
const PART_BYTES: usize = 8 << 20;
/// Parts on their way at once, for one file.
const PARTS_AT_ONCE: usize = 3;

pub(super) struct BucketDraft<'a> {
    bucket: &'a Bucket,
    target: String,
    /// Keys written, to be removed if the object is given up.
    written: Vec<String>,
    small: Vec<(String, Vec<u8>)>,
    placed: bool,
    _turn: Turn<'a>,
}

impl<'a> BucketDraft<'a> {
    pub fn new(bucket: &'a Bucket, target: &str) -> Self {
        Self {
            bucket,
            target: target.to_string(),
            written: Vec::new(),
            small: Vec::new(),
            placed: false,
            _turn: bucket.turns.take(target),
        }
    }

    fn at(&self, path: &str) -> String {
        format!("{}/{path}", self.target)
    }
}

impl Draft for BucketDraft<'_> {
    fn create(&mut self, path: &str) -> Result<Box<dyn Pen + '_>, Error> {
        let path = self.at(path);
        self.written.push(path.clone());
        Ok(Box::new(BucketPen::new(self.bucket, &path)?))
    }

    fn small(&mut self, path: &str, bytes: &[u8]) -> Result<(), Error> {
        self.small.push((path.to_string(), bytes.to_vec()));
        Ok(())
    }

    /// A bucket has no empty folder.
    fn folder(&mut self, _path: &str) -> Result<(), Error> {
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Error> {
        Ok(())
    }

    fn reread(&self, path: &str, take: &mut Take<'_>) -> io::Result<()> {
        self.bucket.reread(&self.at(path), take)
    }

    fn place(&mut self) -> Result<(), Error> {
        self.placed = true;
        for (path, bytes) in &self.small {
            self.bucket.put(&self.at(path), bytes, Put::Once)?;
        }
        Ok(())
    }

    fn settle(&mut self) -> Result<(), Error> {
        for (path, bytes) in &self.small {
            let path = self.at(path);
            if self.bucket.get(&path, bytes.len())?.as_ref() != Some(bytes) {
                let source = io::ErrorKind::InvalidData.into();
                return Err(Error::Io { doing: "reading back", path: path.into(), source });
            }
        }
        Ok(())
    }
}

impl Drop for BucketDraft<'_> {
    fn drop(&mut self) {
        if self.placed {
            return;
        }
        // What cannot be removed now is written over by the next attempt.
        for path in std::mem::take(&mut self.written) {
            let Ok(key) = key(&path) else { continue };
            let store = Arc::clone(&self.bucket.store);
            runtime().spawn(async move { store.delete(&key).await });
        }
    }
}

/// A file on its way to the bucket.
pub(super) struct BucketPen<'a> {
    bucket: &'a Bucket,
    key: Key,
    buffer: Vec<u8>,
    parts: Option<WriteMultipart>,
}

impl<'a> BucketPen<'a> {
    pub fn new(bucket: &'a Bucket, path: &str) -> Result<Self, Error> {
        Ok(Self { bucket, key: key(path)?, buffer: Vec::new(), parts: None })
    }

    pub fn add(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= PART_BYTES {
            let part = std::mem::take(&mut self.buffer);
            self.send(part)?;
        }
        Ok(())
    }

    /// The file is in the bucket, whole, when it returns.
    pub fn finish(mut self) -> Result<(), Error> {
        let (store, key, rest) =
            (Arc::clone(&self.bucket.store), self.key.clone(), std::mem::take(&mut self.buffer));
        let parts = self.parts.take();
        let written = wait(async move {
            match parts {
                Some(mut parts) => {
                    parts.put(rest.into());
                    parts.finish().await
                }
                None => store.put(&key, PutPayload::from(rest)).await,
            }
        });
        written.map(|_| ()).map_err(failed("writing", self.key.as_ref()))
    }

    fn send(&mut self, part: Vec<u8>) -> Result<(), Error> {
        let (store, key, parts) = (Arc::clone(&self.bucket.store), self.key.clone(), self.parts.take());
        let sent = wait(async move {
            let mut parts = match parts {
                Some(parts) => parts,
                None => WriteMultipart::new_with_chunk_size(store.put_multipart(&key).await?, PART_BYTES),
            };
            parts.wait_for_capacity(PARTS_AT_ONCE).await?;
            parts.put(part.into());
            Ok(parts)
        });
        self.parts = Some(sent.map_err(failed("writing", self.key.as_ref()))?);
        Ok(())
    }
}

impl Pen for BucketPen<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.add(bytes)
    }

    fn close(self: Box<Self>) -> Result<(), Error> {
        self.finish()
    }
}

impl Drop for BucketPen<'_> {
    fn drop(&mut self) {
        if let Some(parts) = self.parts.take() {
            runtime().spawn(async move { parts.abort().await });
        }
    }
}
