//! What a contest came to: counts, known faults with some of their documents, differences by signature.
//!
//! Never holds every document: the smallest of each signature, a few of each known fault.

use std::collections::BTreeMap;

use crate::faults::Fault;
use crate::ours::Verdict;
use crate::reference::Opinion;

/// Documents kept of a known fault, and of what agrees.
pub const KEPT: usize = 40;

/// One document on which verdicts differ.
#[derive(Clone, Debug)]
pub struct Difference {
    pub bytes: Vec<u8>,
    pub story: String,
    pub ours: Verdict,
    pub reference: Opinion,
    /// How many of the same signature.
    pub times: usize,
}

#[derive(Default)]
pub struct Tally {
    pub documents: usize,
    pub valid: usize,
    /// Documents and valid ones of each kind.
    pub kinds: BTreeMap<&'static str, (usize, usize)>,
    /// Differences explained by each known fault, and some of them, to be arbitrated.
    pub explained: BTreeMap<&'static str, (usize, Vec<Difference>)>,
    /// Those that nothing explains, by signature.
    pub differences: BTreeMap<String, Difference>,
    /// Valid for both though identifiers were touched, for the arbiter.
    pub agreed: Vec<Vec<u8>>,
}

impl Tally {
    pub fn count(&mut self, kind: &'static str, is_valid: bool) {
        self.documents += 1;
        self.valid += usize::from(is_valid);
        let of_kind = self.kinds.entry(kind).or_default();
        of_kind.0 += 1;
        of_kind.1 += usize::from(is_valid);
    }

    pub fn explain(&mut self, fault: &Fault, difference: Difference) {
        let explained = self.explained.entry(fault.name).or_default();
        explained.0 += 1;
        if explained.1.len() < KEPT {
            explained.1.push(difference);
        }
    }

    pub fn differ(&mut self, signature: String, difference: Difference) {
        match self.differences.get_mut(&signature) {
            Some(known) => {
                let times = known.times + difference.times;
                if difference.bytes.len() < known.bytes.len() {
                    *known = difference;
                }
                known.times = times;
            }
            None => {
                self.differences.insert(signature, difference);
            }
        }
    }

    pub fn merge(&mut self, other: Tally) {
        self.documents += other.documents;
        self.valid += other.valid;
        for (kind, (documents, valid)) in other.kinds {
            let known = self.kinds.entry(kind).or_default();
            known.0 += documents;
            known.1 += valid;
        }
        for (fault, (times, samples)) in other.explained {
            let known = self.explained.entry(fault).or_default();
            known.0 += times;
            known.1.extend(samples);
            known.1.truncate(KEPT);
        }
        for (signature, difference) in other.differences {
            self.differ(signature, difference);
        }
        self.agreed.extend(other.agreed);
    }

    /// How many differ without a reason.
    pub fn unexplained(&self) -> usize {
        self.differences.values().map(|difference| difference.times).sum()
    }

    /// How many differ for a known reason.
    pub fn known(&self) -> usize {
        self.explained.values().map(|(times, _)| times).sum()
    }
}
