//! The text of an XML document, of the encodings that French administrations write: UTF-8, UTF-16, and the Latin ones.

use std::borrow::Cow;

use super::{ATTRIBUTES_MAX, TAGS_MAX};

/// Windows-1252 from 0x80 to 0x9f; what it leaves empty stays what it is.
const WINDOWS: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";
/// What ISO-8859-15 has in other places than ISO-8859-1.
const LATIN_9: [(u8, char); 8] =
    [(0xa4, '€'), (0xa6, 'Š'), (0xa8, 'š'), (0xb4, 'Ž'), (0xb8, 'ž'), (0xbc, 'Œ'), (0xbd, 'œ'), (0xbe, 'Ÿ')];

/// The text; `None` for another encoding, or bytes that are not of the one declared.
pub(super) fn decoded(bytes: &[u8]) -> Option<Cow<'_, str>> {
    match bytes {
        [0xff, 0xfe, rest @ ..] => return utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => return utf16(rest, u16::from_be_bytes),
        _ => {}
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match declared(bytes).as_deref() {
        None | Some("utf-8" | "utf8" | "us-ascii") => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
        Some("iso-8859-1" | "latin1") => Some(bytes.iter().map(|byte| char::from(*byte)).collect()),
        Some("iso-8859-15") => {
            let other = |byte: u8| LATIN_9.iter().find(|(at, _)| *at == byte).map(|(_, c)| *c);
            Some(bytes.iter().map(|byte| other(*byte).unwrap_or(char::from(*byte))).collect())
        }
        Some("windows-1252" | "cp1252") => {
            let table: Vec<char> = WINDOWS.chars().collect();
            let other = |byte: u8| table.get(usize::from(byte).wrapping_sub(0x80)).copied();
            Some(bytes.iter().map(|byte| other(*byte).unwrap_or(char::from(*byte))).collect())
        }
        Some(_) => None,
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<Cow<'static, str>> {
    let (units, rest) = bytes.as_chunks::<2>();
    let units: Vec<u16> = units.iter().map(|pair| unit(*pair)).collect();
    rest.is_empty().then(|| String::from_utf16(&units).ok().map(Cow::Owned)).flatten()
}

/// Whether there are no more tags, nor attributes in one, than are read: what is no well-formed document is said by its parser.
pub(super) fn is_sober(text: &str) -> bool {
    let (mut rest, mut tags) = (text.as_bytes(), 0);
    while let Some(at) = memchr::memchr(b'<', rest).filter(|_| tags <= TAGS_MAX) {
        rest = &rest[at..];
        let skipped = [(&b"<!--"[..], &b"-->"[..]), (b"<![CDATA[", b"]]>"), (b"<?", b"?>")];
        if let Some((_, end)) = skipped.iter().find(|(begin, _)| rest.starts_with(begin)) {
            let Some(end) = memchr::memmem::find(rest, end) else { return true };
            rest = &rest[end..];
            tags += 1;
            continue;
        }
        let mut attributes = 0;
        tags += 1;
        rest = &rest[1..];
        while let Some(at) = memchr::memchr3(b'"', b'\'', b'>', rest) {
            let quote = rest[at];
            rest = &rest[at + 1..];
            if quote == b'>' {
                break;
            }
            attributes += 1;
            let Some(end) = memchr::memchr(quote, rest) else { return true };
            rest = &rest[end + 1..];
        }
        if attributes > ATTRIBUTES_MAX {
            return false;
        }
    }
    tags <= TAGS_MAX
}

/// `encoding="…"` of the declaration, in small letters.
fn declared(bytes: &[u8]) -> Option<String> {
    let head = bytes.get(..bytes.len().min(200))?;
    let end = memchr::memmem::find(head, b"?>")?;
    let declaration = std::str::from_utf8(head[..end].strip_prefix(b"<?xml")?).ok()?;
    let after = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = after.chars().next()?;
    let name = after[1..].split_once(quote)?.0;
    Some(name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::{ATTRIBUTES_MAX, decoded, is_sober};

    #[test]
    fn attributes_are_counted_in_tags_alone() {
        let tag = |count: usize| format!("<a {}>", "b='>' ".repeat(count));
        assert!(is_sober(&tag(ATTRIBUTES_MAX)) && !is_sober(&tag(ATTRIBUTES_MAX + 1)));
        let many = "'' ".repeat(ATTRIBUTES_MAX + 1);
        for text in [
            format!("<a>{many}</a>"),
            format!("<!--{many}-->"),
            format!("<?a {many}?>"),
            format!("<![CDATA[{many}]]>"),
        ] {
            assert!(is_sober(&text), "{text:.20}");
        }
        assert!(is_sober("<a b='") && is_sober("<!--") && is_sober("") && is_sober("<"));
    }

    #[test]
    fn the_encodings_of_administrations_are_read() {
        let xml = |encoding: &str, tail: &[u8]| {
            [format!("<?xml version=\"1.0\" encoding='{encoding}'?>").as_bytes(), tail].concat()
        };
        let end =
            |bytes: &[u8]| decoded(bytes).and_then(|text| text.split_once("?>").map(|(_, t)| t.to_owned()));
        assert_eq!(end(&xml("UTF-8", "é€".as_bytes())).as_deref(), Some("é€"));
        assert_eq!(end(&xml("ISO-8859-1", b"\xe9\xa4")).as_deref(), Some("é¤"));
        assert_eq!(end(&xml("ISO-8859-15", b"\xe9\xa4")).as_deref(), Some("é€"));
        assert_eq!(end(&xml("windows-1252", b"\xe9\x80\x9c")).as_deref(), Some("é€œ"));
        assert_eq!(end(&xml("UTF-8", b"\xe9")), None);
        assert_eq!(end(&xml("EBCDIC-FR", b"a")), None);
        assert_eq!(decoded(b"\xff\xfe<\0a\0/\0>\0").as_deref(), Some("<a/>"));
    }
}
