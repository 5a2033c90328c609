//! States of the matching, made as documents need them and kept: a deterministic tree automaton, built lazily.
//!
//! A state is what an element's content may still be, for each way the element itself could be meant by its parent (a
//! *slot*). So the cost of an element is two look-ups, whatever the grammar; and no state knows how deep it stands, so
//! that deep trees need no more of them than flat ones.

use std::collections::HashMap;

use super::alphabet::Letter;
use super::derive::{Derivatives, HEIGHT_MAX, SetId};
use super::forget::lax_content;
use super::grammar::{
    AttributeValue, Content, Declared, Grammar, NOT_ALLOWED, PatternId, Process, Symbol, SymbolId, TypeId,
};
use super::hash::Table;
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

/// An element that starts.
#[derive(Clone, Copy, Debug)]
pub enum Start {
    /// Its content, attributes first.
    Open { state: StateId, declared: Option<Declared> },
    /// A wildcard lets it in unseen.
    Skipped { slot: SymbolId },
    /// A wildcard wants it declared, and it is not: only `xsi:type` could tell what it is.
    Undeclared { slot: SymbolId },
    /// It has no place here.
    Unexpected,
}

/// What is remembered of an element of one name after one state.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    pub start: Start,
    /// Its state when it has no attribute; [`DEAD`] when it must have some, or is not open.
    pub bare: StateId,
    /// Everything the parent may take it for.
    pub slots: SetId,
    /// Where the parent goes on when it is all of them; [`UNKNOWN`] until asked.
    pub next: StateId,
}

/// An element's [`Step`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepId(pub u32);

/// Not asked for yet.
pub const UNKNOWN: StateId = StateId(u32::MAX);

/// The states of one grammar met so far.
#[derive(Debug)]
pub struct Automaton<'g> {
    pub grammar: &'g Grammar,
    pub derivatives: Derivatives,
    /// Content of an element that a lax wildcard lets in undeclared.
    lax: PatternId,
    states: Vec<State>,
    ids: HashMap<Box<[Entry]>, StateId>,
    starts: Table<(u32, u32), StepId>,
    steps: Vec<Step>,
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

    /// What an element of this name is, after what the state has seen.
    pub fn start(&mut self, id: StateId, letter: Letter) -> StepId {
        if let Some(&step) = self.starts.get(&(id.0, letter.0)) {
            return step;
        }
        let mut candidates = self.elements(id);
        self.keep_named(&mut candidates, letter);
        let start = self.start_as(&candidates, letter);
        let step = self.add_step(start, candidates);
        self.starts.insert((id.0, letter.0), step);
        step
    }

    fn add_step(&mut self, start: Start, candidates: Vec<SymbolId>) -> StepId {
        let bare = match start {
            Start::Open { state, .. } => self.closed(state),
            _ => DEAD,
        };
        let slots = self.derivatives.set(candidates);
        self.steps.push(Step { start, bare, slots, next: UNKNOWN });
        StepId(self.steps.len() as u32 - 1)
    }

    /// A step itself.
    pub fn step(&self, id: StepId) -> &Step {
        &self.steps[id.0 as usize]
    }

    /// Where the parent, whose state is `above`, goes on after the step's element, which is each of `slots`.
    pub fn next(&mut self, step: StepId, above: StateId, slots: SetId) -> StateId {
        let known = self.steps[step.0 as usize];
        if known.slots != slots {
            return self.after(above, slots);
        }
        if known.next != UNKNOWN {
            return known.next;
        }
        let next = self.after(above, slots);
        self.steps[step.0 as usize].next = next;
        next
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

    /// The same, for elements that were to come later: the ones before are missing.
    pub fn start_after_gap(&mut self, id: StateId, letter: Letter) -> StepId {
        let entries = &self.states[id.0 as usize].entries;
        let mut candidates: Vec<_> =
            entries.iter().flat_map(|entry| self.derivatives.all(entry.pattern)).collect();
        candidates.retain(|&id| match self.derivatives.patterns.symbol(id) {
            Symbol::Element(element) => !matches!(element.content, Content::Wildcard(_)),
            _ => false,
        });
        self.keep_named(&mut candidates, letter);
        candidates.sort_unstable();
        candidates.dedup();
        let start = self.start_as(&candidates, letter);
        self.add_step(start, candidates)
    }

    /// What is missing before the element of a step found out of place, when that is one name.
    pub fn missing_before(&self, above: StateId, step: StepId) -> Vec<SymbolId> {
        let found = self.derivatives.symbols(self.step(step).slots);
        match &self.get(above).entries[..] {
            [only] => self.derivatives.missing_before(only.pattern, found),
            _ => Vec::new(),
        }
    }

    fn keep_named(&self, candidates: &mut Vec<SymbolId>, letter: Letter) {
        let (namespace, local) = self.grammar.alphabet().name(letter);
        candidates.retain(|&id| match self.derivatives.patterns.symbol(id) {
            Symbol::Element(element) => element.name.contains(namespace, local),
            _ => false,
        });
    }

    fn start_as(&mut self, candidates: &[SymbolId], letter: Letter) -> Start {
        let mut entries = Vec::new();
        let mut of_schema = None;
        for &slot in candidates {
            let Symbol::Element(element) = self.derivatives.patterns.symbol(slot) else { continue };
            let pattern = match element.content {
                Content::Pattern(pattern) => pattern,
                Content::Typed(declared) => {
                    of_schema = Some(declared);
                    self.grammar.types[declared.type_id.at()].pattern
                }
                Content::Wildcard(Process::Skip) => {
                    return Start::Skipped { slot };
                }
                Content::Wildcard(process) => match self.declared(letter) {
                    Some(declared) => {
                        of_schema = Some(declared);
                        self.grammar.types[declared.type_id.at()].pattern
                    }
                    None if process == Process::Lax => self.lax,
                    None => return Start::Undeclared { slot },
                },
            };
            entries.push(Entry { slot, pattern });
        }
        if entries.is_empty() {
            return Start::Unexpected;
        }
        Start::Open { state: self.state(entries), declared: of_schema }
    }

    fn declared(&self, letter: Letter) -> Option<Declared> {
        let symbol = self.grammar.global_element(letter)?;
        match self.derivatives.patterns.symbol(symbol) {
            Symbol::Element(element) => match element.content {
                Content::Typed(declared) => Some(declared),
                _ => None,
            },
            _ => None,
        }
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
