//! The parts of a file that were kept: its head, its tail, and what was found between.
//!
//! Never reads. A place is an offset from the file's first byte; bytes that were not kept match nothing.

use std::ops::ControlFlow;

use super::chain::Work;
use super::pattern::Pattern;

/// Kept parts, by their beginning. They may overlap: what lies across the end of one is then in the next.
#[derive(Clone, Debug)]
pub struct View<'a> {
    parts: Vec<(u64, &'a [u8])>,
    size_bytes: u64,
}

impl<'a> View<'a> {
    /// Parts of a file of this size.
    pub fn of_parts(parts: Vec<(u64, &'a [u8])>, size_bytes: u64) -> Self {
        debug_assert!(parts.is_sorted_by_key(|(at, _)| *at));
        Self { parts, size_bytes }
    }

    /// Bytes of the file.
    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// Bytes from the first.
    pub fn head(&self) -> &'a [u8] {
        self.parts.first().filter(|(at, _)| *at == 0).map_or(&[], |(_, bytes)| bytes)
    }

    /// The kept bytes between two places, part by part.
    pub fn between(&self, low: u64, high: u64) -> impl Iterator<Item = (u64, &'a [u8])> {
        self.parts.iter().filter_map(move |&(at, bytes)| {
            let first = low.saturating_sub(at).min(bytes.len() as u64) as usize;
            let last = high.saturating_sub(at).min(bytes.len() as u64) as usize;
            (first < last).then(|| (at + first as u64, &bytes[first..last]))
        })
    }

    /// `width` bytes at a place, when they were kept.
    pub fn at(&self, place: u64, width: usize) -> Option<&'a [u8]> {
        self.parts.iter().find_map(|&(at, bytes)| {
            let first = usize::try_from(place.checked_sub(at)?).ok()?;
            bytes.get(first..first.checked_add(width)?)
        })
    }

    /// Calls `found` with each place, from `low` to `high`, where the pattern begins, in order, until it breaks or the
    /// work allowed is done.
    pub fn each(
        &self,
        pattern: &Pattern,
        (low, high): (u64, u64),
        work: &mut Work,
        mut found: impl FnMut(u64) -> ControlFlow<()>,
    ) {
        let width = pattern.width() as u64;
        for (at, bytes) in self.between(low, high.saturating_add(width)) {
            let Some(last) = bytes.len().checked_sub(pattern.width()) else { continue };
            if last == 0 {
                work.spend(pattern.width());
                if !work.is_over() && pattern.begins(bytes) && found(at).is_break() {
                    return;
                }
                continue;
            }
            let mut from = 0;
            while from <= last {
                let next = match pattern.literal() {
                    Some(literal) => {
                        let zone = &bytes[from + literal.at..=last + literal.at + literal.bytes().len() - 1];
                        let hit = literal.finder.find(zone);
                        work.spend(hit.map_or(zone.len(), |hit| hit + 8));
                        hit
                    }
                    None => {
                        work.spend(pattern.width());
                        Some(0)
                    }
                };
                let Some(next) = next.filter(|_| !work.is_over()) else { break };
                from += next;
                if pattern.begins(&bytes[from..]) && found(at + from as u64).is_break() {
                    return;
                }
                from += 1;
            }
            if work.is_over() {
                return;
            }
        }
    }
}
