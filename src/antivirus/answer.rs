//! What `clamd` answers, as values. Pure; an answer it does not know is none.

use chrono::NaiveDateTime;

use crate::model::Engine;

/// Longest name of a virus that is kept, in characters.
const NAME_CHARS_MAX: usize = 120;
/// How `clamd` names what it did not look at, when `AlertExceedsMax` makes it say so.
const LIMIT: &str = "Heuristics.Limits.Exceeded";

/// The answer to one stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Clean,
    Found(String),
    /// It was not looked at to the end: too deep, too many files inside, too long.
    GaveUp,
    /// The stream was longer than `StreamMaxLength`.
    TooLarge,
}

/// The answer to a stream, if it is one.
pub(super) fn stream(said: &str) -> Option<Answer> {
    if said == "INSTREAM size limit exceeded. ERROR" {
        return Some(Answer::TooLarge);
    }
    let said = said.strip_prefix("stream: ")?;
    if said == "OK" {
        return Some(Answer::Clean);
    }
    if let Some(reason) = said.strip_suffix(" ERROR") {
        return reason.contains("Time limit reached").then_some(Answer::GaveUp);
    }
    let name = said.strip_suffix(" FOUND").filter(|name| !name.is_empty())?;
    Some(if name.starts_with(LIMIT) { Answer::GaveUp } else { Answer::Found(plain(name)) })
}

/// The answer to `VERSION`, `ClamAV 1.4.3/27600/Mon Apr  7 08:32:00 2025`; the first part alone when its signatures
/// are nobody's release.
pub(super) fn engine(said: &str) -> Option<Engine> {
    let mut parts = said.splitn(3, '/');
    let name = plain(parts.next()?.trim());
    let version = parts.next().map(|version| plain(version.trim())).filter(|version| !version.is_empty());
    let date = parts.next().and_then(|date| {
        let words: Vec<&str> = date.split_whitespace().collect();
        NaiveDateTime::parse_from_str(&words.join(" "), "%a %b %d %H:%M:%S %Y").ok()
    });
    name.starts_with("ClamAV").then(|| Engine {
        name,
        signatures: version,
        signatures_date: date.map(|date| date.date()),
    })
}

/// A name as pages and journals can bear it: visible ASCII, not long.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').take(NAME_CHARS_MAX).collect()
}
