//! Values that 0.2 and 1.0 write otherwise than 2.x: levels, languages, fates, sizes.

use crate::seda::language;

/// `recordgrp` is `RecordGrp`; what is no level stays as it is.
pub(super) fn level(value: &str) -> &str {
    match value {
        "fonds" => "Fonds",
        "subfonds" => "Subfonds",
        "class" => "Class",
        "collection" => "Collection",
        "series" => "Series",
        "subseries" => "Subseries",
        "recordgrp" => "RecordGrp",
        "subgrp" => "SubGrp",
        "file" => "File",
        "item" => "Item",
        _ => value,
    }
}

/// Two letters when the language has them.
pub(super) fn language(value: &str) -> &str {
    language::two_letters(value).unwrap_or(value)
}

/// The fate at term.
pub(super) fn final_action(code: &str) -> &str {
    match code {
        "conserver" => "Keep",
        "detruire" => "Destroy",
        _ => code,
    }
}

/// A size in bytes. `None` in any other unit: a file of 2 100 bytes is told as 2 kilobytes, or 3, which is no fault.
pub(super) fn size_bytes(value: &str, unit: &str) -> Option<u64> {
    let whole = value.strip_suffix(".0").unwrap_or(value);
    if matches!(unit, "" | "AD") { whole.parse().ok() } else { None }
}
