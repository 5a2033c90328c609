//! The bytes of a manifest on their way to the XML reader: counted, bounded, turned into UTF-8.
//!
//! Never lets one piece of markup or text grow past the limit: the reader behind would buffer it whole.

use std::io::{self, BufRead, Read};

use crate::model::Limits;

/// Why the source refuses to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The manifest is larger than its limit.
    TooLarge,
    /// One text, tag, comment or instruction is.
    TooLong,
}

/// How the bytes are encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Latin1,
    /// Not read; its name.
    Other(String),
}

/// A bounded, line-counting reader that always yields UTF-8.
pub struct Source<R> {
    inner: R,
    encoding: Encoding,
    /// Transcoded bytes not yet consumed, when the manifest is in Latin-1.
    transcoded: Vec<u8>,
    line: u64,
    left: u64,
    span: usize,
    span_max: usize,
    stop: Option<Stop>,
}

impl<R: BufRead> Source<R> {
    /// Looks at the first bytes for the encoding; nothing is consumed.
    ///
    /// # Errors
    /// When the reader fails.
    pub fn new(mut inner: R, limits: &Limits) -> io::Result<Self> {
        let encoding = sniff(inner.fill_buf()?);
        Ok(Self {
            inner,
            encoding,
            transcoded: Vec::new(),
            line: 1,
            left: limits.manifest_bytes_max,
            span: 0,
            span_max: limits.xml_text_bytes_max,
            stop: None,
        })
    }

    /// How the manifest is encoded, by its first bytes and its declaration.
    pub fn encoding(&self) -> &Encoding {
        &self.encoding
    }

    /// Line reached, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// A new piece of markup or text begins.
    pub fn start_span(&mut self) {
        self.span = 0;
    }

    /// Why reading was refused, if it was.
    pub fn stop(&self) -> Option<Stop> {
        self.stop
    }
}

impl<R: BufRead> BufRead for Source<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let stop = if self.span > self.span_max {
            Some(Stop::TooLong)
        } else if self.left == 0 {
            Some(Stop::TooLarge)
        } else {
            None
        };
        if stop.is_some() {
            self.stop = stop;
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "limit of the manifest"));
        }
        if self.encoding != Encoding::Latin1 {
            return self.inner.fill_buf();
        }
        if self.transcoded.is_empty() {
            let raw = self.inner.fill_buf()?;
            let text: String = raw.iter().map(|&byte| char::from(byte)).collect();
            let consumed = raw.len();
            self.inner.consume(consumed);
            self.transcoded = text.into_bytes();
        }
        Ok(&self.transcoded)
    }

    fn consume(&mut self, amount: usize) {
        let bytes = if self.encoding == Encoding::Latin1 {
            &self.transcoded[..amount]
        } else {
            // The very buffer the last `fill_buf` returned: nothing is read here.
            self.inner.fill_buf().map_or(&[][..], |buffer| &buffer[..amount.min(buffer.len())])
        };
        self.line += bytes.iter().filter(|&&byte| byte == b'\n').count() as u64;
        self.span += amount;
        self.left = self.left.saturating_sub(amount as u64);
        if self.encoding == Encoding::Latin1 {
            self.transcoded.drain(..amount);
        } else {
            self.inner.consume(amount);
        }
    }
}

impl<R: BufRead> Read for Source<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let length = available.len().min(buffer.len());
        buffer[..length].copy_from_slice(&available[..length]);
        self.consume(length);
        Ok(length)
    }
}

/// Encoding by byte order mark, by the shape of the first characters, then by the declaration.
fn sniff(head: &[u8]) -> Encoding {
    let other = |name: &str| Encoding::Other(name.to_owned());
    match head {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [b'<', 0, ..] | [0, b'<', ..] => return other("UTF-16"),
        [0, 0, ..] => return other("UTF-32"),
        [0x4c, 0x6f, 0xa7, 0x94, ..] => return other("EBCDIC"),
        _ => {}
    }
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let Some(end) = head.iter().take(256).position(|&byte| byte == b'>') else { return Encoding::Utf8 };
    let declaration = String::from_utf8_lossy(&head[..end]);
    let Some((_, value)) = declaration.strip_prefix("<?xml").and_then(|text| text.split_once("encoding"))
    else {
        return Encoding::Utf8;
    };
    let value = value.trim_start_matches([' ', '\t', '\r', '\n', '=']);
    let name = value.split(['"', '\'']).nth(1).unwrap_or_default();
    match name.to_ascii_lowercase().as_str() {
        "utf-8" | "utf8" | "us-ascii" | "ascii" => Encoding::Utf8,
        "iso-8859-1" | "latin1" | "iso_8859-1" | "l1" => Encoding::Latin1,
        _ => other(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_is_told_by_the_first_bytes() {
        assert_eq!(sniff(b"<?xml version='1.0' encoding='utf-8'?>"), Encoding::Utf8);
        assert_eq!(sniff(b"<a encoding='x'/>"), Encoding::Utf8);
        assert_eq!(sniff(b"<?xml version=\"1.0\" encoding = \"ISO-8859-1\"?>"), Encoding::Latin1);
        assert_eq!(sniff(b"<?xml version=\"1.0\" encoding=\"UTF-7\"?>"), Encoding::Other("UTF-7".into()));
        assert_eq!(sniff(b"\xff\xfe<\0"), Encoding::Other("UTF-16".into()));
    }
}
