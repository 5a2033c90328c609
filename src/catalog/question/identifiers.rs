//! What identifies something in a text: a mandate's number, a deliberation's, a cote, a SIRET.
//!
//! Known by its shape alone: figures with something that parts them, or letters and figures together. Separators and first zeros do
//! not count: `DEL_2024_012` and `DEL-2024-12` are the same.

use super::words::{folded, without_zeros};

/// Longest identifier, in bytes.
const BYTES_MAX: usize = 80;

/// The identifier that a word is, if it is one.
pub fn identifier(word: &str) -> Option<String> {
    let has = |is: fn(&u8) -> bool| word.as_bytes().iter().any(is);
    let is_shaped = word.len() <= BYTES_MAX
        && word.chars().all(|c| c.is_alphanumeric() || "/_-.".contains(c))
        && has(u8::is_ascii_digit);
    if !is_shaped {
        return None;
    }
    let parts: Vec<String> = word
        .split(['/', '_', '-', '.'])
        .filter(|part| !part.is_empty())
        .map(|part| without_zeros(&folded(part)).to_owned())
        .collect();
    let is_registration = parts.len() == 1 && matches!(word.len(), 9 | 14) && !has(u8::is_ascii_alphabetic);
    let ends_as_an_ordinal = |part: &String| {
        let ending = part.trim_start_matches(|c: char| c.is_ascii_digit());
        ending.len() < part.len() && ["er", "ere", "e", "eme", "h", "nd", "nde"].contains(&ending)
    };
    let is_composed =
        parts.len() > 1 || (word.chars().any(char::is_alphabetic) && !parts.iter().any(ends_as_an_ordinal));
    (is_composed || is_registration).then(|| parts.join("-"))
}

/// A SIREN or a SIRET written in groups: how many words it takes, and its figures.
pub fn registration(words: &[&str]) -> Option<(usize, String)> {
    let is = |at: usize, figures: usize| {
        words
            .get(at)
            .is_some_and(|word| word.len() == figures && word.bytes().all(|byte| byte.is_ascii_digit()))
    };
    if !(is(0, 3) && is(1, 3) && is(2, 3)) {
        return None;
    }
    let taken = if is(3, 5) { 4 } else { 3 };
    Some((taken, words[..taken].concat()))
}
