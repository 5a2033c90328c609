//! The part of the document at hand: loaded piece by piece, dropped once read, with the lines of what was dropped.
//!
//! Never holds more than what is still wanted and as much again. The one thing to know: places are offsets in the
//! window, and move when it is filled; `fill` drops what its caller says.

use std::io::Read;

use super::encoding::Encoding;
use super::fault::{Fault, Stop};
use super::source::Source;

/// Text loaded and not dropped.
pub struct Window<R> {
    source: Source<R>,
    text: String,
    is_begun: bool,
    /// What stopped the source, told once all that comes before is read.
    stop: Option<Stop>,
    /// A place of the window, and its line.
    counted: usize,
    line: u64,
}

impl<R: Read> Window<R> {
    /// Nothing is loaded yet.
    pub fn new(source: Source<R>) -> Self {
        Self { source, text: String::new(), is_begun: false, stop: None, counted: 0, line: 1 }
    }

    /// Drops what is before `keep` and loads as much again as is kept, at least: beginning over a long piece each time it
    /// is not whole costs no more than reading it twice. `false` when the document ends.
    ///
    /// # Errors
    /// See [`Source::load`].
    pub fn fill(&mut self, keep: usize) -> Result<bool, Stop> {
        if keep > 0 {
            self.is_begun = true;
            if self.counted < keep {
                self.line_at(keep);
            }
            self.counted -= keep;
            self.text.drain(..keep);
        }
        let kept = self.text.len();
        while self.text.len() <= 2 * kept && self.stop.is_none() {
            match self.source.load(&mut self.text) {
                Ok(true) => {}
                Ok(false) => break,
                Err(stop) => self.stop = Some(stop),
            }
        }
        if self.text.len() > kept {
            return Ok(true);
        }
        match self.stop.take() {
            None => Ok(false),
            Some(Stop::Fault(fault)) => Err(Stop::Fault(Box::new(Fault { at: kept, ..*fault }))),
            Some(stop) => Err(stop),
        }
    }
}

impl<R> Window<R> {
    /// What is at hand.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether this place is the very beginning of the document.
    pub fn is_beginning(&self, at: usize) -> bool {
        at == 0 && !self.is_begun
    }

    /// How the document is encoded.
    pub fn encoding(&self) -> Encoding {
        self.source.encoding()
    }

    /// The line of a place, from 1; a place after those asked before costs the way from them.
    pub fn line_at(&mut self, at: usize) -> u64 {
        let at = at.min(self.text.len());
        if at < self.counted {
            return self.line - count(&self.text.as_bytes()[at..self.counted]);
        }
        self.line += count(&self.text.as_bytes()[self.counted..at]);
        self.counted = at;
        self.line
    }
}

fn count(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}
