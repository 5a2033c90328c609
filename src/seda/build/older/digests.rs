//! Digests that the header of 0.2 lists by file name, until the documents that name the files.
//!
//! Bounded: names are held as keyed hashes, never as text; algorithm and digest are cut to what any of them takes.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;

use crate::seda::digest::Algorithm;

/// More than the base64 of the hexadecimal text of the longest digest.
const DIGEST_BYTES_MAX: usize = 300;
const ALGORITHM_BYTES_MAX: usize = 100;

type Key = (u64, u64);

struct Entry {
    /// Held once, however many bear it.
    algorithm: Arc<str>,
    digest: Box<str>,
    /// Key of the name without its folders.
    last: Key,
    line: u64,
    is_used: bool,
}

/// Digests by file name.
pub(super) struct Digests {
    hashers: (RandomState, RandomState),
    by_name: HashMap<Key, Entry>,
    /// Names without their folders, `None` when two files share one; made when first asked for.
    by_last: Option<HashMap<Key, Option<Key>>>,
    algorithms: HashSet<Arc<str>>,
    most: usize,
}

impl Digests {
    pub fn new(most: usize) -> Self {
        Self {
            hashers: (RandomState::new(), RandomState::new()),
            by_name: HashMap::new(),
            by_last: None,
            algorithms: HashSet::new(),
            most,
        }
    }

    fn key(&self, name: &str) -> Key {
        (self.hashers.0.hash_one(name), self.hashers.1.hash_one(name))
    }

    /// One more; past the bound they are forgotten, the documents that would need them being too many as well. Of two
    /// for one file, the better algorithm.
    pub fn add(&mut self, name: &str, algorithm: &str, digest: &str, line: u64) {
        if self.by_name.len() >= self.most {
            return;
        }
        let cut = |text: &str, most| text[..text.floor_char_boundary(most)].to_owned();
        let algorithm: Arc<str> = cut(algorithm, ALGORITHM_BYTES_MAX).into();
        let algorithm = self.algorithms.get(&algorithm).cloned().unwrap_or_else(|| {
            self.algorithms.insert(Arc::clone(&algorithm));
            algorithm
        });
        let (key, last) = (self.key(name), self.key(last_part(name)));
        let digest = cut(digest, DIGEST_BYTES_MAX).into();
        let entry = Entry { algorithm, digest, last, line, is_used: false };
        if self.by_name.get(&key).is_none_or(|known| strength(known) < strength(&entry)) {
            self.by_name.insert(key, entry);
            if let Some(by_last) = &mut self.by_last {
                share(by_last, last, key);
            }
        }
    }

    /// Algorithm and digest of a file, by its whole name, else by its last part when it is that of one file alone.
    pub fn take(&mut self, name: &str) -> Option<(String, String)> {
        let mut key = self.key(name);
        if !self.by_name.contains_key(&key) {
            let last = self.key(last_part(name));
            let by_last = self.by_last.get_or_insert_with(|| by_last(&self.by_name));
            key = by_last.get(&last).copied().flatten()?;
        }
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

fn by_last(by_name: &HashMap<Key, Entry>) -> HashMap<Key, Option<Key>> {
    let mut by_last = HashMap::new();
    by_name.iter().for_each(|(key, entry)| share(&mut by_last, entry.last, *key));
    by_last
}

/// One more file of this last part.
fn share(by_last: &mut HashMap<Key, Option<Key>>, last: Key, key: Key) {
    let file = by_last.entry(last).or_insert(Some(key));
    if *file != Some(key) {
        *file = None;
    }
}

fn last_part(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

fn strength(entry: &Entry) -> usize {
    Algorithm::from_spelling(&entry.algorithm).map_or(0, Algorithm::length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_found_by_the_name_or_by_a_last_part_no_other_file_has() {
        let mut digests = Digests::new(4);
        digests.add("a/x", "MD5", "1", 1);
        assert_eq!(digests.take("x"), Some(("MD5".into(), "1".into())));
        digests.add("a/x", "SHA-256", "2", 2);
        assert_eq!(digests.take("b/x"), Some(("SHA-256".into(), "2".into())));
        digests.add("b/x", "SHA-256", "3", 3);
        assert_eq!(digests.take("x"), None);
        assert_eq!(digests.take("b/x"), Some(("SHA-256".into(), "3".into())));
        digests.add("c", "SHA-256", "4", 4);
        digests.add("d", "SHA-256", "5", 5);
        digests.add("e", "SHA-256", "6", 6);
        assert_eq!((digests.take("e"), digests.unused()), (None, vec![4, 5]));
    }
}
