//! A site that is a bucket: S3 and what speaks it, Azure, Google.
//!
//! Nothing is staged: keys are written where they belong, and what says that an object is whole comes last, on
//! the condition that nobody wrote it before. An object without its declaration is nothing, and is written over
//! by the next attempt. The one thing to know: a bucket answers a write once it is durable, which is all we know
//! of its durability; so that every byte is asked for again before it is counted.

mod draft;
mod lock;
mod open;
mod read;
mod turns;
mod wait;

use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt};
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutPayload};

use super::error::Error;
use super::medium::{Draft, Entry, Kind, Medium, Objects, Put, StoredFile, Take};
use super::standing::{Lock, MediumKind, Room};
use draft::{BucketDraft, BucketPen};
use read::{RangeReader, each_chunk};
use turns::Turns;
use wait::{failed, io_of, wait};

pub use open::BucketSettings;

/// A bucket, or what is under a prefix of one.
#[derive(Debug)]
pub(super) struct Bucket {
    store: Arc<dyn ObjectStore>,
    kind: MediumKind,
    turns: Turns,
    /// Where its object lock can be asked.
    asked: Option<lock::Asked>,
}

impl Bucket {
    /// The bucket of these settings; nothing is asked of it yet.
    pub fn open(name: &str, settings: &BucketSettings) -> Result<Self, Error> {
        let open::Opened { store, kind, asked } = open::open(name, settings)?;
        Ok(Self { store, kind, turns: Turns::default(), asked })
    }

    /// Writes a small object; `Once` is refused where other bytes are.
    fn write(&self, path: &str, bytes: &[u8], how: Put) -> Result<(), Error> {
        let key = key(path)?;
        let (store, payload) = (Arc::clone(&self.store), PutPayload::from(bytes.to_vec()));
        let mode = if how == Put::Over { PutMode::Overwrite } else { PutMode::Create };
        let to = key.clone();
        match wait(async move { store.put_opts(&to, payload, mode.into()).await }) {
            // Ours, when the answer to a first try was lost.
            Err(object_store::Error::AlreadyExists { .. } | object_store::Error::Precondition { .. }) => {
                match self.get(path, bytes.len()) {
                    Ok(Some(there)) if there == bytes => Ok(()),
                    Ok(_) => Err(Error::Occupied { path: path.into() }),
                    Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::FileTooLarge => {
                        Err(Error::Occupied { path: path.into() })
                    }
                    Err(error) => Err(error),
                }
            }
            put => put.map(|_| ()).map_err(failed("writing", path)),
        }
    }

    /// Keys of everything under a folder.
    fn keys(&self, folder: &str) -> Result<Vec<Key>, Error> {
        let (store, prefix) = (Arc::clone(&self.store), key(folder)?);
        let listed =
            async move { store.list(Some(&prefix)).map_ok(|meta| meta.location).try_collect().await };
        wait(listed).map_err(failed("listing", folder))
    }

    fn size(&self, path: &str) -> Result<Option<u64>, Error> {
        let (store, key) = (Arc::clone(&self.store), key(path)?);
        match wait(async move { store.head(&key).await }) {
            Ok(meta) => Ok(Some(meta.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed("looking at", path)(error)),
        }
    }
}

impl Medium for Bucket {
    fn get(&self, path: &str, bytes_max: usize) -> Result<Option<Vec<u8>>, Error> {
        let mut bytes = Vec::new();
        let read = self.reread(path, &mut |chunk| {
            if bytes.len() + chunk.len() > bytes_max {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
            bytes.extend_from_slice(chunk);
            Ok(())
        });
        match read {
            Ok(()) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(Error::Io { doing: "reading", path: path.into(), source }),
        }
    }

    fn put(&self, path: &str, bytes: &[u8], how: Put) -> Result<(), Error> {
        self.write(path, bytes, how)
    }

    fn open(&self, path: &str) -> Result<Option<StoredFile>, Error> {
        let Some(size_bytes) = self.size(path)? else { return Ok(None) };
        let reader = RangeReader::new(Arc::clone(&self.store), key(path)?, size_bytes);
        Ok(Some(StoredFile::new(reader, size_bytes)))
    }

    fn reread(&self, path: &str, take: &mut Take<'_>) -> io::Result<()> {
        let key = key(path).map_err(io::Error::other)?;
        each_chunk(&self.store, &key, take)
    }

    fn names(&self, folder: &str) -> Result<Vec<Entry>, Error> {
        let (store, prefix) = (Arc::clone(&self.store), key(folder.trim_end_matches('/'))?);
        let listed = wait(async move { store.list_with_delimiter(Some(&prefix)).await });
        let listed = listed.map_err(failed("listing", folder))?;
        let entry = |key: &Key, kind| key.filename().map(|name| Entry { name: name.to_string(), kind });
        let folders = listed.common_prefixes.iter().filter_map(|key| entry(key, Kind::Folder));
        let files = listed.objects.iter().filter_map(|meta| entry(&meta.location, Kind::File));
        let mut names: Vec<Entry> = folders.chain(files).collect();
        names.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(names)
    }

    fn stands(&self, path: &str) -> Result<bool, Error> {
        let (store, prefix) = (Arc::clone(&self.store), key(path)?);
        let first = wait(async move { store.list(Some(&prefix)).next().await.transpose() });
        Ok(first.map_err(failed("listing", path))?.is_some() || self.size(path)?.is_some())
    }

    /// What an attempt left without saying it whole is written over.
    fn is_free(&self, _target: &str) -> Result<bool, Error> {
        Ok(true)
    }

    fn objects<'a>(&'a self, root: &str, declaration: &'a str) -> Objects<'a> {
        match key(root) {
            Ok(root) => Box::new(read::listed(Arc::clone(&self.store), root, format!("/{declaration}"))),
            Err(error) => Box::new(std::iter::once(Err(error))),
        }
    }

    fn begin(&self, target: &str, _size_bytes: u64) -> Result<Box<dyn Draft + '_>, Error> {
        Ok(Box::new(BucketDraft::new(self, target)))
    }

