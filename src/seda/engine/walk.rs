//! Walks over patterns: the symbols in them, what stands before what, symbols replaced.
//!
//! Each pattern is visited once however often it is met: patterns share their parts.

use super::derive::Derivatives;
use super::grammar::{EMPTY, Pattern, PatternId, Symbol, SymbolId};
use super::hash::Table;

impl Derivatives {
    /// The pattern with some symbols replaced.
    pub fn replaced(
        &mut self,
        pattern: PatternId,
        by: &mut impl FnMut(&Symbol) -> Option<PatternId>,
    ) -> PatternId {
        self.replaced_once(pattern, by, &mut Table::default())
    }

    fn replaced_once(
        &mut self,
        pattern: PatternId,
        by: &mut impl FnMut(&Symbol) -> Option<PatternId>,
        done: &mut Table<u32, PatternId>,
    ) -> PatternId {
        if let Some(&id) = done.get(&pattern.0) {
            return id;
        }
        let replaced = match self.patterns.get(pattern).clone() {
            Pattern::Empty | Pattern::NotAllowed => pattern,
            Pattern::Symbol(symbol) => by(self.patterns.symbol(symbol)).unwrap_or(pattern),
            Pattern::Choice(branches) => {
                let of: Vec<_> = branches.iter().map(|&id| self.replaced_once(id, by, done)).collect();
                self.patterns.choice(of)
            }
            Pattern::Group(first, then) => {
                let first = self.replaced_once(first, by, done);
                let then = self.replaced_once(then, by, done);
                self.patterns.group(first, then)
            }
            Pattern::Interleave(parts) => {
                let of: Vec<_> = parts.iter().map(|&id| self.replaced_once(id, by, done)).collect();
                self.patterns.interleave(of)
            }
            Pattern::OneOrMore(inner) => {
                let inner = self.replaced_once(inner, by, done);
                self.patterns.one_or_more(inner)
            }
        };
        done.insert(pattern.0, replaced);
        replaced
    }

    /// Symbols one of which must come before any of `found` can: the first part of a sequence that may not be left out, when
    /// what was found has its place after it.
    pub fn missing_before(&self, mut pattern: PatternId, found: &[SymbolId]) -> Vec<SymbolId> {
        let holds = |id: PatternId| self.all(id).iter().any(|symbol| found.contains(symbol));
        while let Pattern::Group(part, rest) = *self.patterns.get(pattern) {
            if holds(part) {
                return Vec::new();
            }
            if !self.patterns.is_nullable(part) {
                return if holds(rest) { self.first(part) } else { Vec::new() };
            }
            pattern = rest;
        }
        Vec::new()
    }

    /// Symbols of which one must come next, whatever may come before it, each with what is left after it.
    pub fn required(&mut self, pattern: PatternId) -> Vec<(SymbolId, PatternId)> {
        if self.patterns.is_nullable(pattern) {
            return Vec::new();
        }
        match self.patterns.get(pattern).clone() {
            Pattern::Empty | Pattern::NotAllowed => Vec::new(),
            Pattern::Symbol(symbol) => vec![(symbol, EMPTY)],
            Pattern::Choice(branches) => branches.iter().flat_map(|&branch| self.required(branch)).collect(),
            Pattern::Group(first, then) if self.patterns.is_nullable(first) => self.required(then),
            Pattern::Group(first, then) => {
                let of_first = self.required(first).into_iter();
                of_first.map(|(symbol, left)| (symbol, self.patterns.group(left, then))).collect()
            }
            Pattern::Interleave(parts) => {
                let mut required = Vec::new();
                for (at, &part) in parts.iter().enumerate() {
                    for (symbol, left) in self.required(part) {
                        let others = parts.iter().enumerate().filter(|&(other, _)| other != at);
                        let others: Vec<PatternId> = others.map(|(_, &part)| part).chain([left]).collect();
                        required.push((symbol, self.patterns.interleave(others)));
                    }
                }
                required
            }
            Pattern::OneOrMore(inner) => {
                let more = self.patterns.optional(pattern);
                let of_inner = self.required(inner).into_iter();
                of_inner.map(|(symbol, left)| (symbol, self.patterns.group(left, more))).collect()
            }
        }
    }

    /// Symbols that may be met next.
    pub fn first(&self, pattern: PatternId) -> Vec<SymbolId> {
        self.met(pattern, true)
    }

    /// Symbols met anywhere in it.
    pub fn all(&self, pattern: PatternId) -> Vec<SymbolId> {
        self.met(pattern, false)
    }

    fn met(&self, pattern: PatternId, only_first: bool) -> Vec<SymbolId> {
        let (mut symbols, mut seen, mut waiting) = (Vec::new(), Table::default(), vec![pattern]);
        while let Some(id) = waiting.pop() {
            if seen.insert(id.0, ()).is_some() {
                continue;
            }
            match self.patterns.get(id) {
                Pattern::Empty | Pattern::NotAllowed => {}
                Pattern::Symbol(symbol) => symbols.push(*symbol),
                Pattern::Choice(of) | Pattern::Interleave(of) => waiting.extend(of.iter().rev()),
                Pattern::Group(first, then) => {
                    if !only_first || self.patterns.is_nullable(*first) {
                        waiting.push(*then);
                    }
                    waiting.push(*first);
                }
                Pattern::OneOrMore(inner) => waiting.push(*inner),
            }
        }
        symbols
    }
}
