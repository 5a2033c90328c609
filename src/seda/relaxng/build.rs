//! From a draft to the engine's grammar: references expanded, each pattern made once (4.19 to 4.21).
//!
//! Only what the start leads to is made. Never recurses: a stack of its own holds what waits, so that a chain of any
//! number of definitions is followed, and a circle without an element on it is found.

use super::ast::{Draft, Node, NodeId};
use super::fault::{Faults, too_complex};
use super::{Limits, Note};
use crate::model::Finding;
use crate::seda::engine::grammar::{
    AttributeSymbol, AttributeValue, Content, DataSymbol, EMPTY, ElementSymbol, Grammar, NOT_ALLOWED,
    Pattern, PatternId, Patterns, Symbol, SymbolId,
};

/// Makes the grammar, and what is noted of each of its symbols.
///
/// # Errors
/// A definition that goes round in a circle; more patterns than the limit.
pub fn build(draft: Draft, limits: &Limits) -> Result<(Grammar, Vec<Note>), Vec<Finding>> {
    let mut builder = Builder {
        done: vec![None; draft.nodes.len()],
        is_open: vec![false; draft.nodes.len()],
        draft,
        patterns: Patterns::new(),
        notes: Vec::new(),
        text: None,
        waiting: Vec::new(),
        left: limits.patterns_max,
        limit: limits.patterns_max,
    };
    let start = match builder.draft.root {
        Some(root) => builder.make(root)?,
        None => NOT_ALLOWED,
    };
    while let Some((symbol, content)) = builder.waiting.pop() {
        let content = builder.make(content)?;
        if let Symbol::Element(element) = &mut builder.patterns.symbols[symbol.at()] {
            element.content = Content::Pattern(content);
        }
    }
    let grammar = Grammar::of_profile(builder.patterns, start);
    Ok((grammar, builder.notes))
}

struct Builder {
    draft: Draft,
    patterns: Patterns,
    notes: Vec<Note>,
    /// The symbol of text, once it is met.
    text: Option<SymbolId>,
    done: Vec<Option<PatternId>>,
    /// On the way from what is being made to where we are.
    is_open: Vec<bool>,
    /// Elements whose content is still to be made.
    waiting: Vec<(SymbolId, NodeId)>,
    /// Patterns that may still be made.
    left: usize,
    limit: usize,
}

enum Step {
    Enter(NodeId),
    Leave(NodeId),
}

impl Builder {
    /// Makes a pattern and all those it is made of, elements' contents left for later.
    fn make(&mut self, wanted: NodeId) -> Result<PatternId, Vec<Finding>> {
        let mut steps = vec![Step::Enter(wanted)];
        while let Some(step) = steps.pop() {
            match step {
                Step::Enter(id) if self.done[id.0].is_some() => {}
                Step::Enter(id) if self.is_open[id.0] => return Err(self.circle(&steps)),
                Step::Enter(id) => {
                    self.is_open[id.0] = true;
                    steps.push(Step::Leave(id));
                    self.parts(id, &mut |part| steps.push(Step::Enter(part)));
                }
                Step::Leave(id) => {
                    let made = self.leave(id)?;
                    self.done[id.0] = Some(made);
                    self.is_open[id.0] = false;
                }
            }
        }
        Ok(self.of(wanted))
    }

    /// What a pattern is made of; the last first, as a stack wants it.
    fn parts(&self, id: NodeId, wants: &mut impl FnMut(NodeId)) {
        match &self.draft.nodes[id.0] {
            Node::Choice(parts) | Node::Group(parts) | Node::Interleave(parts) => {
                parts.iter().rev().for_each(|&part| wants(part));
            }
            Node::OneOrMore(part)
            | Node::List(part, _)
            | Node::Attribute(_, part, _)
            | Node::Data(_, Some(part), _) => wants(*part),
            Node::Ref(definition) => {
                self.draft.definitions[definition.0].bodies.iter().for_each(|&body| wants(body));
            }
            Node::Empty
            | Node::NotAllowed
            | Node::Text
            | Node::Element(..)
            | Node::Data(_, None, _)
            | Node::Value(..) => {}
        }
    }

    fn of(&self, id: NodeId) -> PatternId {
        self.done[id.0].unwrap_or(NOT_ALLOWED)
    }

