//! Patterns (`pattern`): the regular expressions of XML Schema, compiled once, matched against whole texts.
//!
//! Never recurses into a text, never costs more than its length; a pattern too large is refused when compiled. The one
//! thing to know: they are their own dialect, parsed here (`parse`), handed over as a tree, never as text.

mod blocks;
mod classes;
mod parse;

use std::sync::Arc;

use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson::{NFA, WhichCaptures};
use regex_automata::util::pool::Pool;
use regex_automata::{Anchored, Input};
use regex_syntax::hir::{Hir, Look};

/// What the automaton of one pattern may take; the states met when matching as much again.
const LARGEST: usize = 256 * 1024;
/// Characters of one pattern.
const LONGEST: usize = 10_000;

type Caches = Pool<Cache, Box<dyn Fn() -> Cache + Send + Sync>>;

/// One pattern, or several of which one must match.
#[derive(Clone)]
pub(super) struct Pattern(Arc<Compiled>);

struct Compiled {
    sources: Box<[Box<str>]>,
    automaton: DFA,
    caches: Caches,
}

impl Pattern {
    /// Compiles alternatives. `Err`: a sentence.
    pub fn any_of(sources: &[&str]) -> Result<Self, String> {
        let mut alternatives = Vec::with_capacity(sources.len());
        for source in sources {
            alternatives.push(tree(source)?);
        }
        let whole = Hir::concat(vec![Hir::alternation(alternatives), Hir::look(Look::End)]);
        let too_complex = || format!("le motif « {} » est trop complexe", sources.join(" | "));
        let config = NFA::config().nfa_size_limit(Some(LARGEST)).which_captures(WhichCaptures::None);
        let nfa = NFA::compiler().configure(config).build_from_hir(&whole).map_err(|_| too_complex())?;
        let config = DFA::config().cache_capacity(LARGEST).skip_cache_capacity_check(true);
        let automaton = DFA::builder().configure(config).build_from_nfa(nfa).map_err(|_| too_complex())?;
        let for_caches = automaton.clone();
        let caches: Caches = Pool::new(Box::new(move || for_caches.create_cache()));
        let sources = sources.iter().map(|&source| source.into()).collect();
        Ok(Self(Arc::new(Compiled { sources, automaton, caches })))
    }

    /// Whether the whole text matches.
    pub fn matches(&self, text: &str) -> bool {
        let mut cache = self.0.caches.get();
        let input = Input::new(text).anchored(Anchored::Yes).earliest(true);
        matches!(self.0.automaton.try_search_fwd(&mut cache, &input), Ok(Some(_)))
    }

    /// As written.
    pub fn sources(&self) -> impl Iterator<Item = &str> {
        self.0.sources.iter().map(|source| &**source)
    }

    /// Bytes held, caches apart.
    pub fn memory(&self) -> usize {
        self.0.automaton.get_nfa().memory_usage()
    }
}

fn tree(source: &str) -> Result<Hir, String> {
    if source.len() > LONGEST {
        return Err(format!("un motif de plus de {LONGEST} caractères est trop complexe"));
    }
    parse::parse(source)
        .map_err(|why| format!("le motif « {source} » n'est pas une expression régulière : {why}"))
}
