//! One sync of a whole file system for all the small archives that wait for it, instead of one for each file.
//!
//! It never waits for company: whoever comes while a sync runs is covered by the next. The one thing to know:
//! a sync covers what was written before it began, and nothing else; beside a large writer a sync of the whole
//! file system takes as long as the writer's bytes, so that small archives then sync their own files.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError, Weak};

use super::synclog;

/// Turns whose failure is remembered: whoever waits for one hears of it long before so many have passed.
const REMEMBERED: u64 = 100_000;

/// The file system of a site; two sites of one file system share it.
#[derive(Debug)]
pub(super) struct Group {
    folder: File,
    turns: Mutex<Turns>,
    ended: Condvar,
    large: AtomicUsize,
}

#[derive(Debug, Default)]
struct Turns {
    /// Number of the sync that runs, or ran last.
    begun: u64,
    ended: u64,
    running: bool,
    /// The last syncs that failed, and their error.
    failed: HashMap<u64, i32>,
}

/// Says, while it lives, that large files are being written.
pub(super) struct Large(Arc<Group>);

impl Group {
    /// That of the file system on which `folder` is.
    pub fn of(folder: &Path) -> io::Result<Arc<Group>> {
        static GROUPS: OnceLock<Mutex<HashMap<u64, Weak<Group>>>> = OnceLock::new();
        let opened = File::open(folder)?;
        let device = opened.metadata()?.dev();
        let groups = GROUPS.get_or_init(Mutex::default);
        let mut groups = groups.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(group) = groups.get(&device).and_then(Weak::upgrade) {
            return Ok(group);
        }
        let group = Arc::new(Group {
            folder: opened,
            turns: Mutex::default(),
            ended: Condvar::new(),
            large: AtomicUsize::new(0),
        });
        groups.insert(device, Arc::downgrade(&group));
        Ok(group)
    }

    /// The moment from which a sync must begin to cover what was written until now.
    pub fn now(&self) -> u64 {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner).begun + 1
    }

    /// Everything written on the file system before `moment` is durable when it returns.
    pub fn sync(&self, moment: u64) -> io::Result<()> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if turns.ended >= moment {
                // An error is told once, perhaps to the sync that ran as the bytes were written.
                let failed = turns.failed.get(&moment).or_else(|| turns.failed.get(&(moment - 1)));
                return failed.map_or(Ok(()), |errno| Err(io::Error::from_raw_os_error(*errno)));
            }
            if turns.running {
                turns = self.ended.wait(turns).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            turns.running = true;
            turns.begun += 1;
            let turn = turns.begun;
            drop(turns);
            let done = synclog::sync_all(|| Ok(nix::unistd::syncfs(&self.folder)?));
            turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
            turns.running = false;
            turns.ended = turn;
            turns.failed.retain(|failed, _| failed + REMEMBERED > turn);
            if let Err(error) = done {
                turns.failed.insert(turn, error.raw_os_error().unwrap_or(nix::libc::EIO));
            }
            self.ended.notify_all();
        }
    }

    /// Whether large files are being written on it by this process.
    pub fn is_busy(&self) -> bool {
        self.large.load(Ordering::Relaxed) > 0
    }

    /// Says that large files are being written, for as long as the answer lives.
    pub fn large(self: &Arc<Self>) -> Large {
        self.large.fetch_add(1, Ordering::Relaxed);
        Large(Arc::clone(self))
    }
}

impl Drop for Large {
    fn drop(&mut self) {
        self.0.large.fetch_sub(1, Ordering::Relaxed);
    }
}
