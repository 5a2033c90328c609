//! Forgetting: what was remembered of earlier elements is dropped when it weighs too much, the open elements kept.
//!
//! So memory is bounded by the grammar and the depth, whatever the document: at worst, states are made again.

use super::automaton::{Automaton, Entry, StateId};
use super::grammar::{
    AttributeSymbol, AttributeValue, Content, ElementSymbol, Pattern, PatternId, Patterns, Process, Symbol,
};
use super::hash::Table;
use super::names::NameClass;

/// What is remembered beyond the grammar itself before all of it is forgotten and made anew: bounds memory, whatever a
/// document does. So little in unit tests that they forget all the time.
const WEIGHT_MAX: usize = if cfg!(test) { 3_000 } else { 400_000 };

impl Automaton<'_> {
    /// Whether so much is remembered that it had better be forgotten.
    pub fn is_full(&self) -> bool {
        self.weight() > self.grammar.patterns.count() + WEIGHT_MAX
    }

    /// Forgets all but the states named, which get new names.
    pub fn forget(&mut self, live: &mut [&mut StateId]) {
        let old = std::mem::replace(self, Automaton::new(self.grammar));
        let base = self.derivatives.patterns.count();
        let mut known = Table::default();
        for id in live {
            let entries = old.get(**id).entries.iter().map(|entry| {
                let pattern = copied(
                    entry.pattern,
                    &old.derivatives.patterns,
                    &mut self.derivatives.patterns,
                    base,
                    &mut known,
                );
                Entry { slot: entry.slot, pattern }
            });
            let entries = entries.collect();
            **id = self.state(entries);
        }
        self.is_too_complex |= self.is_full();
    }
}

fn copied(
    id: PatternId,
    from: &Patterns,
    into: &mut Patterns,
    base: usize,
    known: &mut Table<u32, PatternId>,
) -> PatternId {
    if id.at() < base {
        return id;
    }
    if let Some(&copy) = known.get(&id.0) {
        return copy;
    }
    let copy = match from.get(id) {
        Pattern::Empty | Pattern::NotAllowed => id,
        Pattern::Symbol(symbol) => into.one(*symbol),
        Pattern::Choice(of) => {
            let of: Vec<_> = of.iter().map(|&id| copied(id, from, into, base, known)).collect();
            into.choice(of)
        }
        Pattern::Interleave(of) => {
            let of: Vec<_> = of.iter().map(|&id| copied(id, from, into, base, known)).collect();
            into.interleave(of)
        }
        Pattern::Group(first, then) => {
            let first = copied(*first, from, into, base, known);
            let then = copied(*then, from, into, base, known);
            into.group(first, then)
        }
        Pattern::OneOrMore(inner) => {
            let inner = copied(*inner, from, into, base, known);
            into.one_or_more(inner)
        }
    };
    known.insert(id.0, copy);
    copy
}

/// Any attribute, text and element, each looked at as far as it is declared.
pub(super) fn lax_content(patterns: &mut Patterns) -> PatternId {
    let attribute = patterns.add_symbol(Symbol::Attribute(AttributeSymbol {
        name: NameClass::Any,
        value: AttributeValue::Wildcard(Process::Lax),
    }));
    let element = patterns.add_symbol(Symbol::Element(ElementSymbol {
        name: NameClass::Any,
        content: Content::Wildcard(Process::Lax),
    }));
    let text = patterns.add_symbol(Symbol::Text);
    let (attribute, element, text) = (patterns.one(attribute), patterns.one(element), patterns.one(text));
    let attributes = patterns.zero_or_more(attribute);
    let elements = patterns.zero_or_more(element);
    let content = patterns.interleave([elements, text]);
    patterns.group(attributes, content)
}
