//! What a kind of place must know how to do to hold a site: a folder does it with files and syncs, a bucket
//! with objects and conditions.
//!
//! It knows nothing of archives. The one thing to know: paths are relative to the site, with `/`; whatever
//! returns `Ok` after writing is durable, [`Draft`] apart, which says step by step what is.

use std::fmt;
use std::io::{self, Read, Seek};
use std::time::Duration;

use super::error::Error;
use super::standing::{Lock, MediumKind, Room};

/// A place that holds a site.
pub(super) trait Medium: fmt::Debug + Send + Sync {
    /// A small file whole; `None` when it is not there, an error when it is longer than `bytes_max`.
    fn get(&self, path: &str, bytes_max: usize) -> Result<Option<Vec<u8>>, Error>;

    /// A small file, written; the folders above it are made.
    fn put(&self, path: &str, bytes: &[u8], how: Put) -> Result<(), Error>;

    /// A file for reading; `None` when it is not there.
    fn open(&self, path: &str) -> Result<Option<StoredFile>, Error>;

    /// Gives every byte of a file to `take`, from the place itself and not from a memory of it.
    fn reread(&self, path: &str, take: &mut Take<'_>) -> io::Result<()>;

    /// What a folder holds; nothing when it is not there.
    fn names(&self, folder: &str) -> Result<Vec<Entry>, Error>;

    /// Whether a file or a folder stands there.
    fn stands(&self, path: &str) -> Result<bool, Error>;

    /// Whether an object can be made at `target`: nothing is there but what a dead attempt left of the same.
    fn is_free(&self, target: &str) -> Result<bool, Error>;

    /// Folders under `root` that hold `declaration`, in the order of their paths.
    fn objects<'a>(&'a self, root: &str, declaration: &'a str) -> Objects<'a>;

    /// An object (or a version of one) in the making, of about `size_bytes`, to stand at `target`; waits for
    /// whoever makes the same.
    fn begin(&self, target: &str, size_bytes: u64) -> Result<Box<dyn Draft + '_>, Error>;

    /// Writes a file over the one of that name, or anew. `right` is asked once everything is read, before the
    /// file gets its name.
    fn overwrite(
        &self,
        path: &str,
        from: &mut dyn Read,
        right: &mut dyn FnMut() -> Result<(), Error>,
    ) -> Result<u64, Error>;

    /// Removes a file or a folder with all it holds; nothing there is no failure.
    fn remove(&self, path: &str) -> Result<(), Error>;

    /// Gives a file or a folder another name, which nothing may have.
    fn rename(&self, from: &str, to: &str) -> Result<(), Error>;

    /// Removes what dead attempts left behind for longer than `age`, but never what is being made.
    fn sweep(&self, age: Duration) -> Result<u64, Error>;

    /// Writes something, removes it; an error says why bytes are not taken.
    fn try_writing(&self) -> Result<(), Error>;

    /// What it is.
    fn kind(&self) -> MediumKind;

    /// Room left, where it is known.
    fn room(&self) -> Option<Room>;

    /// What the place itself keeps from being removed; asked rarely.
    fn lock(&self) -> Lock;
}

/// Bytes handed on as they are read.
pub(super) type Take<'a> = dyn FnMut(&[u8]) -> io::Result<()> + 'a;

/// Paths of objects, in their order.
pub(super) type Objects<'a> = Box<dyn Iterator<Item = Result<String, Error>> + Send + 'a>;

/// How a small file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Put {
    /// Only where nothing is, or the same bytes: other bytes are an error.
    Once,
    /// As `Once`, in a folder that an object brought with it, durable already.
    Beside,
    /// Over whatever is there.
    Over,
}

/// A name in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub name: String,
    pub kind: Kind,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    /// A link, a device: nothing an archive is made of.
    Other,
}

/// An object in the making: nothing of it is seen before `place`; nothing is left of one that is dropped.
pub(super) trait Draft: Send {
    /// A file of the object, to be written.
    fn create(&mut self, path: &str) -> Result<Box<dyn Pen + '_>, Error>;

    /// A small file; those that say the object is whole come last, in the order given.
    fn small(&mut self, path: &str, bytes: &[u8]) -> Result<(), Error>;

    /// An empty folder of the object, for what will be put beside it.
    fn folder(&mut self, path: &str) -> Result<(), Error>;

    /// Everything written so far is durable when it returns, small files perhaps apart.
    fn flush(&mut self) -> Result<(), Error>;

    /// Once enough was written since the last answer: by what it is made durable while more is written. Never where
    /// files cannot be read before `flush`.
    fn batch(&mut self) -> Option<Box<dyn Batch>> {
        None
    }

    /// As [`Medium::reread`], of a file written by `create`.
    fn reread(&self, path: &str, take: &mut Take<'_>) -> io::Result<()>;

    /// The object is seen in its place from now on, but a power cut may undo it.
    fn place(&mut self) -> Result<(), Error>;

    /// The object's place is durable when it returns; also asked for an object already in place.
    fn settle(&mut self) -> Result<(), Error>;
}

/// Files written one after the other, for another thread than the one that goes on writing.
pub(super) trait Batch: Send {
    /// Their bytes are durable when it returns.
    fn sync(&self) -> Result<(), Error>;

    /// As [`Draft::reread`].
    fn reread(&self, path: &str, take: &mut Take<'_>) -> io::Result<()>;
}

/// A file being written.
pub(super) trait Pen {
    /// Adds bytes at the end.
    fn write(&mut self, bytes: &[u8]) -> Result<(), Error>;

    /// Ends the file.
    fn close(self: Box<Self>) -> Result<(), Error>;
}

/// The content of one stored file.
pub struct StoredFile {
    content: Box<dyn Content>,
    size_bytes: u64,
}

/// What is read and sought.
pub(super) trait Content: Read + Seek + Send {}

impl<T: Read + Seek + Send> Content for T {}

impl StoredFile {
    pub(super) fn new(content: impl Content + 'static, size_bytes: u64) -> Self {
        Self { content: Box::new(content), size_bytes }
    }

    /// Bytes of the whole file.
    pub fn len(&self) -> u64 {
        self.size_bytes
    }

    /// Whether the file holds nothing.
    pub fn is_empty(&self) -> bool {
        self.size_bytes == 0
    }
}

impl fmt::Debug for StoredFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredFile").field("size_bytes", &self.size_bytes).finish_non_exhaustive()
    }
}

impl Read for StoredFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.content.read(buffer)
    }
}

impl Seek for StoredFile {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.content.seek(to)
    }
}
