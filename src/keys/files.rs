//! Files that hold keys: made whole or not at all, durable, and readable by their owner alone.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Error;

const SECRET_BYTES_MAX: u64 = 64 << 10;

fn failed(path: &Path) -> impl FnOnce(io::Error) -> Error + '_ {
    move |source| Error::Io { path: path.to_path_buf(), source }
}

/// Makes the folder, for its owner alone.
pub(super) fn make_folder(folder: &Path) -> Result<(), Error> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed(folder))?;
    let above = folder.parent().unwrap_or(folder);
    File::open(above).and_then(|above| above.sync_all()).map_err(failed(above))
}

/// Makes a file of this name, which must not be there; durable when it returns.
pub(super) fn create(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), Error> {
    /// Two threads that make the same file have each their own draft.
    static DRAFTS: AtomicU64 = AtomicU64::new(0);
    let path = folder.join(name);
    let draft = DRAFTS.fetch_add(1, Ordering::Relaxed);
    let draft = folder.join(format!(".{name}.{}.{draft}", std::process::id()));
    let written = || {
        // Of a process of the same number that died.
        std::fs::remove_file(&draft).ok();
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        // Not a rename: whoever comes second must not take the place of the first.
        std::fs::hard_link(&draft, &path)?;
        File::open(folder)?.sync_all()
    };
    let outcome = written();
    std::fs::remove_file(&draft).ok();
    outcome.map_err(failed(&path))
}

/// A small text file.
pub(super) fn read(path: &Path, bytes_max: u64) -> Result<String, Error> {
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(bytes_max).read_to_string(&mut text));
    read.map(|_| text).map_err(failed(path))
}

/// A file that only its owner may read.
pub(super) fn read_secret(path: &Path) -> Result<String, Error> {
    let about = std::fs::metadata(path).map_err(failed(path))?;
    if about.mode() & 0o077 != 0 {
        return Err(Error::Readable { path: path.to_path_buf() });
    }
    read(path, SECRET_BYTES_MAX)
}

/// Names of a folder's files; none when it is not there.
pub(super) fn names(folder: &Path) -> Result<Vec<String>, Error> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failed(folder))?,
    };
    let named = |entry: io::Result<std::fs::DirEntry>| entry.map(|entry| entry.file_name());
    let names = entries.map(named).collect::<Result<Vec<_>, _>>().map_err(failed(folder))?;
    Ok(names
        .into_iter()
        .filter_map(|name| name.into_string().ok())
        .filter(|name| !name.starts_with('.'))
        .collect())
}
