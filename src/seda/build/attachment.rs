//! A content that travels in the message, decoded as it is read into the bytes kept with the description.
//!
//! Never judges: what is no base64 ends the content, and the schema has said so. Pieces may be cut anywhere.

use std::io;

use crate::model::Inline;
use crate::seda::description::Description;
use crate::seda::inline::Decoder;

/// A content being read.
pub(super) struct Attachment {
    inline: Inline,
    decoder: Decoder,
    bytes: Vec<u8>,
    has_begun: bool,
}

impl Attachment {
    /// Begins one.
    pub fn new(sink: &Description) -> Self {
        Self { inline: sink.begin_inline(), decoder: Decoder::default(), bytes: Vec::new(), has_begun: false }
    }

    /// The next piece.
    ///
    /// # Errors
    /// When the scratch fails.
    pub fn push(&mut self, piece: &str, sink: &mut Description) -> io::Result<()> {
        self.has_begun = self.has_begun || piece.contains(|c: char| !matches!(c, ' ' | '\t' | '\r' | '\n'));
        self.bytes.clear();
        self.decoder.push(piece, &mut self.bytes);
        sink.inline(&mut self.inline, &self.bytes)
    }

    /// The content, and whether anything at all was written.
    pub fn end(self) -> (Inline, bool) {
        (self.inline, self.has_begun)
    }
}
