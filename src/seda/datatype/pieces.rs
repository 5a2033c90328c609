//! Binary contents checked piece by piece, whatever their length: base64, hexadecimal, or either.
//!
//! Never holds what it checks. The one thing to know: the verdict is that of `check` on the whole, and restricted types are
//! not checked so.

use super::atom::Atom;
use super::binary::Base64Check;
use super::white::is_white;
use super::{Datatype, Shape};

/// The check of one content, fed as it comes. Made by [`Datatype::by_pieces`].
#[derive(Clone, Debug, Default)]
pub struct PieceCheck {
    base64: Option<Base64Check>,
    hexadecimal: Option<HexadecimalCheck>,
}

#[derive(Clone, Debug, Default)]
struct HexadecimalCheck {
    is_odd: bool,
    has_begun: bool,
    has_ended: bool,
    is_broken: bool,
}

impl Datatype {
    /// A check by pieces, when this type allows one: base64, hexadecimal, or a union of them, without restriction.
    pub fn by_pieces(&self) -> Option<PieceCheck> {
        if self.0.facets.is_some() {
            return None;
        }
        match &self.0.shape {
            Shape::Atom(Atom::Base64) => {
                Some(PieceCheck { base64: Some(Base64Check::new()), ..PieceCheck::default() })
            }
            Shape::Atom(Atom::Hexadecimal) => {
                Some(PieceCheck { hexadecimal: Some(HexadecimalCheck::default()), ..PieceCheck::default() })
            }
            Shape::Union(members) if !members.is_empty() => {
                members.iter().try_fold(PieceCheck::default(), |check, member| {
                    let more = member.by_pieces()?;
                    let hexadecimal = check.hexadecimal.or(more.hexadecimal);
                    Some(PieceCheck { base64: check.base64.or(more.base64), hexadecimal })
                })
            }
            _ => None,
        }
    }
}

impl PieceCheck {
    /// The next piece. Cut anywhere.
    pub fn push(&mut self, piece: &str) {
        if let Some(check) = &mut self.base64 {
            check.push(piece);
        }
        if let Some(check) = &mut self.hexadecimal {
            check.push(piece);
        }
    }

    /// Whether what was seen is of the type, if it ends there.
    pub fn is_valid(&self) -> bool {
        self.base64.as_ref().is_some_and(Base64Check::is_valid)
            || self.hexadecimal.as_ref().is_some_and(HexadecimalCheck::is_valid)
    }
}

impl HexadecimalCheck {
    fn push(&mut self, piece: &str) {
        for byte in piece.bytes() {
            if self.is_broken {
                return;
            }
            if is_white(byte) {
                self.has_ended = self.has_begun;
            } else {
                self.is_broken = self.has_ended || !byte.is_ascii_hexdigit();
                self.has_begun = true;
                self.is_odd = !self.is_odd;
            }
        }
    }

    fn is_valid(&self) -> bool {
        !self.is_broken && !self.is_odd
    }
}

#[cfg(test)]
mod tests {
    use crate::seda::datatype::{Datatype, Library, NoPrefixes};

    #[test]
    fn binary_contents_cut_anywhere_get_the_verdict_of_the_whole() {
        let xsd = |name: &str| Datatype::builtin(Library::Xsd, name).unwrap();
        let either = Datatype::union(vec![xsd("base64Binary"), xsd("hexBinary")]);
        for text in [
            "", " 0a ", "0a0b0c", "0a 0b", "QUI=", "Q U I =", "0", "zz", " \n", "0ag", "é", "0A\n", "QQ",
            "0a0b=",
        ] {
            for datatype in [&xsd("base64Binary"), &xsd("hexBinary"), &either] {
                for cut in (0..=text.len()).filter(|&cut| text.is_char_boundary(cut)) {
                    let mut check = datatype.by_pieces().unwrap();
                    check.push(&text[..cut]);
                    check.push(&text[cut..]);
                    let whole = datatype.check(text, &NoPrefixes);
                    assert_eq!(check.is_valid(), whole, "{datatype:?} {text:?} cut at {cut}");
                }
            }
        }
        assert!(xsd("string").by_pieces().is_none());
        assert!(xsd("hexBinary").restricted(&[("length", "1")], &NoPrefixes).unwrap().by_pieces().is_none());
    }
}
