//! The characters a pattern tells apart: each set it names cut into letters, so that it is matched letter by letter.
//!
//! Never more than 256 letters. The one thing to know: two characters have the same letter when every set of the pattern
//! holds both or neither; `\p{L}{1,35}` then costs thirty-five steps, not thirty-five tables.

use std::collections::HashMap;

use regex_syntax::hir::{ClassBytes, ClassBytesRange, ClassUnicode};

/// Sets of a pattern, each held once.
#[derive(Default)]
pub(super) struct Sets {
    sets: Vec<ClassUnicode>,
    known: HashMap<Box<[(char, char)]>, usize>,
}

/// Which sets hold a character.
type Holders = [u64; 4];

/// More distinct sets than these make a pattern too complex.
const MOST_SETS: usize = 256;

/// A letter for each character.
pub(super) struct Alphabet {
    ascii: [u8; 128],
    /// Where each run of characters of one letter begins.
    starts: Box<[u32]>,
    letters: Box<[u8]>,
}

impl Sets {
    /// The number of a set; `None` when there are too many.
    pub fn number(&mut self, set: ClassUnicode) -> Option<usize> {
        let ranges = set.iter().map(|range| (range.start(), range.end())).collect();
        let next = self.sets.len();
        let number = *self.known.entry(ranges).or_insert(next);
        if number == next {
            self.sets.push(set);
        }
        (number < MOST_SETS).then_some(number)
    }

    /// Letters for all characters, and the letters of each set; `None` when there are too many.
    pub fn letters(&self) -> Option<(Alphabet, Vec<ClassBytes>)> {
        let mut letters: HashMap<Holders, u8> = HashMap::new();
        let mut alphabet = (Vec::new(), Vec::new());
        for (start, holders) in self.runs() {
            let next = letters.len();
            let letter = match letters.get(&holders) {
                Some(&letter) => letter,
                None => *letters.entry(holders).or_insert(u8::try_from(next).ok()?),
            };
            alphabet.0.push(start);
            alphabet.1.push(letter);
        }
        let classes = (0..self.sets.len()).map(|set| {
            let held = letters.iter().filter(|(holders, _)| holders[set / 64] >> (set % 64) & 1 == 1);
            ClassBytes::new(held.map(|(_, &letter)| ClassBytesRange::new(letter, letter)))
        });
        Some((Alphabet::new(alphabet.0.into(), alphabet.1.into()), classes.collect()))
    }

    /// Where who holds the characters changes, from the first character on.
    fn runs(&self) -> Vec<(u32, Holders)> {
        let mut changes: Vec<(u32, usize)> = Vec::new();
        for (set, class) in self.sets.iter().enumerate() {
            for range in class.iter() {
                changes.push((u32::from(range.start()), set));
                changes.push((u32::from(range.end()) + 1, set));
            }
        }
        changes.sort_unstable();
        let mut holders = Holders::default();
        let mut runs = vec![(0, holders)];
        for (at, set) in changes {
            holders[set / 64] ^= 1 << (set % 64);
            match runs.last_mut() {
                Some(last) if last.0 == at => last.1 = holders,
                _ => runs.push((at, holders)),
            }
        }
        runs
    }
}

impl Alphabet {
    fn new(starts: Box<[u32]>, letters: Box<[u8]>) -> Self {
        let mut alphabet = Self { ascii: [0; 128], starts, letters };
        for code in 0..128_u8 {
            alphabet.ascii[usize::from(code)] = alphabet.searched(u32::from(code));
        }
        alphabet
    }

    /// The letter of a character.
    pub fn letter(&self, character: char) -> u8 {
        match self.ascii.get(character as usize) {
            Some(&letter) => letter,
            None => self.searched(u32::from(character)),
        }
    }

    fn searched(&self, code: u32) -> u8 {
        let after = self.starts.partition_point(|&start| start <= code);
        self.letters[after.saturating_sub(1)]
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        self.ascii.len() + self.letters.len() * 5
    }
}
