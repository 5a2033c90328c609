//! Any number of short rows put in order: sorted in memory, in runs written one after the other, merged at the end.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io;

use super::Scratch;
use super::bytes::{Bytes, Window};

/// Bytes read at once from each run while they are merged.
const BLOCK_BYTES: usize = 32 << 10;

/// Gathers rows of `N` bytes, to be given back in their order as bytes.
#[derive(Debug)]
pub struct Sorter<const N: usize> {
    rows: Vec<[u8; N]>,
    rows_max: usize,
    runs: Bytes,
    /// Where each run ends.
    ends: Vec<u64>,
}

impl<const N: usize> Sorter<N> {
    /// None yet.
    pub fn new(scratch: &Scratch) -> Self {
        let rows_max = (scratch.memory_bytes / N).max(1);
        // A run goes to the file as it is: it was in memory long enough.
        let runs = Bytes::new(&scratch.clone().keeping(0));
        Self { rows: Vec::new(), rows_max, runs, ends: Vec::new() }
    }

    /// Adds one.
    ///
    /// # Errors
    /// When the scratch fails.
    pub fn push(&mut self, row: [u8; N]) -> io::Result<()> {
        if self.rows.len() >= self.rows_max {
            self.rows.sort_unstable();
            self.runs.append(self.rows.as_flattened())?;
            self.ends.push(self.runs.len());
            self.rows.clear();
        }
        self.rows.push(row);
        Ok(())
    }

    /// All of them, sorted.
    ///
    /// # Errors
    /// When the scratch fails.
    pub fn finish(mut self) -> io::Result<Sorted<N>> {
        self.rows.sort_unstable();
        let mut start = 0;
        let mut windows = Vec::with_capacity(self.ends.len());
        for end in self.ends {
            windows.push(Window::new(start, end).in_blocks_of(BLOCK_BYTES));
            start = end;
        }
        let mut sorted =
            Sorted { rows: self.rows, used: 0, runs: self.runs, windows, heads: BinaryHeap::new() };
        for run in 0..=sorted.windows.len() {
            sorted.refill(run)?;
        }
        Ok(sorted)
    }
}

/// Rows in order.
#[derive(Debug)]
pub struct Sorted<const N: usize> {
    /// The last run, which stayed in memory.
    rows: Vec<[u8; N]>,
    used: usize,
    runs: Bytes,
    windows: Vec<Window>,
    /// The first row of each run, with its run.
    heads: BinaryHeap<Reverse<([u8; N], usize)>>,
}

impl<const N: usize> Sorted<N> {
    /// The next row, if one is left.
    ///
    /// # Errors
    /// When the scratch cannot be read.
    pub fn next(&mut self) -> io::Result<Option<[u8; N]>> {
        let Some(Reverse((row, run))) = self.heads.pop() else { return Ok(None) };
        self.refill(run)?;
        Ok(Some(row))
    }

    fn refill(&mut self, run: usize) -> io::Result<()> {
        let mut row = [0; N];
        let is_some = match self.windows.get_mut(run) {
            Some(window) => window.take(&self.runs, &mut row)?,
            None => match self.rows.get(self.used) {
                Some(next) => {
                    row = *next;
                    self.used += 1;
                    true
                }
                None => false,
            },
        };
        if is_some {
            self.heads.push(Reverse((row, run)));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_in_order_however_many_runs_they_made() {
        for scratch in [Scratch::memory(), Scratch::new(tempfile::tempfile).keeping(1_000)] {
            let mut sorter = Sorter::<8>::new(&scratch);
            // A prime step visits every number once, in a scattered order.
            for n in 0..10_007u64 {
                sorter.push((n * 7_919 % 10_007).to_be_bytes()).unwrap();
            }
            assert_eq!(sorter.ends.is_empty(), scratch.open.is_none());
            let mut sorted = sorter.finish().unwrap();
            for n in 0..10_007u64 {
                assert_eq!(sorted.next().unwrap(), Some(n.to_be_bytes()));
            }
            assert_eq!(sorted.next().unwrap(), None);
        }
    }
}
