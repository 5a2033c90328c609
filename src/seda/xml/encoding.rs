//! Encodings of a document: told by its first bytes and its declaration, turned into UTF-8.
//!
//! Never guesses: bytes that mean nothing in the encoding declared are a fault. The one thing to know: an encoding we do
//! not read is first taken for UTF-8, and refused by name when the declaration is parsed.

/// How the bytes are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Ascii,
    Latin1,
    Latin9,
    Windows1252,
    Utf16Le,
    Utf16Be,
}

/// What Windows-1252 puts at 0x80 to 0x9F; U+0000 where it puts nothing.
const WINDOWS_1252: [char; 32] = [
    '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘', '’', '“',
    '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
];

impl Encoding {
    /// By the first bytes; how many of them are a mark to leave out. `Err`: the name of one we do not read.
    pub fn of(head: &[u8]) -> Result<(Self, usize), &'static str> {
        match head {
            [0, 0, 0xfe, 0xff, ..] | [0xff, 0xfe, 0, 0, ..] | [0, 0, 0, b'<', ..] | [b'<', 0, 0, 0, ..] => {
                Err("UTF-32")
            }
            [0x4c, 0x6f, 0xa7, 0x94, ..] => Err("EBCDIC"),
            [0xff, 0xfe, ..] => Ok((Self::Utf16Le, 2)),
            [0xfe, 0xff, ..] => Ok((Self::Utf16Be, 2)),
            [b'<', 0, b'?', 0, ..] => Ok((Self::Utf16Le, 0)),
            [0, b'<', 0, b'?', ..] => Ok((Self::Utf16Be, 0)),
            [0xef, 0xbb, 0xbf, ..] => Ok((Self::Utf8, 3)),
            _ => Ok((declared(head).and_then(Self::named).unwrap_or(Self::Utf8), 0)),
        }
    }

    /// Encodings without a mark, by the names a declaration gives them.
    fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" => Some(Self::Utf8),
            "us-ascii" | "ascii" => Some(Self::Ascii),
            "iso-8859-1" | "iso8859-1" | "iso_8859-1" | "latin1" | "l1" => Some(Self::Latin1),
            "iso-8859-15" | "iso8859-15" | "iso_8859-15" | "latin-9" | "latin9" => Some(Self::Latin9),
            "windows-1252" | "cp1252" => Some(Self::Windows1252),
            _ => None,
        }
    }

    /// Whether a document read as this may declare that name.
    pub fn may_be_named(self, name: &str) -> bool {
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted);
        match self {
            Self::Utf16Le => is("UTF-16") || is("UTF-16LE"),
            Self::Utf16Be => is("UTF-16") || is("UTF-16BE"),
            _ => Self::named(name) == Some(self),
        }
    }

    /// Decodes what it can, and says how many bytes it used. Less than all of them: the rest is the beginning of a
    /// character or, when `is_last`, wrong.
    ///
    /// # Errors
    /// The number of bytes before the first that mean nothing.
    pub fn decode(self, bytes: &[u8], is_last: bool, into: &mut String) -> Result<usize, usize> {
        let of_byte = |byte: u8| match (self, byte) {
            (Self::Ascii, 0x80..) => None,
            (Self::Latin9, _) => Some(latin9(byte)),
            (Self::Windows1252, 0x80..=0x9f) => {
                Some(WINDOWS_1252[usize::from(byte - 0x80)]).filter(|&c| c != '\0')
            }
            _ => Some(char::from(byte)),
        };
        match self {
            Self::Utf16Le => utf16(bytes, u16::from_le_bytes, is_last, into),
            Self::Utf16Be => utf16(bytes, u16::from_be_bytes, is_last, into),
            _ => {
                for (at, &byte) in bytes.iter().enumerate() {
                    into.push(of_byte(byte).ok_or(at)?);
                }
                Ok(bytes.len())
            }
        }
    }
}

fn latin9(byte: u8) -> char {
    match byte {
        0xa4 => '€',
        0xa6 => 'Š',
        0xa8 => 'š',
        0xb4 => 'Ž',
        0xb8 => 'ž',
        0xbc => 'Œ',
        0xbd => 'œ',
        0xbe => 'Ÿ',
        _ => char::from(byte),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16, is_last: bool, into: &mut String) -> Result<usize, usize> {
    let (units, _) = bytes.as_chunks();
    let mut used = 0;
    for decoded in char::decode_utf16(units.iter().map(|&pair| unit(pair))) {
        match decoded {
            Ok(c) => {
                into.push(c);
                used += 2 * c.len_utf16();
            }
            // The first half of a character whose second has not come yet.
            Err(error) if !is_last && used + 2 == 2 * units.len() && error.unpaired_surrogate() < 0xdc00 => {
                break;
            }
            Err(_) => return Err(used),
        }
    }
    Ok(used)
}

/// The name in the declaration of a document in an encoding that has ASCII as a part. Never strict: the declaration is
/// parsed, and compared, once decoded.
fn declared(head: &[u8]) -> Option<&str> {
    let head = head.strip_prefix(b"<?xml")?;
    let end = memchr::memchr(b'>', &head[..head.len().min(1024)])?;
    let (_, value) = std::str::from_utf8(&head[..end]).ok()?.split_once("encoding")?;
    value.split(['"', '\'']).nth(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_is_told_by_the_first_bytes() {
        let of = |head: &[u8]| Encoding::of(head);
        assert_eq!(of(b"<?xml version='1.0' encoding='utf-8'?>"), Ok((Encoding::Utf8, 0)));
        assert_eq!(of(b"<a encoding='latin1'/>"), Ok((Encoding::Utf8, 0)));
        assert_eq!(of(b"<?xml version=\"1.0\" encoding = \"ISO-8859-1\"?>"), Ok((Encoding::Latin1, 0)));
        assert_eq!(of(b"<?xml version=\"1.0\" encoding=\"UTF-7\"?>"), Ok((Encoding::Utf8, 0)));
        assert_eq!(of(b"\xff\xfe<\0"), Ok((Encoding::Utf16Le, 2)));
        assert_eq!(of(b"\0<\0?\0x"), Ok((Encoding::Utf16Be, 0)));
        assert_eq!(of(b"\xff\xfe\0\0"), Err("UTF-32"));
        assert!(!Encoding::Utf8.may_be_named("UTF-7") && Encoding::Utf16Le.may_be_named("utf-16"));
    }

    #[test]
    fn half_a_character_waits_for_the_other() {
        let bytes: Vec<u8> = "a\u{1f600}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut text = String::new();
        assert_eq!(Encoding::Utf16Le.decode(&bytes[..5], false, &mut text), Ok(2));
        assert_eq!(Encoding::Utf16Le.decode(&bytes[..4], true, &mut text), Err(2));
        text.clear();
        assert_eq!((Encoding::Utf16Le.decode(&bytes, true, &mut text), text.as_str()), (Ok(6), "a\u{1f600}"));
    }

    #[test]
    fn bytes_without_a_meaning_are_refused() {
        let mut text = String::new();
        assert_eq!(Encoding::Ascii.decode(b"ab\xe9", true, &mut text), Err(2));
        assert_eq!(Encoding::Windows1252.decode(b"\x80\x81", true, &mut text), Err(1));
        assert_eq!(text, "ab€");
    }
}
