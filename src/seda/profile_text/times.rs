//! How often something comes, and which patterns have something to tell.
//!
//! Never walks a grammar from its root: patterns are looked at once each, those they are made of first.

use crate::seda::engine::grammar::{Pattern, PatternId, Symbol};
use crate::seda::relaxng::Profile;

/// How often something comes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Times {
    pub is_optional: bool,
    pub is_repeated: bool,
    /// One of several possible.
    pub is_alternative: bool,
}

/// It must come, once.
pub const ONCE: Times = Times { is_optional: false, is_repeated: false, is_alternative: false };
/// It may come instead of something else.
pub const ALTERNATIVE: Times = Times { is_alternative: true, ..ONCE };

impl Times {
    /// In French.
    pub fn words(self) -> &'static str {
        match self {
            Times { is_alternative: true, is_repeated: false, .. } => "au choix",
            Times { is_alternative: true, is_repeated: true, .. } => "au choix, répétable",
            Times { is_optional: false, is_repeated: false, .. } => "obligatoire",
            Times { is_optional: true, is_repeated: false, .. } => "facultatif",
            Times { is_optional: false, is_repeated: true, .. } => "obligatoire, répétable (1 à n)",
            Times { is_optional: true, is_repeated: true, .. } => "facultatif, répétable (0 à n)",
        }
    }

    /// Whether it must come.
    pub fn is_required(self) -> bool {
        !self.is_optional && !self.is_alternative
    }
}

/// Whether a pattern holds something that makes a line of its own.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Shows {
    pub elements: bool,
    pub attributes: bool,
}

/// What each pattern shows; those it is made of come before it.
pub fn shows(profile: &Profile) -> Vec<Shows> {
    let patterns = &profile.grammar.patterns;
    let mut shows: Vec<Shows> = Vec::with_capacity(patterns.count());
    for at in 0..patterns.count() {
        let mut all = Shows::default();
        let mut add = |part: &PatternId| {
            let part = shows.get(part.at()).copied().unwrap_or_default();
            all.elements |= part.elements;
            all.attributes |= part.attributes;
        };
        match patterns.get(PatternId(at as u32)) {
            Pattern::Empty | Pattern::NotAllowed => {}
            Pattern::Choice(parts) | Pattern::Interleave(parts) => parts.iter().for_each(add),
            Pattern::Group(first, then) => [first, then].into_iter().for_each(add),
            Pattern::OneOrMore(inner) => add(inner),
            Pattern::Symbol(symbol) => match patterns.symbol(*symbol) {
                Symbol::Element(_) => all.elements = true,
                Symbol::Attribute(_) => all.attributes = true,
                _ => {}
            },
        }
        shows.push(all);
    }
    shows
}
