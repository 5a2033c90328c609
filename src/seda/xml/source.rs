//! The bytes of a manifest on their way in: counted, bounded, turned into UTF-8, cleared of what XML forbids.
//!
//! Never delivers a forbidden character, nor a carriage return: line ends are made one here (XML 1.0, 2.11). The one thing
//! to know: a fault of the bytes is told only after all that comes before it was delivered.

use std::io::{self, Read};

use super::chars;
use super::encoding::Encoding;
use super::fault::{Stop, fault};
use crate::model::Limits;
use crate::model::findings::{self, Kind};

/// Bytes asked of the reader at a time.
const LOAD_BYTES: usize = 64 << 10;

/// A bounded reader that yields clean UTF-8.
pub struct Source<R> {
    reader: R,
    encoding: Encoding,
    raw: Box<[u8]>,
    /// How many bytes of `raw` are read and not decoded.
    filled: usize,
    /// They have not been decoded yet, those of the very first reading.
    is_primed: bool,
    decoded: String,
    is_after_return: bool,
    left: u64,
    end: Option<End>,
}

enum End {
    Over,
    Refused(&'static Kind, String),
    Failed(io::Error),
}

impl<R> Source<R> {
    /// How the manifest is encoded.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }
}

impl<R: Read> Source<R> {
    /// Reads the first bytes, to know the encoding.
    ///
    /// # Errors
    /// An encoding we do not read; a reader that fails is told by the first [`Source::load`].
    pub fn new(reader: R, limits: &Limits) -> Result<Self, Stop> {
        let mut source = Self {
            reader,
            encoding: Encoding::Utf8,
            raw: vec![0; LOAD_BYTES].into_boxed_slice(),
            filled: 0,
            is_primed: true,
            decoded: String::new(),
            is_after_return: false,
            left: limits.manifest_bytes_max,
            end: None,
        };
        source.read();
        match Encoding::of(&source.raw[..source.filled]) {
            Ok((encoding, mark)) => {
                source.encoding = encoding;
                source.forget(mark);
                Ok(source)
            }
            Err(name) => fault(&findings::XML_ENCODING, format!("encodage « {name} » ; UTF-8 attendu"), 0),
        }
    }

    /// Adds what comes next; `false` when nothing does.
    ///
    /// # Errors
    /// When the reader failed, or when what comes next is no text, is forbidden, or is beyond the limit.
    pub fn load(&mut self, into: &mut String) -> Result<bool, Stop> {
        loop {
            match self.end.take_if(|_| !self.is_primed) {
                None => {}
                Some(End::Failed(error)) => return Err(Stop::Failed(error)),
                Some(End::Refused(kind, message)) => return fault(kind, message, into.len()),
                Some(End::Over) => {
                    self.end = Some(End::Over);
                    return Ok(false);
                }
            }
            if !std::mem::take(&mut self.is_primed) {
                self.read();
            }
            let before = into.len();
            self.decode(into);
            if into.len() > before {
                return Ok(true);
            }
        }
    }

    /// Fills `raw`, unless the document ends: the pieces delivered do not depend on how the reader cuts them.
    fn read(&mut self) {
        while self.filled < self.raw.len() && self.end.is_none() {
            let room = self.raw.len() - self.filled;
            // One byte more than the limit tells a manifest too large from one that just fits.
            let room = usize::try_from(self.left.saturating_add(1)).map_or(room, |left| left.min(room));
            match self.reader.read(&mut self.raw[self.filled..self.filled + room]) {
                Ok(0) => self.end = Some(End::Over),
                Ok(count) if count as u64 > self.left => {
                    self.filled += count - 1;
                    self.left = 0;
                    self.end = Some(End::Refused(&findings::XML_SIZE, "bordereau trop volumineux".into()));
                }
                Ok(count) => {
                    self.filled += count;
                    self.left -= count as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => self.end = Some(End::Failed(error)),
            }
        }
    }

    /// Decodes `raw` and keeps of it the beginning of a character cut in two.
    fn decode(&mut self, into: &mut String) {
        let is_last = matches!(self.end, Some(End::Over));
        let bytes = &self.raw[..self.filled];
        let (used, text) = if self.encoding == Encoding::Utf8 {
            match std::str::from_utf8(bytes) {
                Ok(text) => (Ok(text.len()), text),
                Err(error) => {
                    let valid = error.valid_up_to();
                    let is_cut = error.error_len().is_none();
                    let text = std::str::from_utf8(&bytes[..valid]).unwrap_or_default();
                    (if is_cut { Ok(valid) } else { Err(valid) }, text)
                }
            }
        } else {
            self.decoded.clear();
            let used = self.encoding.decode(bytes, is_last, &mut self.decoded);
            (used, self.decoded.as_str())
        };
        if let Some(forbidden) = deliver(text, &mut self.is_after_return, into) {
            let message = format!("caractère U+{:04X}", u32::from(forbidden));
            self.end = Some(End::Refused(&findings::XML_CHARACTER, message));
        } else if used.is_err() || (is_last && used != Ok(self.filled)) {
            let message = match self.encoding {
                Encoding::Utf8 => "octets qui ne sont pas de l'UTF-8",
                _ => "octets qui ne sont pas de l'encodage déclaré",
            };
            self.end = Some(End::Refused(&findings::XML_ENCODING, message.into()));
        }
        self.forget(used.unwrap_or(self.filled));
    }

    fn forget(&mut self, count: usize) {
        self.raw.copy_within(count..self.filled, 0);
        self.filled -= count;
    }
}

/// Adds the text with its line ends made one; stops at a forbidden character and returns it.
fn deliver(text: &str, is_after_return: &mut bool, into: &mut String) -> Option<char> {
    if text.is_empty() {
        return None;
    }
    if !*is_after_return && chars::is_plain(text.as_bytes()) {
        into.push_str(text);
        return None;
    }
    let forbidden = text.char_indices().find(|&(_, c)| !chars::is_allowed(c));
    let mut rest = &text[..forbidden.map_or(text.len(), |(at, _)| at)];
    if std::mem::take(is_after_return) {
        rest = rest.strip_prefix('\n').unwrap_or(rest);
    }
    while let Some((line, after)) = rest.split_once('\r') {
        into.push_str(line);
        into.push('\n');
        *is_after_return = after.is_empty();
        rest = after.strip_prefix('\n').unwrap_or(after);
    }
    into.push_str(rest);
    forbidden.map(|(_, c)| c)
}
