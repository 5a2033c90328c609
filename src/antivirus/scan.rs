//! One file shown to the scanner: in one stream, or in several that overlap when it is larger than a stream may be.
//!
//! Never holds more of the file than a chunk, and the overlap of a large one; nor more than a few connections.

use std::collections::VecDeque;
use std::sync::Arc;

use super::answer::Answer;
use super::stream::Stream;
use super::{Error, Settings};

/// Parts of one file whose answers may be waited for at once.
const WAITING_MAX: usize = 2;

/// What the scanner says of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every byte was looked at, in this many parts; an empty file has none.
    Clean { parts: u64 },
    /// The name given to what was found.
    Infected(String),
    /// Larger than a stream, and not to be shown in parts.
    TooLarge,
    /// The scanner reached limits of its own before the end.
    GaveUp,
}

/// A file being shown.
#[derive(Debug)]
pub struct Scan {
    settings: Arc<Settings>,
    stream: Option<Stream>,
    /// What ends the part being shown, for the next to begin with.
    tail: Vec<u8>,
    shown: Shown,
}

/// A file shown to its end, whose verdict is still to come.
#[derive(Debug)]
pub struct Pending(Shown);

#[derive(Debug)]
struct Shown {
    in_parts: bool,
    /// Streams shown to their end, not answered yet.
    waiting: VecDeque<Stream>,
    parts: u64,
    found: Option<String>,
    gave_up: bool,
    is_too_large: bool,
}

impl Scan {
    pub(super) fn new(settings: Arc<Settings>, in_parts: bool) -> Self {
        let shown = Shown {
            in_parts,
            waiting: VecDeque::new(),
            parts: 0,
            found: None,
            gave_up: false,
            is_too_large: false,
        };
        Self { settings, stream: None, tail: Vec::new(), shown }
    }

    /// Shows the bytes that come next. After an error the file has no verdict.
    pub fn take(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let mut left = bytes;
        while !left.is_empty() && !self.shown.is_decided() {
            let mut stream = match self.stream.take() {
                Some(stream) => stream,
                None => Stream::open(&self.settings)?,
            };
            let room = self.settings.stream_bytes_max - stream.size_bytes();
            if room == 0 {
                self.stream = self.next(stream)?;
                continue;
            }
            let (now, later) = left.split_at(usize::try_from(room).unwrap_or(usize::MAX).min(left.len()));
            self.keep_tail(now, room);
            match stream.send(now) {
                Err(Error::StreamLimit(_)) if !self.shown.in_parts => self.shown.is_too_large = true,
                sent => sent?,
            }
            self.stream = Some(stream);
            left = later;
        }
        Ok(())
    }

    /// Of the bytes that a stream with this much room takes next, keeps those that the next part begins with.
    fn keep_tail(&mut self, bytes: &[u8], room: u64) {
        if self.shown.in_parts {
            let before = room.saturating_sub(self.settings.parts_overlap_bytes as u64);
            let before = usize::try_from(before).unwrap_or(usize::MAX).min(bytes.len());
            self.tail.extend_from_slice(&bytes[before..]);
        }
    }

    /// The stream is full and the file goes on: another part that begins with the end of this one, or none.
    fn next(&mut self, full: Stream) -> Result<Option<Stream>, Error> {
        if !self.shown.in_parts {
            self.shown.is_too_large = true;
            return Ok(None);
        }
        self.shown.end(full)?;
        let mut next = Stream::open(&self.settings)?;
        // Half a stream at most: what the part after this one begins with is not in it.
        next.send(&std::mem::take(&mut self.tail))?;
        Ok(Some(next))
    }

    /// The file is at its end: what it takes to know the verdict is on its way when this returns.
    pub fn end(mut self) -> Result<Pending, Error> {
        if let Some(last) = self.stream.take().filter(|_| !self.shown.is_decided()) {
            self.shown.end(last)?;
        }
        Ok(Pending(self.shown))
    }
}

impl Pending {
    /// Waits for the verdict.
    pub fn verdict(self) -> Result<Verdict, Error> {
        let mut shown = self.0;
        while let Some(stream) = shown.waiting.pop_front().filter(|_| !shown.is_decided()) {
            shown.settle(stream)?;
        }
        Ok(match shown.found {
            Some(name) => Verdict::Infected(name),
            None if shown.is_too_large => Verdict::TooLarge,
            None if shown.gave_up => Verdict::GaveUp,
            None => Verdict::Clean { parts: shown.parts },
        })
    }
}

impl Shown {
    /// Nothing more of the file can change its verdict.
    fn is_decided(&self) -> bool {
        self.found.is_some() || self.is_too_large
    }

    fn end(&mut self, mut stream: Stream) -> Result<(), Error> {
        match stream.end() {
            Err(Error::StreamLimit(_)) if !self.in_parts => {
                self.is_too_large = true;
                return Ok(());
            }
            ended => ended?,
        }
        self.parts += 1;
        self.waiting.push_back(stream);
        while self.waiting.len() > WAITING_MAX {
            if let Some(first) = self.waiting.pop_front() {
                self.settle(first)?;
            }
        }
        Ok(())
    }

    fn settle(&mut self, mut stream: Stream) -> Result<(), Error> {
        match stream.answer()? {
            Answer::Clean => {}
            Answer::Found(name) => self.found = Some(name),
            Answer::GaveUp => self.gave_up = true,
            Answer::TooLarge if self.in_parts => return Err(Error::StreamLimit(stream.size_bytes())),
            Answer::TooLarge => self.is_too_large = true,
        }
        Ok(())
    }
}
