//! What is told: something asked that nobody gave, or given that is not admitted.

use super::Filler;
use crate::seda::engine::grammar::{PatternId, SymbolId};

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The profile asks for it.
    Missing,
    /// The profile does not admit this value.
    Refused(String),
    /// The profile has no place for it.
    Unexpected,
}

/// Something to put right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    pub what: What,
    /// Elements from the nearest unit down to it (`Content/DocumentType`), or from the root where there is no unit; an attribute
    /// last, as `@name`.
    pub path: Vec<String>,
    /// Mark of the nearest element that has one.
    pub mark: Option<u32>,
    /// Values or kinds of values wanted, in French words; none when any text will do, or what is wanted are elements.
    pub wanted: Vec<String>,
    /// What the profile's author says of it.
    pub documentation: Option<String>,
}

impl Lack {
    /// Whether both say the same of the same place, whatever is wanted there.
    pub(super) fn is_like(&self, other: &Lack) -> bool {
        (&self.what, &self.path, self.mark) == (&other.what, &other.path, other.mark)
    }

    /// Wanted by this or by the other.
    pub(super) fn or(&self, other: &Lack) -> Lack {
        let mut either = self.clone();
        either.wanted.extend(other.wanted.iter().filter(|words| !self.wanted.contains(words)).cloned());
        if self.documentation != other.documentation {
            either.documentation = None;
        }
        either
    }
}

impl Filler<'_> {
    /// Of something named here.
    pub(super) fn lack(&self, what: What, name: &str) -> Lack {
        let path = self.path.iter().cloned().chain([name.to_owned()]).collect();
        Lack { what, path, mark: self.marks.last().copied(), wanted: Vec::new(), documentation: None }
    }

    /// Of the element looked at, which is this symbol and should hold this.
    pub(super) fn lack_here(&self, what: What, symbol: SymbolId, content: PatternId) -> Lack {
        let documentation = self.profile.note(symbol).documentation.clone();
        let documentation = documentation.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
        let (path, mark) = (self.path.clone(), self.marks.last().copied());
        Lack { what, path, mark, wanted: self.words(content), documentation }
    }

    /// Texts that may come next, in words.
    fn words(&self, content: PatternId) -> Vec<String> {
        let mut wanted = Vec::new();
        for symbol in self.derivatives.first(content) {
            let Some(words) = self.derivatives.words_of(symbol) else { continue };
            if !wanted.contains(&words) {
                wanted.push(words);
            }
        }
        wanted
    }
}
