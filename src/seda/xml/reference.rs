//! References in texts and values: the five predefined entities and characters by number (XML 1.0, 4.1 and 4.6).
//!
//! Never expands an entity: there is no declaration it could come from.

use super::chars;
use super::fault::{Stop, fault, malformed, shown};
use crate::model::findings;

/// The character that the reference at `at` stands for, and where the reference ends.
pub fn parse(text: &str, at: usize) -> Result<(char, usize), Stop> {
    let body = &text[at + 1..];
    if let Some(number) = body.strip_prefix('#') {
        return by_number(number, at);
    }
    let end = body.find(|c| !chars::is_name_char(c) && c != ':').ok_or(Stop::More)?;
    let name = &body[..end];
    if !name.starts_with(|c| chars::is_name_start(c) || c == ':') || !body[end..].starts_with(';') {
        return malformed("« & » isolé ; attendu : « &amp; »", at);
    }
    let character = match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => return fault(&findings::XML_ENTITY, format!("référence « &{}; »", shown(name)), at),
    };
    Ok((character, at + 1 + end + 1))
}

/// `number` follows `&#`.
fn by_number(number: &str, at: usize) -> Result<(char, usize), Stop> {
    let (digits, radix) = match number.strip_prefix('x') {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    let end = digits.find(|c: char| !c.is_digit(radix)).ok_or(Stop::More)?;
    if end == 0 || !digits[end..].starts_with(';') {
        return malformed("référence de caractère mal écrite", at);
    }
    let code = digits[..end]
        .chars()
        .filter_map(|digit| digit.to_digit(radix))
        .fold(0_u32, |code, digit| code.saturating_mul(radix).saturating_add(digit));
    match char::from_u32(code).filter(|&c| chars::is_allowed(c)) {
        Some(character) => Ok((character, at + 2 + (number.len() - digits.len()) + end + 1)),
        None => {
            let written = &number[..number.len() - digits.len() + end];
            fault(&findings::XML_CHARACTER, format!("référence « &#{}; »", shown(written)), at)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_stand_for_one_character() {
        for (text, character) in
            [("&lt;", '<'), ("&#9;", '\t'), ("&#x1F600;", '\u{1f600}'), ("&#0000065;", 'A')]
        {
            assert_eq!(parse(text, 0).ok(), Some((character, text.len())), "{text}");
        }
    }

    #[test]
    fn other_references_are_refused_or_wait() {
        let kind = |text: &str| match parse(text, 0) {
            Err(Stop::Fault(fault)) => fault.kind.code,
            Err(Stop::More) => "more",
            _ => "",
        };
        for text in ["&#0;", "&#xD800;", "&#xFFFE;", "&#99999999999999999999;", "&#x110000;"] {
            assert_eq!(kind(text), "xml.character", "{text}");
        }
        for text in ["& ", "&;", "&a ", "&1;", "&#;", "&#x;", "&#a;", "&#X41;", "&#65 ;", "&lt<"] {
            assert_eq!(kind(text), "xml.malformed", "{text}");
        }
        assert_eq!(kind("&nbsp;"), "xml.entity");
        assert_eq!((kind("&"), kind("&l"), kind("&#"), kind("&#x4")), ("more", "more", "more", "more"));
    }
}
