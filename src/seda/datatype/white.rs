//! White space as the types of XML Schema treat it (`whiteSpace`): kept, each made a space, or collapsed.
//!
//! Never allocates when the text is already as it should be. The one thing to know: only space, tab, line feed and
//! carriage return are white; a no-break space is a character like another.

use std::borrow::Cow;

/// What is done with white space before a text is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum White {
    Preserve,
    Replace,
    Collapse,
}

impl White {
    /// The text after this processing.
    pub fn apply(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Preserve => Cow::Borrowed(text),
            Self::Replace if text.bytes().any(is_break) => Cow::Owned(text.replace(['\t', '\n', '\r'], " ")),
            Self::Replace => Cow::Borrowed(text),
            Self::Collapse => collapse(text),
        }
    }

    /// The processing a schema names.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "preserve" => Some(Self::Preserve),
            "replace" => Some(Self::Replace),
            "collapse" => Some(Self::Collapse),
            _ => None,
        }
    }
}

/// Space, tab, line feed, carriage return.
pub(super) fn is_white(byte: u8) -> bool {
    byte == b' ' || is_break(byte)
}

fn is_break(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r')
}

/// Without the white space around.
pub(super) fn trim(text: &str) -> &str {
    let bytes = text.as_bytes();
    match (bytes.first(), bytes.last()) {
        (Some(&first), Some(&last)) if is_white(first) || is_white(last) => {
            text.trim_matches([' ', '\t', '\n', '\r'])
        }
        _ => text,
    }
}

/// The words of a text: what white space separates.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', '\t', '\n', '\r']).filter(|word| !word.is_empty())
}

fn collapse(text: &str) -> Cow<'_, str> {
    let text = trim(text);
    let mut after_space = false;
    for byte in text.bytes() {
        if is_break(byte) || (after_space && byte == b' ') {
            return Cow::Owned(join(words(text), text.len()));
        }
        after_space = byte == b' ';
    }
    Cow::Borrowed(text)
}

fn join<'a>(words: impl Iterator<Item = &'a str>, capacity: usize) -> String {
    let mut joined = String::with_capacity(capacity);
    for word in words {
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(word);
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_kept_replaced_or_collapsed() {
        assert_eq!(White::Preserve.apply(" a\tb "), " a\tb ");
        assert_eq!(White::Replace.apply(" a\tb\n"), " a b ");
        assert_eq!(White::Collapse.apply("  a \t b\n"), "a b");
        assert_eq!(White::Collapse.apply(" \t"), "");
        assert_eq!(White::Collapse.apply("\u{a0}a"), "\u{a0}a");
    }

    #[test]
    fn a_text_already_right_is_not_copied() {
        assert!(matches!(White::Collapse.apply(" a b\n"), Cow::Borrowed("a b")));
        assert!(matches!(White::Replace.apply(" a  b "), Cow::Borrowed(_)));
    }
}
