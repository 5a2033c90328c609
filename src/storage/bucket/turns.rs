//! One maker at a time of one object, in this process: a bucket has no locks. Makers in several processes write
//! the same bytes, which does no harm.

use std::collections::HashSet;
use std::sync::{Condvar, Mutex, PoisonError};

#[derive(Debug, Default)]
pub(super) struct Turns {
    taken: Mutex<HashSet<String>>,
    given_back: Condvar,
}

/// The only turn for a target, until dropped.
pub(super) struct Turn<'a> {
    turns: &'a Turns,
    target: String,
}

impl Turns {
    /// Waits for whoever makes the same.
    pub fn take(&self, target: &str) -> Turn<'_> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        while taken.contains(target) {
            taken = self.given_back.wait(taken).unwrap_or_else(PoisonError::into_inner);
        }
        taken.insert(target.to_string());
        Turn { turns: self, target: target.to_string() }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.turns.taken.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.target);
        self.turns.given_back.notify_all();
    }
}
