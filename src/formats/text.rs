//! Whether bytes are those of a text: the last thing that bytes alone can tell.
//!
//! Never names the encoding. Control characters that no text has decide; bytes from 0x80 up may be of UTF-8 or of any of the
//! one-byte encodings.

/// Bytes looked at.
const BYTES: usize = 4_096;

/// Whether a file that begins so is a text. An empty file is none.
pub fn is_text(head: &[u8]) -> bool {
    let head = &head[..head.len().min(BYTES)];
    let units = |read: fn([u8; 2]) -> u16| {
        let (pairs, _) = head.as_chunks::<2>();
        let mut units = pairs.iter().skip(1).map(|pair| read(*pair));
        units.all(|unit| unit != 0xfffe && unit != 0xffff && (unit > 0xff || is_written(unit as u8)))
    };
    match head {
        [] => false,
        [0xff, 0xfe, ..] => units(u16::from_le_bytes),
        [0xfe, 0xff, ..] => units(u16::from_be_bytes),
        _ => head.iter().all(|&byte| is_written(byte)),
    }
}

/// Printable, or a control character that texts have: bell to carriage return, and escape.
fn is_written(byte: u8) -> bool {
    matches!(byte, 0x07..=0x0d | 0x1b | 0x20..=0x7e | 0x80..)
}

#[cfg(test)]
mod tests {
    use super::is_text;

    #[test]
    fn control_characters_tell_a_text_from_the_rest() {
        for text in [
            &b"bonjour\r\n"[..],
            b"\xef\xbb\xbf\xc3\xa9t\xc3\xa9",
            b"caf\xe9 \x93cit\xe9\x94",
            b"\xff\xfea\0\n\0",
        ] {
            assert!(is_text(text), "{text:?}");
        }
        for other in [&b""[..], b"a\0b", b"\x7fELF", b"\xff\xfe\0\0a\0", b"a\0b\0"] {
            assert!(!is_text(other), "{other:?}");
        }
        let mut long = vec![b'a'; 5_000];
        long.push(0);
        assert!(is_text(&long), "only the beginning is looked at");
    }
}
