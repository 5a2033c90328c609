//! What somebody asks of the descriptions, understood: words, exact phrases, identifiers, dates, and what is left out.
//!
//! A rule: never reads the database, and says nothing of who may see what. The one thing to know: a unit is entered with
//! lexemes of its own beside its words (`indexed`), which no text can contain: `#` before an identifier, `@` before a date,
//! `=` before what it came under. A question asks for them by the same rule that wrote them.

mod dates;
mod identifiers;
pub mod indexed;
pub mod marks;
mod pieces;
mod words;

use serde::Serialize;

pub use indexed::{Indexed, years_of};
use pieces::{Piece, pieces};
pub use words::{key, words};

/// Terms of one question that are looked at; the rest is not.
const TERMS_MAX: usize = 24;

/// One way for a unit to answer a term.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Said {
    /// Every one of these words, whatever their endings and accents.
    Words(String),
    /// These words in this order, next to one another.
    Phrase(String),
    /// A lexeme of ours, as it was written.
    Lexeme(String),
}

/// A question understood: what the database's `search_units()` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Understood {
    /// Every term must be answered, each in any of its ways.
    pub all: Vec<Vec<Said>>,
    /// None of these may be.
    pub none: Vec<Vec<Said>>,
    /// The question's words in their order, dates apart: a title that has them so comes before one that has them apart.
    pub phrase: String,
    /// The title that this question would be, when it could be one.
    pub key: Option<String>,
    /// The question is these identifiers and nothing else: whatever bears them as its own comes first.
    pub own: Vec<Vec<Said>>,
}

impl Understood {
    /// Reads a question.
    pub fn read(text: &str) -> Self {
        let mut read = Self::default();
        let mut in_order: Vec<String> = Vec::new();
        for (quoted, part) in quoted(text) {
            if quoted {
                let phrase = words(&part);
                if !phrase.is_empty() {
                    in_order.push(phrase.clone());
                    read.all.push(vec![Said::Phrase(phrase)]);
                }
            } else {
                read.loose(&pieces(&part), &mut in_order);
            }
        }
        read.all.truncate(TERMS_MAX);
        read.none.truncate(TERMS_MAX);
        read.phrase = in_order.join(" ");
        read.key = Some(key(text)).filter(|key| !key.is_empty() && read.none.is_empty());
        if read.all.len() != read.own.len() || !read.none.is_empty() {
            read.own.clear();
        }
        read
    }

    /// Also only what bears this lexeme.
    pub fn within(&mut self, lexemes: Vec<String>) {
        self.all.push(lexemes.into_iter().map(Said::Lexeme).collect());
    }

    fn loose(&mut self, pieces: &[Piece], in_order: &mut Vec<String>) {
        let mut rest = pieces;
        while let Some((piece, after)) = rest.split_first() {
            if let Some((period, taken)) = dates::between(rest) {
                self.all.push(lexemes(&period.asked(true)));
                rest = &rest[taken..];
                continue;
            }
            rest = after;
            match piece {
                Piece::Date { period, said, identifier } => {
                    // A year alone may be any number.
                    in_order.extend((said.len() == 4).then(|| said.clone()));
                    let mut ways = lexemes(&period.asked(false));
                    ways.push(Said::Phrase(words(said)));
                    ways.extend(identifier.iter().map(|id| Said::Lexeme(format!("#{id}"))));
                    self.all.push(ways);
                }
                Piece::Identifier { id, said } => {
                    in_order.push(words(said));
                    self.own.push(vec![Said::Lexeme(format!("#!{id}"))]);
                    self.all.push(vec![Said::Lexeme(format!("#{id}")), Said::Phrase(words(said))]);
                }
                Piece::Word { said, left_out } => {
                    let said = words(said);
                    if said.is_empty() {
                        continue;
                    }
                    if *left_out {
                        self.none.push(vec![Said::Words(said)]);
                    } else {
                        in_order.push(said.clone());
                        self.all.push(vec![Said::Words(said)]);
                    }
                }
            }
        }
    }
}

fn lexemes(all: &[String]) -> Vec<Said> {
    all.iter().cloned().map(Said::Lexeme).collect()
}

/// A text's parts, and whether each stands between quotation marks; a mark that is not closed is none.
fn quoted(text: &str) -> Vec<(bool, String)> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find(['"', '«', '“']) {
        let mark = rest[open..].chars().next().map_or(1, char::len_utf8);
        let inside = &rest[open + mark..];
        let Some(close) = inside.find(['"', '»', '”']) else { break };
        let end = inside[close..].chars().next().map_or(1, char::len_utf8);
        parts.push((false, rest[..open].to_owned()));
        parts.push((true, inside[..close].to_owned()));
        rest = &inside[close + end..];
    }
    parts.push((false, rest.to_owned()));
    parts
}

#[cfg(test)]
mod tests;
