//! The instrument of the power-cut tests: under the feature `failpoints`, every durable effect is written
//! to the file named by `CHARTRIER_SYNC_LOG`; a test then undoes what was never synced.
//!
//! With `CHARTRIER_GRAVEYARD`, what is removed is moved there under the name that the line gives, so that the
//! disk as it was at any line can be made again.
//!
//! A line is a JSON array, `[operation, path, more]`; `syncing` and `synced` have the sync's number. An effect and its line are one step, so that a line
//! which precedes `syncing` names an effect that this sync covers; `synced` follows a sync that succeeded.
//! In a delivery nothing of this exists.

#[cfg(not(feature = "failpoints"))]
use std::{fmt::Display, io, path::Path};

/// Does an effect on the disk and notes it: `folder`, `create`, `write` (more: length so far), `rename`
/// (more: new path), `remove`.
#[cfg(not(feature = "failpoints"))]
pub(super) fn effect<T>(_operation: &str, _path: &Path, _more: impl Display, act: impl FnOnce() -> T) -> T {
    act()
}

/// Does a sync of a file or folder and notes its beginning and its success.
#[cfg(not(feature = "failpoints"))]
pub(super) fn sync(_path: &Path, act: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
    act()
}

/// As [`sync`], of a whole file system: everything written anywhere is covered.
#[cfg(not(feature = "failpoints"))]
pub(super) fn sync_all(act: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
    act()
}

/// Where a test keeps what is removed, to know what it was; nowhere else is there such a place.
#[cfg(not(feature = "failpoints"))]
pub(super) fn grave() -> Option<(std::path::PathBuf, String)> {
    None
}

#[cfg(feature = "failpoints")]
pub(super) use noted::{effect, grave, sync, sync_all};

#[cfg(feature = "failpoints")]
mod noted {
    use std::fmt::Display;
    use std::fs::File;
    use std::io::{self, Write};
    use std::path::Path;
    use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

    static LOG: OnceLock<Option<Mutex<File>>> = OnceLock::new();

    #[expect(clippy::disallowed_methods, reason = "an instrument of tests, not a setting")]
    fn log() -> Option<MutexGuard<'static, File>> {
        let log = LOG.get_or_init(|| {
            let path = std::env::var_os("CHARTRIER_SYNC_LOG")?;
            let file = File::options().create(true).append(true).open(&path);
            Some(Mutex::new(file.expect("the file of CHARTRIER_SYNC_LOG can be written")))
        });
        log.as_ref().map(|log| log.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn note(mut log: &File, operation: &str, path: &Path, more: impl Display) {
        let line = serde_json::json!([operation, path.to_string_lossy(), more.to_string()]);
        log.write_all(format!("{line}\n").as_bytes()).expect("the file of CHARTRIER_SYNC_LOG can be written");
    }

    pub fn effect<T>(operation: &str, path: &Path, more: impl Display, act: impl FnOnce() -> T) -> T {
        let log = log();
        if let Some(log) = &log {
            note(log, operation, path, more);
        }
        act()
    }

    pub fn sync(path: &Path, act: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        around(["syncing", "synced"], path, act)
    }

    pub fn sync_all(act: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        around(["syncing all", "synced all"], Path::new("/"), act)
    }

    pub fn grave() -> Option<(std::path::PathBuf, String)> {
        static COUNT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
        #[expect(clippy::disallowed_methods, reason = "an instrument of tests, not a setting")]
        let graveyard = std::env::var_os("CHARTRIER_GRAVEYARD")?;
        let name = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed).to_string();
        Some((Path::new(&graveyard).join(&name), name))
    }

    fn around(
        [begun, ended]: [&str; 2],
        path: &Path,
        act: impl FnOnce() -> io::Result<()>,
    ) -> io::Result<()> {
        // Two syncs of one folder may end in another order than they began.
        static COUNT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
        let number = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let number = format!("{}.{number}", std::process::id());
        if let Some(log) = log() {
            note(&log, begun, path, &number);
        }
        let done = act();
        if let (Ok(()), Some(log)) = (&done, log()) {
            note(&log, ended, path, &number);
        }
        done
    }
}
