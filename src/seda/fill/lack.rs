//! What is told: something asked that nobody gave, or given that is not admitted.

use super::Filler;
use crate::seda::engine::grammar::{PatternId, Symbol, SymbolId};

/// Parts of a unit, of which what is said is said of no element below.
const PARTS: [&str; 2] = ["Content", "Management"];

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
    /// The values admitted, as the profile writes them; none when others may do.
    pub choices: Vec<String>,
    /// The least value admitted, of what has an order.
    pub least: Option<String>,
    /// What the profile's author says of it, or of what it is part of.
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
        if self.choices.is_empty() || other.choices.is_empty() {
            either.choices.clear();
        } else {
            either
                .choices
                .extend(other.choices.iter().filter(|value| !self.choices.contains(value)).cloned());
        }
        if self.least != other.least {
            either.least = None;
        }
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
        let mark = self.marks.last().copied();
        Lack { what, path, mark, wanted: Vec::new(), choices: Vec::new(), least: None, documentation: None }
    }

    /// Of the element looked at, which is this symbol and should hold this.
    pub(super) fn lack_here(&self, what: What, symbol: SymbolId, content: PatternId) -> Lack {
        let above = self.path.len().checked_sub(2).filter(|&at| !PARTS.contains(&self.path[at].as_str()));
        let above = above.and_then(|at| self.around.get(at).cloned().flatten());
        let documentation = self.documentation(symbol).or(above);
        let (path, mark) = (self.path.clone(), self.marks.last().copied());
        let wanted = self.words(content);
        Lack {
            what,
            path,
            mark,
            wanted,
            choices: self.choices(content),
            least: self.least(content),
            documentation,
        }
    }

    /// What the author says of an element, on one line.
    pub(super) fn documentation(&self, symbol: SymbolId) -> Option<String> {
        let said = self.profile.note(symbol).documentation.as_deref()?;
        Some(said.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// The values that may come next, when they can be told one by one.
    fn choices(&self, content: PatternId) -> Vec<String> {
        let mut choices = Vec::new();
        for symbol in self.derivatives.first(content) {
            match self.value_of(symbol) {
                Some(value) if !choices.contains(&value) => choices.push(value),
                Some(_) => {}
                None => return Vec::new(),
            }
        }
        choices
    }

    fn least(&self, content: PatternId) -> Option<String> {
        let [only] = self.derivatives.first(content)[..] else { return None };
        match self.derivatives.patterns.symbol(only) {
            Symbol::Data(data) => data.datatype.least().map(str::to_owned),
            _ => None,
        }
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
