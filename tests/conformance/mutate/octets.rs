//! Changes of a document's very bytes: what XML itself allows and does not, which trees cannot show.
//!
//! Never many: the reader of XML has its own tests and its fuzzing; here its verdicts stand beside a reference's.

use crate::random::Random;

/// What is written somewhere.
const SCRAPS: &[&str] = &[
    "<",
    ">",
    "&",
    "\"",
    "'",
    "/",
    "=",
    ";",
    "?",
    "!",
    "]]>",
    "<!-- -->",
    "<!-- -- -->",
    "<?a b?>",
    "<?xml version=\"1.0\"?>",
    "&amp;",
    "&lt;",
    "&nbsp;",
    "&#65;",
    "&#x41;",
    "&#0;",
    "&#xFFFE;",
    "&#x110000;",
    "&#xD800;",
    "&#10;",
    "\r\n",
    "\r",
    "\t",
    "\u{7f}",
    "\u{85}",
    "\u{feff}",
    "\u{1}",
    "\u{fffe}",
    " xmlns=\"\"",
    " xmlns:p=\"\"",
    " xmlns:p=\"urn:p\"",
    " xmlns:xml=\"urn:p\"",
    " p:a=\"1\"",
    " a=\"1\" a=\"2\"",
    " a='<'",
    " a=\"&#9;\"",
    "<p:a/>",
    "<a/>",
    "<a></b>",
    "<![CDATA[x]]>",
    "<![CDATA[",
    "<!DOCTYPE a>",
    "é",
];

/// The document with one to three of its bytes changed.
pub fn changed(mut bytes: Vec<u8>, random: &mut Random) -> Vec<u8> {
    for _ in 0..1 + random.below(3) {
        let at = random.below(bytes.len());
        match random.below(8) {
            0 => drop(bytes.remove(at)),
            1 => bytes.insert(at, random.below(256) as u8),
            2 => bytes[at] = random.below(128) as u8,
            3 => {
                let end = (at + random.below(12)).min(bytes.len());
                drop(bytes.drain(at..end));
            }
            4 => {
                let end = (at + random.below(40)).min(bytes.len());
                let copy = bytes[at..end].to_vec();
                drop(bytes.splice(at..at, copy));
            }
            _ => {
                let scrap = random.one(SCRAPS).bytes();
                let at = place(&bytes, at, random);
                drop(bytes.splice(at..at, scrap));
            }
        }
        if bytes.is_empty() {
            break;
        }
    }
    bytes
}

/// Half of the time where markup ends or begins, where scraps mean most.
fn place(bytes: &[u8], at: usize, random: &mut Random) -> usize {
    if random.chance(40) {
        return at;
    }
    let wanted: &[u8] = if random.chance(50) { b"<" } else { b">/" };
    bytes[at..].iter().position(|byte| wanted.contains(byte)).map_or(at, |ahead| at + ahead)
}
