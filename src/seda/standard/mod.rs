//! The standard's own grammars, 0.2 to 2.3: every message of each version, from tables a person can check against it.
//!
//! Never reads a schema: the tables (`*.txt`, whose heads explain how to read them) are facts of the standard in a notation
//! of ours, and [`load`] turns them into the engine's [`Grammar`]. The one thing to know: a version's grammar is made of
//! several tables, since the standard imports others' types, code lists and signatures, which count for a verdict.

use std::sync::{Mutex, OnceLock};

use super::engine::automaton::Automaton;
use super::engine::grammar::Grammar;
use crate::model::SedaVersion;

mod attributes;
mod builtin;
mod content;
mod lines;
mod load;
mod simple;
mod sources;
mod symbols;
mod tables;

#[cfg(test)]
mod tests;

/// What a version's tables give.
pub struct Standard {
    pub grammar: Grammar,
    /// The elements a message may begin with, in the standard's order.
    pub messages: Vec<&'static str>,
}

/// The grammar of a version, loaded when first asked for.
pub fn of(version: SedaVersion) -> &'static Grammar {
    &standard(version).grammar
}

/// Names of the messages of a version: its root elements that are more than parts of one.
pub fn messages(version: SedaVersion) -> &'static [&'static str] {
    &standard(version).messages
}

/// Automata that messages read before have left, so that a small message finds its states made.
static WARM: [Mutex<Vec<Automaton<'static>>>; SedaVersion::ALL.len()] =
    [const { Mutex::new(Vec::new()) }; SedaVersion::ALL.len()];
/// As many as may be in use at once and worth keeping.
const WARM_MAX: usize = 8;

/// One of them, if one is left.
pub fn warm(version: SedaVersion) -> Option<Automaton<'static>> {
    WARM[version as usize].lock().ok()?.pop()
}

/// Keeps one for the next message.
pub fn keep_warm(version: SedaVersion, automaton: Automaton<'static>) {
    if let Ok(mut kept) = WARM[version as usize].lock()
        && kept.len() < WARM_MAX
        && !automaton.is_full()
    {
        kept.push(automaton);
    }
}

fn standard(version: SedaVersion) -> &'static Standard {
    static LOADED: [OnceLock<Standard>; SedaVersion::ALL.len()] =
        [const { OnceLock::new() }; SedaVersion::ALL.len()];
    LOADED[version as usize].get_or_init(|| match load::load(sources::of(version)) {
        Ok(standard) => standard,
        // A table of ours, not an outside input: the tests load every one of them.
        Err(broken) => panic!("{broken}"),
    })
}
