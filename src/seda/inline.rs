//! Base64 as it comes, piece after piece: contents that travel in the message.
//!
//! Never holds a content. White space is let anywhere, as `xs:base64Binary` does; what else is no base64 is told at the end.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// One content being decoded.
#[derive(Debug, Default)]
pub struct Decoder {
    /// Characters that wait for the rest of their four.
    waiting: Vec<u8>,
    /// Padding was met: nothing may follow.
    is_over: bool,
    is_wrong: bool,
}

impl Decoder {
    /// Decodes a piece; its bytes are added to `out`.
    pub fn push(&mut self, piece: &str, out: &mut Vec<u8>) {
        let characters = piece.bytes().filter(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
        self.waiting.extend(characters);
        let whole = self.waiting.len() - self.waiting.len() % 4;
        if whole == 0 || self.is_wrong {
            // Once wrong, nothing more is kept.
            self.waiting.truncate(4);
            return;
        }
        let before = out.len();
        self.is_wrong = self.is_over || STANDARD.decode_vec(&self.waiting[..whole], out).is_err();
        if self.is_wrong {
            out.truncate(before);
        }
        self.is_over = self.waiting[whole - 1] == b'=';
        self.waiting.drain(..whole);
    }

    /// Whether all of it was base64: the schema tells the sender.
    #[cfg(test)]
    pub fn is_right(&self) -> bool {
        !self.is_wrong && self.waiting.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_any_length_give_the_same_bytes() {
        let bytes: Vec<u8> = (0..=255).cycle().take(1_000).collect();
        let text = STANDARD.encode(&bytes).replace('A', "A\r\n ");
        for length in [1, 2, 3, 5, 64, 10_000] {
            let (mut decoder, mut out) = (Decoder::default(), Vec::new());
            for piece in text.as_bytes().chunks(length) {
                decoder.push(std::str::from_utf8(piece).unwrap(), &mut out);
            }
            assert!(decoder.is_right() && out == bytes, "{length}");
        }
    }

    #[test]
    fn what_is_no_base64_is_told() {
        for (text, is_right) in
            [("", true), ("QQ==", true), ("QQ=", false), ("QQ==QQ==", false), ("Q!==", false), ("QUI", false)]
        {
            let (mut decoder, mut out) = (Decoder::default(), Vec::new());
            text.chars().for_each(|c| decoder.push(c.encode_utf8(&mut [0; 4]), &mut out));
            assert_eq!(decoder.is_right(), is_right, "{text}");
        }
    }
}
