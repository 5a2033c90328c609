//! Names that are nearly the same: as people accent, space and mistype them.

use unicode_normalization::UnicodeNormalization;

/// In lower case, letters and figures alone, without accents.
pub fn folded(name: &str) -> String {
    name.nfd().flat_map(char::to_lowercase).filter(char::is_ascii_alphanumeric).collect()
}

/// Changes of one letter from one word to another.
pub fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.bytes().enumerate() {
        let mut corner = std::mem::replace(&mut row[0], i + 1);
        for (j, b) in other.bytes().enumerate() {
            let changed = corner + usize::from(a != b);
            let least = (row[j + 1] + 1).min(row[j] + 1).min(changed);
            corner = std::mem::replace(&mut row[j + 1], least);
        }
    }
    row.last().copied().unwrap_or_default()
}
