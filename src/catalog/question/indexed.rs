//! What a unit is found by: the words of its title, those of the rest, and lexemes of its identifiers and dates.

use std::collections::BTreeSet;

use super::dates::Period;
use super::pieces::{Piece, pieces};
use super::words::{key, words};
use crate::model::Content;

/// Longest text of one unit. PostgreSQL refuses a tsvector over 1 MiB.
const BYTES_MAX: usize = 250_000;
/// Lexemes of ours for one unit, at most.
const LEXEMES_MAX: usize = 600;
/// Texts that are looked into for identifiers, in bytes, at most.
const LOOKED_INTO_MAX: usize = 16_000;

/// What is written for one unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Indexed {
    /// Words of the title.
    pub title: String,
    /// Words of everything else.
    pub rest: String,
    pub lexemes: Vec<String>,
    /// By which the same title is known.
    pub title_key: String,
}

impl Indexed {
    /// Of a unit by its title in lists and its description; `cote`: of the archive, for what stands at its top.
    pub fn of(title: &str, content: &Content, cote: Option<&str>) -> Self {
        let mut lexemes = BTreeSet::new();
        let others = || content.others.iter();
        own(title, &mut lexemes);
        cote.into_iter().for_each(|cote| own(cote, &mut lexemes));
        others().filter(|(path, _)| names(path)).for_each(|(_, id)| own(id, &mut lexemes));
        let mut dates = vec![Period::written(content.start_date.as_deref(), content.end_date.as_deref())];
        dates.push(Period::written(content.transacted_date.as_deref(), None));
        dates.extend(
            others()
                .filter(|(path, _)| path.ends_with("Date"))
                .map(|(_, day)| Period::written(Some(day), None)),
        );
        lexemes.extend(dates.into_iter().flatten().flat_map(Period::lexemes));
        lexemes.extend(
            years_of(
                content.start_date.as_deref(),
                content.end_date.as_deref(),
                content.transacted_date.as_deref(),
            )
            .iter()
            .map(|year| format!("=y:{year}")),
        );
        let mut rest: Vec<&str> = content.descriptions.iter().map(String::as_str).collect();
        rest.extend(content.keywords.iter().map(String::as_str));
        rest.extend(others().map(|(_, text)| text.as_str()));
        rest.extend(cote);
        let mut rest = rest.join("\n");
        told(&rest[..rest.floor_char_boundary(LOOKED_INTO_MAX)], &mut lexemes);
        rest.truncate(rest.floor_char_boundary(BYTES_MAX));
        Self {
            title: words(title),
            rest: words(&rest),
            lexemes: lexemes.into_iter().take(LEXEMES_MAX).collect(),
            title_key: key(title),
        }
    }
}

/// The years that a unit is filed under, by the dates of its description.
pub fn years_of(start: Option<&str>, end: Option<&str>, transacted: Option<&str>) -> Vec<i32> {
    let of = |period: Option<Period>| period.into_iter().flat_map(Period::years);
    let mut years: Vec<i32> =
        of(Period::written(start, end)).chain(of(Period::written(transacted, None))).collect();
    years.sort_unstable();
    years.dedup();
    years
}

/// Whether an element of the description identifies the unit.
fn names(path: &str) -> bool {
    path.ends_with("Identifier") || path.ends_with("SystemId")
}

/// Identifiers and dates by which a unit goes.
fn own(text: &str, lexemes: &mut BTreeSet<String>) {
    for piece in pieces(text) {
        match piece {
            Piece::Date { period, identifier, .. } => {
                lexemes.extend(period.lexemes());
                lexemes.extend(identifier.iter().flat_map(|id| [format!("#{id}"), format!("#!{id}")]));
            }
            Piece::Identifier { id, .. } => lexemes.extend([format!("#{id}"), format!("#!{id}")]),
            Piece::Word { .. } => {}
        }
    }
}

/// Identifiers that a unit speaks of.
fn told(text: &str, lexemes: &mut BTreeSet<String>) {
    for piece in pieces(text) {
        let id = match piece {
            Piece::Date { identifier, .. } => identifier,
            Piece::Identifier { id, .. } => Some(id),
            Piece::Word { .. } => None,
        };
        lexemes.extend(id.map(|id| format!("#{id}")));
    }
}
