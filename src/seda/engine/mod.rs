//! One matcher for both jobs: the standard's own grammar and a service's archive profile.
//!
//! Never reads a schema: `standard` and `relaxng` compile theirs into [`grammar::Grammar`]. The one thing to know: the
//! matcher is a tree automaton whose states are made when a document first needs them, so that an element costs a few
//! look-ups in tables, however large the grammar and however deep the tree.

pub mod alphabet;
pub mod automaton;
pub mod derive;
pub mod fault;
pub mod grammar;
pub mod matcher;
pub mod names;
pub mod pattern;

mod attributes;
mod data;
mod forget;
mod hash;
mod steps;
#[cfg(test)]
mod tests;
mod text;
mod values;
mod walk;
mod words;
