//! Two verdicts on each document: ours and the reference's; what differs and is not explained is kept.
//!
//! Never keeps what agrees. Differences of one signature (what both say, values taken away) are one difference, shown once.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use crate::faults::{self, Fault};
use crate::ours::Verdict;
use crate::reference::{Opinion, Reference};

/// A document to be judged.
pub struct Case {
    pub bytes: Vec<u8>,
    /// Where it comes from.
    pub story: String,
    /// The line of the table it counts in.
    pub kind: &'static str,
}

/// Who is compared with whom.
pub struct Contest<'a> {
    /// The version, or the profile.
    pub about: &'a str,
    pub reference: &'a dyn Reference,
    pub ours: &'a (dyn Fn(&[u8]) -> Verdict + Sync),
    pub faults: &'static [Fault],
}

/// One document on which verdicts differ without a known reason.
#[derive(Clone, Debug)]
pub struct Difference {
    pub bytes: Vec<u8>,
    pub story: String,
    pub ours: Verdict,
    pub reference: Opinion,
    /// How many of the same signature.
    pub times: usize,
}

/// What a contest came to.
#[derive(Default)]
pub struct Tally {
    pub documents: usize,
    pub valid: usize,
    /// Documents and valid ones of each kind.
    pub kinds: BTreeMap<&'static str, (usize, usize)>,
    /// Differences explained by each known fault, and some of the documents, to be arbitrated.
    pub explained: BTreeMap<&'static str, (usize, Vec<Vec<u8>>)>,
    pub differences: BTreeMap<String, Difference>,
    /// Valid for both though identifiers were touched, for the arbiter.
    pub agreed: Vec<Vec<u8>>,
}

/// Documents kept of a known fault, and of what agrees.
const KEPT: usize = 40;

impl Tally {
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

    fn differ(&mut self, signature: String, difference: Difference) {
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

    /// How many documents differ without a reason.
    pub fn unexplained(&self) -> usize {
        self.differences.values().map(|difference| difference.times).sum()
    }
}

impl Contest<'_> {
    /// Judges documents, which are written into `folder` meanwhile.
    pub fn judge(&self, folder: &Path, cases: Vec<Case>) -> io::Result<Tally> {
        let names: Vec<String> = (0..cases.len()).map(|at| format!("{at}.xml")).collect();
        for (name, case) in names.iter().zip(&cases) {
            std::fs::write(folder.join(name), &case.bytes)?;
        }
        let opinions = self.reference.opinions(folder, &names)?;
        let mut tally = Tally::default();
        for (case, opinion) in cases.into_iter().zip(opinions) {
            self.compare(case, opinion, &mut tally);
        }
        Ok(tally)
    }

    fn compare(&self, case: Case, reference: Opinion, tally: &mut Tally) {
        let ours = (self.ours)(&case.bytes);
        tally.documents += 1;
        tally.valid += usize::from(reference.valid);
        let of_kind = tally.kinds.entry(case.kind).or_default();
        of_kind.0 += 1;
        of_kind.1 += usize::from(reference.valid);
        if ours.valid == reference.valid {
            if ours.valid && case.kind == "identifiant" && tally.agreed.len() < KEPT {
                tally.agreed.push(case.bytes);
            }
            return;
        }
        if let Some(fault) = faults::explanation(self.faults, &case.bytes, &ours, &reference) {
            let explained = tally.explained.entry(fault.name).or_default();
            explained.0 += 1;
            if explained.1.len() < KEPT {
                explained.1.push(case.bytes);
            }
            return;
        }
        let signature = signature(&ours, &reference);
        let difference = Difference { bytes: case.bytes, story: case.story, ours, reference, times: 1 };
        tally.differ(signature, difference);
    }
}

/// What both say, without the values and the lines.
fn signature(ours: &Verdict, reference: &Opinion) -> String {
    let mut said = match (ours.findings.first(), reference.complaints.first()) {
        (Some(finding), _) if !ours.valid => finding.clone(),
        (_, Some(complaint)) => complaint.split_once("error :").map_or(complaint.as_str(), |(_, rest)| rest).to_owned(),
        _ => "?".to_owned(),
    };
    for (open, close) in [('«', '»'), ('\'', '\'')] {
        let mut kept = String::new();
        let mut rest = said.as_str();
        while let Some((before, after)) = rest.split_once(open) {
            kept.push_str(before);
            kept.push('…');
            rest = after.split_once(close).map_or("", |(_, after)| after);
        }
        kept.push_str(rest);
        said = kept;
    }
    format!("{} {}", if ours.valid { "nous valide :" } else { "nous invalide :" }, said.chars().take(160).collect::<String>())
}
