//! Matches a document against a grammar as it is read: every fault found, none twice, reading always goes on.
//!
//! Never holds more of the document than the elements open. The one thing to know: after a fault the matcher looks for
//! where the document can be taken up again (a later place for the same name, or past the element), so that one
//! mistake is one finding.

use std::io::Read;

use super::alphabet::Letter;
use super::automaton::{Automaton, DEAD, StateId};
use super::derive::SetId;
use super::fault::{Kinds, Witness};
use super::grammar::{Declared, Grammar, SymbolId};
use super::steps::{Start, StepId};
use crate::seda::datatype::PieceCheck;
use crate::seda::xml::{NameId, Xml};

/// Namespace of `xsi:type` and its kin.
pub const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// How the content of an open element is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// By its state.
    Matched,
    /// `xsi:nil`: nothing may come.
    Nil,
    /// Not at all: a wildcard, or what follows a fault.
    Skipped,
}

/// Attributes that schemas give a meaning to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Xsi {
    Type,
    Nil,
    /// Where a schema is to be found: never looked at.
    Location,
}

/// An open element.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) name: NameId,
    pub(super) state: StateId,
    /// How it stands in its parent; `None` below what is not looked at.
    pub(super) step: Option<StepId>,
    pub(super) mode: Mode,
    /// What the parent takes it for, when that does not depend on its content.
    pub(super) slot: Option<SymbolId>,
    /// The parent goes on as if what had to come before had come.
    pub(super) is_after_gap: bool,
    /// Out of place: the parent does not see it.
    pub(super) is_unseen: bool,
    pub(super) declared: Option<Declared>,
    pub(super) has_children: bool,
    /// Some text was refused already.
    pub(super) is_text_refused: bool,
    pub(super) pieces: Option<Box<PieceCheck>>,
    /// Part of its text has gone by.
    pub(super) is_in_pieces: bool,
}

/// An element let in where the grammar has it not, in its parent's namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tolerated {
    pub parent: &'static str,
    pub child: &'static str,
    /// Name of the tolerance that lets it in.
    pub by: &'static str,
}

/// One document against one grammar.
pub struct Matcher<'g> {
    pub(super) automaton: Automaton<'g>,
    pub(super) frames: Vec<Frame>,
    /// Letters of the document's names, and which of them are `xsi:` attributes.
    letters: Vec<(Letter, Option<Xsi>)>,
    /// Elements let in though the grammar has none there: (parent, child), local names.
    pub(super) tolerated: Vec<Tolerated>,
    pub(super) kinds: &'static Kinds,
    root: StateId,
    is_over: bool,
    /// Sets met while one text or attribute is looked at.
    pub(super) matched: Vec<SymbolId>,
}

impl<'g> Matcher<'g> {
    /// Before the root.
    pub fn new(grammar: &'g Grammar, kinds: &'static Kinds) -> Self {
        Self::with(Automaton::new(grammar), kinds)
    }

    /// The same, with states that earlier documents made.
    pub fn with(mut automaton: Automaton<'g>, kinds: &'static Kinds) -> Self {
        let root = automaton.root();
        Self {
            automaton,
            frames: Vec::new(),
            letters: Vec::new(),
            tolerated: Vec::new(),
            kinds,
            root,
            is_over: false,
            matched: Vec::new(),
        }
    }

    /// Lets in some elements that the grammar has not.
    pub fn tolerate(&mut self, elements: &[Tolerated]) {
        self.tolerated.extend(elements);
    }

