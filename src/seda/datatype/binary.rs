//! Bytes written as text: hexadecimal and base64.
//!
//! Never holds a content it only checks: [`Base64Check`] takes it piece by piece. The one thing to know: XML Schema 1.0
//! allows white space anywhere in base64, wants whole groups of four, and no bit left over in the last.

use super::white::is_white;

/// Checks base64 piece by piece, whatever its length: the same verdict as on the whole.
#[derive(Clone, Debug, Default)]
pub struct Base64Check {
    /// Characters of the group under way, the padding included.
    group: u8,
    padding: u8,
    /// Bits of the last character, to know what would be left over.
    last: u8,
    broken: bool,
}

impl Base64Check {
    /// Nothing seen yet, which is valid.
    pub fn new() -> Self {
        Self::default()
    }

    /// The next piece. Cut anywhere.
    pub fn push(&mut self, piece: &str) {
        if self.broken {
            return;
        }
        let mut bytes = piece.as_bytes();
        while let Some((&byte, rest)) = bytes.split_first() {
            if self.group == 0 && self.padding == 0 {
                bytes = after_whole_groups(bytes);
                let Some((&byte, rest)) = bytes.split_first() else { return };
                self.step(byte);
                bytes = rest;
            } else {
                self.step(byte);
                bytes = rest;
            }
            if self.broken {
                return;
            }
        }
    }

    fn step(&mut self, byte: u8) {
        let bits = SIXBITS[usize::from(byte)];
        if bits < 64 {
            self.broken = self.padding > 0;
            self.last = bits;
            self.group = (self.group + 1) % 4;
        } else if byte == b'=' {
            let left_over = match (self.padding, self.group) {
                (0, 2) => self.last & 0x0f,
                (0, 3) => self.last & 0x03,
                (1, 3) => 0,
                _ => 1,
            };
            self.broken = left_over != 0;
            self.padding += 1;
            self.group = (self.group + 1) % 4;
        } else {
            self.broken = !is_white(byte);
        }
    }

    /// Whether what was seen is base64, if it ends there.
    pub fn is_valid(&self) -> bool {
        !self.broken && self.group == 0
    }
}

/// What follows the groups of four plain characters at the start.
fn after_whole_groups(mut bytes: &[u8]) -> &[u8] {
    while let Some((group, rest)) = bytes.split_first_chunk::<4>() {
        let bits = group.iter().fold(0, |bits, &byte| bits | SIXBITS[usize::from(byte)]);
        if bits >= 64 {
            break;
        }
        bytes = rest;
    }
    bytes
}

/// What each character of base64 stands for; 64 and above for the others.
const SIXBITS: [u8; 256] = {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut table = [64; 256];
    let mut index = 0;
    while index < alphabet.len() {
        table[alphabet[index] as usize] = index as u8;
        index += 1;
    }
    table
};

/// Whether a whole text is base64.
pub(super) fn is_base64(text: &str) -> bool {
    let mut check = Base64Check::new();
    check.push(text);
    check.is_valid()
}

/// The bytes of a text known to be base64.
pub(super) fn base64_bytes(text: &str) -> Box<[u8]> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut held, mut bits) = (0_u32, 0);
    for six in text.bytes().map(|byte| SIXBITS[usize::from(byte)]).filter(|&six| six < 64) {
        held = (held << 6 | u32::from(six)) & 0xffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits & 0xff) as u8);
        }
    }
    bytes.into()
}

/// Bytes a text known to be base64 stands for.
pub(super) fn base64_length(text: &str) -> usize {
    text.bytes().filter(|&byte| SIXBITS[usize::from(byte)] < 64).count() * 3 / 4
}

/// Whether a text is hexadecimal, two digits a byte.
pub(super) fn is_hexadecimal(text: &str) -> bool {
    text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The bytes of a text known to be hexadecimal.
pub(super) fn hexadecimal_bytes(text: &str) -> Box<[u8]> {
    let digit = |byte: u8| char::from(byte).to_digit(16).unwrap_or(0) as u8;
    text.as_bytes().chunks_exact(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: [&str; 9] =
        ["", "AAAA", "QUJD RA==", "QUI=", "QQ==", " Q Q\n= = ", "A A A A", "QUJDQUJDQUI=\n", "////++++"];
    const BAD: [&str; 11] =
        ["A", "AA", "AAA", "QR==", "QUJ=", "=", "QQ=", "QQ===", "QQ==QQ==", "AA-A", "A=AA"];

    #[test]
    fn base64_is_whole_groups_with_nothing_left_over() {
        assert!(GOOD.iter().all(|text| is_base64(text)));
        assert!(!BAD.iter().any(|text| is_base64(text)));
        assert_eq!(&*base64_bytes("Q UI="), b"AB");
        assert_eq!(base64_length("Q UI="), 2);
        assert_eq!(&*hexadecimal_bytes("0aFf"), &[10, 255]);
    }

    #[test]
    fn pieces_cut_anywhere_say_what_the_whole_says() {
        for text in GOOD.iter().chain(&BAD) {
            for cut in 0..=text.len() {
                let mut check = Base64Check::new();
                check.push(&text[..cut]);
                check.push(&text[cut..]);
                assert_eq!(check.is_valid(), is_base64(text), "{text:?} cut at {cut}");
            }
        }
    }
}
