//! Texts kept once each, by number.
//!
//! Never forgets one: who adds bounds them.

use std::collections::HashMap;
use std::sync::Arc;

/// Texts and their numbers, from 0.
#[derive(Default)]
pub struct Interner {
    numbers: HashMap<Arc<str>, u32>,
    texts: Vec<Arc<str>>,
    bytes: usize,
}

impl Interner {
    /// The number of a text that is kept.
    pub fn find(&self, text: &str) -> Option<u32> {
        self.numbers.get(text).copied()
    }

    /// The number of a text, kept from now on.
    pub fn add(&mut self, text: &str) -> u32 {
        if let Some(number) = self.find(text) {
            return number;
        }
        let number = super::scope::number(self.texts.len());
        let kept: Arc<str> = Arc::from(text);
        self.bytes += kept.len();
        self.texts.push(Arc::clone(&kept));
        self.numbers.insert(kept, number);
        number
    }

    /// The text of a number this gave.
    #[inline]
    pub fn text(&self, number: u32) -> &str {
        self.texts.get(number as usize).map_or("", |text| text)
    }

    /// How many texts are kept.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Their bytes together.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}
