//! Bytes appended and read back at any place: in memory to a threshold, then in a file, the last of them in memory still.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;

use super::Scratch;

/// Bytes gathered before they are written to the file, and read from it at once.
const BLOCK_BYTES: usize = 128 << 10;

/// Append-only bytes.
#[derive(Debug)]
pub struct Bytes {
    scratch: Scratch,
    file: Option<File>,
    /// Bytes in the file; the tail follows them.
    written: u64,
    tail: Vec<u8>,
}

impl Bytes {
    /// None yet.
    pub fn new(scratch: &Scratch) -> Self {
        Self { scratch: scratch.clone(), file: None, written: 0, tail: Vec::new() }
    }

    /// How many.
    pub fn len(&self) -> u64 {
        self.written + self.tail.len() as u64
    }

    /// Whether some left the memory.
    #[cfg(test)]
    pub fn is_spilled(&self) -> bool {
        self.file.is_some()
    }

    /// Adds some at the end; the place where they begin.
    ///
    /// # Errors
    /// When the scratch file cannot be made or written.
    pub fn append(&mut self, bytes: &[u8]) -> io::Result<u64> {
        let place = self.len();
        let kept_max = match self.file {
            Some(_) => BLOCK_BYTES.min(self.scratch.memory_bytes),
            None => self.scratch.memory_bytes,
        };
        if self.tail.len() + bytes.len() > kept_max {
            self.flush()?;
            if bytes.len() > kept_max {
                self.write(bytes)?;
                return Ok(place);
            }
        }
        self.tail.extend_from_slice(bytes);
        Ok(place)
    }

    /// Writes the tail to the file.
    fn flush(&mut self) -> io::Result<()> {
        let tail = std::mem::take(&mut self.tail);
        self.write(&tail)?;
        // The first tail was as large as the memory allowed; the next are small.
        if tail.capacity() <= 2 * BLOCK_BYTES {
            self.tail = tail;
            self.tail.clear();
        }
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.file.is_none() {
            self.file = Some(self.scratch.file()?);
        }
        self.scratch.take(bytes.len() as u64)?;
        if let Some(file) = &self.file {
            file.write_all_at(bytes, self.written)?;
        }
        self.written += bytes.len() as u64;
        Ok(())
    }

    /// Reads what was appended at `place`, as much as the buffer holds.
    ///
    /// # Errors
    /// When the scratch file cannot be read; `UnexpectedEof` past the end.
    pub fn read_at(&self, place: u64, buffer: &mut [u8]) -> io::Result<()> {
        let in_file = self.written.saturating_sub(place).min(buffer.len() as u64) as usize;
        let (first, last) = buffer.split_at_mut(in_file);
        if let (Some(file), false) = (&self.file, first.is_empty()) {
            file.read_exact_at(first, place)?;
        }
        let from = place.saturating_sub(self.written) as usize;
        let tail = self.tail.get(from..from + last.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        last.copy_from_slice(tail);
        Ok(())
    }

    /// Those from `start` to `end`, in order.
    pub fn cursor(&self, start: u64, end: u64) -> Cursor<'_> {
        Cursor { bytes: self, window: Window::new(start, end) }
    }
}

impl Drop for Bytes {
    fn drop(&mut self) {
        self.scratch.give_back(self.written);
    }
}

/// A stretch of [`Bytes`] read forward, a block at a time.
#[derive(Debug)]
pub struct Cursor<'a> {
    bytes: &'a Bytes,
    window: Window,
}

impl Cursor<'_> {
    /// The next `length` bytes, in `into`; `false` at the end.
    ///
    /// # Errors
    /// When the scratch file cannot be read.
    pub fn take(&mut self, length: usize, into: &mut Vec<u8>) -> io::Result<bool> {
        into.resize(length, 0);
        self.window.take(self.bytes, into)
    }
}

impl Read for Cursor<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = buffer.len().min(self.window.left() as usize);
        self.window.take(self.bytes, &mut buffer[..length])?;
        Ok(length)
    }
}

/// The block of a stretch being read; it borrows nothing.
#[derive(Debug)]
pub(super) struct Window {
    /// Next place to read from.
    at: u64,
    end: u64,
    block: Vec<u8>,
    used: usize,
    block_bytes: usize,
}

impl Window {
    pub(super) fn new(start: u64, end: u64) -> Self {
        Self { at: start, end, block: Vec::new(), used: 0, block_bytes: BLOCK_BYTES }
    }

    /// The same, with smaller blocks, when many are open.
    pub(super) fn in_blocks_of(mut self, bytes: usize) -> Self {
        self.block_bytes = bytes;
        self
    }

    fn left(&self) -> u64 {
        self.end - self.at + (self.block.len() - self.used) as u64
    }

    /// Fills the buffer with what comes next; `false` when nothing is left.
    pub(super) fn take(&mut self, bytes: &Bytes, buffer: &mut [u8]) -> io::Result<bool> {
        if buffer.is_empty() {
            return Ok(true);
        }
        let mut filled = 0;
        while filled < buffer.len() {
            if self.used == self.block.len() {
                let length = (self.end - self.at).min(self.block_bytes as u64) as usize;
                if length == 0 {
                    return if filled == 0 { Ok(false) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
                }
                self.block.resize(length, 0);
                bytes.read_at(self.at, &mut self.block)?;
                self.at += length as u64;
                self.used = 0;
            }
            let length = (buffer.len() - filled).min(self.block.len() - self.used);
            buffer[filled..filled + length].copy_from_slice(&self.block[self.used..self.used + length]);
            self.used += length;
            filled += length;
        }
        Ok(true)
    }
}
