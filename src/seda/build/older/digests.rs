//! Digests that the header of 0.2 lists by file name, until the documents that name the files.
//!
//! Bounded: names are held as keyed hashes, never as text; algorithm and digest are cut to what any of them takes.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};

use crate::seda::digest::Algorithm;

/// More than the base64 of the hexadecimal text of the longest digest.
const DIGEST_BYTES_MAX: usize = 300;
const ALGORITHM_BYTES_MAX: usize = 100;

type Key = (u64, u64);

struct Entry {
    algorithm: Box<str>,
    digest: Box<str>,
    line: u64,
    is_used: bool,
}

/// Digests by file name.
pub(super) struct Digests {
    hashers: (RandomState, RandomState),
    by_name: HashMap<Key, Entry>,
    /// Names without their folders; `None` when two files share one.
    by_last: HashMap<Key, Option<Key>>,
    most: usize,
}

impl Digests {
    pub fn new(most: usize) -> Self {
        Self {
            hashers: (RandomState::new(), RandomState::new()),
            by_name: HashMap::new(),
            by_last: HashMap::new(),
            most,
        }
    }

    fn key(&self, name: &str) -> Key {
        (self.hashers.0.hash_one(name), self.hashers.1.hash_one(name))
    }

    /// One more; past the bound they are forgotten, the documents that would need them being too many as well. Of two
    /// for one file, the better algorithm.
    pub fn add(&mut self, name: &str, algorithm: String, digest: String, line: u64) {
        if self.by_name.len() >= self.most {
            return;
        }
        let (key, last) = (self.key(name), self.key(last_part(name)));
        let cut = |text: String, most| text[..text.floor_char_boundary(most)].into();
        let entry = Entry {
            algorithm: cut(algorithm, ALGORITHM_BYTES_MAX),
            digest: cut(digest, DIGEST_BYTES_MAX),
            line,
            is_used: false,
        };
        if self.by_name.get(&key).is_some_and(|known| strength(known) >= strength(&entry)) {
            return;
        }
        self.by_name.insert(key, entry);
        let shared = self.by_last.entry(last).or_insert(Some(key));
        if *shared != Some(key) {
            *shared = None;
        }
    }

    /// Algorithm and digest of a file, by its whole name, else by its last part when it is that of one file alone.
    pub fn take(&mut self, name: &str) -> Option<(String, String)> {
        let key = self.key(name);
        let key = if self.by_name.contains_key(&key) {
            key
        } else {
            self.by_last.get(&self.key(last_part(name))).copied().flatten()?
        };
        let entry = self.by_name.get_mut(&key)?;
        entry.is_used = true;
        Some((entry.algorithm.to_string(), entry.digest.to_string()))
    }

    /// Lines of those no document asked for, in order.
    pub fn unused(&self) -> Vec<u64> {
        let mut lines: Vec<u64> =
            self.by_name.values().filter(|entry| !entry.is_used).map(|entry| entry.line).collect();
        lines.sort_unstable();
        lines
    }
}

fn last_part(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

fn strength(entry: &Entry) -> usize {
    Algorithm::from_spelling(&entry.algorithm).map_or(0, Algorithm::length)
}
