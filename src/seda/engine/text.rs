//! Texts and data: what an element holds between its tags, or an attribute between its quotes.

use std::io::Read;

use super::automaton::{DEAD, StateId};
use super::derive::{NO_SYMBOL, SetId};
use super::fault::Witness;
use super::grammar::{EMPTY, Symbol, SymbolId};
use super::matcher::{Frame, Matcher};
use crate::seda::datatype::{Identity, PieceCheck};
use crate::seda::xml::Xml;

impl Matcher<'_> {
    /// The text before a child is text between elements: data has no place there.
    pub(super) fn text_before_child<R: Read>(&mut self, xml: &mut Xml<R>, witness: &mut impl Witness) {
        let Some((state, is_refused)) = self.frames.last().map(|frame| (frame.state, frame.is_text_refused))
        else {
            return;
        };
        let next = self.after_free_text(state);
        if next == DEAD && !is_refused {
            self.unexpected_text(xml, witness);
        }
        if let Some(frame) = self.frames.last_mut() {
            if next == DEAD {
                frame.is_text_refused = true;
            } else {
                frame.state = next;
            }
        }
    }

    fn after_free_text(&mut self, state: StateId) -> StateId {
        let patterns = &self.automaton.derivatives.patterns;
        let texts = self.automaton.get(state).texts.iter().copied();
        let free = texts.filter(|&id| matches!(patterns.symbol(id), Symbol::Text)).collect();
        let set = self.automaton.derivatives.set(free);
        self.automaton.after(state, set)
    }

    /// The slots that the element just ended is, its last text included; what is wrong is told.
    pub(super) fn content_end<R: Read>(
        &mut self,
        frame: &Frame,
        xml: &mut Xml<R>,
        witness: &mut impl Witness,
    ) -> SetId {
        let slots = if frame.has_children {
            let mut state = frame.state;
            if !frame.is_text_refused && !xml.text_is_blank() {
                state = self.after_free_text(state);
                if state == DEAD {
                    self.unexpected_text_at_end(frame, xml, witness);
                    state = frame.state;
                }
            }
            self.automaton.get(state).accepted
        } else {
            self.data_end(frame, xml, witness)
        };
        if slots == NO_SYMBOL {
            if frame.has_children || !self.explains_value(frame, xml, witness) {
                self.incomplete(frame, xml, witness);
            }
            return self.all_slots(frame.state);
        }
        slots
    }

    /// Schemas let no blank into what they declare empty (XML Schema part 1, cvc-complex-type 2.1); RELAX NG does.
    pub(super) fn holds_nothing(&self, state: StateId) -> bool {
        let entries = &self.automaton.get(state).entries;
        self.automaton.grammar.is_schema && entries.iter().all(|entry| entry.pattern == EMPTY)
    }

    /// The element has no child: its whole text is one piece of data, or none.
    fn data_end<R: Read>(&mut self, frame: &Frame, xml: &mut Xml<R>, witness: &mut impl Witness) -> SetId {
        let state = frame.state;
        let count = self.automaton.get(state).texts.len();
        if count == 0 {
            let accepted = self.automaton.get(state).accepted;
            let is_right = xml.text_is_blank() && (xml.text().is_empty() || !self.holds_nothing(state));
            return if is_right { accepted } else { NO_SYMBOL };
        }
        if frame.declared.is_some_and(|declared| declared.has_default) && xml.text().is_empty() {
            return self.all_slots(state);
        }
        let mut identity = Identity::None;
        let of_text = if count == 1 {
            let symbol = self.automaton.get(state).texts[0];
            if self.matches_text(symbol, frame, xml, &mut identity) {
                self.automaton.accepted_after_text(state)
            } else {
                NO_SYMBOL
            }
        } else {
            let mut matched = std::mem::take(&mut self.matched);
            matched.clear();
            for at in 0..count {
                let symbol = self.automaton.get(state).texts[at];
                if self.matches_text(symbol, frame, xml, &mut identity) {
                    matched.push(symbol);
                }
            }
            let set = self.automaton.derivatives.set(matched.clone());
            self.matched = matched;
            let next = self.automaton.after(state, set);
            self.automaton.get(next).accepted
        };
        if identity != Identity::None && of_text != NO_SYMBOL {
            let line = xml.text_line();
            witness.identifier(identity, xml.text(), line);
        }
        let of_nothing = self.automaton.get(state).accepted;
        if of_nothing == NO_SYMBOL || !xml.text_is_blank() || frame.pieces.is_some() {
            return of_text;
        }
        if of_text == NO_SYMBOL || of_text == of_nothing {
            return of_nothing;
        }
        let both = [of_text, of_nothing].map(|set| self.automaton.derivatives.symbols(set).to_vec());
        self.automaton.derivatives.set(both.concat())
    }

    fn matches_text<R: Read>(
        &mut self,
        symbol: SymbolId,
        frame: &Frame,
        xml: &Xml<R>,
        identity: &mut Identity,
    ) -> bool {
        if let Some(check) = &frame.pieces {
            // Told piece by piece; only free text could also take it.
            let is_text = matches!(self.automaton.derivatives.patterns.symbol(symbol), Symbol::Text);
            let mut check = check.clone();
            check.push(xml.text());
            return is_text || check.is_valid();
        }
        if frame.is_in_pieces {
            // A base64 too long to be held: of other types, those that take any word take it.
            return self.automaton.derivatives.text_matches(symbol, "AAAA", xml);
        }
        let matches = self.automaton.derivatives.text_matches(symbol, xml.text(), xml);
        if matches && let Symbol::Data(data) = self.automaton.derivatives.patterns.symbol(symbol) {
            *identity = data.datatype.identity();
        }
        matches
    }

    /// How to check a content that may be of any length, if it is one.
    pub(super) fn pieces(&self, state: StateId) -> Option<Box<PieceCheck>> {
        self.automaton.get(state).pieces.clone().map(Box::new)
    }

    /// Whether the text of the element just started may come in pieces.
    pub fn takes_pieces(&self) -> bool {
        self.frames.last().is_some_and(|frame| frame.pieces.is_some())
    }

    /// A piece of a long text.
    pub fn piece<R: Read>(&mut self, xml: &Xml<R>) {
        if let Some(frame) = self.frames.last_mut() {
            frame.is_in_pieces = true;
            if let Some(check) = &mut frame.pieces {
                check.push(xml.text());
            }
        }
    }
}
