//! The little of DER (X.690) that time stamps are read and asked with: definite lengths, one element after the other.
//!
//! Never reads beyond what it is given, nor deeper than it is asked.

/// Tags met in a time stamp.
pub(crate) mod tag {
    pub const BOOLEAN: u8 = 0x01;
    pub const INTEGER: u8 = 0x02;
    pub const OCTET_STRING: u8 = 0x04;
    pub const NULL: u8 = 0x05;
    pub const OID: u8 = 0x06;
    pub const GENERALIZED_TIME: u8 = 0x18;
    pub const SEQUENCE: u8 = 0x30;
    pub const SET: u8 = 0x31;
    /// `[0]`, constructed.
    pub const CONTEXT_0: u8 = 0xa0;
    /// `[1]`, constructed.
    pub const CONTEXT_1: u8 = 0xa1;
}

/// Elements, one after the other.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Tag and content of the next element; `None` at the end, or when it is none.
    pub fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (whole, tag, content) = element(self.rest)?;
        self.rest = &self.rest[whole..];
        Some((tag, content))
    }

    /// Content of the next element, which must have this tag.
    pub fn expect(&mut self, wanted: u8) -> Option<&'a [u8]> {
        let mut ahead = *self;
        let (tag, content) = ahead.next()?;
        (tag == wanted).then(|| {
            *self = ahead;
            content
        })
    }

    /// The next element whole, tag and length included.
    pub fn whole(&mut self) -> Option<&'a [u8]> {
        let (length, ..) = element(self.rest)?;
        let (whole, rest) = self.rest.split_at(length);
        self.rest = rest;
        Some(whole)
    }
}

/// Length of the element that the bytes begin with, its tag, its content.
fn element(bytes: &[u8]) -> Option<(usize, u8, &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (header, length) = match first {
        0..=0x7f => (2, usize::from(first)),
        0x81..=0x84 => {
            let count = usize::from(first - 0x80);
            let length =
                rest.get(..count)?.iter().fold(0usize, |length, byte| length << 8 | usize::from(*byte));
            (2 + count, length)
        }
        _ => return None,
    };
    let end = header.checked_add(length)?;
    Some((end, tag, bytes.get(header..end)?))
}

/// An element.
pub(crate) fn write(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match content.len() {
        short @ 0..=0x7f => out.push(short as u8),
        length => {
            let bytes = length.to_be_bytes();
            let bytes = &bytes[bytes.iter().take_while(|byte| **byte == 0).count()..];
            out.push(0x80 | bytes.len() as u8);
            out.extend(bytes);
        }
    }
    out.extend(content);
    out
}

/// A positive integer's content, from its big-endian bytes.
pub(crate) fn positive(bytes: &[u8]) -> Vec<u8> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let mut content = bytes[zeros.min(bytes.len().saturating_sub(1))..].to_vec();
    if content.first().is_none_or(|first| first & 0x80 != 0) {
        content.insert(0, 0);
    }
    content
}

/// An object identifier's content as numbers between dots.
pub(crate) fn oid_text(content: &[u8]) -> Option<String> {
    let mut arcs = Vec::new();
    let mut arc = 0u64;
    for byte in content {
        arc = arc.checked_mul(128)? | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            arcs.push(std::mem::take(&mut arc));
        }
    }
    let first = *arcs.first()?;
    let (root, second) = (first.min(80) / 40, first - first.min(80) / 40 * 40);
    let rest = arcs[1..].iter().map(u64::to_string);
    Some([root.to_string(), second.to_string()].into_iter().chain(rest).collect::<Vec<_>>().join("."))
}

/// The content of an object identifier written with dots; `None` when it is none.
pub(crate) fn oid_content(text: &str) -> Option<Vec<u8>> {
    let arcs: Vec<u64> = text.split('.').map(|arc| arc.parse().ok()).collect::<Option<_>>()?;
    let [root, second, rest @ ..] = arcs.as_slice() else { return None };
    if *root > 2 || (*root < 2 && *second > 39) {
        return None;
    }
    let mut content = Vec::new();
    for arc in std::iter::once(root.checked_mul(40)?.checked_add(*second)?).chain(rest.iter().copied()) {
        let septets = (u64::BITS - arc.leading_zeros()).div_ceil(7).max(1);
        for place in (0..septets).rev() {
            let more = if place > 0 { 0x80 } else { 0 };
            content.push((arc >> (7 * place)) as u8 & 0x7f | more);
        }
    }
    Some(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_read_back() {
        for text in ["1.2.840.113549.1.9.16.1.4", "2.16.840.1.101.3.4.2.1", "0.4.0.2023.1.1", "2.999.3"] {
            assert_eq!(oid_text(&oid_content(text).unwrap()).as_deref(), Some(text));
        }
        for wrong in ["", "1", "3.1", "1.40", "1..2", "1.a"] {
            assert!(oid_content(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn what_is_cut_or_too_long_is_no_element() {
        let whole = write(tag::SEQUENCE, &[7; 300]);
        assert_eq!(Reader::new(&whole).expect(tag::SEQUENCE), Some(&[7; 300][..]));
        for cut in 0..whole.len() {
            assert!(Reader::new(&whole[..cut]).next().is_none());
        }
        assert!(Reader::new(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]).next().is_none());
        assert!(Reader::new(&[0x30, 0x80, 0, 0]).next().is_none());
    }
}
