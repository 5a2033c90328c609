//! Derivatives: what may still come once some symbols have been met (Brzozowski; for RELAX NG, Clark 2002).
//!
//! A symbol met is given as a *set*, since one element may match several symbols of a profile at once: names repeated per
//! variant are told apart only by their content. Every derivative is remembered; a table of the grammar's own
//! patterns grows by what documents really use.

use super::grammar::{EMPTY, NOT_ALLOWED, Pattern, PatternId, Patterns, Symbol, SymbolId};
use super::hash::Table;

/// An interned set of symbols.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SetId(pub u32);

/// The empty set.
pub const NO_SYMBOL: SetId = SetId(0);

/// How deep patterns may be nested: derivatives are computed by recursion.
pub const HEIGHT_MAX: u32 = 1_500;

/// Patterns with the derivatives taken of them so far.
#[derive(Clone, Debug)]
pub struct Derivatives {
    pub patterns: Patterns,
    sets: Vec<Box<[SymbolId]>>,
    set_ids: std::collections::HashMap<Box<[SymbolId]>, SetId>,
    singles: Table<u32, SetId>,
    after: Table<(u32, u32), PatternId>,
    with_attribute: Table<(u32, u32), PatternId>,
    closed: Table<u32, PatternId>,
}

impl Derivatives {
    /// None taken yet.
    pub fn new(patterns: Patterns) -> Self {
        let mut new = Self {
            patterns,
            sets: Vec::new(),
            set_ids: std::collections::HashMap::new(),
            singles: Table::default(),
            after: Table::default(),
            with_attribute: Table::default(),
            closed: Table::default(),
        };
        new.set(Vec::new());
        new
    }

    /// What is remembered, roughly in entries.
    pub fn weight(&self) -> usize {
        self.patterns.count() + self.sets.len() + self.after.len() + self.with_attribute.len()
    }

    /// The set of these symbols.
    pub fn set(&mut self, mut symbols: Vec<SymbolId>) -> SetId {
        symbols.sort_unstable();
        symbols.dedup();
        let symbols: Box<[SymbolId]> = symbols.into();
        if let Some(&id) = self.set_ids.get(&symbols) {
            return id;
        }
        let id = SetId(self.sets.len() as u32);
        self.sets.push(symbols.clone());
        self.set_ids.insert(symbols, id);
        id
    }

    /// The set of this symbol alone.
    pub fn single(&mut self, symbol: SymbolId) -> SetId {
        if let Some(&id) = self.singles.get(&symbol.0) {
            return id;
        }
        let id = self.set(vec![symbol]);
        self.singles.insert(symbol.0, id);
        id
    }

    /// Symbols of a set.
    pub fn symbols(&self, set: SetId) -> &[SymbolId] {
        &self.sets[set.0 as usize]
    }

    fn has(&self, set: SetId, symbol: SymbolId) -> bool {
        self.sets[set.0 as usize].binary_search(&symbol).is_ok()
    }

    /// What is left of `pattern` after one element or one text that matches each symbol of `set`.
    pub fn after(&mut self, pattern: PatternId, set: SetId) -> PatternId {
        if let Some(&id) = self.after.get(&(pattern.0, set.0)) {
            return id;
        }
        let derived = match self.patterns.get(pattern).clone() {
            Pattern::Empty | Pattern::NotAllowed => NOT_ALLOWED,
            Pattern::Symbol(symbol) if !self.has(set, symbol) => NOT_ALLOWED,
            Pattern::Symbol(symbol) => {
                if matches!(self.patterns.symbol(symbol), Symbol::Text) {
                    pattern
                } else {
                    EMPTY
                }
            }
            Pattern::Choice(branches) => {
                let derived: Vec<_> = branches.iter().map(|&branch| self.after(branch, set)).collect();
                self.patterns.choice(derived)
            }
            Pattern::Group(first, then) => {
                let begun = self.after(first, set);
                let begun = self.patterns.group(begun, then);
                if self.patterns.is_nullable(first) {
                    let skipped = self.after(then, set);
                    self.patterns.choice([begun, skipped])
                } else {
                    begun
                }
            }
            Pattern::Interleave(parts) => {
                let derived: Vec<_> = parts.iter().map(|&part| self.after(part, set)).collect();
                self.one_part(&parts, &derived)
            }
            Pattern::OneOrMore(inner) => {
                let derived = self.after(inner, set);
                let more = self.patterns.optional(pattern);
                self.patterns.group(derived, more)
            }
        };
        self.after.insert((pattern.0, set.0), derived);
        derived
    }

