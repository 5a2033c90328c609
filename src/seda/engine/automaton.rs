//! States of the matching, made as documents need them and kept: a deterministic tree automaton, built lazily.
//!
//! A state is what an element's content may still be, for each way the element itself could be meant by its parent (a
//! *slot*). So the cost of an element is two look-ups, whatever the grammar; and no state knows how deep it stands, so
//! that deep trees need no more of them than flat ones.

use std::collections::HashMap;

use super::alphabet::Letter;
use super::derive::{Derivatives, HEIGHT_MAX, SetId};
use super::forget::lax_content;
use super::grammar::{AttributeValue, Grammar, NOT_ALLOWED, PatternId, Symbol, SymbolId, TypeId};
use super::hash::Table;
use super::steps::{Step, StepId};
use crate::seda::datatype::PieceCheck;

/// A state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StateId(pub u32);

/// Nothing can be right any more.
pub const DEAD: StateId = StateId(0);

/// One way the element could be meant, and what its content may still be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Entry {
    pub slot: SymbolId,
    pub pattern: PatternId,
}

/// What is known of a state.
#[derive(Clone, Debug)]
pub struct State {
    pub entries: Box<[Entry]>,
    /// Slots whose content may end here.
    pub accepted: SetId,
    /// Texts and data that may come next.
    pub texts: Box<[SymbolId]>,
    /// How the only text that may come is checked, when it may be of any length (base64).
    pub pieces: Option<PieceCheck>,
    /// When only one text may come: the slots that accept once it came.
    pub after_text: Option<SetId>,
}

/// The states of one grammar met so far.
#[derive(Debug)]
pub struct Automaton<'g> {
    pub grammar: &'g Grammar,
    pub derivatives: Derivatives,
    /// Content of an element that a lax wildcard lets in undeclared.
    pub(super) lax: PatternId,
    states: Vec<State>,
    ids: HashMap<Box<[Entry]>, StateId>,
    pub(super) starts: Table<(u32, u32), StepId>,
    pub(super) steps: Vec<Step>,
    after: Table<(u32, u32), StateId>,
    attributes: Table<(u32, u32), Box<[SymbolId]>>,
    closed: Table<u32, StateId>,
    pub(super) is_too_complex: bool,
}

impl<'g> Automaton<'g> {
    /// No state but the dead one.
    pub fn new(grammar: &'g Grammar) -> Self {
        let mut patterns = grammar.patterns.clone();
        let lax = lax_content(&mut patterns);
        let mut new = Self {
            grammar,
            derivatives: Derivatives::new(patterns),
            lax,
            states: Vec::new(),
            ids: HashMap::new(),
            starts: Table::default(),
            steps: Vec::new(),
            after: Table::default(),
            attributes: Table::default(),
            closed: Table::default(),
            is_too_complex: false,
        };
        new.state(Vec::new());
        new
    }

    /// Where a document begins.
    pub fn root(&mut self) -> StateId {
        // The document itself is nobody's element: its slot is never looked at.
        self.state(vec![Entry { slot: SymbolId(0), pattern: self.grammar.start }])
    }

    /// A state itself.
    pub fn get(&self, id: StateId) -> &State {
        &self.states[id.0 as usize]
    }

    /// The patterns became too deep to be worked with: nothing more can be said.
    pub fn is_too_complex(&self) -> bool {
        self.is_too_complex
    }

    /// The state with these entries.
    pub fn state(&mut self, mut entries: Vec<Entry>) -> StateId {
        entries.retain(|entry| entry.pattern != NOT_ALLOWED);
        entries.sort_unstable();
        entries.dedup();
        let entries: Box<[Entry]> = entries.into();
        if let Some(&id) = self.ids.get(&entries) {
            return id;
        }
        let patterns = &self.derivatives.patterns;
        let nullable = entries.iter().filter(|entry| patterns.is_nullable(entry.pattern));
        let nullable = nullable.map(|entry| entry.slot).collect();
        self.is_too_complex |= entries.iter().any(|entry| patterns.height(entry.pattern) > HEIGHT_MAX);
        let accepted = self.derivatives.set(nullable);
        let texts = self.first_of(&entries, |symbol| {
            matches!(symbol, Symbol::Data(_) | Symbol::Value(..) | Symbol::List(_) | Symbol::Text)
        });
        let pieces = match texts[..] {
            [only] => match self.derivatives.patterns.symbol(only) {
                Symbol::Data(data) if data.except.is_none() => data.datatype.by_pieces(),
                _ => None,
            },
            _ => None,
        };
        let id = StateId(self.states.len() as u32);
        let (texts, after_text) = (texts.into(), None);
        self.states.push(State { entries: entries.clone(), accepted, texts, pieces, after_text });
        self.ids.insert(entries, id);
        id
    }

