//! The kinds of units that a profile has below the first one, by the value that each gives its type of document.
//!
//! Never chooses between them. The one thing to know: a kind that holds no file holds units, and stands for a folder.

use super::Filler;
use super::complete::UNIT;
use crate::seda::engine::grammar::{PatternId, Symbol, SymbolId};
use crate::seda::relaxng::Profile;

/// Kinds one in another.
const DEPTH_MAX: usize = 3;
/// Kinds of one place.
const KINDS_MAX: usize = 60;

/// What a unit may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind {
    /// The type of document that says so.
    pub value: String,
    pub documentation: Option<String>,
    /// Whether it refers to a file itself.
    pub holds_files: bool,
    /// What may stand below it, when that is told apart too.
    pub below: Vec<Kind>,
}

/// The kinds of the units right below the first one; none when the profile tells none apart.
pub fn kinds(profile: &Profile, namespace: &'static str) -> Vec<Kind> {
    let filler = Filler::new(profile, namespace, Vec::new());
    let mut units = vec![profile.grammar.start];
    for name in ["ArchiveTransfer", "DataObjectPackage", "DescriptiveMetadata", UNIT] {
        units = units.iter().flat_map(|&content| filler.contents(content, name)).collect();
    }
    filler.kinds_in(&units, DEPTH_MAX)
}

impl Filler<'_> {
    /// Elements of this name anywhere in a content.
    fn all_named(&self, content: PatternId, name: &str) -> Vec<SymbolId> {
        let mut symbols = self.derivatives.all(content);
        symbols.retain(|&symbol| self.is_named(symbol, name));
        symbols.sort_unstable_by_key(|symbol| symbol.0);
        symbols
    }

    /// Contents of the elements of this name in a content.
    fn contents(&self, content: PatternId, name: &str) -> Vec<PatternId> {
        self.all_named(content, name).into_iter().filter_map(|symbol| self.content_of(symbol)).collect()
    }

    fn kinds_in(&self, units: &[PatternId], depth: usize) -> Vec<Kind> {
        let mut kinds: Vec<Kind> = Vec::new();
        if depth == 0 {
            return kinds;
        }
        for symbol in units.iter().flat_map(|&content| self.all_named(content, UNIT)) {
            let Some(content) = self.content_of(symbol) else { continue };
            let holds_files = !self.all_named(content, "DataObjectReference").is_empty();
            for value in self.types(content) {
                if kinds.len() >= KINDS_MAX || kinds.iter().any(|kind| kind.value == value) {
                    continue;
                }
                let below = if holds_files { Vec::new() } else { self.kinds_in(&[content], depth - 1) };
                kinds.push(Kind { value, documentation: self.documentation(symbol), holds_files, below });
            }
        }
        kinds
    }

    /// The types of document that a unit may have; none when any text will do.
    fn types(&self, unit: PatternId) -> Vec<String> {
        let mut types = Vec::new();
        for described in self.contents(unit, "Content") {
            for typed in self.contents(described, "DocumentType") {
                for symbol in self.derivatives.all(typed) {
                    match self.derivatives.patterns.symbol(symbol) {
                        Symbol::Value(..) => types.extend(self.value_of(symbol)),
                        Symbol::Attribute(_) => {}
                        _ => return Vec::new(),
                    }
                }
            }
        }
        types
    }
}
