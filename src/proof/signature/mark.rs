//! Whether a file may bear signatures, told by its bytes as they go by: no file is read for that alone.
//!
//! Never decides that a signature is there, only that it is worth looking.

use memchr::memmem;

/// How a file may bear signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Xml,
    Pdf,
    Cms,
}

const DSIG: &[u8] = b"http://www.w3.org/2000/09/xmldsig#";
const BYTE_RANGE: &[u8] = b"/ByteRange";
/// PKCS #7 SignedData as DER writes the identifier.
const SIGNED_DATA: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
const PEMS: [&[u8]; 2] = [b"-----BEGIN PKCS7-----", b"-----BEGIN CMS-----"];
/// How far from the beginning a CMS says that it is one.
const HEAD_BYTES: usize = 64;

/// A file as it is read.
#[derive(Debug, Default)]
pub struct Marks {
    head: Vec<u8>,
    /// The end of what was fed, where a mark may have begun.
    tail: Vec<u8>,
    found: Option<Mark>,
}

/// What a file is looked through for, by its first bytes.
fn sought(head: &[u8]) -> Option<(Mark, &'static [u8])> {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    if memmem::find(head, b"%PDF-").is_some() {
        Some((Mark::Pdf, BYTE_RANGE))
    } else if text.trim_ascii_start().first() == Some(&b'<') {
        Some((Mark::Xml, DSIG))
    } else {
        None
    }
}

impl Marks {
    /// The next bytes.
    pub fn feed(&mut self, bytes: &[u8]) {
        if self.found.is_some() {
            return;
        }
        let missing = HEAD_BYTES.saturating_sub(self.head.len());
        self.head.extend_from_slice(&bytes[..missing.min(bytes.len())]);
        let Some((mark, needle)) = sought(&self.head) else { return };
        let kept = needle.len() - 1;
        let border = &bytes[..kept.min(bytes.len())];
        self.tail.extend_from_slice(border);
        if memmem::find(bytes, needle).is_some() || memmem::find(&self.tail, needle).is_some() {
            self.found = Some(mark);
        }
        // What follows the border was in it whole, or is the new end.
        if bytes.len() >= kept {
            self.tail.clear();
            self.tail.extend_from_slice(&bytes[bytes.len() - kept..]);
        } else {
            let over = self.tail.len().saturating_sub(kept);
            self.tail.drain(..over);
        }
    }

    /// How the file, fed whole, may bear signatures.
    pub fn finish(self) -> Option<Mark> {
        let is_der = self.head.first() == Some(&0x30) && memmem::find(&self.head, SIGNED_DATA).is_some();
        let is_pem = PEMS.iter().any(|pem| self.head.trim_ascii_start().starts_with(pem));
        if is_der || is_pem { Some(Mark::Cms) } else { self.found }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(bytes: &[u8], piece: usize) -> Option<Mark> {
        let mut marks = Marks::default();
        bytes.chunks(piece).for_each(|piece| marks.feed(piece));
        marks.finish()
    }

    #[test]
    fn a_mark_is_seen_wherever_the_pieces_end() {
        let xml = [
            b"<?xml version='1.0'?>\n<a>",
            &[b'x'; 100][..],
            b"<s xmlns='http://www.w3.org/2000/09/xmldsig#'/></a>",
        ]
        .concat();
        let pdf = [b"%PDF-1.7\n", &[b' '; 90][..], b"/ByteRange [0 1 2 3]"].concat();
        let cms = [&[0x30, 0x82, 0x0a, 0x00][..], SIGNED_DATA, &[7; 300]].concat();
        for piece in 1..200 {
            assert_eq!(mark(&xml, piece), Some(Mark::Xml), "{piece}");
            assert_eq!(mark(&pdf, piece), Some(Mark::Pdf), "{piece}");
            assert_eq!(mark(&cms, piece), Some(Mark::Cms), "{piece}");
        }
        assert_eq!(mark(b"-----BEGIN PKCS7-----\nMIIB\n", 7), Some(Mark::Cms));
    }

    #[test]
    fn what_bears_none_has_no_mark() {
        for plain in [
            &b"<a>http://www.w3.org/2000/09/xmldsi</a>"[..],
            b"%PDF-1.7\n/Byte Range",
            b"texte /ByteRange",
            b"",
            &[0x30; 80],
        ] {
            assert_eq!(mark(plain, 5), None);
        }
    }
}
