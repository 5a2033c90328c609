//! The attributes of an element that starts: `xsi:type` and `xsi:nil` first, for they say what the others must be.

use std::io::Read;

use super::automaton::{DEAD, StateId};
use super::fault::Witness;
use super::grammar::{AttributeValue, NOT_ALLOWED, Pattern, PatternId, Process, Symbol, SymbolId, TypeId};
use super::matcher::{Frame, Matcher, Mode, Xsi, skipped};
use crate::seda::datatype::{Identity, Prefixes};
use crate::seda::xml::{NameId, Xml};

/// Characters of a value that a message shows.
pub(super) const SHOWN_CHARS_MAX: usize = 80;

impl Matcher<'_> {
    /// Takes the frame past its attributes; `bare` is where it goes when it has none.
    pub(super) fn attributes<R: Read>(
        &mut self,
        frame: &mut Frame,
        bare: StateId,
        xml: &mut Xml<R>,
        witness: &mut impl Witness,
    ) {
        let is_plain = xml.attributes().len() == 0;
        if !is_plain && self.automaton.grammar.is_schema {
            self.instance(frame, xml, witness);
        }
        self.refuse_abstract(frame, xml, witness);
        if is_plain && bare != DEAD {
            frame.state = bare;
            frame.pieces = self.pieces(bare);
            return;
        }
        if !is_plain {
            let line = xml.line();
            for (name, value) in xml.attributes() {
                let (letter, xsi) = self.letter(xml, name);
                if xsi.is_some() {
                    continue;
                }
                let count = self.automaton.attributes(frame.state, letter).len();
                if count == 0 {
                    self.unknown_attribute(frame, name, line, xml, witness);
                    continue;
                }
                let symbols = self.automaton.attributes(frame.state, letter).to_vec();
                let matched: Vec<SymbolId> = symbols
                    .iter()
                    .copied()
                    .filter(|&symbol| self.attribute_matches(symbol, name, value, line, xml, witness))
                    .collect();
                if matched.is_empty() {
                    self.bad_attribute(frame, &symbols, name, value, line, xml, witness);
                }
                let set = if matched.is_empty() { symbols } else { matched };
                let set = match set[..] {
                    [one] => self.automaton.derivatives.single(one),
                    _ => self.automaton.derivatives.set(set),
                };
                frame.state = self.automaton.with_attribute(frame.state, set);
            }
        }
        let closed = self.automaton.closed(frame.state);
        frame.state = if closed == DEAD { self.missing_attributes(frame, xml, witness) } else { closed };
        if frame.mode == Mode::Matched {
            frame.pieces = self.pieces(frame.state);
        }
    }

    /// `xsi:type` and `xsi:nil` (XML Schema part 1, 3.3.4).
    fn instance<R: Read>(&mut self, frame: &mut Frame, xml: &mut Xml<R>, witness: &mut impl Witness) {
        let (mut type_name, mut nil) = (None, None);
        for (name, value) in xml.attributes() {
            match self.letter(xml, name).1 {
                Some(Xsi::Type) => type_name = Some(value.to_owned()),
                Some(Xsi::Nil) => nil = Some(value.to_owned()),
                _ => {}
            }
        }
        if let Some(name) = type_name {
            self.retype(frame, &name, xml, witness);
        }
        if let Some(value) = nil
            && let Some(declared) = frame.declared
        {
            match value.trim_matches([' ', '\t', '\r', '\n']) {
                _ if !declared.nillable => {
                    self.instance_fault("xsi:nil n'est pas admis ici", frame, xml, witness);
                }
                "true" | "1" => frame.mode = Mode::Nil,
                "false" | "0" => {}
                _ => self.instance_fault("xsi:nil vaut true ou false", frame, xml, witness),
            }
        }
    }

    fn retype<R: Read>(
        &mut self,
        frame: &mut Frame,
        name: &str,
        xml: &mut Xml<R>,
        witness: &mut impl Witness,
    ) {
        let Some(type_id) = self.resolve(name, xml) else {
            let message = format!("xsi:type : le type « {} » n'existe pas", shown(name));
            return self.instance_fault(&message, frame, xml, witness);
        };
        if let Some(declared) = frame.declared
            && !self.automaton.grammar.derives(type_id, declared.type_id)
        {
            let message = format!("xsi:type : le type « {} » n'a pas sa place ici", shown(name));
            return self.instance_fault(&message, frame, xml, witness);
        }
        frame.state = self.automaton.retyped(frame.state, type_id);
        if let Some(declared) = &mut frame.declared {
            declared.type_id = type_id;
        }
        if self.automaton.grammar.types[type_id.at()].is_abstract && frame.declared.is_none() {
            let message = format!("xsi:type : le type « {} » est abstrait", shown(name));
            self.instance_fault(&message, frame, xml, witness);
        }
    }

    fn resolve<R: Read>(&self, name: &str, xml: &Xml<R>) -> Option<TypeId> {
        let name = name.trim_matches([' ', '\t', '\r', '\n']);
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let namespace = match xml.namespace_of(prefix) {
            Some(namespace) => namespace,
            None if prefix.is_empty() => "",
            None => return None,
        };
        self.automaton.grammar.type_named(namespace, local)
    }

    /// A declaration or a type that only others may stand for.
    fn refuse_abstract<R: Read>(&mut self, frame: &mut Frame, xml: &mut Xml<R>, witness: &mut impl Witness) {
        let Some(declared) = frame.declared else { return };
        let type_ = &self.automaton.grammar.types[declared.type_id.at()];
        if declared.is_abstract || type_.is_abstract {
            let message = if declared.is_abstract {
                "l'élément est abstrait : un autre doit être mis à sa place"
            } else {
                "le type est abstrait : xsi:type doit en nommer un qui en dérive"
            };
            self.instance_fault(message, frame, xml, witness);
        }
    }

    /// An element that a strict wildcard wants declared: `xsi:type` may still say what it is.
    pub(super) fn undeclared<R: Read>(
        &mut self,
        slot: SymbolId,
        name: NameId,
        xml: &mut Xml<R>,
        witness: &mut impl Witness,
    ) -> Frame {
        let mut type_name = None;
        for (attribute, value) in xml.attributes() {
            if self.letter(xml, attribute).1 == Some(Xsi::Type) {
                type_name = Some(value.to_owned());
            }
        }
        if let Some(type_id) = type_name.and_then(|type_name| self.resolve(&type_name, xml)) {
            let state = self.automaton.typed(slot, type_id);
            return Frame { state, mode: Mode::Matched, ..skipped(name) };
        }
        let frame = Frame { slot: Some(slot), ..skipped(name) };
        self.not_declared(name, xml, witness);
        frame
    }

    fn attribute_matches<R: Read>(
        &mut self,
        symbol: SymbolId,
        name: NameId,
        value: &str,
        line: u64,
        xml: &Xml<R>,
        witness: &mut impl Witness,
    ) -> bool {
        let Symbol::Attribute(attribute) = self.automaton.derivatives.patterns.symbol(symbol) else {
            return false;
        };
        let pattern = match attribute.value {
            AttributeValue::Pattern(pattern) => pattern,
            AttributeValue::Wildcard(Process::Skip) => return true,
            AttributeValue::Wildcard(process) => {
                let (letter, _) = self.letter(xml, name);
                let declared = self.automaton.grammar.global_attribute(letter);
                match declared.map(|symbol| self.automaton.derivatives.patterns.symbol(symbol)) {
                    Some(Symbol::Attribute(declared)) => match declared.value {
                        AttributeValue::Pattern(pattern) => pattern,
                        AttributeValue::Wildcard(_) => return true,
                    },
                    _ => return process == Process::Lax,
                }
            }
        };
        let (matches, identity) = self.value_matches(pattern, value, xml);
        if matches && identity != Identity::None {
            witness.identifier(identity, value, line);
        }
        matches
    }

    /// Whether a text is what a pattern of data wants, and whether it identifies something.
    fn value_matches(
        &mut self,
        pattern: PatternId,
        value: &str,
        prefixes: &dyn Prefixes,
    ) -> (bool, Identity) {
        if let Pattern::Symbol(only) = *self.automaton.derivatives.patterns.get(pattern) {
            let matches = self.automaton.derivatives.text_matches(only, value, prefixes);
            return (matches, self.identity_of(only));
        }
        let symbols = self.automaton.derivatives.first(pattern);
        let mut identity = Identity::None;
        let mut matched = Vec::new();
        for symbol in symbols {
            if self.automaton.derivatives.text_matches(symbol, value, prefixes) {
                matched.push(symbol);
                identity = self.identity_of(symbol);
            }
        }
        let set = self.automaton.derivatives.set(matched);
        let after = self.automaton.derivatives.after(pattern, set);
        let patterns = &self.automaton.derivatives.patterns;
        let is_blank = value.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
        (patterns.is_nullable(after) || is_blank && patterns.is_nullable(pattern), identity)
    }

    fn identity_of(&self, symbol: SymbolId) -> Identity {
        match self.automaton.derivatives.patterns.symbol(symbol) {
            Symbol::Data(data) => data.datatype.identity(),
            _ => Identity::None,
        }
    }

    /// Reports the attributes that had to be there, and goes on as if they were.
    fn missing_attributes<R: Read>(
        &mut self,
        frame: &Frame,
        xml: &mut Xml<R>,
        witness: &mut impl Witness,
    ) -> StateId {
        let required = self.required_attributes(frame.state);
        self.attributes_missing(frame, &required, xml, witness);
        self.automaton.each(frame.state, |derivatives, pattern| {
            derivatives.replaced(pattern, &mut |symbol| match symbol {
                Symbol::Attribute(_) => Some(super::grammar::EMPTY),
                _ => None,
            })
        })
    }

    /// Attributes without which no way of meaning the element is left.
    fn required_attributes(&mut self, state: StateId) -> Vec<SymbolId> {
        let entries = self.automaton.get(state).entries.clone();
        let mut required = Vec::new();
        for entry in &entries {
            for attribute in self.automaton.derivatives.all(entry.pattern) {
                let patterns = &self.automaton.derivatives.patterns;
                let Symbol::Attribute(wanted) = patterns.symbol(attribute) else { continue };
                let wanted = wanted.name.clone();
                let without =
                    self.automaton.derivatives.replaced(entry.pattern, &mut |symbol| match symbol {
                        Symbol::Attribute(other) if other.name == wanted => Some(NOT_ALLOWED),
                        Symbol::Attribute(_) => Some(super::grammar::EMPTY),
                        _ => None,
                    });
                if without == NOT_ALLOWED {
                    required.push(attribute);
                }
            }
        }
        required.sort_unstable();
        required.dedup();
        required
    }
}

/// A value as a message shows it.
pub(super) fn shown(value: &str) -> String {
    crate::model::findings::shortened(value.trim().to_owned(), SHOWN_CHARS_MAX)
}