    /// The states made, for the next document.
    pub fn into_automaton(self) -> Automaton<'g> {
        self.automaton
    }

    pub(super) fn letter<R: Read>(&mut self, xml: &Xml<R>, name: NameId) -> (Letter, Option<Xsi>) {
        while self.letters.len() <= name.0 as usize {
            let next = NameId(self.letters.len() as u32);
            let (namespace, local) = (xml.namespace_of_name(next), xml.local(next));
            let xsi = match local {
                _ if namespace != XSI || !self.automaton.grammar.is_schema => None,
                "type" => Some(Xsi::Type),
                "nil" => Some(Xsi::Nil),
                "schemaLocation" | "noNamespaceSchemaLocation" => Some(Xsi::Location),
                _ => None,
            };
            self.letters.push((self.automaton.grammar.alphabet().letter(namespace, local), xsi));
        }
        self.letters[name.0 as usize]
    }

    /// An element has just started; the text before it belongs to its parent.
    pub fn start<R: Read>(&mut self, xml: &mut Xml<R>, witness: &mut impl Witness) {
        if self.automaton.is_full() {
            self.forget(witness);
        }
        let name = xml.name();
        if self.is_over {
            return;
        }
        let is_skipped = match self.frames.last().map(|frame| frame.mode) {
            Some(Mode::Matched) => {
                if !xml.text_is_blank() {
                    self.text_before_child(xml, witness);
                }
                false
            }
            Some(Mode::Nil) => {
                self.not_nil(xml, witness);
                true
            }
            Some(Mode::Skipped) => true,
            None => false,
        };
        let frame = if is_skipped { skipped(name) } else { self.open(name, xml, witness) };
        if let Some(parent) = self.frames.last_mut() {
            parent.has_children = true;
        }
        self.frames.push(frame);
    }

    fn open<R: Read>(&mut self, name: NameId, xml: &mut Xml<R>, witness: &mut impl Witness) -> Frame {
        let (letter, _) = self.letter(xml, name);
        let above = self.frames.last().map_or(self.root, |frame| frame.state);
        let mut step = self.automaton.start(above, letter);
        let is_after_gap = matches!(self.automaton.step(step).start, Start::Unexpected);
        if is_after_gap {
            step = self.automaton.start_after_gap(above, letter);
            if !self.is_tolerated(name, xml, witness) {
                self.unexpected(above, step, name, xml, witness);
            }
        }
        let mut frame = match self.automaton.step(step).start {
            Start::Open { state, declared } => {
                Frame { state, declared, mode: Mode::Matched, ..skipped(name) }
            }
            Start::Skipped { slot } => Frame { slot: Some(slot), ..skipped(name) },
            Start::Undeclared { slot } => self.undeclared(slot, name, xml, witness),
            Start::Unexpected => return Frame { is_unseen: true, ..skipped(name) },
        };
        frame.is_after_gap = is_after_gap;
        frame.step = Some(step);
        if frame.mode == Mode::Matched {
            self.attributes(&mut frame, self.automaton.step(step).bare, xml, witness);
        }
        frame
    }

    /// The element has just ended; `xml` has its last text.
    pub fn end<R: Read>(&mut self, xml: &mut Xml<R>, witness: &mut impl Witness) {
        let Some(frame) = self.frames.pop() else { return };
        if frame.is_unseen {
            return;
        }
        let slots = match frame.mode {
            Mode::Matched => self.content_end(&frame, xml, witness),
            Mode::Nil => {
                if !frame.is_text_refused && !xml.text().is_empty() {
                    self.not_nil(xml, witness);
                }
                self.all_slots(frame.state)
            }
            Mode::Skipped => match frame.slot {
                Some(slot) => self.automaton.derivatives.single(slot),
                // Below what is skipped, or already told.
                None if frame.state == DEAD => return,
                None => self.all_slots(frame.state),
            },
        };
        let (above, is_root) = match self.frames.last() {
            Some(parent) if parent.mode == Mode::Matched => (parent.state, false),
            Some(_) => return,
            None => (self.root, true),
        };
        let next = match frame.step {
            _ if frame.is_after_gap => self.automaton.after_gap(above, slots),
            Some(step) => self.automaton.next(step, above, slots),
            None => self.automaton.after(above, slots),
        };
        if is_root {
            self.root = next;
        } else if let Some(parent) = self.frames.last_mut()
            && next != DEAD
        {
            parent.state = next;
        }
    }

    /// Every slot an element's state could stand for.
    pub(super) fn all_slots(&mut self, state: StateId) -> SetId {
        let slots = self.automaton.get(state).entries.iter().map(|entry| entry.slot).collect();
        self.automaton.derivatives.set(slots)
    }

    fn forget(&mut self, witness: &mut impl Witness) {
        let mut live: Vec<&mut StateId> = self.frames.iter_mut().map(|frame| &mut frame.state).collect();
        live.push(&mut self.root);
        self.automaton.forget(&mut live);
        // Steps are numbers of what was forgotten: the parents go on by what the elements turn out to be.
        self.frames.iter_mut().for_each(|frame| frame.step = None);
        if self.automaton.is_too_complex() && !self.is_over {
            self.is_over = true;
            self.frames.clear();
            witness.too_complex(self.kinds);
        }
    }
}

/// An element that is not looked at.
pub(super) fn skipped(name: NameId) -> Frame {
    Frame {
        name,
        state: DEAD,
        step: None,
        mode: Mode::Skipped,
        slot: None,
        is_after_gap: false,
        is_unseen: false,
        declared: None,
        has_children: false,
        is_text_refused: false,
        pieces: None,
        is_in_pieces: false,
    }
}
