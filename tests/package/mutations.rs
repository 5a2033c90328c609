//! Good files with a few bytes changed, thousands of times: each is answered, none makes the program fail.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};

use chartrier::cli::check;
use chartrier::model::Limits;

use super::kinds::{bzip2, gzip, tar, zip};

/// A small generator of repeatable numbers (Knuth's MMIX).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % bound.max(1)
    }
}

#[test]
fn a_changed_byte_is_answered_never_a_failure() {
    let manifest = include_bytes!("../fixtures/seda/refused/unit.no_title/manifest.xml");
    let entries: [(&str, &[u8]); 2] = [("manifest.xml", manifest), ("content/a.pdf", b"%PDF-1.4\n%%EOF\n")];
    let tar = tar(&entries);
    let seeds = [manifest.to_vec(), zip(&entries), gzip(&tar), bzip2(&tar), tar];
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let limits = Limits { expanded_bytes_max: 1 << 20, entries_max: 100, ..Limits::default() };
    let mut numbers = Numbers(20_261_124);
    for seed in &seeds {
        for _ in 0..600 {
            let mut bytes = seed.clone();
            for _ in 0..=numbers.below(4) {
                let at = numbers.below(bytes.len());
                match numbers.below(4) {
                    0 => bytes[at] = u8::try_from(numbers.below(256)).unwrap_or_default(),
                    1 => bytes[at] ^= 1 << numbers.below(8),
                    2 => bytes[at] = 0xff,
                    _ => bytes.truncate(at.max(1)),
                }
            }
            let mut file: File = tempfile::tempfile().expect("a temporary file");
            file.write_all(&bytes).expect("written");
            file.seek(SeekFrom::Start(0)).expect("rewound");
            let verdict = check::check(file, scratch.path(), &limits);
            assert!(verdict.is_ok(), "{verdict:?} for {}", hex::encode(&bytes));
        }
    }
}
