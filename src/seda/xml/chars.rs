//! Which characters make a document, and which make a name (XML 1.0, fifth edition, 2.2 and 2.3).
//!
//! Never looks at namespaces. The one thing to know: a whole piece of text is cleared by one test that the compiler
//! turns into vectors; only a piece that fails it is looked at character by character.

/// XML 1.0, 2.2: what a document may contain.
pub fn is_allowed(c: char) -> bool {
    !matches!(c, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}')
}

/// Whether the text holds nothing to look at closely: a forbidden character, a carriage return, or the first byte of
/// U+FFFE and U+FFFF.
pub fn is_plain(text: &[u8]) -> bool {
    let is_odd = |&byte: &u8| (byte < 0x20 && byte != b'\n' && byte != b'\t') | (byte == 0xef);
    // By pieces without an early way out: that is what makes vectors.
    text.chunks(1024).all(|piece| !piece.iter().fold(false, |odd, byte| odd | is_odd(byte)))
}

/// White space of XML, and nothing else.
pub fn is_blank(text: &str) -> bool {
    text.bytes().all(is_space)
}

/// White space of XML.
pub fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// NameStartChar, less the colon.
pub fn is_name_start(c: char) -> bool {
    matches!(c,
        'A'..='Z' | '_' | 'a'..='z' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}'
        | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}'
        | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}'
        | '\u{10000}'..='\u{effff}')
}

/// NameChar, less the colon.
pub fn is_name_char(c: char) -> bool {
    is_name_start(c)
        || matches!(c, '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

/// A name without a colon.
pub fn is_ncname(name: &str) -> bool {
    name.starts_with(is_name_start) && name.chars().all(is_name_char)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_fifth_edition() {
        for name in ["a", "_", "é", "日本", "a-b.c·9", "a\u{301}", "\u{10000}", "\u{2c00}x"] {
            assert!(is_ncname(name), "{name}");
        }
        for name in
            ["", "1", "-a", ".a", "a:b", "a b", "\u{d7}", "a\u{f7}", "\u{37e}", "\u{301}a", "a\u{2190}"]
        {
            assert!(!is_ncname(name), "{name}");
        }
    }

    #[test]
    fn what_must_be_looked_at_is_seen_wherever_it_is() {
        let plain = "déjà\tvu\n".repeat(400);
        assert!(is_plain(plain.as_bytes()));
        for odd in ["\r", "\0", "\x1f", "\u{ffff}", "\u{fffe}"] {
            for place in [0, 6, plain.len()] {
                let mut text = plain.clone();
                text.insert_str(place, odd);
                assert!(!is_plain(text.as_bytes()), "{odd:?} at {place}");
            }
        }
    }
}
