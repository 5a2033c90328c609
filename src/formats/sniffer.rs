//! The windows kept of a file: its beginning, its end, and what was waited for between. Whole when it is small.
//!
//! Never holds more than the bounds, however long the file.

use std::io::{self, Read, Seek, SeekFrom};

use super::chain::FAR;
use super::inner::Kind;
use super::judge::{self, Identification};
use super::look::Seen;
use super::signatures::Signatures;
use super::view::View;
use super::watch::Watch;

/// Sees a file's bytes go by, once, and keeps its windows: for what is read as a stream.
///
/// Feed it every byte in order, then ask [`Sniffer::conclude`]. Memory stays under `head_bytes` and four times `tail_bytes` of the
/// settings, plus a quarter of a mebibyte, however long the stream. When the head is known, the runs of bytes that could still
/// tell the format (a PDF/A's declaration, that may lie anywhere) are watched for in the rest, and what surrounds them is kept.
///
/// Where the file is a ZIP or an OLE2 document longer than the windows, the answer needs its inside.
/// [`Sniffer::looks_like_container`] tells so from the first bytes, so that the same reading can copy it to a temporary: nothing
/// need be read twice from where it came. Other files need nothing more, whatever their length.
#[derive(Debug)]
pub struct Sniffer<'s> {
    signatures: &'s Signatures,
    head: Vec<u8>,
    tail: Vec<u8>,
    head_max: usize,
    tail_max: usize,
    size_bytes: u64,
    /// Made when the head is full.
    watch: Option<Watch>,
}

/// What a [`Sniffer`] has seen.
#[derive(Debug)]
pub enum Sniffed<'s> {
    Known(Identification),
    /// A container too long to have been held whole.
    Container(Pending<'s>),
}

/// A container whose inside has not been seen yet.
#[derive(Debug)]
pub struct Pending<'s> {
    signatures: &'s Signatures,
    kind: Kind,
    seen: Seen,
    name: String,
}

impl<'s> Sniffer<'s> {
    pub(super) fn new(signatures: &'s Signatures) -> Self {
        let settings = &signatures.settings;
        Self {
            signatures,
            head: Vec::new(),
            tail: Vec::new(),
            head_max: settings.head_bytes + settings.tail_bytes,
            tail_max: settings.tail_bytes,
            size_bytes: 0,
            watch: None,
        }
    }

    /// The next bytes.
    pub fn feed(&mut self, bytes: &[u8]) {
        let (of_head, rest) = bytes.split_at(bytes.len().min(self.head_max - self.head.len()));
        self.head.extend_from_slice(of_head);
        self.size_bytes += of_head.len() as u64;
        if rest.is_empty() {
            return;
        }
        self.watch().feed(rest);
        if rest.len() >= self.tail_max {
            self.tail.clear();
        } else if self.is_whole() {
            // The end may lie across the end of the head.
            self.tail.extend_from_slice(&self.head[self.head.len().saturating_sub(self.tail_max)..]);
        }
        self.tail.extend_from_slice(&rest[rest.len().saturating_sub(self.tail_max)..]);
        self.size_bytes += rest.len() as u64;
        if self.tail.len() > 2 * self.tail_max {
            self.tail.drain(..self.tail.len() - self.tail_max);
        }
    }

    /// Whether the first bytes are those of a ZIP or an OLE2 document: at the end the inside may be asked for.
    pub fn looks_like_container(&self) -> bool {
        Kind::of_head(&self.head).is_some()
    }

    /// Whether the stream will still be held whole after so many more bytes. Before those that break it, [`Sniffer::held`] is what
    /// a temporary must begin with.
    pub fn has_room_for(&self, bytes: usize) -> bool {
        self.is_whole() && bytes <= self.head_max - self.head.len()
    }

    /// The first bytes of the stream, as far as they are held.
    pub fn held(&self) -> &[u8] {
        &self.head
    }

    fn is_whole(&self) -> bool {
        self.size_bytes == self.head.len() as u64
    }

    /// What the stream was, all its bytes fed. Its name is used for its extension only.
    ///
    /// # Errors
    /// None in practice: a container held whole is read from memory.
    pub fn conclude(self, name: &str) -> io::Result<Sniffed<'s>> {
        let signatures = self.signatures;
        let mut seen = signatures.look(&self.view(), self.is_cut());
        if let Some(kind) = seen.container {
            if !self.is_whole() {
                return Ok(Sniffed::Container(Pending { signatures, kind, seen, name: name.to_owned() }));
            }
            signatures.open(kind, &mut io::Cursor::new(&self.head), &mut seen)?;
        }
        Ok(Sniffed::Known(judge::judge(signatures, &seen, name)))
    }

    /// Reads what is needed of a file that can be moved in.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(super) fn read(&mut self, file: &mut (impl Read + Seek)) -> io::Result<()> {
        let size = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(0))?;
        let wanted = size.min(self.head_max as u64);
        self.head.reserve_exact(wanted as usize);
        self.size_bytes = Read::by_ref(file).take(wanted).read_to_end(&mut self.head)? as u64;
        let tail_at = size.saturating_sub(self.tail_max as u64);
        if tail_at > self.size_bytes && !self.watch().is_waiting() {
            file.seek(SeekFrom::Start(tail_at))?;
            self.size_bytes = tail_at;
        }
        let mut buffer = vec![0; if size > self.size_bytes { 64 << 10 } else { 0 }];
        while self.size_bytes < size {
            match file.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => self.feed(&buffer[..read]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The kept parts.
    pub(super) fn view(&self) -> View<'_> {
        let mut parts = vec![(0, self.head.as_slice())];
        // The same bytes however the file was fed.
        let tail = &self.tail[self.tail.len().saturating_sub(self.tail_max)..];
        let tail_at = self.size_bytes - tail.len() as u64;
        parts.extend(self.watch.iter().flat_map(Watch::kept).filter(|(at, _)| *at < tail_at));
        parts.push((tail_at, tail));
        parts.retain(|(_, bytes)| !bytes.is_empty());
        View::of_parts(parts, self.size_bytes)
    }

    /// Whether more was to be kept than the bounds allow.
    pub(super) fn is_cut(&self) -> bool {
        self.watch.as_ref().is_some_and(Watch::is_cut)
    }

    /// What is watched for past the head, known once the head is.
    fn watch(&mut self) -> &mut Watch {
        let (signatures, head) = (self.signatures, &self.head);
        self.watch.get_or_insert_with(|| {
            // Where the file ends is not known yet: far away.
            let pending = signatures.pending(&View::of_parts(vec![(0, head.as_slice())], FAR / 2));
            Watch::new(&pending, head)
        })
    }
}

impl Pending<'_> {
    /// The answer, the container's inside read.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn open(mut self, file: &mut (impl Read + Seek)) -> io::Result<Identification> {
        self.signatures.open(self.kind, file, &mut self.seen)?;
        Ok(judge::judge(self.signatures, &self.seen, &self.name))
    }

    /// The answer without the inside, said to be cut short.
    pub fn closed(mut self) -> Identification {
        self.seen.is_cut = true;
        judge::judge(self.signatures, &self.seen, &self.name)
    }
}
