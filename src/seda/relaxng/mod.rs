//! Archive profiles written in RELAX NG (XML syntax), compiled from their bytes to a grammar the engine matches.
//!
//! Never reads a file nor the network: what a profile includes is looked up in the [`Bundle`] given with it. Never recurses
//! on what it reads. The one thing to know: the steps follow the specification's own order, each in a file of that
//! name: the documents (`document`, `load`), full syntax (`syntax`), simplification (`simplify`, `build`), restrictions
//! (`restrict`, `overlap`); numbers such as 4.7 in comments are its sections.

use std::collections::BTreeMap;

use super::engine::grammar::{Grammar, SymbolId};
use crate::model::Finding;

mod ast;
mod build;
mod context;
mod data;
mod document;
mod fault;
mod load;
mod names;
mod overlap;
mod reach;
mod restrict;
mod simplify;
mod syntax;
#[cfg(test)]
mod tests;

/// The files a profile may include or refer to, by name relative to the profile (`sub/common.rng`).
#[derive(Debug, Default)]
pub struct Bundle {
    files: BTreeMap<String, Vec<u8>>,
}

impl Bundle {
    /// None: every `include` and `externalRef` is refused.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file, in place of the one of that name.
    pub fn insert(&mut self, name: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.files.insert(name.into(), bytes.into());
    }

    fn get(&self, name: &str) -> Option<&[u8]> {
        self.files.get(name).map(Vec::as_slice)
    }
}

/// How large a profile may be.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of the documents together.
    pub bytes_max: usize,
    /// Documents, each counted as often as it is included.
    pub documents_max: usize,
    /// Documents included one in another.
    pub nesting_max: usize,
    /// Elements nested one in another within a document.
    pub depth_max: usize,
    /// Elements of the documents together, and patterns once expanded.
    pub patterns_max: usize,
    /// Patterns one in another once expanded, each step of a sequence counted: what a matcher may have to recurse on.
    pub height_max: usize,
    /// Bytes of the automata made of the types' patterns, each type counted once.
    pub types_bytes_max: usize,
    /// Steps of the checks on names that overlap.
    pub steps_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes_max: 8 << 20,
            documents_max: 200,
            nesting_max: 16,
            depth_max: 500,
            patterns_max: 300_000,
            height_max: 2_000,
            types_bytes_max: 16 << 20,
            steps_max: 20_000_000,
        }
    }
}

/// A compiled profile.
#[derive(Debug)]
pub struct Profile {
    pub grammar: Grammar,
    notes: Vec<Note>,
}

impl Profile {
    /// What the profile's text says of a symbol beyond what is matched.
    pub fn note(&self, symbol: SymbolId) -> &Note {
        &self.notes[symbol.at()]
    }
}

/// Where a symbol comes from, and how its author wrote it.
#[derive(Clone, Debug, Default)]
pub struct Note {
    /// Line in its document, from 1.
    pub line: u64,
    /// What the author says of it, for people.
    pub documentation: Option<String>,
    /// The value as written, for a value; empty for the others.
    pub text: String,
    /// Name of its type, for data and values.
    pub type_name: String,
    /// Parameters of its type, name and value, in order.
    pub params: Vec<(String, String)>,
}

/// Compiles a profile, or says all that is wrong with it.
///
/// # Errors
/// What is wrong, one finding at least, of the family `profile`.
pub fn compile(main: &[u8], bundle: &Bundle, limits: &Limits) -> Result<Profile, Vec<Finding>> {
    let forest = load::load(main, bundle, limits)?;
    let draft = simplify::simplify(&forest, limits)?;
    let (grammar, notes) = build::build(draft, limits)?;
    restrict::check(&grammar, &notes, limits)?;
    Ok(Profile { grammar, notes })
}
