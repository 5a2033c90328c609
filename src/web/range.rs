//! Which bytes of a file a request asks for (RFC 9110, 13 and 14).
//!
//! Pure: headers and a length go in, an answer comes out. One range is served; several at once are answered
//! with the whole file, as the standard allows.

use std::ops::Range;

/// What to answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    Whole,
    /// At least one byte, inside the file.
    Part(Range<u64>),
    /// `304`: the caller has these bytes.
    NotModified,
    /// `412`: `If-Match` names other bytes.
    Failed,
    /// `416`.
    Unsatisfiable,
}

/// The conditional headers of a request, as sent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Conditions<'a> {
    pub range: Option<&'a str>,
    pub if_range: Option<&'a str>,
    pub if_match: Option<&'a str>,
    pub if_none_match: Option<&'a str>,
}

/// What a request wants of a file of `size_bytes` whose strong entity tag is `etag`, quotes included.
/// In the order of RFC 9110, 13.2.2.
pub fn wanted(conditions: Conditions<'_>, etag: &str, size_bytes: u64) -> Wanted {
    if conditions.if_match.is_some_and(|tags| tags.trim() != "*" && !names(tags, etag, false)) {
        return Wanted::Failed;
    }
    if conditions.if_none_match.is_some_and(|tags| is_known(tags, etag)) {
        return Wanted::NotModified;
    }
    // A date in If-Range cannot name our bytes: they have no Last-Modified.
    if conditions.if_range.is_some_and(|tag| tag.trim() != etag) {
        return Wanted::Whole;
    }
    conditions.range.map_or(Wanted::Whole, |range| part(range, size_bytes))
}

/// Whether the caller of `If-None-Match` has what this tag, quotes included, names.
pub fn is_known(tags: &str, etag: &str) -> bool {
    tags.trim() == "*" || names(tags, etag, true)
}

/// Whether a list of entity tags has this one; `weakly` ignores `W/`.
fn names(tags: &str, etag: &str, weakly: bool) -> bool {
    tags.split(',').map(str::trim).any(|tag| tag == etag || weakly && tag.strip_prefix("W/") == Some(etag))
}

/// A malformed range, another unit or several ranges are as if absent.
fn part(range: &str, size_bytes: u64) -> Wanted {
    let Some((unit, ranges)) = range.split_once('=') else { return Wanted::Whole };
    if !unit.trim().eq_ignore_ascii_case("bytes") || ranges.contains(',') {
        return Wanted::Whole;
    }
    let Some((first, last)) = ranges.trim().split_once('-') else { return Wanted::Whole };
    let range = match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => first..last.saturating_add(1).min(size_bytes),
        (Some(first), None) if last.is_empty() => first..size_bytes,
        (None, Some(suffix)) if first.is_empty() => size_bytes.saturating_sub(suffix)..size_bytes,
        _ => return Wanted::Whole,
    };
    if range.start >= range.end { Wanted::Unsatisfiable } else { Wanted::Part(range) }
}

/// Digits only: `u64::from_str` takes a sign. More digits than fit are past every file.
fn number(text: &str) -> Option<u64> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAG: &str = "\"abc\"";

    fn of(range: &str, size_bytes: u64) -> Wanted {
        wanted(Conditions { range: Some(range), ..Conditions::default() }, TAG, size_bytes)
    }

    #[test]
    fn a_range_names_bytes_inside_the_file() {
        for (range, expected) in [
            ("bytes=0-0", Wanted::Part(0..1)),
            ("bytes=2-", Wanted::Part(2..10)),
            ("bytes=-3", Wanted::Part(7..10)),
            ("bytes=-30", Wanted::Part(0..10)),
            ("Bytes = 4-99", Wanted::Part(4..10)),
            ("bytes=9-18446744073709551615", Wanted::Part(9..10)),
            ("bytes=10-", Wanted::Unsatisfiable),
            ("bytes=99999999999999999999999-", Wanted::Unsatisfiable),
            ("bytes=-0", Wanted::Unsatisfiable),
            ("bytes=5-4", Wanted::Whole),
            ("bytes=+1-2", Wanted::Whole),
            ("bytes=0-1,4-5", Wanted::Whole),
            ("lines=0-1", Wanted::Whole),
            ("bytes", Wanted::Whole),
            ("bytes=-", Wanted::Whole),
        ] {
            assert_eq!(of(range, 10), expected, "{range}");
        }
        assert_eq!(of("bytes=0-", 0), Wanted::Unsatisfiable);
    }

    #[test]
    fn conditions_come_before_the_range() {
        let asked = Conditions { range: Some("bytes=1-2"), ..Conditions::default() };
        let cases = [
            (Conditions { if_range: Some(TAG), ..asked }, Wanted::Part(1..3)),
            (Conditions { if_range: Some("\"old\""), ..asked }, Wanted::Whole),
            (Conditions { if_range: Some("W/\"abc\""), ..asked }, Wanted::Whole),
            (Conditions { if_range: Some("Tue, 24 Nov 2026 00:00:00 GMT"), ..asked }, Wanted::Whole),
            (Conditions { if_none_match: Some("\"x\", W/\"abc\""), ..asked }, Wanted::NotModified),
            (Conditions { if_none_match: Some("\"x\""), ..asked }, Wanted::Part(1..3)),
            (Conditions { if_match: Some("\"x\""), ..asked }, Wanted::Failed),
            (Conditions { if_match: Some("*"), ..asked }, Wanted::Part(1..3)),
        ];
        for (conditions, expected) in cases {
            assert_eq!(wanted(conditions, TAG, 10), expected, "{conditions:?}");
        }
    }
}
