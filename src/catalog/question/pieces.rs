//! A text cut into what can be asked for: dates, identifiers, and words.

use super::dates::{self, Period};
use super::identifiers::{identifier, registration};
use super::words::without_sign;

/// One piece of a text, with how it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A day, a month, a year; `identifier`: what else it may be (`12/2023`).
    Date {
        period: Period,
        said: String,
        identifier: Option<String>,
    },
    Identifier {
        id: String,
        said: String,
    },
    /// `left_out`: whoever asks does not want it.
    Word {
        said: String,
        left_out: bool,
    },
}

/// Pieces of a text that are looked at.
const PIECES_MAX: usize = 2_000;

/// The pieces, in their order.
pub fn pieces(text: &str) -> Vec<Piece> {
    let tokens: Vec<&str> = text.split_whitespace().map(trimmed).filter(|token| !token.is_empty()).collect();
    let mut rest = tokens.as_slice();
    let mut out = Vec::new();
    while let Some(first) = rest.first()
        && out.len() < PIECES_MAX
    {
        let (piece, taken) = if let Some((period, taken)) = dates::read(rest) {
            let other = if taken == 1 { identifier(first) } else { None };
            (Piece::Date { period, said: rest[..taken].join(" "), identifier: other }, taken)
        } else if let Some((taken, id)) = registration(rest) {
            (Piece::Identifier { id, said: rest[..taken].join(" ") }, taken)
        } else if let Some(id) = identifier(first) {
            (Piece::Identifier { id, said: (*first).to_owned() }, 1)
        } else {
            let kept = first.strip_prefix('-');
            let said = kept.unwrap_or(first).to_owned();
            (Piece::Word { said, left_out: kept.is_some() }, 1)
        };
        out.push(piece);
        rest = &rest[taken..];
    }
    out
}

/// Without what surrounds a word; a hyphen before it says that it is not wanted.
fn trimmed(token: &str) -> &str {
    let is_around = |c: char| !c.is_alphanumeric() && c != '-' && c != '°';
    let token = without_sign(token.trim_matches(is_around)).trim_end_matches('-');
    // A dash alone is punctuation, and `--` nothing at all.
    if token.trim_matches('-').is_empty() { "" } else { token }
}
