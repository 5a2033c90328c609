//! What a message says of the time and the fate of its units, those that have files or that say it themselves, each answer once: to hold against a retention schedule.

use std::collections::HashMap;
use std::io;

use super::bit;
use super::own::Own;
use crate::seda::description::Manifest;
use crate::seda::span::Span;

/// Different answers kept; a message that has more says the rest of them in the last.
const ANSWERS_MAX: usize = 500;

/// One answer, of some units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appraisal {
    pub keeps: bool,
    pub destroys: bool,
    /// The longest of the times in effect that are written as durations.
    pub longest: Option<Span>,
    /// Some times are codes of another table.
    pub has_codes: bool,
    /// How many units, and the first of them.
    pub units: u64,
    pub first_id: String,
    pub line: u64,
}

/// Every answer of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Appraisals(Vec<Appraisal>);

impl Appraisals {
    /// In the order of their first units.
    pub fn each(&self) -> impl Iterator<Item = &Appraisal> {
        self.0.iter()
    }
}

/// Answers being counted.
#[derive(Default)]
pub(super) struct Tally {
    answers: HashMap<(u64, Option<Span>), (u64, u32)>,
}

impl Tally {
    /// One more unit.
    pub(super) fn count(&mut self, number: u32, effective: &Own) {
        let key = (effective.bits & (bit::KEEP | bit::DESTROY | bit::CODES), effective.longest);
        // The times of a hostile message are told apart no further; their fate still is.
        let is_new = !self.answers.contains_key(&key);
        let key = if is_new && self.answers.len() >= ANSWERS_MAX { (key.0, None) } else { key };
        let (units, first) = self.answers.entry(key).or_insert((0, number));
        *units += 1;
        *first = (*first).min(number);
    }

    /// Them, with the names of their first units.
    pub(super) fn of(self, manifest: &Manifest) -> io::Result<Appraisals> {
        let mut answers: Vec<_> = self.answers.into_iter().collect();
        answers.sort_unstable_by_key(|(_, (_, first))| *first);
        let answers = answers.into_iter().map(|((bits, longest), (units, first))| {
            let unit = manifest.unit(first)?;
            Ok(Appraisal {
                keeps: bits & bit::KEEP != 0,
                destroys: bits & bit::DESTROY != 0,
                longest,
                has_codes: bits & bit::CODES != 0,
                units,
                first_id: unit.id,
                line: unit.line,
            })
        });
        Ok(Appraisals(answers.collect::<io::Result<_>>()?))
    }
}
