//! A byte sequence as a chain: segments in order, each one of several patterns, with gaps between, held at the file's
//! beginning, at its end, or nowhere.
//!
//! Never backtracks: the places where a segment may end are carried as a set to the next, so that the cost of a chain is at
//! most its length times the bytes kept, whatever the bytes. Offsets count as DROID counts them.

use std::ops::ControlFlow;

use super::pattern::Pattern;
use super::view::View;

/// "Any distance", small enough to add up.
pub const FAR: u64 = u64::MAX >> 16;

/// A distance in bytes, at least and at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    pub min: u64,
    pub max: u64,
}

impl Gap {
    /// Nothing between.
    pub const NONE: Self = Self { min: 0, max: 0 };
    /// Anything between.
    pub const ANY: Self = Self { min: 0, max: FAR };

    /// A distance; what is past `FAR` is `FAR`.
    pub fn new(min: u64, max: Option<u64>) -> Self {
        let min = min.min(FAR);
        Self { min, max: max.unwrap_or(FAR).clamp(min, FAR) }
    }

    /// One distance after the other.
    pub fn plus(self, other: Self) -> Self {
        Self { min: (self.min + other.min).min(FAR), max: (self.max + other.max).min(FAR) }
    }

    fn widened(self, other: Self) -> Self {
        Self { min: self.min.min(other.min), max: self.max.max(other.max) }
    }
}

/// A pattern, the distance from what precedes it, and the one to what follows.
#[derive(Clone, Debug)]
pub struct Alternative {
    pub before: Gap,
    pub pattern: Pattern,
    pub after: Gap,
}

impl Alternative {
    /// A pattern right after what precedes it.
    pub fn plain(pattern: Pattern) -> Self {
        Self { before: Gap::NONE, pattern, after: Gap::NONE }
    }

    /// From where it is looked for to where the next begins.
    pub fn extent(&self) -> Gap {
        let width = self.pattern.width() as u64;
        self.before.plus(Gap { min: width, max: width }).plus(self.after)
    }
}

/// Alternatives at one place of a chain.
pub type Segment = Vec<Alternative>;

/// Segments in order.
#[derive(Clone, Debug)]
pub struct Chain {
    /// From the file's first byte to the first segment.
    lead: Gap,
    segments: Vec<Segment>,
    /// Of each segment, the distance from its end to the file's end.
    rests: Vec<Gap>,
    /// Plain runs that it needs, far from what holds it: their numbers among the signatures' literals.
    pub needs: Vec<usize>,
}

/// The work allowed for one file, and whether it was enough.
#[derive(Debug)]
pub struct Work {
    left: usize,
}

impl Work {
    /// So many bytes to look at.
    pub fn new(bytes: usize) -> Self {
        Self { left: bytes }
    }

    /// Counts bytes looked at.
    pub fn spend(&mut self, bytes: usize) {
        self.left = self.left.saturating_sub(bytes);
    }

    /// Whether nothing is left: what was not found may be there.
    pub fn is_over(&self) -> bool {
        self.left == 0
    }
}

impl Chain {
    /// A chain of segments; `lead` from the file's beginning, `trail` to its end.
    pub fn new(lead: Gap, segments: Vec<Segment>, trail: Gap) -> Self {
        let mut rests = vec![trail; segments.len()];
        for at in (1..segments.len()).rev() {
            let extent = extent(&segments[at]);
            rests[at - 1] = rests[at].plus(extent);
        }
        Self { lead, segments, rests, needs: Vec::new() }
    }

    /// From the file's first byte to the first segment.
    pub fn lead(&self) -> Gap {
        self.lead
    }

    /// The segments, each with the distance from its end to the file's end.
    pub fn segments(&self) -> impl DoubleEndedIterator<Item = (&Segment, Gap)> {
        self.segments.iter().zip(self.rests.iter().copied())
    }

    /// Whether it is held at the file's end.
    pub fn is_of_end(&self) -> bool {
        self.rests.last().is_some_and(|trail| trail.max < FAR)
    }

    /// Whether nothing holds it.
    pub fn is_adrift(&self) -> bool {
        self.lead.max == FAR && !self.is_of_end()
    }

