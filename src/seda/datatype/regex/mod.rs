//! Patterns (`pattern`): the regular expressions of XML Schema, compiled once, matched against whole texts.
//!
//! Never costs more than the text's length times the pattern's; a pattern too large is refused when compiled. The one
//! thing to know: they are their own dialect, parsed here (`parse`) into a tree over sets of characters, matched letter by
//! letter (`alphabet`) by an automaton built as it is needed.

mod alphabet;
mod blocks;
mod classes;
mod parse;

use std::sync::Arc;

use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson::{NFA, WhichCaptures};
use regex_automata::util::pool::Pool;
use regex_automata::{Anchored, Input, MatchKind};
use regex_syntax::hir::{Class, ClassBytes, Hir, Repetition};

use alphabet::{Alphabet, Sets};
use parse::Tree;

/// What the automaton of one pattern may take: some thousands of steps, each of which one character may cost.
const LARGEST: usize = 128 * 1024;
/// What the states met when matching may take: forgotten beyond.
const REMEMBERED: usize = 256 * 1024;
/// Bytes of one pattern.
const LONGEST: usize = 10_000;

type Caches = Pool<Cache, Box<dyn Fn() -> Cache + Send + Sync>>;

/// One pattern, or several of which one must match.
#[derive(Clone)]
pub(super) struct Pattern(Arc<Compiled>);

struct Compiled {
    sources: Box<[Box<str>]>,
    alphabet: Alphabet,
    automaton: DFA,
    caches: Caches,
}

impl Pattern {
    /// Compiles alternatives. `Err`: a sentence.
    pub fn any_of(sources: &[&str]) -> Result<Self, String> {
        if sources.iter().any(|source| source.len() > LONGEST) {
            return Err(format!("un motif de plus de {LONGEST} caractères est trop complexe"));
        }
        let mut sets = Sets::default();
        let mut alternatives = Vec::with_capacity(sources.len());
        for source in sources {
            alternatives.push(parse::parse(source, &mut sets).map_err(|why| {
                format!("le motif « {source} » n'est pas une expression régulière : {why}")
            })?);
        }
        let too_complex = || format!("le motif « {} » est trop complexe", sources.join(" | "));
        let (alphabet, letters) = sets.letters().ok_or_else(too_complex)?;
        let automaton = automaton(&Tree::Either(alternatives), &letters).ok_or_else(too_complex)?;
        let for_caches = automaton.clone();
        let caches: Caches = Pool::new(Box::new(move || for_caches.create_cache()));
        let sources = sources.iter().map(|&source| source.into()).collect();
        Ok(Self(Arc::new(Compiled { sources, alphabet, automaton, caches })))
    }

    /// Whether the whole text matches.
    pub fn matches(&self, text: &str) -> bool {
        self.follow(text).unwrap_or(false)
    }

    /// `None` when the automaton gives up, which it was not allowed to.
    fn follow(&self, text: &str) -> Option<bool> {
        let Compiled { alphabet, automaton, caches, .. } = &*self.0;
        let mut cache = caches.get();
        let anchored = Input::new("").anchored(Anchored::Yes);
        let mut state = automaton.start_state_forward(&mut cache, &anchored).ok()?;
        for character in text.chars() {
            state = automaton.next_state(&mut cache, state, alphabet.letter(character)).ok()?;
            if state.is_dead() {
                return Some(false);
            }
        }
        Some(automaton.next_eoi_state(&mut cache, state).ok()?.is_match())
    }

    /// As written.
    pub fn sources(&self) -> impl Iterator<Item = &str> {
        self.0.sources.iter().map(|source| &**source)
    }

    /// Bytes held, what matching remembers apart.
    pub fn memory(&self) -> usize {
        self.0.automaton.get_nfa().memory_usage() + self.0.alphabet.memory()
    }
}

/// The automaton of a tree; `None` when it would be too large.
fn automaton(tree: &Tree, letters: &[ClassBytes]) -> Option<DFA> {
    let config = NFA::config().utf8(false).nfa_size_limit(Some(LARGEST)).which_captures(WhichCaptures::None);
    let nfa = NFA::compiler().configure(config).build_from_hir(&expression(tree, letters)).ok()?;
    // Every way to match is followed, not the first one only: the text must be matched to its end.
    let config =
        DFA::config().match_kind(MatchKind::All).cache_capacity(REMEMBERED).skip_cache_capacity_check(true);
    DFA::builder().configure(config).build_from_nfa(nfa).ok()
}

/// A tree over sets as an expression over letters.
fn expression(tree: &Tree, letters: &[ClassBytes]) -> Hir {
    let all = |trees: &[Tree]| trees.iter().map(|tree| expression(tree, letters)).collect();
    match tree {
        Tree::Set(number) => Hir::class(Class::Bytes(letters[*number].clone())),
        Tree::Sequence(trees) => Hir::concat(all(trees)),
        Tree::Either(trees) => Hir::alternation(all(trees)),
        Tree::Repeated(repeated, min, max) => {
            let sub = Box::new(expression(repeated, letters));
            Hir::repetition(Repetition { min: *min, max: *max, greedy: true, sub })
        }
    }
}
