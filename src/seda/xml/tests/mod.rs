//! The reader as its callers see it: tokens, names, texts and lines; beside, what is refused, and within which bounds.

use std::io::{self, Read};

use super::{Halt, Token, Xml};
use crate::model::Limits;
use crate::seda::datatype::Prefixes as _;

mod bounds;
mod refused;
mod streamed;

/// Everything a document says, on one line a token.
fn tokens(reader: impl Read, limits: &Limits) -> Result<Vec<String>, (&'static str, u64)> {
    let mut told = Vec::new();
    match tell(reader, limits, &mut told) {
        Ok(()) => Ok(told),
        Err(Halt::Refused(finding)) => Err((finding.kind.code, finding.line.unwrap_or(0))),
        Err(Halt::Failed(error)) => panic!("{error}"),
    }
}

fn tell(reader: impl Read, limits: &Limits, told: &mut Vec<String>) -> Result<(), Halt> {
    let mut xml = Xml::new(reader, limits)?;
    loop {
        let token = xml.advance()?;
        let (text_line, line) = (xml.text_line(), xml.line());
        let name = format!("{{{}}}{}", xml.namespace_of_name(xml.name()), xml.local(xml.name()));
        let attributes: String = xml
            .attributes()
            .map(|(name, value)| format!(" {{{}}}{}={value:?}", xml.namespace_of_name(name), xml.local(name)))
            .collect();
        told.push(format!("{:?}@{text_line} {token:?} {name}{attributes} @{line}", xml.text()));
        if token == Token::Over {
            return Ok(());
        }
    }
}

fn read(text: impl AsRef<[u8]>) -> Result<Vec<String>, (&'static str, u64)> {
    tokens(text.as_ref(), &Limits::default())
}

fn refused(text: impl AsRef<[u8]>) -> (&'static str, u64) {
    read(text).err().unwrap_or(("", 0))
}

/// Gives so many bytes at a time.
struct Slow<'a>(&'a [u8], usize);

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.1.min(buffer.len()).min(self.0.len());
        let (now, later) = self.0.split_at(length);
        buffer[..length].copy_from_slice(now);
        self.0 = later;
        Ok(length)
    }
}

/// A document with a bit of everything.
const MIXED: &str = "\u{feff}<?xml version='1.0' encoding=\"UTF-8\"?>\r\n<!-- a - b -->\n<?p i?><a xmlns='urn:a' xmlns:p=\"urn:p\"\n \
    x = 'é&lt;&#10;\r\n\t\"'  p:x=\"'>\">un\r\n<p:b/><b xmlns=''\t>&#x41;<![CDATA[<&]>]]]>&amp;<!--c-->z\r</b\n>\
    <p:a p:é='1' é='2' xml:id='i'/><?q?></a >\n<!---->\n";

#[test]
fn a_document_is_told_token_by_token() {
    assert_eq!(
        read(MIXED).unwrap(),
        [
            "\"\\n\\n\"@1 Start {urn:a}a {}x=\"é<\\n  \\\"\" {urn:p}x=\"'>\" @3",
            "\"un\\n\"@5 Start {urn:p}b @6",
            "\"\"@6 End {urn:p}b @6",
            "\"\"@6 Start {}b @6",
            "\"A<&]>]&z\\n\"@6 End {}b @7",
            "\"\"@8 Start {urn:p}a {urn:p}é=\"1\" {}é=\"2\" {http://www.w3.org/XML/1998/namespace}id=\"i\" @8",
            "\"\"@8 End {urn:p}a @8",
            "\"\"@8 End {urn:a}a @8",
            "\"\\n\\n\"@8 Over {urn:a}a @10",
        ]
    );
}

#[test]
fn how_the_reader_cuts_the_bytes_changes_nothing() {
    let long = format!("<a>{}<b c='{}'/>\r\n</a>", "é\r\n&amp;]]".repeat(20_000), "à &lt;".repeat(30_000));
    for text in [MIXED, &long] {
        let whole = read(text).unwrap();
        for size in [1, 2, 3, 7, 1000] {
            let pieces = tokens(Slow(text.as_bytes(), size), &Limits::default()).unwrap();
            assert!(whole == pieces, "{size}");
        }
    }
}

