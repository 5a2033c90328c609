//! One value of a file: what it must be, told with its place when it is not.

use serde_json::Value;

use crate::costs::amount::CENTS_MAX;
use crate::costs::{CODE_CHARS_MAX, Cents, Key, is_code};

/// An exabyte in megabytes.
pub(super) const MEASURE_MAX: u64 = 1_000_000_000_000;
/// More than there are.
pub(super) const POPULATION_MAX: u64 = 10_000_000_000;

/// A key by its word.
pub(super) fn key(word: &str, place: &str) -> Result<Key, String> {
    Key::from_word(word).map_err(|error| format!("{place} : {error}"))
}

/// A code that a key can name.
pub(super) fn code(code: &str, place: &str) -> Result<(), String> {
    if !is_code(code) {
        return Err(format!(
            "{place} : un code a de 1 à {CODE_CHARS_MAX} caractères, sans virgule, « = » ni « : »"
        ));
    }
    Ok(())
}

/// A field that is a text.
pub(super) fn text<'a>(value: &'a Value, field: &str, place: &str, most: usize) -> Result<&'a str, String> {
    let found = value.get(field).and_then(Value::as_str).filter(|text| text.len() <= most * 4);
    found.ok_or_else(|| format!("{place}.{field} : un texte est attendu, de {most} caractères au plus"))
}

/// A whole number, no more than `most`.
pub(super) fn number(value: &Value, place: &str, most: u64) -> Result<u64, String> {
    let found = value.as_u64().filter(|number| *number <= most);
    found.ok_or_else(|| format!("{place} : un nombre entier de 0 à {most} est attendu"))
}

/// An amount.
pub(super) fn cents(value: Option<&Value>, place: &str) -> Result<Cents, String> {
    let found = value.and_then(Value::as_i64).filter(|cents| (-CENTS_MAX..=CENTS_MAX).contains(cents));
    found.ok_or_else(|| format!("{place} : un nombre entier de centimes est attendu, de {CENTS_MAX} au plus"))
}
