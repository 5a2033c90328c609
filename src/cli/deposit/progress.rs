//! How far a package is sent, on a terminal; nothing elsewhere.

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Columns of the bar.
const BAR: u64 = 30;

/// One package's bar. Clones draw the same one.
#[derive(Clone)]
pub(super) struct Progress {
    name: Arc<str>,
    size: u64,
    is_shown: bool,
    /// Per mille drawn last.
    drawn: Arc<AtomicU64>,
}

impl Progress {
    pub fn new(path: &Path, size: u64) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self {
            name: name.into(),
            size,
            is_shown: io::stderr().is_terminal(),
            drawn: Arc::new(AtomicU64::new(u64::MAX)),
        }
    }

    /// So many bytes are sent.
    pub fn at(&self, sent: u64) {
        let share = sent.saturating_mul(1_000) / self.size.max(1);
        if !self.is_shown || self.drawn.swap(share, Ordering::Relaxed) == share {
            return;
        }
        let full = usize::try_from(share * BAR / 1_000).unwrap_or_default();
        let bar = format!("{}{}", "█".repeat(full), "·".repeat(BAR as usize - full.min(BAR as usize)));
        // A terminal that is gone shows nothing.
        write!(io::stderr(), "\r{} {bar} {:>3} %", self.name, share / 10).ok();
    }

    /// Leaves the line.
    pub fn end(&self) {
        if self.is_shown && self.drawn.load(Ordering::Relaxed) != u64::MAX {
            writeln!(io::stderr()).ok();
        }
    }
}
