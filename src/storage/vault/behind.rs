//! What follows the hand that writes a copy: files are made durable, then read again, while the next ones are written.
//!
//! Never says of a file more than was read from the place itself, after its bytes had lasted.

use std::io;
use std::ops::Range;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Scope, ScopedJoinHandle};

use super::super::error::Error;
use super::super::medium::{Batch, Take};
use super::super::site::Asking;
use super::deposit::NewFile;
use super::staged::{Filling, joined};
use crate::proof::digest::Sha512;

/// Files of a copy that may be made durable, by number.
pub(super) type Written = (Box<dyn Batch>, Range<usize>);

/// Who reads at once: while one digests, the place answers another.
const READERS: usize = 2;

/// The hands behind the one that writes: one has the bytes last, the others read them again.
pub(super) struct Behind<'scope> {
    written: SyncSender<Written>,
    syncing: ScopedJoinHandle<'scope, Result<(), Error>>,
    reading: [ScopedJoinHandle<'scope, Option<String>>; READERS],
}

impl<'scope> Behind<'scope> {
    /// Nothing written yet. Each hand may have one batch to do besides the one it does.
    pub fn begin<'env>(
        scope: &'scope Scope<'scope, 'env>,
        asking: &'scope Asking<'_>,
        with: &'scope Filling<'_>,
    ) -> Self {
        let (written, batches) = sync_channel(1);
        let (lasting, synced) = sync_channel(1);
        let syncing = scope.spawn(move || sync(asking, &batches, &lasting));
        let synced = Arc::new(Mutex::new(synced));
        let reading = std::array::from_fn(|_| {
            let synced = Arc::clone(&synced);
            scope.spawn(move || read_again(asking, with, &synced))
        });
        Self { written, syncing, reading }
    }

    /// Hands a batch on, once there is room for it; `false` when the hands have ended: [`Behind::end`] says why.
    pub fn take(&self, batch: Written) -> bool {
        self.written.send(batch).is_ok()
    }

    /// Waits for what was handed on: content path of a file that does not read back as promised.
    pub fn end(self) -> Result<Option<String>, Error> {
        drop(self.written);
        let synced = joined(self.syncing);
        let wrong = self.reading.map(joined).into_iter().flatten().min();
        synced.map(|()| wrong)
    }
}

fn sync(
    asking: &Asking<'_>,
    batches: &Receiver<Written>,
    lasting: &SyncSender<Written>,
) -> Result<(), Error> {
    for (batch, files) in batches {
        batch.sync()?;
        asking.goes_on();
        if lasting.send((batch, files)).is_err() {
            break;
        }
    }
    Ok(())
}

fn read_again(asking: &Asking<'_>, with: &Filling<'_>, synced: &Mutex<Receiver<Written>>) -> Option<String> {
    let next = || synced.lock().unwrap_or_else(PoisonError::into_inner).recv().ok();
    while let Some((batch, files)) = next() {
        let wrong = first_wrong(&with.files[files], asking, with, &|path, take| batch.reread(path, take));
        if wrong.is_some() {
            return wrong;
        }
    }
    None
}

/// Gives the bytes of a file, by its path in what is made.
pub(super) type RereadFile<'a> = dyn Fn(&str, &mut Take<'_>) -> io::Result<()> + 'a;

/// Content path of the first of these files that does not read back as promised.
pub(super) fn first_wrong(
    files: &[NewFile],
    asking: &Asking<'_>,
    with: &Filling<'_>,
    reread: &RereadFile<'_>,
) -> Option<String> {
    let reads_back = |file: &&NewFile| {
        let mut digest = Sha512::new();
        let read = reread(&format!("{}{}", with.content, file.content_path), &mut |bytes| {
            digest.update(bytes);
            asking.goes_on();
            Ok(())
        });
        read.is_ok() && digest.finish() == file.sha512
    };
    files.iter().find(|file| !reads_back(file)).map(|file| file.content_path.clone())
}
