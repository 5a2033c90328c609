//! From one tag to the next: the loop that finds where texts end, and what of them is kept or handed on in pieces.
//!
//! Never holds more of a text than its limit. The one thing to know: `mark` is where the piece of text or markup at hand
//! begins, `at` how far it was read.

use std::io::Read;

use super::fault::{Halt, Stop, fault, malformed, too_long};
use super::{Token, Xml, chars, reference, scan};
use crate::model::{Finding, findings};

/// Longest piece of a long text.
const CHUNK_BYTES_MAX: usize = 64 << 10;

impl<R: Read> Xml<R> {
    pub(super) fn step(&mut self) -> Result<Token, Stop> {
        loop {
            let step = if self.is_in_cdata { self.cdata()? } else { self.characters()? };
            if let Some(token) = step {
                return Ok(token);
            }
        }
    }

    /// Reads on in a text: to its end, to a reference, or to the end of what is loaded.
    #[inline]
    fn characters(&mut self) -> Result<Option<Token>, Stop> {
        let bytes = &self.window.text().as_bytes()[..self.piece_end()];
        let stop = scan::text_stop(bytes, self.at);
        match bytes.get(stop) {
            Some(b'>') if bytes[self.mark..stop].ends_with(b"]]") => {
                malformed("« ]]> » dans un texte", stop - 2)
            }
            Some(b'>') => {
                self.at = stop + 1;
                Ok(None)
            }
            Some(&byte) => {
                let is_tag =
                    byte == b'<' && bytes.get(stop + 1).is_some_and(|next| !matches!(next, b'!' | b'?'));
                self.take_piece(stop)?;
                self.begin(stop);
                if self.is_streamed && !is_tag && !self.text.is_empty() {
                    return Ok(Some(Token::Chunk));
                }
                if byte == b'<' { self.markup() } else { self.reference() }
            }
            None => {
                self.at = stop;
                let text = &bytes[self.mark..];
                // Two brackets may be the beginning of what no text may hold.
                let brackets = text.iter().rev().take(2).take_while(|&&byte| byte == b']').count();
                if let Some(chunk) = self.cut(stop - brackets)? {
                    return Ok(Some(chunk));
                }
                if self.refill(!self.is_streamed)? { Ok(None) } else { self.finish() }
            }
        }
    }

    /// Reads on in a CDATA section.
    fn cdata(&mut self) -> Result<Option<Token>, Stop> {
        let bytes = &self.window.text().as_bytes()[..self.piece_end()];
        if let Some(length) = memchr::memmem::find(&bytes[self.at..], b"]]>") {
            let end = self.at + length;
            self.take_piece(end)?;
            self.begin(end + 3);
            self.is_in_cdata = false;
            return Ok((self.is_streamed && !self.text.is_empty()).then_some(Token::Chunk));
        }
        self.at = self.mark.max(bytes.len().saturating_sub(2));
        if let Some(chunk) = self.cut(self.at)? {
            return Ok(Some(chunk));
        }
        if self.refill(!self.is_streamed)? { Ok(None) } else { self.unclosed_markup() }
    }

    /// How far a piece of text may go, for now.
    fn piece_end(&self) -> usize {
        let loaded = self.window.text().len();
        if self.is_streamed { loaded.min(self.mark + CHUNK_BYTES_MAX) } else { loaded }
    }

    /// A piece of a long text, when there is enough of it.
    fn cut(&mut self, end: usize) -> Result<Option<Token>, Stop> {
        if !self.is_streamed || end < self.mark + CHUNK_BYTES_MAX / 2 {
            return Ok(None);
        }
        let end = self.window.text().floor_char_boundary(end);
        self.take_piece(end)?;
        self.begin(end);
        Ok(Some(Token::Chunk))
    }

    pub(super) fn begin(&mut self, at: usize) {
        (self.mark, self.at) = (at, at);
    }

    /// Adds the piece at hand to the text.
    #[inline]
    fn take_piece(&mut self, end: usize) -> Result<(), Stop> {
        let start = self.mark;
        if start == end {
            return Ok(());
        }
        let window = self.window.text();
        if self.open.is_empty() && !chars::is_blank(&window[start..end]) {
            let piece = &window[start..end];
            let blank = piece.len() - piece.trim_start_matches([' ', '\t', '\n']).len();
            return malformed("texte hors de l'élément racine", start + blank);
        }
        if !self.is_streamed && self.text.len() + (end - start) > self.bounds.text_bytes {
            return too_long(self.bounds.text_bytes, start);
        }
        self.text.add(window, start, end);
        Ok(())
    }

    fn reference(&mut self) -> Result<Option<Token>, Stop> {
        if self.open.is_empty() {
            return malformed("texte hors de l'élément racine", self.mark);
        }
        let (character, end) = loop {
            match reference::parse(self.window.text(), self.mark) {
                Err(Stop::More) if self.refill(true)? => {}
                Err(Stop::More) => return self.unclosed_markup(),
                parsed => break parsed?,
            }
        };
        if !self.is_streamed && self.text.len() + character.len_utf8() > self.bounds.text_bytes {
            return too_long(self.bounds.text_bytes, self.mark);
        }
        self.text.push(self.window.text(), character, self.mark);
        self.begin(end);
        Ok(self.is_streamed.then_some(Token::Chunk))
    }

    /// Loads more, keeping the text gathered and the piece at hand, unless that piece is already too long.
    pub(super) fn refill(&mut self, is_bounded: bool) -> Result<bool, Stop> {
        if is_bounded && self.window.text().len() - self.mark > self.bounds.text_bytes {
            return too_long(self.bounds.text_bytes, self.mark);
        }
        let keep = self.text.needs().unwrap_or(self.mark);
        if self.text.began < keep && self.text.line.is_none() {
            self.text.line = Some(self.window.line_at(self.text.began));
        }
        let filled = self.window.fill(keep);
        self.mark -= keep;
        self.at -= keep;
        self.text.move_by(keep);
        filled
    }

    /// The document ends in a text.
    fn finish(&mut self) -> Result<Option<Token>, Stop> {
        let end = self.window.text().len();
        match self.open.len() {
            0 => {}
            1 => return fault(&findings::XML_UNCLOSED, "un élément reste ouvert à la fin du fichier", end),
            open => {
                let message = format!("{open} éléments restent ouverts à la fin du fichier");
                return fault(&findings::XML_UNCLOSED, message, end);
            }
        }
        self.take_piece(end)?;
        self.begin(end);
        if !self.has_root {
            return malformed("le document est vide", end);
        }
        self.is_over = true;
        Ok(Some(Token::Over))
    }

    pub(super) fn unclosed_markup<T>(&self) -> Result<T, Stop> {
        fault(&findings::XML_UNCLOSED, "le fichier s'arrête avant la fin de ce qui commence ici", self.mark)
    }

    /// What is told of a stop.
    #[cold]
    pub(super) fn halt(&mut self, stop: Stop) -> Halt {
        match stop {
            Stop::Fault(fault) => {
                let line = self.window.line_at(fault.at);
                Halt::Refused(Finding::new(fault.kind, fault.message).at_line(line))
            }
            Stop::Failed(error) => Halt::Failed(error),
            Stop::More => Halt::Failed(std::io::ErrorKind::UnexpectedEof.into()),
        }
    }
}
