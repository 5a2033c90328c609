//! An archive profile (RELAX NG) ready to judge manifests, and to be explained to a human.
//!
//! Never fetches what a grammar points to: one file is the whole profile. The one thing to know: a profile is compiled
//! when it is imported and again when it is used, from the same bytes, so that what was imported can always be applied.

use std::io::{self, Read};

use super::engine::grammar::{Grammar, Symbol};
use super::engine::names::NameClass;
use super::engine::pattern::{Pattern, PatternId};
use super::{pass, profile_text, relaxng};
use crate::model::{Finding, Limits, SedaVersion};

pub use super::profile_text::Line as ExplainedLine;

/// Longest profile, in bytes.
pub const RNG_BYTES_MAX: usize = 2 << 20;

/// A compiled profile. Immutable, to be shared.
#[derive(Debug)]
pub struct Profile {
    compiled: relaxng::Profile,
}

impl Profile {
    /// Compiles one file.
    ///
    /// # Errors
    /// Everything that keeps it from being a profile, each with its line.
    pub fn compile(rng: &[u8]) -> Result<Profile, Vec<Finding>> {
        let limits = relaxng::Limits { bytes_max: RNG_BYTES_MAX, ..relaxng::Limits::default() };
        Ok(Profile { compiled: relaxng::compile(rng, &relaxng::Bundle::new(), &limits)? })
    }

    /// For whoever writes a transfer under it.
    pub fn grammar(&self) -> &relaxng::Profile {
        &self.compiled
    }

    /// What it asks, line by line.
    pub fn explain(&self) -> Vec<ExplainedLine> {
        profile_text::explain(&self.compiled)
    }

    /// The version of the standard whose messages it judges, by the namespace of their root.
    pub fn seda_version(&self) -> Option<SedaVersion> {
        version_of(&self.compiled.grammar)
    }
}

/// The version of the standard whose messages a grammar judges, by the namespace of their root.
pub fn version_of(grammar: &Grammar) -> Option<SedaVersion> {
    roots(grammar, grammar.start)
}

/// The version of the first root, in a pattern of nothing but roots.
fn roots(grammar: &Grammar, pattern: PatternId) -> Option<SedaVersion> {
    match grammar.patterns.get(pattern) {
        Pattern::Symbol(symbol) => match grammar.patterns.symbol(*symbol) {
            Symbol::Element(element) => of_names(&element.name),
            _ => None,
        },
        Pattern::Choice(branches) => branches.iter().find_map(|branch| roots(grammar, *branch)),
        _ => None,
    }
}

fn of_names(names: &NameClass) -> Option<SedaVersion> {
    let mut version = None;
    names.mentions(&mut |namespace, _| {
        version = version.or(SedaVersion::ALL.into_iter().find(|version| version.namespace() == namespace));
    });
    version
}

/// Everything a manifest has against a profile, read as a stream.
///
/// # Errors
/// When the reader fails.
pub fn check(profile: &Profile, reader: impl Read, limits: &Limits) -> io::Result<Vec<Finding>> {
    pass::check_profile(reader, &profile.compiled.grammar, limits)
}