    /// The bytes are compared before they are sent whole: a bucket names what it has received.
    fn overwrite(
        &self,
        path: &str,
        from: &mut dyn Read,
        right: &mut dyn FnMut() -> Result<(), Error>,
    ) -> Result<u64, Error> {
        let mut pen = BucketPen::new(self, path)?;
        let mut chunk = vec![0; 256 << 10];
        let mut size_bytes = 0;
        loop {
            let read = from.read(&mut chunk).map_err(|source| Error::Io {
                doing: "copying to",
                path: path.into(),
                source,
            })?;
            if read == 0 {
                break;
            }
            pen.add(&chunk[..read])?;
            size_bytes += read as u64;
        }
        right()?;
        pen.finish()?;
        Ok(size_bytes)
    }

    fn remove(&self, path: &str) -> Result<(), Error> {
        let mut keys = self.keys(path)?;
        if keys.is_empty() {
            keys.push(key(path)?);
        }
        for key in keys {
            let store = Arc::clone(&self.store);
            match wait(async move { store.delete(&key).await }) {
                Err(object_store::Error::NotFound { .. }) => {}
                deleted => deleted.map_err(failed("removing", path))?,
            }
        }
        Ok(())
    }

    fn rename(&self, from: &str, to: &str) -> Result<(), Error> {
        let mut keys = self.keys(from)?;
        if keys.is_empty() && self.size(from)?.is_some() {
            keys.push(key(from)?);
        }
        for source in keys {
            let below = &source.as_ref()[key(from)?.as_ref().len()..];
            let target = format!("{to}{below}");
            // Through here, since a bucket copies no object of more than 5 GB by itself.
            if let Some(mut file) = self.open(source.as_ref())? {
                self.overwrite(&target, &mut file, &mut || Ok(()))?;
            }
        }
        self.remove(from)
    }

    /// Nothing is staged.
    fn sweep(&self, _age: Duration) -> Result<u64, Error> {
        Ok(0)
    }

    fn try_writing(&self) -> Result<(), Error> {
        let trial = format!(".essai-{}", std::process::id());
        self.write(&trial, b"x", Put::Over)?;
        self.remove(&trial)
    }

    fn kind(&self) -> MediumKind {
        self.kind
    }

    /// A bucket does not say.
    fn room(&self) -> Option<Room> {
        None
    }

    fn lock(&self) -> Lock {
        self.asked.as_ref().map_or(Lock::Unknown, lock::Asked::lock)
    }
}

/// The key of a path, byte for byte.
fn key(path: &str) -> Result<Key, Error> {
    Key::parse(path).map_err(|error| wrong_key(path, &error))
}

fn wrong_key(path: &str, error: &object_store::path::Error) -> Error {
    Error::Object(format!("{path:?} is no key: {error}"))
}

/// As an error of reading, with the kind that tells an absent object.
fn io_error(error: object_store::Error) -> io::Error {
    io_of(error)
}
