//! The readings of a content: every way in which the profile may have the children given, with what each costs.
//!
//! Bounded in readings kept and in elements put between two children: a profile may be read in ways without number.

use std::rc::Rc;

use super::{Done, Filler, Lack, What};
use crate::seda::engine::derive::SetId;
use crate::seda::engine::grammar::{EMPTY, PatternId, SymbolId};
use crate::seda::write::element::{Element, Standing};

/// What each thing that is not as it was given costs: the least is what the profile fixes, the most what it has no place for.
pub(super) const PUT: u32 = 1;
pub(super) const MISSING: u32 = 200;
pub(super) const REFUSED: u32 = 300;
pub(super) const UNEXPECTED: u32 = 400;
/// A value that tells a kind of unit from another, where another kind is wanted.
pub(super) const MISTAKEN: u32 = 4_000;

/// How much worse than the best a reading may be, and how many are kept.
const SLACK: u32 = 1_000;
const WIDTH: usize = 16;
/// Elements put one after the other, all readings together.
const REACH: usize = 64;

/// A reading of the children so far.
#[derive(Clone, Copy)]
pub(super) struct Thread {
    /// What may still come.
    pub at: PatternId,
    pub cost: u32,
    /// The last link of what it wrote.
    pub last: Option<usize>,
}

struct Link {
    before: Option<usize>,
    element: Option<Rc<Element>>,
    lacks: Vec<Rc<Lack>>,
}

/// What the readings of one content wrote; they share their beginnings.
#[derive(Default)]
pub(super) struct Arena {
    links: Vec<Link>,
}

impl Arena {
    fn link(
        &mut self,
        before: Option<usize>,
        element: Option<Rc<Element>>,
        lacks: Vec<Rc<Lack>>,
    ) -> Option<usize> {
        self.links.push(Link { before, element, lacks });
        Some(self.links.len() - 1)
    }

    /// The reading with this after it.
    fn then(&mut self, thread: &Thread, done: Done, at: PatternId) -> Thread {
        let last = self.link(thread.last, Some(done.element), done.lacks);
        Thread { at, cost: thread.cost.saturating_add(done.cost), last }
    }

    /// What a reading wrote, in order.
    pub fn unwound(&self, thread: &Thread) -> (Vec<Rc<Element>>, Vec<Rc<Lack>>) {
        let (mut elements, mut lacks, mut at) = (Vec::new(), Vec::new(), thread.last);
        while let Some(link) = at.map(|at| &self.links[at]) {
            elements.extend(link.element.clone());
            lacks.extend(link.lacks.iter().rev().cloned());
            at = link.before;
        }
        elements.reverse();
        lacks.reverse();
        (elements, lacks)
    }
}

impl Filler<'_> {
    /// The readings once this child has come, the best first.
    pub(super) fn follow(
        &mut self,
        arena: &mut Arena,
        threads: Vec<Thread>,
        child: &Rc<Element>,
    ) -> Vec<Thread> {
        let mut after = Vec::new();
        for thread in threads {
            let before = after.len();
            after.extend(self.taken(arena, &thread, child));
            if after[before..].iter().any(|next| next.cost == thread.cost) {
                continue;
            }
            for reached in self.reach(arena, thread).into_iter().skip(1) {
                after.extend(self.taken(arena, &reached, child));
            }
            if after.len() > before {
                continue;
            }
            after.push(self.left_out(arena, thread, child));
        }
        kept(after)
    }

    /// The reading without a child that it has no place for.
    fn left_out(&self, arena: &mut Arena, thread: Thread, child: &Element) -> Thread {
        if child.standing != Standing::Given {
            return Thread { cost: thread.cost.saturating_add(PUT), ..thread };
        }
        let mut lack = self.lack(What::Unexpected, &child.name);
        lack.mark = child.mark.or(lack.mark);
        let last = arena.link(thread.last, None, vec![Rc::new(lack)]);
        Thread { cost: thread.cost.saturating_add(UNEXPECTED), last, ..thread }
    }

    /// The reading as it is, then after each of the elements that must come next, and so on.
    pub(super) fn reach(&mut self, arena: &mut Arena, thread: Thread) -> Vec<Thread> {
        let mut reach = vec![thread];
        let mut at = 0;
        while at < reach.len() && reach.len() < REACH {
            let here = reach[at];
            for (symbol, left) in self.derivatives.required(here.at) {
                let needed = self.needed(symbol);
                reach.push(arena.then(&here, needed, left));
            }
            at += 1;
        }
        reach
    }

    /// The best reading of all, once what must still come has.
    pub(super) fn ended(&mut self, arena: &mut Arena, threads: Vec<Thread>) -> Thread {
        let first = threads.first().copied();
        let mut ends: Vec<Thread> = Vec::new();
        for thread in threads {
            let reach = self.reach(arena, thread).into_iter();
            ends.extend(reach.filter(|end| self.derivatives.patterns.is_nullable(end.at)));
        }
        let best = kept(ends).into_iter().next();
        best.or(first).unwrap_or(Thread { at: EMPTY, cost: 0, last: None })
    }

    /// The readings in which the child comes right now: one for each thing that it turns out to be.
    fn taken(&mut self, arena: &mut Arena, thread: &Thread, child: &Rc<Element>) -> Vec<Thread> {
        let mut ways: Vec<(Done, Vec<SymbolId>)> = Vec::new();
        for symbol in self.named(thread.at, &child.name) {
            let done = self.complete(child, symbol);
            let same = ways.iter_mut().find(|(way, _)| way.is_like(&done));
            match same {
                Some((way, symbols)) => {
                    *way = way.or(&done);
                    symbols.push(symbol);
                }
                None => ways.push((done, vec![symbol])),
            }
        }
        let mut next = Vec::new();
        for (done, symbols) in ways {
            let set: SetId = self.derivatives.set(symbols);
            let left = self.derivatives.after(thread.at, set);
            next.push(arena.then(thread, done, left));
        }
        next
    }
}

/// The best, one for each place where a content may be.
fn kept(mut threads: Vec<Thread>) -> Vec<Thread> {
    threads.sort_by_key(|thread| thread.cost);
    let most = threads.first().map_or(0, |best| best.cost.saturating_add(SLACK));
    let mut kept: Vec<Thread> = Vec::new();
    for thread in threads.into_iter().take_while(|thread| thread.cost <= most) {
        if kept.len() < WIDTH && kept.iter().all(|other| other.at != thread.at) {
            kept.push(thread);
        }
    }
    kept
}

impl Done {
    /// Whether both are the same but for what they want.
    fn is_like(&self, other: &Done) -> bool {
        let of_lacks = || self.lacks.iter().zip(&other.lacks).all(|(one, other)| one.is_like(other));
        self.cost == other.cost
            && self.lacks.len() == other.lacks.len()
            && of_lacks()
            && (!self.lacks.is_empty() || self.element == other.element)
    }

    fn or(&self, other: &Done) -> Done {
        let lacks = self.lacks.iter().zip(&other.lacks).map(|(one, other)| Rc::new(one.or(other))).collect();
        Done { lacks, ..self.clone() }
    }
}
