//! An XML document as a list of its elements, each with how deep it stands; read by the strict reader of messages.

use super::XmlLine;
use crate::model::{Limits, findings};
use crate::seda::xml::{Token, Xml};

/// Elements that are kept, for the page and for the sheet.
const ELEMENTS_MAX: usize = 20_000;
/// Characters of a text or a value that are kept.
const CHARS_MAX: usize = 300;

/// The elements, and whether the document was read to its end: it may be cut, or stop being one.
pub fn lines(bytes: &[u8]) -> (Vec<XmlLine>, bool) {
    let limits = Limits { xml_text_bytes_max: 4 << 20, ..Limits::default() };
    let Ok(mut xml) = Xml::new(bytes, &limits) else { return (Vec::new(), false) };
    let mut lines: Vec<XmlLine> = Vec::new();
    // Those that are open, the innermost last.
    let mut open: Vec<usize> = Vec::new();
    loop {
        let token = xml.advance();
        if let (Some(&at), Ok(Token::Start | Token::End)) = (open.last(), &token) {
            add(&mut lines[at].text, xml.text());
        }
        match token {
            Ok(Token::Start) if lines.len() < ELEMENTS_MAX => {
                let local = |name| xml.local(name).to_owned();
                let attributes =
                    xml.attributes().map(|(name, value)| (local(name), shortened(value))).collect();
                open.push(lines.len());
                lines.push(XmlLine {
                    depth: open.len() - 1,
                    name: local(xml.name()),
                    attributes,
                    text: String::new(),
                });
            }
            Ok(Token::End) => drop(open.pop()),
            Ok(Token::Over) => return (lines, true),
            Ok(Token::Start) | Err(_) => return (lines, false),
            Ok(Token::Chunk) => {}
        }
    }
}

fn add(text: &mut String, more: &str) {
    let more = more.split_whitespace().collect::<Vec<_>>().join(" ");
    if more.is_empty() || text.chars().count() >= CHARS_MAX {
        return;
    }
    if !text.is_empty() {
        text.push(' ');
    }
    *text = shortened(&format!("{text}{more}"));
}

fn shortened(text: &str) -> String {
    let kept: String = text.chars().filter(|c| !c.is_control()).collect();
    findings::shortened(kept, CHARS_MAX)
}
