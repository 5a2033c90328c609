//! Names: `Name`, `NCName`, `NMTOKEN`, qualified names, language codes.
//!
//! Never allocates. The one thing to know: what is given has no white space around it any more.

use super::Prefixes;
use super::name_chars::{ascii_continues, begins, continues};

/// `NCName`, what identifiers are: a name without colon.
pub(super) fn is_nc_name(text: &str) -> bool {
    is_name_with(text, false)
}

/// `Name`: a name, colons welcome.
pub(super) fn is_name(text: &str) -> bool {
    is_name_with(text, true)
}

/// `NMTOKEN`: characters of names, in any order.
pub(super) fn is_nmtoken(text: &str) -> bool {
    !text.is_empty() && all_continue(text, true)
}

/// `language`: letters by eight at most, then letters or digits by eight at most, separated by dashes.
pub(super) fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let sized = |part: &str| (1..=8).contains(&part.len());
    parts.next().is_some_and(|first| sized(first) && first.bytes().all(|byte| byte.is_ascii_alphabetic()))
        && parts.all(|part| sized(part) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// A qualified name: its namespace, none for an unprefixed one without default, and its local name. `None` when not
/// written as one, or when its prefix is not bound.
pub(super) fn qualified<'a>(text: &'a str, prefixes: &'a dyn Prefixes) -> Option<(Option<&'a str>, &'a str)> {
    match text.split_once(':') {
        None => is_nc_name(text).then(|| (prefixes.namespace_of("").filter(|name| !name.is_empty()), text)),
        Some((prefix, local)) if is_nc_name(prefix) && is_nc_name(local) => {
            let namespace = prefixes.namespace_of(prefix);
            let namespace =
                namespace.or((prefix == "xml").then_some("http://www.w3.org/XML/1998/namespace"))?;
            Some((Some(namespace), local))
        }
        Some(_) => None,
    }
}

fn is_name_with(text: &str, colon: bool) -> bool {
    let first = text.chars().next();
    first.is_some_and(|first| begins(first) || (colon && first == ':')) && all_continue(text, colon)
}

fn all_continue(text: &str, colon: bool) -> bool {
    let plain = |byte: u8| byte < 0x80 && (ascii_continues(byte) || (colon && byte == b':'));
    match text.bytes().position(|byte| !plain(byte)) {
        None => true,
        Some(at) if text.as_bytes()[at] < 0x80 => false,
        Some(at) => text[at..].chars().all(|character| continues(character) || (colon && character == ':')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seda::datatype::NoPrefixes;

    #[test]
    fn names_are_those_of_xml() {
        for text in ["a", "_a-1.b", "É", "été", "中", "Ω1", "a\u{b7}"] {
            assert!(is_nc_name(text) && is_name(text) && is_nmtoken(text), "{text:?}");
        }
        for text in ["", "1a", "-a", "a b", "a/b", "a\u{a0}", "😀", "\u{b7}a", "a\u{d7}"] {
            assert!(!is_nc_name(text), "{text:?}");
        }
        assert!(is_name(":a:b") && !is_nc_name("a:b") && is_nmtoken("-1:é") && !is_nmtoken(""));
    }

    #[test]
    fn languages_are_letters_then_letters_or_digits() {
        assert!(["fr", "fra", "fr-FR", "x-12345678-a", "abcdefgh"].iter().all(|text| is_language(text)));
        assert!(
            !["", "f1", "fr-", "-fr", "fr_FR", "abcdefghi", "fr--a", "é"]
                .iter()
                .any(|text| is_language(text))
        );
    }

    #[test]
    fn a_prefix_must_be_bound() {
        assert_eq!(qualified("a", &NoPrefixes), Some((None, "a")));
        assert_eq!(qualified("x:a", &NoPrefixes), None);
        assert!(qualified("xml:lang", &NoPrefixes).is_some_and(|(namespace, _)| namespace.is_some()));
        assert!([":a", "a:", "a:b:c", ""].iter().all(|text| qualified(text, &NoPrefixes).is_none()));
    }
}
