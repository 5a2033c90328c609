//! What is said twice among any number of things, found by sorting their digests.
//!
//! Digests are 128 bits under a key drawn for each run: nobody can write two texts that share one.

use std::hash::{BuildHasher, Hash, RandomState};
use std::io;

use super::Scratch;
use super::sort::{Sorted, Sorter};

/// The key of one run.
#[derive(Debug, Default)]
pub struct Keys(RandomState, RandomState);

impl Keys {
    /// What stands for a value: equal for equal ones, different for others.
    pub fn digest(&self, value: impl Hash) -> [u8; 16] {
        (u128::from(self.0.hash_one(&value)) << 64 | u128::from(self.1.hash_one(&value))).to_be_bytes()
    }
}

/// Gathers things, each with a number that says where it is.
#[derive(Debug)]
pub struct Repeats {
    keys: Keys,
    rows: Sorter<24>,
    scratch: Scratch,
}

impl Repeats {
    /// Nothing yet.
    pub fn new(scratch: &Scratch) -> Self {
        Self { keys: Keys::default(), rows: Sorter::new(scratch), scratch: scratch.clone() }
    }

    /// Adds one.
    ///
    /// # Errors
    /// When the scratch fails.
    pub fn push(&mut self, thing: impl Hash, place: u64) -> io::Result<()> {
        let mut row = [0; 24];
        row[..16].copy_from_slice(&self.keys.digest(thing));
        row[16..].copy_from_slice(&place.to_be_bytes());
        self.rows.push(row)
    }

    /// The place of each that repeats one, with the place of the one before it, in the order of places.
    ///
    /// # Errors
    /// When the scratch fails.
    pub fn finish(self) -> io::Result<Pairs> {
        let mut pairs = Sorter::<16>::new(&self.scratch);
        let mut rows = self.rows.finish()?;
        let mut before: Option<[u8; 24]> = None;
        while let Some(row) = rows.next()? {
            if let Some(before) = before.filter(|before| before[..16] == row[..16]) {
                let mut pair = [0; 16];
                pair[..8].copy_from_slice(&row[16..]);
                pair[8..].copy_from_slice(&before[16..]);
                pairs.push(pair)?;
            }
            before = Some(row);
        }
        Ok(Pairs(pairs.finish()?))
    }
}

/// Pairs of places: what repeats, what it repeats.
#[derive(Debug)]
pub struct Pairs(Sorted<16>);

impl Iterator for Pairs {
    type Item = io::Result<(u64, u64)>;

    fn next(&mut self) -> Option<Self::Item> {
        let halves = |pair: [u8; 16]| {
            let pair = u128::from_be_bytes(pair);
            ((pair >> 64) as u64, pair as u64)
        };
        self.0.next().transpose().map(|pair| pair.map(halves))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_again_is_told_with_what_it_repeats() {
        for scratch in [Scratch::memory(), Scratch::new(tempfile::tempfile).keeping(50)] {
            let mut repeats = Repeats::new(&scratch);
            for (place, text) in ["a", "b", "c", "b", "a", "b", "d"].iter().enumerate() {
                repeats.push(text, place as u64).unwrap();
            }
            let pairs: Vec<(u64, u64)> = repeats.finish().unwrap().collect::<Result<_, _>>().unwrap();
            assert_eq!(pairs, [(3, 1), (4, 0), (5, 3)]);
        }
    }
}
