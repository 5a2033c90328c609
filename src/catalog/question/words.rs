//! Words of a text, as they are indexed and asked for; and a title's key, by which the same title is known again.
//!
//! Everything that is neither letter nor digit parts words, on both sides alike: « Saint-Aubrac » and « Saint Aubrac » are the
//! same two words. Endings are the database's affair.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longest key of a title, in bytes.
const KEY_BYTES_MAX: usize = 160;
/// Words that two titles may differ by and still be the same.
const EMPTY: [&str; 24] = [
    "a", "au", "aux", "c", "d", "dans", "de", "des", "du", "en", "et", "j", "l", "la", "le", "les", "m", "n",
    "numero", "par", "pour", "s", "un", "une",
];

/// The words, apart by one space each; « n° » is none.
pub fn words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in each(text) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

fn each(text: &str) -> impl Iterator<Item = &str> {
    located(text).map(|(_, word)| word)
}

/// The words, and where each stands in the text, in bytes.
pub fn located(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    let parts = |c: char| !(c.is_alphanumeric() || SIGNS.contains(&c) || is_combining_mark(c));
    text.split(parts).filter_map(move |whole| {
        let word = without_sign(whole).trim_matches(SIGNS);
        // Both are parts of the text.
        let from = word.as_ptr() as usize - text.as_ptr() as usize;
        (!word.is_empty()).then(|| (from..from + word.len(), word))
    })
}

/// Whether a word is one of those that say nothing.
pub fn is_small(word: &str) -> bool {
    EMPTY.contains(&folded(word).as_str())
}

/// What follows « n° »; `º` counts as a letter.
const SIGNS: [char; 3] = ['°', 'º', '˚'];

/// A word without the « n° » that it begins with.
pub fn without_sign(word: &str) -> &str {
    let after = word.strip_prefix(['n', 'N']).and_then(|rest| rest.strip_prefix(SIGNS));
    after.unwrap_or(word)
}

/// A text without its accents, in lower case.
pub fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            'œ' => out.push_str("oe"),
            'æ' => out.push_str("ae"),
            'ß' => out.push_str("ss"),
            c => out.push(c),
        }
    }
    out
}

/// What a title is known by: folded, without the small words, numbers without their first zeros.
pub fn key(title: &str) -> String {
    let mut out = String::new();
    for word in each(title) {
        if is_small(word) {
            continue;
        }
        let word = folded(word);
        if out.len() + word.len() >= KEY_BYTES_MAX {
            break;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(without_zeros(&word));
    }
    out
}

/// A number without its first zeros; anything else as it is.
pub fn without_zeros(word: &str) -> &str {
    let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
    match word.trim_start_matches('0') {
        "" if is_number && !word.is_empty() => "0",
        short if is_number => short,
        _ => word,
    }
}