    fn leave(&mut self, id: NodeId) -> Result<PatternId, Vec<Finding>> {
        let node = std::mem::replace(&mut self.draft.nodes[id.0], Node::Empty);
        Ok(match node {
            Node::Empty => EMPTY,
            Node::NotAllowed => NOT_ALLOWED,
            Node::Text => self.text(),
            Node::Choice(parts) => {
                let parts = self.all(&parts)?;
                self.patterns.choice(parts)
            }
            Node::Interleave(parts) => {
                let parts = self.all(&parts)?;
                self.patterns.interleave(parts)
            }
            Node::Group(parts) => self.sequence(&parts)?,
            Node::OneOrMore(part) => {
                let part = self.of(part);
                self.patterns.one_or_more(part)
            }
            Node::Ref(definition) => {
                self.draft.definitions[definition.0].bodies.first().map_or(NOT_ALLOWED, |&body| self.of(body))
            }
            Node::List(part, note) => match self.of(part) {
                NOT_ALLOWED => NOT_ALLOWED,
                inner => self.symbol(Symbol::List(inner), *note),
            },
            Node::Element(name, content, note) => {
                let empty = Content::Pattern(NOT_ALLOWED);
                let made = self.symbol(Symbol::Element(ElementSymbol { name, content: empty }), *note);
                self.waiting.push((SymbolId(self.notes.len() as u32 - 1), content));
                made
            }
            Node::Attribute(name, value, note) => match self.of(value) {
                NOT_ALLOWED => NOT_ALLOWED,
                value => {
                    let value = AttributeValue::Pattern(value);
                    self.symbol(Symbol::Attribute(AttributeSymbol { name, value }), *note)
                }
            },
            Node::Data(datatype, except, note) => {
                let except = except.map(|except| self.of(except)).filter(|&except| except != NOT_ALLOWED);
                self.symbol(Symbol::Data(DataSymbol { datatype, except }), *note)
            }
            Node::Value(datatype, value, note) => self.symbol(Symbol::Value(datatype, value), *note),
        })
    }

    fn text(&mut self) -> PatternId {
        let symbol = match self.text {
            Some(symbol) => symbol,
            None => {
                self.notes.push(Note::default());
                *self.text.insert(self.patterns.add_symbol(Symbol::Text))
            }
        };
        self.patterns.one(symbol)
    }

    /// A new symbol, which is noted at the same place.
    fn symbol(&mut self, symbol: Symbol, note: Note) -> PatternId {
        self.notes.push(note);
        let symbol = self.patterns.add_symbol(symbol);
        self.patterns.one(symbol)
    }

    /// The parts of a choice or an interleave, counted as they will be once flat.
    fn all(&mut self, parts: &[NodeId]) -> Result<Vec<PatternId>, Vec<Finding>> {
        let parts: Vec<PatternId> = parts.iter().map(|&part| self.of(part)).collect();
        let flat = parts.iter().map(|&part| match self.patterns.get(part) {
            Pattern::Choice(of) | Pattern::Interleave(of) => of.len(),
            _ => 1,
        });
        let flat = flat.sum();
        self.spend(flat)?;
        Ok(parts)
    }

    /// One after the other; made from the end, so that nothing is taken apart twice.
    fn sequence(&mut self, parts: &[NodeId]) -> Result<PatternId, Vec<Finding>> {
        let mut whole = EMPTY;
        for &part in parts.iter().rev() {
            let mut part = self.of(part);
            if whole == EMPTY {
                whole = part;
                continue;
            }
            let mut heads = Vec::new();
            while let Pattern::Group(head, tail) = *self.patterns.get(part) {
                heads.push(head);
                part = tail;
            }
            self.spend(heads.len() + 1)?;
            whole = self.patterns.group(part, whole);
            while let Some(head) = heads.pop() {
                whole = self.patterns.group(head, whole);
            }
        }
        Ok(whole)
    }

    fn spend(&mut self, patterns: usize) -> Result<(), Vec<Finding>> {
        self.left = self.left.checked_sub(patterns).ok_or_else(|| {
            too_complex(format!("plus de {} motifs une fois les renvois développés", self.limit))
        })?;
        Ok(())
    }

    /// 4.19: a definition that holds itself with no element between.
    fn circle(&self, steps: &[Step]) -> Vec<Finding> {
        let mut faults = Faults::new();
        let last = steps.iter().rev().find_map(|step| match step {
            Step::Leave(id) => match &self.draft.nodes[id.0] {
                Node::Ref(definition) => Some(&self.draft.definitions[definition.0]),
                _ => None,
            },
            Step::Enter(_) => None,
        });
        if let Some(definition) = last {
            let message = format!("{} se contient soi-même, sans élément entre les deux", definition.told());
            faults.reference(message, definition.line);
        }
        match faults.into_result() {
            Err(findings) => findings,
            Ok(()) => too_complex("renvois en cercle"),
        }
    }
}
