//! Patterns: regular expressions with interleaving over symbols, kept normal and each held once.
//!
//! Two contents that allow the same are the same number, so that what was once computed of one is known of the other.

use std::collections::HashMap;

use super::grammar::Symbol;

macro_rules! index {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// As an index into the grammar's table.
            pub fn at(self) -> usize {
                self.0 as usize
            }
        }
    };
}

index!(
    /// A pattern of a grammar.
    PatternId
);
index!(
    /// A symbol of a grammar.
    SymbolId
);
index!(
    /// A named type of a grammar.
    TypeId
);

/// The empty content.
pub const EMPTY: PatternId = PatternId(0);
/// What nothing matches.
pub const NOT_ALLOWED: PatternId = PatternId(1);

/// A regular expression over symbols. Made by [`Patterns`] only, which keeps it normal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Pattern {
    Empty,
    NotAllowed,
    Symbol(SymbolId),
    /// Sorted, without repetition, two at least.
    Choice(Box<[PatternId]>),
    Group(PatternId, PatternId),
    /// Sorted, two at least.
    Interleave(Box<[PatternId]>),
    OneOrMore(PatternId),
}

/// Patterns and symbols, each held once.
#[derive(Clone, Debug, Default)]
pub struct Patterns {
    pub symbols: Vec<Symbol>,
    patterns: Vec<Pattern>,
    nullable: Vec<bool>,
    heights: Vec<u32>,
    known: HashMap<Pattern, PatternId>,
}

impl Patterns {
    /// None but [`EMPTY`] and [`NOT_ALLOWED`].
    pub fn new() -> Self {
        let mut patterns = Self::default();
        patterns.intern(Pattern::Empty);
        patterns.intern(Pattern::NotAllowed);
        patterns
    }

    /// Patterns held.
    pub fn count(&self) -> usize {
        self.patterns.len()
    }

    /// How deep patterns are nested in it.
    pub fn height(&self, id: PatternId) -> u32 {
        self.heights[id.at()]
    }

    /// The pattern itself.
    pub fn get(&self, id: PatternId) -> &Pattern {
        &self.patterns[id.at()]
    }

    /// The symbol itself.
    pub fn symbol(&self, id: SymbolId) -> &Symbol {
        &self.symbols[id.at()]
    }

    /// Whether a content may be empty.
    pub fn is_nullable(&self, id: PatternId) -> bool {
        self.nullable[id.at()]
    }

    /// A new symbol. The content of an element may be set later, so that it can refer to itself.
    pub fn add_symbol(&mut self, symbol: Symbol) -> SymbolId {
        self.symbols.push(symbol);
        SymbolId(self.symbols.len() as u32 - 1)
    }

    /// One symbol, once.
    pub fn one(&mut self, symbol: SymbolId) -> PatternId {
        self.intern(Pattern::Symbol(symbol))
    }

    /// First `first`, then `then`.
    pub fn group(&mut self, first: PatternId, then: PatternId) -> PatternId {
        match (first, then) {
            (NOT_ALLOWED, _) | (_, NOT_ALLOWED) => NOT_ALLOWED,
            (EMPTY, other) | (other, EMPTY) => other,
            _ => match *self.get(first) {
                // To the right, so that what is left of a sequence is one pattern whatever came before.
                Pattern::Group(head, tail) => {
                    let tail = self.group(tail, then);
                    self.group(head, tail)
                }
                _ => self.intern(Pattern::Group(first, then)),
            },
        }
    }

    /// One of these.
    pub fn choice(&mut self, of: impl IntoIterator<Item = PatternId>) -> PatternId {
        let mut branches: Vec<PatternId> = Vec::new();
        for id in of {
            match self.get(id) {
                Pattern::NotAllowed => {}
                Pattern::Choice(inner) => branches.extend(inner.iter().copied()),
                _ => branches.push(id),
            }
        }
        branches.sort_unstable();
        branches.dedup();
        if branches.contains(&EMPTY)
            && branches.iter().any(|&branch| branch != EMPTY && self.is_nullable(branch))
        {
            branches.retain(|&branch| branch != EMPTY);
        }
        match branches[..] {
            [] => NOT_ALLOWED,
            [one] => one,
            _ => self.intern(Pattern::Choice(branches.into())),
        }
    }

    /// All of these, their parts in any order.
    pub fn interleave(&mut self, of: impl IntoIterator<Item = PatternId>) -> PatternId {
        let mut parts: Vec<PatternId> = Vec::new();
        for id in of {
            match self.get(id) {
                Pattern::NotAllowed => return NOT_ALLOWED,
                Pattern::Empty => {}
                Pattern::Interleave(inner) => parts.extend(inner.iter().copied()),
                _ => parts.push(id),
            }
        }
        parts.sort_unstable();
        match parts[..] {
            [] => EMPTY,
            [one] => one,
            _ => self.intern(Pattern::Interleave(parts.into())),
        }
    }

    /// This, once or more.
    pub fn one_or_more(&mut self, id: PatternId) -> PatternId {
        match self.get(id) {
            Pattern::Empty | Pattern::NotAllowed | Pattern::OneOrMore(_) => id,
            _ => self.intern(Pattern::OneOrMore(id)),
        }
    }

    /// This, or nothing.
    pub fn optional(&mut self, id: PatternId) -> PatternId {
        if self.is_nullable(id) { id } else { self.choice([EMPTY, id]) }
    }

    /// This, any number of times.
    pub fn zero_or_more(&mut self, id: PatternId) -> PatternId {
        let repeated = self.one_or_more(id);
        self.optional(repeated)
    }

    fn intern(&mut self, pattern: Pattern) -> PatternId {
        if let Some(&id) = self.known.get(&pattern) {
            return id;
        }
        let nullable = match &pattern {
            Pattern::Empty => true,
            Pattern::NotAllowed => false,
            Pattern::Symbol(symbol) => matches!(self.symbols[symbol.at()], Symbol::Text),
            Pattern::Choice(branches) => branches.iter().any(|&branch| self.is_nullable(branch)),
            Pattern::Group(first, then) => self.is_nullable(*first) && self.is_nullable(*then),
            Pattern::Interleave(parts) => parts.iter().all(|&part| self.is_nullable(part)),
            Pattern::OneOrMore(inner) => self.is_nullable(*inner),
        };
        let below = match &pattern {
            Pattern::Choice(of) | Pattern::Interleave(of) => of.iter().map(|&id| self.height(id)).max(),
            Pattern::Group(first, then) => Some(self.height(*first).max(self.height(*then))),
            Pattern::OneOrMore(inner) => Some(self.height(*inner)),
            _ => None,
        };
        self.heights.push(below.map_or(0, |below| below + 1));
        let id = PatternId(self.patterns.len() as u32);
        self.known.insert(pattern.clone(), id);
        self.patterns.push(pattern);
        self.nullable.push(nullable);
        id
    }
}
