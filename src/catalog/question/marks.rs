//! Why a unit answers a question: the words asked for, marked in its title and in an extract of what else says them.
//!
//! The index alone says what answers; this shows it, by the same words, whatever their endings and accents. The one thing to know: words
//! are compared as the index stems them, and those of a phrase or of an identifier are marked together or not at all.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::ops::Range;

use rust_stemmers::{Algorithm, Stemmer};

use super::words::{folded, is_small, located, without_zeros};
use super::{Said, Understood};
use crate::model::Content;

/// Texts of one unit that are looked into, and how far into each, in bytes.
const TEXTS_MAX: usize = 200;
const LOOKED_INTO_MAX: usize = 16_000;
/// About so many characters make an extract, and at most so many of them stand before what is marked first.
const EXTRACT_CHARS: usize = 180;
const BEFORE_CHARS: usize = 60;

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub text: String,
    /// It was asked for.
    pub marked: bool,
}

/// Why a unit answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Why {
    pub title: Vec<Part>,
    /// Of its description, where that says something asked for which the title does not.
    pub extract: Option<Vec<Part>>,
}

/// What a question marks.
pub struct Marks {
    /// Words that follow one another, as they are compared; the longest first.
    runs: Vec<Vec<String>>,
    stemmer: Stemmer,
}

/// What is marked of a text: where, and which of the runs.
#[derive(Default)]
struct Marked {
    places: Vec<Range<usize>>,
    runs: BTreeSet<usize>,
}

impl Marks {
    /// Of what is asked for. What is left out, and dates that a description has without saying them, mark nothing.
    pub fn of(asked: &Understood) -> Self {
        let mut marks = Self { runs: Vec::new(), stemmer: Stemmer::create(Algorithm::French) };
        for said in asked.all.iter().flatten() {
            match said {
                Said::Words(words) => {
                    let apart = words.split(' ').filter(|word| !is_small(word));
                    marks.runs.extend(apart.map(|word| vec![marks.compared(word)]).collect::<Vec<_>>());
                }
                Said::Phrase(words) => {
                    marks.runs.push(words.split(' ').map(|word| marks.compared(word)).collect());
                }
                Said::Lexeme(_) => {}
            }
        }
        marks.runs.retain(|run| run.iter().any(|word| !word.is_empty()));
        marks.runs.sort_by_key(|run| Reverse(run.len()));
        marks
    }

    /// Why the unit of this title and description answers.
    pub fn why(&self, title: &str, content: &Content) -> Why {
        let in_title = self.marked(title);
        let others = content.others.iter().map(|(_, text)| text);
        let texts = content.descriptions.iter().chain(&content.keywords).chain(others).take(TEXTS_MAX);
        let told = texts.map(|text| {
            let text = &text[..text.floor_char_boundary(LOOKED_INTO_MAX)];
            let marked = self.marked(text);
            (marked.runs.difference(&in_title.runs).count(), marked, text)
        });
        // The one that adds the most; of several, the first.
        let best = told.filter(|(more, ..)| *more > 0).min_by_key(|(more, ..)| Reverse(*more));
        Why {
            title: parts(title, 0..title.len(), &in_title.places),
            extract: best.map(|(_, marked, text)| extract(text, &marked.places)),
        }
    }

    fn marked(&self, text: &str) -> Marked {
        let words: Vec<(Range<usize>, String)> =
            located(text).map(|(at, word)| (at, self.compared(word))).collect();
        let mut marked = Marked::default();
        let mut rest = words.as_slice();
        while let Some((first, _)) = rest.first() {
            let begins = |run: &Vec<String>| {
                run.len() <= rest.len() && run.iter().zip(rest).all(|(asked, (_, word))| asked == word)
            };
            let taken = match self.runs.iter().position(begins) {
                Some(run) => {
                    let words = self.runs[run].len();
                    marked.places.push(first.start..rest[words - 1].0.end);
                    marked.runs.insert(run);
                    words
                }
                None => 1,
            };
            rest = &rest[taken..];
        }
        marked
    }

    /// A word as the index has it: without accents, ending or first zeros.
    fn compared(&self, word: &str) -> String {
        let word = folded(word);
        without_zeros(&self.stemmer.stem(&word)).to_owned()
    }
}

