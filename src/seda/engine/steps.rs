//! Steps: what an element of one name is after one state, and where its parent goes on from there.
//!
//! A step is looked up once when the element starts; what follows its end is remembered with it.

use super::alphabet::Letter;
use super::automaton::{Automaton, DEAD, Entry, StateId};
use super::derive::SetId;
use super::grammar::{Content, Declared, Process, Symbol, SymbolId};

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

impl Automaton<'_> {
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

    /// The same, for elements that were to come later: the ones before are missing.
    pub fn start_after_gap(&mut self, id: StateId, letter: Letter) -> StepId {
        let entries = &self.get(id).entries;
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
}
