//! A pseudo-random generator that gives the same on every machine: a difference is found again from its seed.
//!
//! Never used for secrets. `SplitMix64`, which passes the usual batteries and is three lines.

/// Its state is all of it: the same seed gives the same sequence.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// From a seed and what is being made (a version, a batch): unrelated sequences for unrelated things.
    pub fn new(seed: u64, of: &str, batch: u64) -> Self {
        let mut state = seed ^ batch.wrapping_mul(0xD6E8_FEB8_6659_FD93);
        for byte in of.bytes() {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
        Self(state)
    }

    /// Any number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; 0 when there is none.
    pub fn below(&mut self, bound: usize) -> usize {
        if bound == 0 { 0 } else { (self.next() % bound as u64) as usize }
    }

    /// True so many times in a hundred.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of these.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }

    /// One of these, which are known to be there.
    pub fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of.get(self.below(of.len())).copied().unwrap_or_default()
    }
}
