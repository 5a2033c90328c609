//! Runs of bytes that may lie within bounds, searched in the part of the file where they may.
//!
//! Never decides: it tells which signatures are worth trying.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, BuildError, Input, MatchKind};
use memchr::memmem::Finder;

use super::chain::FAR;
use super::view::View;

/// Where the zones end in which runs are searched together; few signatures look past the first.
pub const TOGETHER: [u64; 2] = [4_096, 24 << 10];
/// Runs beyond these zones are searched one by one, while they are few.
const ALONE_MAX: usize = 24;

/// Where a run may lie, first place and last, and the signature it is of.
pub type Owner = (u64, u64, u32);

/// Runs whose place is known within bounds.
#[derive(Debug)]
pub struct Zone {
    from_end: bool,
    reach: u64,
    searcher: Searcher,
    runs: Vec<Run>,
}

#[derive(Debug)]
enum Searcher {
    Together(AhoCorasick),
    Alone(Vec<Finder<'static>>),
}

#[derive(Debug)]
struct Run {
    length: u64,
    /// Where it may lie, and for which signature.
    owners: Vec<Owner>,
    /// Itself, and the runs that it begins with.
    with: Vec<usize>,
}

impl Zone {
    /// A zone of these runs.
    ///
    /// # Errors
    /// There are too many for one searcher.
    pub fn new(from_end: bool, runs: BTreeMap<Vec<u8>, Vec<Owner>>) -> Result<Self, BuildError> {
        let ends =
            runs.iter().flat_map(|(run, owners)| owners.iter().map(|owner| owner.1 + run.len() as u64));
        let reach = ends.max().unwrap_or(0).min(FAR);
        let is_far = TOGETHER.iter().all(|zone| reach > *zone);
        let searcher = match is_far && runs.len() <= ALONE_MAX {
            true => Searcher::Alone(runs.keys().map(|run| Finder::new(run).into_owned()).collect()),
            false => {
                // Of the runs that begin at one place the longest is told; the others are known with it.
                let builder =
                    AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(runs.keys());
                Searcher::Together(builder?)
            }
        };
        let words: Vec<Vec<u8>> = runs.keys().cloned().collect();
        let beginning = |run: &[u8]| (0..words.len()).filter(|at| run.starts_with(&words[*at])).collect();
        let runs = runs.into_iter().map(|(run, owners)| Run {
            length: run.len() as u64,
            owners,
            with: beginning(&run),
        });
        Ok(Self { from_end, reach, searcher, runs: runs.collect() })
    }

    /// Adds the signatures whose run lies where it may.
    pub fn search(&self, view: &View<'_>, found: &mut Vec<u32>) {
        let size = view.size_bytes();
        let (low, high) = self.range((0, self.reach), size);
        match &self.searcher {
            Searcher::Together(searcher) => {
                for (at, bytes) in view.between(low, high) {
                    let mut input = Input::new(bytes);
                    while let Some(hit) = searcher.find(input.clone()) {
                        for &run in &self.runs[hit.pattern().as_usize()].with {
                            self.tell(run, at + hit.start() as u64, size, found);
                        }
                        input.set_start(hit.start() + 1);
                    }
                }
            }
            Searcher::Alone(finders) => {
                for (run, finder) in finders.iter().enumerate() {
                    let Run { length, owners, .. } = &self.runs[run];
                    let first = owners.iter().map(|owner| owner.0).min().unwrap_or(0);
                    let last = owners.iter().map(|owner| owner.1).max().unwrap_or(0).saturating_add(*length);
                    let (low, high) = self.range((first, last), size);
                    for (at, bytes) in view.between(low, high) {
                        let mut from = 0;
                        while let Some(next) = finder.find(&bytes[from..]) {
                            self.tell(run, at + (from + next) as u64, size, found);
                            from += next + 1;
                        }
                    }
                }
            }
        }
    }

    /// Places counted from the first byte.
    fn range(&self, (first, last): (u64, u64), size: u64) -> (u64, u64) {
        match self.from_end {
            false => (first, last),
            true => (size.saturating_sub(last), size.saturating_sub(first)),
        }
    }

    fn tell(&self, run: usize, place: u64, size: u64, found: &mut Vec<u32>) {
        let Run { length, owners, .. } = &self.runs[run];
        let place = if self.from_end { size - (place + length) } else { place };
        let owners = owners.iter().filter(|owner| (owner.0..=owner.1).contains(&place));
        found.extend(owners.map(|owner| owner.2));
    }
}
