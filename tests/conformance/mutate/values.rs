//! Changes of what elements and attributes say: values of every type, right and wrong in its own ways.

use crate::dom::{Element, Node};
use crate::mutate::any_where;
use crate::pool::Pool;
use crate::random::Random;

/// Lexical forms at the edges of the types the standard uses, right ones and wrong ones.
#[rustfmt::skip]
const TYPED: &[&str] = &[
    "", " ", "\n", "x", "a b", " a  b ", "a\tb", "é", "\u{a0}", "a:b", "1a", "-a", "_a", "a.b-c", "a/b",
    "%20", "%zz",
    // dates and times
    "2024-02-29", "2023-02-29", "2024-13-01", "2024-00-10", "2024-04-31", "24-01-01", "02024-01-01",
    "-0001-01-01", "0000-01-01", "10000-01-01", "2024-1-1", "2024-01-01Z", "2024-01-01+14:00",
    "2024-01-01+14:01", "2024-01-01-13:59", "2024-01-01T00:00:00", "2024-01-01T24:00:00",
    "2024-01-01T24:00:01", "2024-01-01T23:59:60", "2024-01-01T10:00", "2024-01-01T10:00:00.",
    "2024-01-01T10:00:00.123456789", "2024-01-01T10:00:00+01:00", "2024-01-01 10:00:00",
    "2024-01-01T1:00:00", "2024-01-01t10:00:00z", "2024", "-2024", "2024Z", "2024-05", "2024-13", "--05",
    "--05-12", "---31", "10:00:00", "24:00:00", "25:00:00", " 2024-01-01 ", "2024-01-01\n", "20240101",
    "01/02/2024", "99999999999-01-01",
    // durations
    "P1Y", "P", "PT", "P1YT", "-P1Y", "P1Y2M3DT4H5M6.7S", "P1S", "PT1S", "P1M1Y", "P-1Y", "P1.5Y", "P0Y",
    "P10Y",
    // numbers
    "0", "-0", "+1", "1", "01", "-1", "1.0", "1.", ".5", ".", "+", "-", "1e3", "INF", "NaN", "1 0", "1,5",
    "00", "127", "128", "255", "2147483647", "2147483648", "-2147483648", "9223372036854775807",
    "9223372036854775808", "18446744073709551616", "123456789012345678901234567890",
    "0.000000000000000000000000001",
    // booleans
    "true", "false", "TRUE", "True", " true ", "yes", "2",
    // binary
    "AAAA", "AAA=", "AA==", "A===", "AAA", "AA A A", "A A A =", "A B==", "AAB=", "AB==", "====", "0a", "0A",
    "0", "0g", "é==",
    // languages, tokens, names
    "fr", "fra", "FR", "fr-FR", "fr-", "-fr", "francaises", "fr_FR", "i-klingon", "123", "xx",
    "en-1234567890",
    // addresses
    "http://example.org/", "http://[::1]/", "http://[", "http:// x", "a b", "#a", "#a#b", "%", ":", "a:",
    "1:a", "../a", "//", "?", "http://é.fr/à", "\\a", "{a}", "<a>", "^", "urn:a:b",
    // algorithms and codes
    "SHA-512", "http://www.w3.org/2001/04/xmlenc#sha256", "edition 2009", "edition  2009", "Edition 2009",
    "AR038", "AR062", "ar038", "fmt/18", "fmt/477", "detruire", "conserver", "file", "File", "recordgrp",
    "RecordGrp", "Item", "Keep", "Destroy", "CDO", "000", "312",
];

/// Whether it is a leaf, where a value belongs.
fn is_leaf(element: &Element) -> bool {
    element.elements().next().is_none()
}

fn set(element: &mut Element, text: &str) {
    element.children = if text.is_empty() { Vec::new() } else { vec![Node::Text(text.to_owned())] };
}

fn text(element: &Element) -> String {
    element
        .children
        .iter()
        .filter_map(|child| if let Node::Text(text) = child { Some(&**text) } else { None })
        .collect()
}

pub fn typed(root: &mut Element, _: &Pool, random: &mut Random) -> bool {
    let Some(target) = any_where(root, random, is_leaf) else { return false };
    let value = random.one(TYPED);
    let changed = text(target) != value;
    set(target, value);
    changed
}

pub fn altered(root: &mut Element, _: &Pool, random: &mut Random) -> bool {
    let Some(target) = any_where(root, random, |element| is_leaf(element) && element.has_text()) else {
        return false;
    };
    let before = text(target);
    let after = altered_text(&before, random);
    set(target, &after);
    after != before
}

pub fn elsewhere(root: &mut Element, pool: &Pool, random: &mut Random) -> bool {
    let Some(value) = random.pick(&pool.values) else { return false };
    let Some(target) = any_where(root, random, is_leaf) else { return false };
    let changed = text(target) != *value;
    set(target, value);
    changed
}

/// A value of any type, or the one that was there, a little changed.
pub fn any_text(before: &str, pool: &Pool, random: &mut Random) -> String {
    match random.below(3) {
        0 => random.one(TYPED).to_owned(),
        1 => random.pick(&pool.values).cloned().unwrap_or_default(),
        _ => altered_text(before, random),
    }
}

fn altered_text(before: &str, random: &mut Random) -> String {
    let mut letters: Vec<char> = before.chars().collect();
    let at = random.below(letters.len());
    match random.below(14) {
        0 => letters.insert(0, ' '),
        1 => letters.push('\n'),
        2 => letters.insert(at, random.one(&[" ", "\t", "\n"]).chars().next().unwrap_or(' ')),
        3 if !letters.is_empty() => {
            letters.remove(at);
        }
        4 if !letters.is_empty() => letters.insert(at, letters[at]),
        5 => letters.push('Z'),
        6 => letters.insert(0, random.one(&["-", "+", "0"]).chars().next().unwrap_or('-')),
        7 => return before.to_uppercase(),
        8 => return before.to_lowercase(),
        9 if !letters.is_empty() => letters[at] = (b'0' + random.below(10) as u8) as char,
        10 if !letters.is_empty() => {
            letters[at] = random.one(&["x", "é", ":", ".", "/", "="]).chars().next().unwrap_or('x');
        }
        11 => return format!("{before}{before}"),
        12 => letters.extend(random.one(&[".5", "+02:00", "T00:00:00", "-", "=", "==", "\u{a0}"]).chars()),
        _ => letters.truncate(at),
    }
    letters.into_iter().collect()
}
