//! What is waited for past a file's head: where a run of bytes goes by, what surrounds it is kept.
//!
//! Never keeps more than [`KEPT_BYTES_MAX`]: past it, waiting is over and said so.

use aho_corasick::packed;
use aho_corasick::{AhoCorasick, Match, Span};

/// Bytes kept before and after a run.
const AROUND: usize = 4 << 10;
/// Bytes kept in all.
const KEPT_BYTES_MAX: usize = 256 << 10;
/// Runs shorter are everywhere.
const RUN_BYTES_MIN: usize = 4;
/// Bytes of a run that are waited for: its first.
const RUN_BYTES_MAX: usize = 64;

/// Searches for several runs at once.
#[derive(Debug)]
struct Searcher {
    /// Where the processor has the instructions, and the runs are few: several times quicker.
    quick: Option<packed::Searcher>,
    any: AhoCorasick,
    longest: usize,
}

impl Searcher {
    fn new(runs: &[&[u8]]) -> Option<Self> {
        let any = AhoCorasick::new(runs).ok()?;
        Some(Self { quick: packed::Searcher::new(runs), longest: any.max_pattern_len(), any })
    }

    fn find(&self, bytes: &[u8], from: usize) -> Option<Match> {
        let span = Span { start: from, end: bytes.len() };
        match &self.quick {
            Some(quick) => quick.find_in(bytes, span),
            None => self.any.find(aho_corasick::Input::new(bytes).span(span)),
        }
    }
}

/// Watches bytes go by.
#[derive(Debug)]
pub struct Watch {
    searcher: Option<Searcher>,
    /// The last bytes gone by, then those at hand.
    window: Vec<u8>,
    /// Place of the window's first byte.
    at: u64,
    kept: Vec<(u64, Vec<u8>)>,
    /// Where what is being kept ends.
    until: u64,
    is_cut: bool,
}

impl Watch {
    /// Waits for these runs in what follows the head.
    pub fn new(runs: &[&[u8]], head: &[u8]) -> Self {
        let long = runs.iter().filter(|run| run.len() >= RUN_BYTES_MIN);
        let long: Vec<&[u8]> = long.map(|run| &run[..run.len().min(RUN_BYTES_MAX)]).collect();
        let searcher = if long.is_empty() { None } else { Searcher::new(&long) };
        let before = head.len().saturating_sub(AROUND);
        let window = if searcher.is_some() { head[before..].to_vec() } else { Vec::new() };
        Self { searcher, window, at: before as u64, kept: Vec::new(), until: 0, is_cut: false }
    }

    /// Whether anything is waited for.
    pub fn is_waiting(&self) -> bool {
        self.searcher.is_some()
    }

    /// The next bytes.
    pub fn feed(&mut self, bytes: &[u8]) {
        let Some(searcher) = &self.searcher else { return };
        let gone = self.window.len();
        self.window.extend_from_slice(bytes);
        let fresh = self.at + gone as u64;
        if let Some((at, kept)) = self.kept.last_mut() {
            let end = *at + kept.len() as u64;
            if self.until > end && end == fresh {
                kept.extend_from_slice(&bytes[..bytes.len().min((self.until - end) as usize)]);
            }
        }
        // A run that began before these bytes and ends in them is found as well.
        let mut from = gone.saturating_sub(searcher.longest - 1);
        while let Some(hit) = searcher.find(&self.window, from) {
            let (first, end) = (hit.start(), hit.end());
            from = end;
            if end <= gone || self.at + end as u64 + AROUND as u64 / 2 <= self.until {
                continue;
            }
            keep(&mut self.kept, (self.at, &self.window), first, end);
            if self.kept.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() > KEPT_BYTES_MAX {
                (self.searcher, self.is_cut) = (None, true);
                self.window = Vec::new();
                return;
            }
            self.until = self.at + (end + AROUND) as u64;
        }
        let old = self.window.len().saturating_sub(AROUND);
        self.window.drain(..old);
        self.at += old as u64;
    }

    /// What was kept, in order.
    pub fn kept(&self) -> impl Iterator<Item = (u64, &[u8])> {
        self.kept.iter().map(|(at, bytes)| (*at, bytes.as_slice()))
    }

    /// Whether more was to be kept than may be.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }
}

/// Keeps what surrounds a run, as far as it has gone by; joined to what was kept before it when they touch.
fn keep(kept: &mut Vec<(u64, Vec<u8>)>, (at, window): (u64, &[u8]), first: usize, end: usize) {
    let (low, high) = (first.saturating_sub(AROUND), window.len().min(end + AROUND));
    if let Some((place, bytes)) = kept.last_mut() {
        let last = *place + bytes.len() as u64;
        if last >= at + low as u64 {
            let from = (last - at) as usize;
            bytes.extend_from_slice(window.get(from..high).unwrap_or(&[]));
            return;
        }
    }
    kept.push((at + low as u64, window[low..high].to_vec()));
}
