//! A copy read so that it is known, at its end, whether its bytes were those promised; as slowly as asked.

use std::io::{self, Read};
use std::time::{Duration, Instant};

use crate::proof::digest::Sha512;

/// Bytes on their way from one copy to another.
pub(super) struct Copying<R> {
    from: R,
    digest: Sha512,
    pub size_bytes: u64,
    pace: Option<Pace>,
}

/// No more than so many bytes a second.
struct Pace {
    bytes_per_second: u64,
    since: Instant,
}

impl<R: Read> Copying<R> {
    pub fn new(from: R, bytes_per_second: Option<u64>) -> Self {
        let pace = bytes_per_second
            .filter(|rate| *rate > 0)
            .map(|bytes_per_second| Pace { bytes_per_second, since: Instant::now() });
        Self { from, digest: Sha512::new(), size_bytes: 0, pace }
    }

    /// Digest of what was read so far.
    pub fn sha512(&self) -> [u8; 64] {
        self.digest.clone().finish()
    }
}

impl<R: Read> Read for Copying<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(buffer)?;
        self.digest.update(&buffer[..read]);
        self.size_bytes += read as u64;
        if let Some(pace) = &self.pace {
            pace.wait(self.size_bytes);
        }
        Ok(read)
    }
}

impl Pace {
    fn wait(&self, bytes: u64) {
        let due = Duration::from_secs_f64(bytes as f64 / self.bytes_per_second as f64);
        if let Some(early) = due.checked_sub(self.since.elapsed()) {
            std::thread::sleep(early);
        }
    }
}
