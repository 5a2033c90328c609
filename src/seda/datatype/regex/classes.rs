//! Classes of characters in patterns: escapes of several characters, categories, blocks.
//!
//! Never any character XML does not have. The one thing to know: `\i` and `\c` are what names are made of, `\w` is all but
//! punctuation, separators and the rest.

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, HirKind};

use super::blocks;
use crate::seda::datatype::name_chars::{inside_ranges, start_ranges};

/// A class of these ranges.
pub(super) fn of(ranges: &[(char, char)]) -> ClassUnicode {
    ClassUnicode::new(ranges.iter().map(|&(first, last)| ClassUnicodeRange::new(first, last)))
}

/// What `\` and this letter stand for, when it is several characters.
pub(super) fn escape(letter: char) -> Option<ClassUnicode> {
    let class = match letter.to_ascii_lowercase() {
        's' => of(&[('\t', '\n'), ('\r', '\r'), (' ', ' ')]),
        'd' => category("Nd")?,
        'w' => {
            let mut class = category("P")?;
            class.union(&category("Z")?);
            class.union(&category("C")?);
            negated(class)
        }
        'i' => names(start_ranges(), &[('A', 'Z'), ('a', 'z'), ('_', '_'), (':', ':')]),
        'c' => {
            let ascii = [('A', 'Z'), ('a', 'z'), ('_', '_'), ('0', ':'), ('-', '.')];
            names(start_ranges().chain(inside_ranges()), &ascii)
        }
        _ => return None,
    };
    Some(if letter.is_ascii_uppercase() { negated(class) } else { class })
}

/// `.`: all but the ends of lines.
pub(super) fn any() -> ClassUnicode {
    negated(of(&[('\n', '\n'), ('\r', '\r')]))
}

/// What `\p{…}` names: a category, or a block after `Is`.
pub(super) fn property(name: &str) -> Option<ClassUnicode> {
    if let Some(block) = name.strip_prefix("Is") {
        let class =
            ClassUnicode::new(blocks::ranges(block).map(|(first, last)| ClassUnicodeRange::new(first, last)));
        return (!class.ranges().is_empty()).then_some(class);
    }
    CATEGORIES.contains(&name).then(|| category(name)).flatten()
}

/// The rest of the characters.
pub(super) fn negated(mut class: ClassUnicode) -> ClassUnicode {
    class.negate();
    class
}

/// The categories of the standard's table; it has no `Cs`.
const CATEGORIES: [&str; 36] = [
    "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps",
    "Pe", "Pi", "Pf", "Po", "Z", "Zs", "Zl", "Zp", "S", "Sm", "Sc", "Sk", "So", "C", "Cc", "Cf", "Co", "Cn",
];

fn category(name: &str) -> Option<ClassUnicode> {
    match regex_syntax::parse(&format!(r"\p{{{name}}}")).ok()?.into_kind() {
        HirKind::Class(Class::Unicode(class)) => Some(class),
        _ => None,
    }
}

fn names(ranges: impl Iterator<Item = (u16, u16)>, ascii: &[(char, char)]) -> ClassUnicode {
    let character = |code: u16| char::from_u32(u32::from(code)).unwrap_or(char::REPLACEMENT_CHARACTER);
    let mut class = of(ascii);
    for (first, last) in ranges {
        class.push(ClassUnicodeRange::new(character(first), character(last)));
    }
    class
}