    /// What is left of `pattern` after an attribute that matches each symbol of `set`; attributes have no order.
    pub fn with_attribute(&mut self, pattern: PatternId, set: SetId) -> PatternId {
        if let Some(&id) = self.with_attribute.get(&(pattern.0, set.0)) {
            return id;
        }
        let derived = match self.patterns.get(pattern).clone() {
            Pattern::Empty | Pattern::NotAllowed => NOT_ALLOWED,
            Pattern::Symbol(symbol) => {
                if self.has(set, symbol) {
                    EMPTY
                } else {
                    NOT_ALLOWED
                }
            }
            Pattern::Choice(branches) => {
                let derived: Vec<_> =
                    branches.iter().map(|&branch| self.with_attribute(branch, set)).collect();
                self.patterns.choice(derived)
            }
            Pattern::Group(first, then) => {
                let in_first = self.with_attribute(first, set);
                let in_first = self.patterns.group(in_first, then);
                let in_then = self.with_attribute(then, set);
                let in_then = self.patterns.group(first, in_then);
                self.patterns.choice([in_first, in_then])
            }
            Pattern::Interleave(parts) => {
                let derived: Vec<_> = parts.iter().map(|&part| self.with_attribute(part, set)).collect();
                self.one_part(&parts, &derived)
            }
            Pattern::OneOrMore(inner) => {
                let derived = self.with_attribute(inner, set);
                let more = self.patterns.optional(pattern);
                self.patterns.group(derived, more)
            }
        };
        self.with_attribute.insert((pattern.0, set.0), derived);
        derived
    }

    /// One part of an interleaving moved on, whichever could.
    fn one_part(&mut self, parts: &[PatternId], derived: &[PatternId]) -> PatternId {
        let mut moved = Vec::new();
        for (at, &part) in derived.iter().enumerate().filter(|&(_, &part)| part != NOT_ALLOWED) {
            let others = parts.iter().enumerate().filter(|&(other, _)| other != at).map(|(_, &part)| part);
            moved.push(self.patterns.interleave(others.chain([part])));
        }
        self.patterns.choice(moved)
    }

    /// What is left once no attribute may come any more: those still required make it impossible.
    pub fn closed(&mut self, pattern: PatternId) -> PatternId {
        if let Some(&id) = self.closed.get(&pattern.0) {
            return id;
        }
        let closed = self.replaced(pattern, &mut |symbol| match symbol {
            Symbol::Attribute(_) => Some(NOT_ALLOWED),
            _ => None,
        });
        self.closed.insert(pattern.0, closed);
        closed
    }

    /// What is left after symbols of `set`, as if all that had to come before had come: to go on after a fault.
    pub fn after_gap(&mut self, pattern: PatternId, set: SetId) -> PatternId {
        self.after_gap_once(pattern, set, &mut Table::default())
    }

    fn after_gap_once(
        &mut self,
        pattern: PatternId,
        set: SetId,
        done: &mut Table<u32, PatternId>,
    ) -> PatternId {
        if let Some(&id) = done.get(&pattern.0) {
            return id;
        }
        let derived = match self.patterns.get(pattern).clone() {
            Pattern::Choice(branches) => {
                let of: Vec<_> = branches.iter().map(|&id| self.after_gap_once(id, set, done)).collect();
                self.patterns.choice(of)
            }
            Pattern::Group(first, then) => match self.after_gap_once(first, set, done) {
                NOT_ALLOWED => self.after_gap_once(then, set, done),
                begun => self.patterns.group(begun, then),
            },
            Pattern::Interleave(parts) => {
                let of: Vec<_> = parts.iter().map(|&id| self.after_gap_once(id, set, done)).collect();
                self.one_part(&parts, &of)
            }
            Pattern::OneOrMore(inner) => {
                let derived = self.after_gap_once(inner, set, done);
                let more = self.patterns.optional(pattern);
                self.patterns.group(derived, more)
            }
            _ => self.after(pattern, set),
        };
        done.insert(pattern.0, derived);
        derived
    }
}
