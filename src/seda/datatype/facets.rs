//! Restrictions of a type: lengths, bounds, digits, patterns, enumerations.
//!
//! Never checks how a text is written, which is known when it comes here. The one thing to know: restrictions of
//! restrictions are kept flat, so that a type derived ten times costs no more than one.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::sync::Arc;

use super::atom::{Atom, Typed};
use super::binary::base64_length;
use super::decimal::Digits;
use super::regex::Pattern;
use super::{Prefixes, white};

/// Everything a text must also be.
#[derive(Clone)]
pub(super) struct Facets {
    /// Characters, bytes or words: at least, at most.
    pub lengths: (usize, usize),
    pub total_digits: usize,
    pub fraction_digits: usize,
    pub bounds: Vec<Bound>,
    /// Each must match.
    pub patterns: Vec<Pattern>,
    pub values: Option<Arc<Values>>,
}

/// A limit to what is ordered.
#[derive(Clone)]
pub(super) struct Bound {
    pub side: Side,
    pub is_excluded: bool,
    pub value: Typed,
    /// As written; `None` when the type's own name says it.
    pub written: Option<Box<str>>,
}

/// Which way a bound limits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Least,
    Greatest,
}

/// An enumeration.
pub(super) struct Values {
    pub set: ValueSet,
    /// The first ones as written, for messages.
    pub said: Vec<Box<str>>,
    pub count: usize,
}

/// Found by hash, thousands of them as well as two.
pub(super) enum ValueSet {
    /// Normalised texts.
    Texts(HashSet<Box<str>>),
    Typed(HashSet<Typed>),
}

impl Default for Facets {
    fn default() -> Self {
        Self {
            lengths: (0, usize::MAX),
            total_digits: usize::MAX,
            fraction_digits: usize::MAX,
            bounds: Vec::new(),
            patterns: Vec::new(),
            values: None,
        }
    }
}

impl Facets {
    /// What nothing fulfils.
    pub fn impossible() -> Self {
        Self { lengths: (1, 0), ..Self::default() }
    }

    /// Adds a bound, unless one that is there already says more.
    pub fn bound(&mut self, new: Bound) {
        let Some(old) = self.bounds.iter_mut().find(|old| old.side == new.side) else {
            return self.bounds.push(new);
        };
        match (new.value.compare(&old.value), new.side) {
            (Some(Ordering::Less), Side::Least) | (Some(Ordering::Greater), Side::Greatest) => {}
            (Some(Ordering::Equal), _) if !new.is_excluded => {}
            (Some(_), _) => *old = new,
            (None, _) => self.bounds.push(new),
        }
    }

    /// Whether a text of this atom, normalised, fulfils all.
    pub fn hold(&self, atom: Atom, text: &str, prefixes: &dyn Prefixes) -> bool {
        self.lengths_hold(|| length(atom, text))
            && (self.bounds.is_empty() || self.bounds_hold(atom, text, prefixes))
            && self.digits_hold(text)
            && self.patterns_hold(text)
            && self.values_hold(text, || atom.read(text, prefixes))
    }

    /// Whether a length fits. `None`: it is not limited.
    pub fn lengths_hold(&self, length: impl FnOnce() -> Option<usize>) -> bool {
        let (least, most) = self.lengths;
        (least == 0 && most == usize::MAX)
            || length().map_or(least <= most, |length| (least..=most).contains(&length))
    }

    /// Whether every pattern matches.
    pub fn patterns_hold(&self, text: &str) -> bool {
        self.patterns.iter().all(|pattern| pattern.matches(text))
    }

    /// Whether the value is one of the enumeration.
    pub fn values_hold(&self, text: &str, typed: impl FnOnce() -> Option<Typed>) -> bool {
        match self.values.as_ref().map(|values| &values.set) {
            None => true,
            Some(ValueSet::Texts(texts)) => texts.contains(text),
            Some(ValueSet::Typed(values)) => typed().is_some_and(|value| values.contains(&value)),
        }
    }

    fn digits_hold(&self, text: &str) -> bool {
        if self.total_digits == usize::MAX && self.fraction_digits == usize::MAX {
            return true;
        }
        Digits::decimal(text).is_some_and(|digits| {
            digits.total_digits() <= self.total_digits && digits.fraction_digits() <= self.fraction_digits
        })
    }

    fn bounds_hold(&self, atom: Atom, text: &str, prefixes: &dyn Prefixes) -> bool {
        if let Atom::Decimal | Atom::Integer = atom {
            let digits = if atom == Atom::Integer { Digits::integer(text) } else { Digits::decimal(text) };
            return self.bounds.iter().all(|bound| match (&bound.value, &digits) {
                (Typed::Decimal(limit), Some(digits)) => {
                    bound.holds(Digits::decimal(limit).map(|limit| digits.cmp(&limit)))
                }
                _ => false,
            });
        }
        let value = atom.read(text, prefixes);
        self.bounds
            .iter()
            .all(|bound| value.as_ref().is_some_and(|value| bound.holds(value.compare(&bound.value))))
    }
}

impl Bound {
    /// Whether what stands so to the limit is within; what cannot be compared is not.
    fn holds(&self, order: Option<Ordering>) -> bool {
        match order {
            None => false,
            Some(Ordering::Equal) => !self.is_excluded,
            Some(Ordering::Greater) => self.side == Side::Least,
            Some(Ordering::Less) => self.side == Side::Greatest,
        }
    }
}

/// What length facets count; `None` where they say nothing (qualified names).
fn length(atom: Atom, text: &str) -> Option<usize> {
    match atom {
        Atom::QName => None,
        Atom::Hexadecimal => Some(text.len() / 2),
        Atom::Base64 => Some(base64_length(text)),
        _ => Some(text.chars().count()),
    }
}

/// What length facets count in a list.
pub(super) fn words(text: &str) -> Option<usize> {
    Some(white::words(text).count())
}