/// What stands around the first place marked.
fn extract(text: &str, places: &[Range<usize>]) -> Vec<Part> {
    let first = places.first().map_or(0, |place| place.start);
    let from = match text[..first].char_indices().rev().nth(BEFORE_CHARS) {
        // From a word's beginning.
        Some((at, _)) => text[at..first].find(char::is_whitespace).map_or(first, |space| at + space + 1),
        None => 0,
    };
    let until = match text[from..].char_indices().nth(EXTRACT_CHARS) {
        Some((end, _)) => {
            let end = from + end;
            // To a word's end, if it is past what is marked.
            let least = places.first().map_or(from, |place| place.end);
            text[..end].rfind(char::is_whitespace).filter(|space| *space >= least).unwrap_or(end.max(least))
        }
        None => text.len(),
    };
    let mut told = parts(text, from..until, places);
    let before = (from > 0).then_some("… ");
    let after = (until < text.len()).then_some(" …");
    let bare = |text: &str| Part { text: text.to_owned(), marked: false };
    before.into_iter().for_each(|dots| told.insert(0, bare(dots)));
    told.extend(after.map(bare));
    told
}

/// This part of a text, cut where marks begin and end.
fn parts(text: &str, within: Range<usize>, places: &[Range<usize>]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut at = within.start;
    let mut push = |piece: Range<usize>, marked| {
        if !piece.is_empty() {
            parts.push(Part { text: text[piece].to_owned(), marked });
        }
    };
    for place in places.iter().filter(|place| place.start >= within.start && place.end <= within.end) {
        push(at..place.start, false);
        push(place.clone(), true);
        at = place.end;
    }
    push(at..within.end, false);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(question: &str, title: &str, said: &str) -> (String, Option<String>) {
        let content = Content { descriptions: vec![said.to_owned()], ..Content::default() };
        let why = Marks::of(&Understood::read(question)).why(title, &content);
        let told = |parts: &[Part]| {
            let each = parts.iter().map(|part| match part.marked {
                true => format!("[{}]", part.text),
                false => part.text.clone(),
            });
            each.collect::<String>()
        };
        (told(&why.title), why.extract.as_deref().map(told))
    }

    #[test]
    fn words_are_marked_whatever_their_accents_and_endings() {
        let (title, extract) = why("deliberation cantines", "Délibérations de la Cantine", "");
        assert_eq!(title, "[Délibérations] de la [Cantine]");
        assert_eq!(extract, None);
        // Small words alone are not what was looked for; what is left out is not either.
        assert_eq!(why("le plan -local", "Le plan local d’urbanisme", "").0, "Le [plan] local d’urbanisme");
        assert_eq!(why("", "Budget", "Budget").0, "Budget");
    }

    #[test]
    fn phrases_and_identifiers_are_marked_whole() {
        let title = "Lilas, rue haute : rue des Lilas n° 3";
        assert_eq!(why("\"rue des lilas\"", title, "").0, "Lilas, rue haute : [rue des Lilas] n° 3");
        assert_eq!(why("1542/2023", "Mandat n°1542/2023 de 2023", "").0, "Mandat n°[1542/2023] de 2023");
        assert_eq!(why("DEL-2024-12", "DEL_2024_012 : voirie", "").0, "[DEL_2024_012] : voirie");
        assert_eq!(why("mars 2023", "Conseil de Mars 2023, 2023", "").0, "Conseil de [Mars 2023], 2023");
    }

    #[test]
    fn an_extract_shows_what_the_title_does_not_say() {
        let said =
            "Pièces justificatives de la dépense :\nfacture de l’entreprise Durand, réfection du gymnase.";
        let (title, extract) = why("mandat gymnases", "Mandat 12", said);
        assert_eq!(title, "[Mandat] 12");
        let extract = extract.unwrap();
        assert!(extract.contains("réfection du [gymnase]."), "{extract}");
        // Nothing more than the title says is no reason to read more.
        assert_eq!(why("mandat", "Mandat 12", "Mandat de paiement").1, None);
    }

    #[test]
    fn an_extract_is_short_and_whole_words_whatever_the_text() {
        let long = format!("{} gymnase {}", "été ".repeat(2_000), "hiver ".repeat(500));
        let extract = why("gymnase", "Mandat", &long).1.unwrap();
        assert!(extract.starts_with("… été") && extract.ends_with("hiver …"), "{extract}");
        assert!(extract.chars().count() <= EXTRACT_CHARS + 8 && extract.contains("[gymnase]"), "{extract}");
        // One word without an end, and what is past what is looked into.
        let endless = format!("gymnase{}", "é".repeat(20_000));
        assert_eq!(why("gymnase", "Mandat", &endless).1, None);
        let endless = format!("gymnase-{}", "é".repeat(20_000));
        assert!(why("gymnase", "Mandat", &endless).1.unwrap().starts_with("[gymnase]-é"));
        assert_eq!(why("gymnase", "Mandat", &format!("{} gymnase", "é".repeat(20_000))).1, None);
    }
}