#[test]
fn places_of_what_is_read_do_not_depend_on_where_it_is_loaded() {
    // The window is loaded by 64 KiB: everything is moved across that border, byte after byte.
    let alone = read(MIXED.replace('\u{feff}', "")).unwrap().len();
    let body = MIXED.split_once("?>").unwrap().1;
    for before in (65_400 - body.len()..65_600).step_by(3) {
        let text = format!("<!--{}-->{body}", "\n".repeat(before));
        let told = read(&text).unwrap_or_else(|found| panic!("{found:?} at {before}"));
        assert_eq!(told.len(), alone);
        assert!(told.last().unwrap().ends_with(&format!("@{}", before + 10)), "{:?}", told.last());
    }
}

#[test]
fn encodings_are_told_and_decoded() {
    let document = |name: &str| format!("<?xml version='1.0' encoding='{name}'?><é a='à'>ça</é>");
    let expected = read(document("UTF-8")).unwrap();
    let bytes = |name: &str| document(name).chars().map(|c| u32::from(c) as u8).collect::<Vec<u8>>();
    let wide = |name: &str, unit: fn(u16) -> [u8; 2], mark: &str| {
        format!("{mark}{}", document(name)).encode_utf16().flat_map(unit).collect::<Vec<u8>>()
    };
    let all = [
        bytes("ISO-8859-1"),
        bytes("iso-8859-15"),
        bytes("Windows-1252"),
        wide("UTF-16", u16::to_le_bytes, "\u{feff}"),
        wide("UTF-16", u16::to_be_bytes, "\u{feff}"),
        wide("UTF-16LE", u16::to_le_bytes, ""),
        wide("utf-16", u16::to_be_bytes, ""),
    ];
    for bytes in all {
        assert_eq!(read(&bytes).as_ref(), Ok(&expected));
        assert_eq!(tokens(Slow(&bytes, 1), &Limits::default()).as_ref(), Ok(&expected));
    }
    let euro = read(b"<?xml version='1.0' encoding='iso-8859-15'?><a>\xa4</a>").unwrap();
    assert!(euro[1].starts_with("\"€\""));
}

#[test]
fn lines_are_exact() {
    assert_eq!(refused("<a>\n<b>\r\n</c>\n</a>"), ("xml.malformed", 3));
    assert_eq!(refused("<a>\r\r<b\n c='1'\n c='2'/></a>"), ("xml.duplicate_attribute", 5));
    assert_eq!(refused("<a>\n\n&x;"), ("xml.entity", 3));
    assert_eq!(refused("<a>\n\nx\n"), ("xml.unclosed", 4));
    assert_eq!(refused(format!("{}<a>\u{1}", "\n".repeat(70_000))), ("xml.character", 70_001));
}

#[test]
fn prefixes_in_force_are_known() {
    let text = b"<a xmlns='u' xmlns:p='v'><p:b xmlns:p='w' xmlns=''/><c/></a>";
    let mut xml = Xml::new(&text[..], &Limits::default()).unwrap();
    let mut known = Vec::new();
    while xml.advance().unwrap() != Token::Over {
        let of = |prefix| xml.namespace_of(prefix).unwrap_or("-").to_owned();
        known.push([of(""), of("p"), of("q")].join(" "));
    }
    // The text an element ends with may name the prefixes it declares itself.
    assert_eq!(known, ["u v -", "- w -", "- w -", "u v -", "u v -", "u v -"]);
}

#[test]
fn names_are_numbered_once_each() {
    let text = b"<a xmlns:p='' b='1'/>";
    assert_eq!(refused(text).0, "xml.namespace");
    let text = b"<a xmlns='u' xmlns:p='u' b=''><p:a/><b/><c xmlns='v' p:b=''/><p:b/></a>";
    let mut xml = Xml::new(&text[..], &Limits::default()).unwrap();
    let mut numbers = Vec::new();
    while xml.advance().unwrap() != Token::Over {
        numbers.push(xml.name().0);
        numbers.extend(xml.attributes().map(|(name, _)| name.0));
    }
    assert_eq!((numbers, xml.names_len()), (vec![1, 0, 1, 1, 2, 2, 3, 2, 3, 2, 2, 1], 4));
}