    /// Whether some of it may be anywhere: only then is it worth asking first for what it needs.
    pub fn is_loose(&self) -> bool {
        self.loose().next().is_some()
    }

    /// The segments that may be anywhere.
    pub fn loose(&self) -> impl Iterator<Item = &Segment> {
        let mut reach = self.lead;
        self.segments().filter_map(move |(segment, rest)| {
            let before = segment.iter().map(|one| one.before.max).max().unwrap_or(0);
            let is_loose = reach.max == FAR || before == FAR;
            reach = reach.plus(extent(segment));
            (is_loose && rest.max == FAR).then_some(segment)
        })
    }

    /// Whether the kept bytes hold it.
    pub fn is_in(&self, view: &View<'_>, work: &mut Work) -> bool {
        let mut bases = vec![(self.lead.min, self.lead.max)];
        for (at, segment) in self.segments.iter().enumerate() {
            let is_last = at + 1 == self.segments.len();
            let next_is_free =
                self.segments.get(at + 1).is_none_or(|next| next.iter().all(|one| one.before.max == FAR));
            bases = step(view, segment, self.rests[at], &bases, next_is_free, work);
            if bases.is_empty() || is_last {
                break;
            }
        }
        !bases.is_empty()
    }
}

/// From where a segment is looked for to where the next is, over its alternatives.
pub fn extent(segment: &Segment) -> Gap {
    let extents = segment.iter().map(Alternative::extent);
    extents.reduce(Gap::widened).unwrap_or(Gap::NONE)
}

/// Where the segment may end, distance to the next included: intervals, in order. Only the first when `first_only`.
fn step(
    view: &View<'_>,
    segment: &Segment,
    rest: Gap,
    bases: &[(u64, u64)],
    first_only: bool,
    work: &mut Work,
) -> Vec<(u64, u64)> {
    let Some(last) = view.size_bytes().checked_sub(rest.min) else { return Vec::new() };
    let first = view.size_bytes().saturating_sub(rest.max);
    let (mut ends, mut bound) = (Ends::default(), last);
    for Alternative { before, pattern, after } in segment {
        let width = pattern.width() as u64;
        // The end of the pattern, plus some distance after it, must lie between `first` and `bound`.
        let Some(high_end) = bound.checked_sub(after.min).and_then(|end| end.checked_sub(width)) else {
            continue;
        };
        let low_end = first.saturating_sub(after.max).saturating_sub(width);
        for starts in merged(bases, *before) {
            let range = (starts.0.max(low_end), starts.1.min(high_end));
            if range.0 > range.1 {
                continue;
            }
            let mut is_found = false;
            view.each(pattern, range, work, |place| {
                let end = place + width;
                ends.push((end + after.min).max(first), end.saturating_add(after.max).min(last));
                is_found = true;
                if first_only { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
            if is_found && first_only {
                bound = bound.min(ends.first());
                break;
            }
        }
        work.spend(1);
    }
    ends.into_sorted()
}

/// Where a pattern may begin: every base shifted, overlapping intervals made one.
fn merged(bases: &[(u64, u64)], gap: Gap) -> impl Iterator<Item = (u64, u64)> {
    let mut bases =
        bases.iter().map(move |(low, high)| (low + gap.min, high.saturating_add(gap.max).min(FAR)));
    let mut held = bases.next();
    std::iter::from_fn(move || {
        let (low, mut high) = held.take()?;
        for next in bases.by_ref() {
            if next.0 > high.saturating_add(1) {
                held = Some(next);
                break;
            }
            high = high.max(next.1);
        }
        Some((low, high))
    })
}

/// Intervals as they are found.
#[derive(Default)]
struct Ends {
    found: Vec<(u64, u64)>,
}

impl Ends {
    fn push(&mut self, low: u64, high: u64) {
        match self.found.last_mut() {
            Some((first, last)) if *first <= low && low <= last.saturating_add(1) => {
                *last = (*last).max(high);
            }
            _ => self.found.push((low, high)),
        }
    }

    fn first(&self) -> u64 {
        self.found.iter().map(|(low, _)| *low).min().unwrap_or(FAR)
    }

    fn into_sorted(mut self) -> Vec<(u64, u64)> {
        self.found.sort_unstable();
        self.found
    }
}
