//! The references' own faults: what they say of a text that the standard does not, each with its reason.

use super::reference::Reference;

/// Whether a reference is known to be wrong about such a text; `theirs` is its verdict, ours is the other.
pub fn explained(reference: Reference, name: &str, text: &str, theirs: bool) -> bool {
    let bare = text.trim_matches([' ', '\t', '\n', '\r']);
    let name = name.split([' ', '=']).next().unwrap_or(name);
    // « At least one digit must follow the decimal point », and one must precede it: both let `PT.5S` and `PT1.S` by.
    if name == "duration" && theirs && (bare.contains(".S") || bare.contains("T.") || bare.contains("M.")) {
        return true;
    }
    match reference {
        Reference::Xmllint => xmllint_is_wrong(name, text, bare, theirs),
        Reference::Jing => jing_is_wrong(name, bare, theirs),
    }
}

fn xmllint_is_wrong(name: &str, text: &str, bare: &str, theirs: bool) -> bool {
    match name {
        // An empty list passes: the least length of one word is not looked at.
        "NMTOKENS" | "IDREFS" | "ENTITIES" => theirs && bare.is_empty(),
        // The sign alone passes, when white space follows.
        "decimal" => theirs && matches!(bare, "+" | "-"),
        // A dash is skipped like white space.
        "base64Binary" => theirs && bare.contains('-'),
        // A sign is refused; the type restricts `nonNegativeInteger`, whose texts may have one.
        "unsignedByte" | "unsignedShort" | "unsignedInt" | "unsignedLong" => {
            !theirs && bare.starts_with(['+', '-'])
        }
        // An exponent without digits passes.
        "float" | "double" if theirs => bare.ends_with(['e', 'E', '+', '-']),
        // Without a zone, less than fourteen hours from a bound that has one, nothing can be told: it lets that by.
        "dateTime" | "date" if theirs => !bare.ends_with('Z'),
        // The hour of another zone is not brought back to the same day.
        "time" if !theirs && bare == "13:00:00+01:00" => true,
        // White space around is refused here and there, though these types collapse it.
        "float" | "double" | "duration" | "QName" | "dateTime" | "date" | "time" | "gYear" | "gYearMonth"
        | "gMonth" | "gMonthDay" | "gDay" => !theirs && bare.len() < text.len(),
        _ => false,
    }
}

fn jing_is_wrong(name: &str, bare: &str, theirs: bool) -> bool {
    match name {
        // It reads references its own way, laxer for the most part; ours is the schema checker's.
        "anyURI" => true,
        // It counts the zeros at the end of a fraction, which are none of the value's digits.
        "decimal" => !theirs && bare.contains('.') && bare.ends_with('0'),
        // Twelve months are not a year to it when it compares, nor twenty-four hours a day when it says what is equal.
        "duration" => !theirs && (bare == "P12M" || bare.starts_with("PT")),
        "dateTime" | "time" | "date" | "gYear" | "gYearMonth" | "gMonth" | "gMonthDay" | "gDay" => {
            // The second edition lets midnight be written so; zones go to minus fourteen hours.
            let is_far_west =
                bare.rsplit_once('-').is_some_and(|(_, zone)| zone == "14:00" || zone.starts_with("13:"));
            let is_known_refusal = bare.contains("24:00:00") || is_far_west;
            // A point without digits passes; years of more than nine digits do not.
            if theirs {
                bare.contains('.')
            } else {
                is_known_refusal || bare.len() > 10 && name.starts_with('g')
            }
        }
        _ => false,
    }
}
