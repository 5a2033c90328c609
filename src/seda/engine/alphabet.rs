//! The letters of a grammar: every name it tells apart, and one letter for all those it does not.
//!
//! Names are without number, but a grammar only speaks of some: whatever else a document invents is, for each
//! namespace spoken of, one same letter. So tables of transitions are finite and known when the grammar is compiled.

use std::collections::HashMap;

use super::grammar::{Patterns, Symbol};

/// A name as far as a grammar tells names apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Letter(pub u32);

/// What stands for a namespace or a local name nobody wrote.
const OTHER: &str = "\u{0}";

/// Letters of one grammar.
#[derive(Debug)]
pub struct Alphabet {
    known: HashMap<String, Namespace>,
    /// A name of each letter.
    names: Vec<(String, String)>,
}

#[derive(Debug)]
struct Namespace {
    locals: HashMap<String, Letter>,
    other: Letter,
}

impl Alphabet {
    /// Every name the symbols speak of, and `more`.
    pub fn new<'a>(patterns: &Patterns, more: impl Iterator<Item = &'a (String, String)>) -> Self {
        let mut alphabet = Self { known: HashMap::new(), names: vec![(OTHER.to_owned(), OTHER.to_owned())] };
        for symbol in &patterns.symbols {
            match symbol {
                Symbol::Element(element) => element.name.mentions(&mut |ns, local| alphabet.add(ns, local)),
                Symbol::Attribute(attribute) => {
                    attribute.name.mentions(&mut |ns, local| alphabet.add(ns, local));
                }
                _ => {}
            }
        }
        more.for_each(|(ns, local)| alphabet.add(ns, Some(local)));
        alphabet
    }

    fn add(&mut self, namespace: &str, local: Option<&str>) {
        if !self.known.contains_key(namespace) {
            let other = self.fresh(namespace, OTHER);
            self.known.insert(namespace.to_owned(), Namespace { locals: HashMap::new(), other });
        }
        let Some(local) = local else { return };
        if !self.known[namespace].locals.contains_key(local) {
            let letter = self.fresh(namespace, local);
            if let Some(space) = self.known.get_mut(namespace) {
                space.locals.insert(local.to_owned(), letter);
            }
        }
    }

    fn fresh(&mut self, namespace: &str, local: &str) -> Letter {
        self.names.push((namespace.to_owned(), local.to_owned()));
        Letter(self.names.len() as u32 - 1)
    }

    /// The letter of a name.
    pub fn letter(&self, namespace: &str, local: &str) -> Letter {
        self.known
            .get(namespace)
            .map_or(Letter(0), |space| space.locals.get(local).copied().unwrap_or(space.other))
    }

    /// A name of the letter, to be asked of name classes.
    pub fn name(&self, letter: Letter) -> (&str, &str) {
        let (namespace, local) = &self.names[letter.0 as usize];
        (namespace, local)
    }

    /// Letters there are.
    pub fn count(&self) -> usize {
        self.names.len()
    }
}
