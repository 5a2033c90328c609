//! Names that would be met twice: attributes of one element (7.3), elements mixed without order (7.4).
//!
//! Plain names are compared through a table, so that only classes without end are compared in pairs. Every step is
//! counted: past the limit the profile is too complex.

use std::collections::HashMap;

use super::fault::too_complex;
use super::restrict::{ATTRIBUTE, ELEMENT, Flags};
use crate::model::Finding;
use crate::seda::engine::grammar::{Grammar, Pattern, PatternId, Symbol};
use crate::seda::engine::names::NameClass;

/// Compares names in a grammar whose patterns' flags are known as far as they are used.
pub struct Overlap<'a> {
    grammar: &'a Grammar,
    flags: Vec<Flags>,
    /// The last comparison a pattern was looked at for.
    seen: Vec<u32>,
    comparison: u32,
    steps_left: usize,
    steps_max: usize,
}

impl<'a> Overlap<'a> {
    /// None known yet.
    pub fn new(grammar: &'a Grammar, steps_max: usize) -> Self {
        let len = grammar.patterns.count();
        Self {
            grammar,
            flags: vec![0; len],
            seen: vec![0; len],
            comparison: 0,
            steps_left: steps_max,
            steps_max,
        }
    }

    /// The flags of a pattern are known.
    pub fn set(&mut self, at: usize, flags: Flags) {
        self.flags[at] = flags;
    }

    /// Whether two parts of a sequence have an attribute in common.
    ///
    /// # Errors
    /// Too many steps.
    pub fn twice_in_sequence(&mut self, sequence: PatternId) -> Result<bool, Vec<Finding>> {
        let mut parts = Vec::new();
        let mut rest = sequence;
        while let Pattern::Group(first, then) = *self.grammar.patterns.get(rest) {
            parts.push(first);
            self.spend(1)?;
            rest = then;
            if self.flags[then.at()] & ATTRIBUTE == 0 {
                break;
            }
        }
        parts.push(rest);
        self.twice(&parts, ATTRIBUTE)
    }

    /// Whether two of these have an attribute, or an element, in common.
    ///
    /// # Errors
    /// Too many steps.
    pub fn twice(&mut self, parts: &[PatternId], of: Flags) -> Result<bool, Vec<Finding>> {
        let holders: Vec<PatternId> =
            parts.iter().copied().filter(|part| self.flags[part.at()] & of != 0).collect();
        if holders.len() < 2 {
            return Ok(false);
        }
        let mut plain: HashMap<(&str, &str), usize> = HashMap::new();
        let mut wide: Vec<(&NameClass, usize)> = Vec::new();
        for (part, &holder) in holders.iter().enumerate() {
            for class in self.classes(holder, of)? {
                let mut open = vec![class];
                while let Some(class) = open.pop() {
                    self.spend(1)?;
                    match class {
                        NameClass::Choice(classes) => open.extend(classes.iter()),
                        NameClass::Name(namespace, local) => {
                            if *plain.entry((namespace, local)).or_insert(part) != part {
                                return Ok(true);
                            }
                        }
                        _ => wide.push((class, part)),
                    }
                }
            }
        }
        for (at, &(class, part)) in wide.iter().enumerate() {
            for (&(namespace, local), &other) in &plain {
                self.spend(weight(class))?;
                if other != part && class.contains(namespace, local) {
                    return Ok(true);
                }
            }
            for &(other_class, other) in &wide[at + 1..] {
                self.spend(1)?;
                if other != part && self.overlap(class, other_class)? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Whether a name belongs to both: it is enough to try the names they speak of, and one they do not (7.3).
    fn overlap(&mut self, one: &NameClass, other: &NameClass) -> Result<bool, Vec<Finding>> {
        const NONE: &str = "\u{0}";
        let mut tried: Vec<(String, String)> = vec![(NONE.to_owned(), NONE.to_owned())];
        for class in [one, other] {
            class.mentions(&mut |namespace, local| {
                tried.push((namespace.to_owned(), local.unwrap_or(NONE).to_owned()));
            });
        }
        self.spend(tried.len() * (weight(one) + weight(other)))?;
        Ok(tried
            .iter()
            .any(|(namespace, local)| one.contains(namespace, local) && other.contains(namespace, local)))
    }

    /// The names of the attributes, or of the elements, of a pattern.
    fn classes(&mut self, pattern: PatternId, of: Flags) -> Result<Vec<&'a NameClass>, Vec<Finding>> {
        let grammar = self.grammar;
        self.comparison += 1;
        let mut classes = Vec::new();
        let mut open = vec![pattern];
        while let Some(id) = open.pop() {
            self.spend(1)?;
            let is_seen = std::mem::replace(&mut self.seen[id.at()], self.comparison) == self.comparison;
            if is_seen || self.flags[id.at()] & of == 0 {
                continue;
            }
            match grammar.patterns.get(id) {
                Pattern::Empty | Pattern::NotAllowed => {}
                Pattern::Choice(parts) | Pattern::Interleave(parts) => {
                    self.spend(parts.len())?;
                    open.extend(parts.iter());
                }
                Pattern::Group(first, then) => open.extend([*first, *then]),
                Pattern::OneOrMore(inner) => open.push(*inner),
                Pattern::Symbol(symbol) => match grammar.patterns.symbol(*symbol) {
                    Symbol::Element(element) if of == ELEMENT => classes.push(&element.name),
                    Symbol::Attribute(attribute) if of == ATTRIBUTE => classes.push(&attribute.name),
                    _ => {}
                },
            }
        }
        Ok(classes)
    }

    fn spend(&mut self, steps: usize) -> Result<(), Vec<Finding>> {
        self.steps_left = self
            .steps_left
            .checked_sub(steps)
            .ok_or_else(|| too_complex(format!("plus de {} comparaisons de noms", self.steps_max)))?;
        Ok(())
    }
}

/// What asking a class for a name costs.
fn weight(class: &NameClass) -> usize {
    match class {
        NameClass::Name(..) | NameClass::Namespace(_) | NameClass::Any => 1,
        NameClass::Except(whole, except) => weight(whole) + weight(except),
        NameClass::Choice(classes) => classes.iter().map(weight).sum::<usize>() + 1,
    }
}