    fn first_of(&self, entries: &[Entry], keep: impl Fn(&Symbol) -> bool) -> Vec<SymbolId> {
        let patterns = &self.derivatives.patterns;
        let symbols = entries.iter().flat_map(|entry| self.derivatives.first(entry.pattern));
        let mut symbols: Vec<_> = symbols.filter(|&id| keep(patterns.symbol(id))).collect();
        symbols.sort_unstable();
        symbols.dedup();
        symbols
    }

    /// Element symbols that may come next.
    pub fn elements(&self, id: StateId) -> Vec<SymbolId> {
        self.first_of(&self.get(id).entries, |symbol| matches!(symbol, Symbol::Element(_)))
    }

    /// The slots that accept after the only text that may come.
    pub fn accepted_after_text(&mut self, id: StateId) -> SetId {
        if let Some(slots) = self.states[id.0 as usize].after_text {
            return slots;
        }
        let text = self.states[id.0 as usize].texts[0];
        let set = self.derivatives.single(text);
        let next = self.after(id, set);
        let slots = self.get(next).accepted;
        self.states[id.0 as usize].after_text = Some(slots);
        slots
    }

    /// The slots of `state`, their content that of another type.
    pub fn retyped(&mut self, id: StateId, type_id: TypeId) -> StateId {
        let pattern = self.grammar.types[type_id.at()].pattern;
        let slots: Vec<_> = self.get(id).entries.iter().map(|entry| entry.slot).collect();
        self.state(slots.into_iter().map(|slot| Entry { slot, pattern }).collect())
    }

    /// One slot, its content that of a type.
    pub fn typed(&mut self, slot: SymbolId, type_id: TypeId) -> StateId {
        let pattern = self.grammar.types[type_id.at()].pattern;
        self.state(vec![Entry { slot, pattern }])
    }

    /// Attribute symbols that a name may be of; a schema's wildcards only when nothing names it.
    pub fn attributes(&mut self, id: StateId, letter: Letter) -> &[SymbolId] {
        let key = (id.0, letter.0);
        if !self.attributes.contains_key(&key) {
            let (namespace, local) = self.grammar.alphabet().name(letter);
            let entries = &self.states[id.0 as usize].entries;
            let symbols = entries.iter().flat_map(|entry| self.derivatives.all(entry.pattern));
            let named = |&id: &SymbolId| match self.derivatives.patterns.symbol(id) {
                Symbol::Attribute(attribute) => attribute.name.contains(namespace, local),
                _ => false,
            };
            let mut symbols: Vec<_> = symbols.filter(named).collect();
            let is_wildcard = |&id: &SymbolId| match self.derivatives.patterns.symbol(id) {
                Symbol::Attribute(attribute) => matches!(attribute.value, AttributeValue::Wildcard(_)),
                _ => false,
            };
            if symbols.iter().any(|id| !is_wildcard(id)) {
                symbols.retain(|id| !is_wildcard(id));
            }
            symbols.sort_unstable();
            symbols.dedup();
            self.attributes.insert(key, symbols.into());
        }
        &self.attributes[&key]
    }

    /// After an attribute.
    pub fn with_attribute(&mut self, id: StateId, set: SetId) -> StateId {
        // Attribute sets and child sets never meet: no symbol is both.
        if let Some(&next) = self.after.get(&(id.0, set.0)) {
            return next;
        }
        let next = self.each(id, |derivatives, pattern| derivatives.with_attribute(pattern, set));
        self.after.insert((id.0, set.0), next);
        next
    }

    /// After the attributes.
    pub fn closed(&mut self, id: StateId) -> StateId {
        if let Some(&next) = self.closed.get(&id.0) {
            return next;
        }
        let next = self.each(id, Derivatives::closed);
        self.closed.insert(id.0, next);
        next
    }

    /// After an element, or a text, that is each of `set`.
    pub fn after(&mut self, id: StateId, set: SetId) -> StateId {
        if let Some(&next) = self.after.get(&(id.0, set.0)) {
            return next;
        }
        let next = self.each(id, |derivatives, pattern| derivatives.after(pattern, set));
        self.after.insert((id.0, set.0), next);
        next
    }

    /// The same, elements missing before.
    pub fn after_gap(&mut self, id: StateId, set: SetId) -> StateId {
        self.each(id, |derivatives, pattern| derivatives.after_gap(pattern, set))
    }

    /// Each pattern of the state changed.
    pub fn each(
        &mut self,
        id: StateId,
        mut change: impl FnMut(&mut Derivatives, PatternId) -> PatternId,
    ) -> StateId {
        let mut entries = self.get(id).entries.to_vec();
        for entry in &mut entries {
            entry.pattern = change(&mut self.derivatives, entry.pattern);
        }
        self.state(entries)
    }

    /// What is remembered, roughly in entries.
    pub(super) fn weight(&self) -> usize {
        self.derivatives.weight() + self.states.len() + self.steps.len() + self.after.len()
    }
}
