//! Completes a message being written by what an archive profile fixes, and tells what the profile asks that nobody gave.
//!
//! Never judges the message: what is written is checked like anybody's. Never puts a value that would choose, for whoever
//! describes, between two kinds of units of the profile. The one thing to know: among all the ways in which the profile may have
//! what was given, the one with the least to put right is followed, so that all that is told belongs to one reading of it.

mod complete;
mod follow;
mod kinds;
mod lack;
mod need;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::engine::derive::Derivatives;
use super::engine::grammar::{Content, PatternId, Symbol, SymbolId};
use super::relaxng::Profile;
use super::write::element::Element;

pub use kinds::{Kind, kinds};
pub use lack::{Lack, What};

use follow::{Arena, Thread};

/// Elements put together for one child, tries included.
const STEPS_MAX: usize = 500_000;
/// What is told at most.
const LACKS_MAX: usize = 100;

/// An element completed, and what that cost.
#[derive(Clone)]
struct Done {
    element: Rc<Element>,
    cost: u32,
    lacks: Vec<Rc<Lack>>,
}

/// One message against one profile, element by element as it goes out.
pub struct Filler<'p> {
    profile: &'p Profile,
    derivatives: Derivatives,
    namespace: &'static str,
    /// What may be put where the profile asks for it.
    offers: Vec<Rc<Element>>,
    /// Values that tell a unit from others beside it: (unit, element of its description).
    told_apart: HashSet<(SymbolId, String)>,
    /// Elements from the nearest unit, or the root, down to the one looked at.
    path: Vec<String>,
    /// What the profile's author says of each of them.
    around: Vec<Option<String>>,
    marks: Vec<u32>,
    units: Vec<SymbolId>,
    /// Elements put that nobody gave, one in another.
    depth: usize,
    /// Elements that may still be put together for the child being written: a profile's choices have no end.
    steps: usize,
    /// Units completed already, of the child being written.
    known: HashMap<(*const Element, SymbolId), Done>,
    /// What may still come in each element open; `None` where the profile has no place for it.
    open: Vec<Option<PatternId>>,
    lacks: Vec<Lack>,
}

impl<'p> Filler<'p> {
    /// Before the root of a message in this namespace.
    pub fn new(profile: &'p Profile, namespace: &'static str, offers: Vec<Rc<Element>>) -> Self {
        let derivatives = Derivatives::new(profile.grammar.patterns.clone());
        let mut filler = Self {
            profile,
            derivatives,
            namespace,
            offers,
            told_apart: HashSet::new(),
            path: Vec::new(),
            around: Vec::new(),
            marks: Vec::new(),
            units: Vec::new(),
            depth: 0,
            steps: STEPS_MAX,
            known: HashMap::new(),
            open: vec![Some(profile.grammar.start)],
            lacks: Vec::new(),
        };
        filler.told_apart = filler.told_apart();
        filler
    }

    /// Opens an element by its name and attributes; what must come before it is to be written first.
    pub fn open(&mut self, element: &Element) -> Vec<Rc<Element>> {
        let Some(Some(above)) = self.open.last().copied() else {
            self.open.push(None);
            return Vec::new();
        };
        let mut arena = Arena::default();
        let reach = self.reach(&mut arena, Thread { at: above, cost: 0, last: None });
        let found = reach.into_iter().find_map(|thread| {
            let symbol = *self.named(thread.at, &element.name).first()?;
            Some((thread, symbol))
        });
        let Some((thread, symbol)) = found else {
            let lack = self.lack(What::Unexpected, &element.name);
            self.tell([Rc::new(lack)]);
            self.open.push(None);
            return Vec::new();
        };
        let only = self.derivatives.single(symbol);
        let after = self.derivatives.after(thread.at, only);
        if let Some(above) = self.open.last_mut() {
            *above = Some(after);
        }
        self.path.push(element.name.clone().into_owned());
        self.around.push(None);
        let content = self.content_of(symbol);
        let attributed = content.map(|content| self.attributes(element, content));
        self.open.push(attributed.as_ref().map(|attributed| attributed.at));
        self.tell(attributed.into_iter().flat_map(|attributed| attributed.lacks));
        self.written(&arena, &thread)
    }

    /// Whether the element open may have a child of this name, wherever.
    pub fn may_hold(&self, name: &str) -> bool {
        let content = self.open.last().copied().flatten();
        content.is_none_or(|content| self.derivatives.all(content).iter().any(|&of| self.is_named(of, name)))
    }

    /// What is to be written for a child of the element open: itself completed, after what must come before it.
    pub fn child(&mut self, element: &Rc<Element>) -> Vec<Rc<Element>> {
        let Some(Some(at)) = self.open.last().copied() else { return vec![element.clone()] };
        self.steps = STEPS_MAX;
        let mut arena = Arena::default();
        let threads = self.follow(&mut arena, vec![Thread { at, cost: 0, last: None }], element);
        self.known.clear();
        let Some(best) = threads.first() else { return Vec::new() };
        if let Some(open) = self.open.last_mut() {
            *open = Some(best.at);
        }
        self.written(&arena, best)
    }

    /// What is to be written before the element open ends.
    pub fn close(&mut self) -> Vec<Rc<Element>> {
        let Some(Some(at)) = self.open.pop() else { return Vec::new() };
        let mut arena = Arena::default();
        let ended = self.ended(&mut arena, vec![Thread { at, cost: 0, last: None }]);
        self.path.pop();
        self.around.pop();
        self.written(&arena, &ended)
    }

    /// What the profile asks that nobody gave, or does not admit: none when the message is whole.
    pub fn into_lacks(self) -> Vec<Lack> {
        self.lacks
    }

    fn written(&mut self, arena: &Arena, thread: &Thread) -> Vec<Rc<Element>> {
        let (elements, lacks) = arena.unwound(thread);
        self.tell(lacks);
        elements
    }

    fn tell(&mut self, lacks: impl IntoIterator<Item = Rc<Lack>>) {
        let room = LACKS_MAX.saturating_sub(self.lacks.len());
        self.lacks.extend(lacks.into_iter().take(room).map(Rc::unwrap_or_clone));
    }

    /// Elements of this name that may come next.
    fn named(&self, at: PatternId, name: &str) -> Vec<SymbolId> {
        let mut symbols = self.derivatives.first(at);
        symbols.retain(|&symbol| self.is_named(symbol, name));
        symbols
    }

    fn is_named(&self, symbol: SymbolId, name: &str) -> bool {
        match self.derivatives.patterns.symbol(symbol) {
            Symbol::Element(element) => element.name.contains(self.namespace, name),
            _ => false,
        }
    }

    /// Attributes and content of an element; a profile's are always patterns.
    fn content_of(&self, symbol: SymbolId) -> Option<PatternId> {
        match self.derivatives.patterns.symbol(symbol) {
            Symbol::Element(element) => match element.content {
                Content::Pattern(content) => Some(content),
                Content::Typed(_) | Content::Wildcard(_) => None,
            },
            _ => None,
        }
    }
}
