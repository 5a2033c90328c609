//! Two verdicts on each document: ours and the reference's; what differs and is not explained is kept.
//!
//! Never keeps what agrees. Differences of one signature (what both say, values taken away) are one difference, shown once.

use std::io;
use std::path::Path;

use crate::dom;
use crate::faults::{self, Fault, Test};
use crate::ours::Verdict;
use crate::reference::{Opinion, Reference};
use crate::tally::{Difference, KEPT, Tally};
use crate::written;

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

impl Contest<'_> {
    /// Judges documents, which are written into `folder` meanwhile.
    pub fn judge(&self, folder: &Path, cases: Vec<Case>) -> io::Result<Tally> {
        let documents: Vec<&[u8]> = cases.iter().map(|case| &*case.bytes).collect();
        let opinions = self.opinions(folder, &documents)?;
        let mut tally = Tally::default();
        let mut differing = Vec::new();
        for (case, reference) in cases.into_iter().zip(opinions) {
            let ours = (self.ours)(&case.bytes);
            tally.count(case.kind, reference.valid);
            if ours.valid != reference.valid || ours.has_panicked {
                differing.push(Difference {
                    bytes: case.bytes,
                    story: case.story,
                    ours,
                    reference,
                    times: 1,
                });
            } else if ours.valid && case.kind == "identifiant" && tally.agreed.len() < KEPT {
                tally.agreed.push(case.bytes);
            }
        }
        let explanations = self.explanations(folder, &differing)?;
        for (difference, explanation) in differing.into_iter().zip(explanations) {
            match explanation {
                Some(fault) => tally.explain(fault, difference),
                None => tally.differ(signature(&difference), difference),
            }
        }
        Ok(tally)
    }

    /// What the reference says of documents.
    pub fn opinions(&self, folder: &Path, documents: &[&[u8]]) -> io::Result<Vec<Opinion>> {
        let names: Vec<String> = (0..documents.len()).map(|at| format!("{at}.xml")).collect();
        for (name, bytes) in names.iter().zip(documents) {
            std::fs::write(folder.join(name), bytes)?;
        }
        if names.is_empty() { Ok(Vec::new()) } else { self.reference.opinions(folder, &names) }
    }

    /// The known fault that explains each difference.
    pub fn explanations(&self, folder: &Path, of: &[Difference]) -> io::Result<Vec<Option<&'static Fault>>> {
        let mut found: Vec<Option<&Fault>> =
            of.iter().map(|d| faults::lenient(self.faults, &d.ours, &d.reference)).collect();
        // One fault at a time, then all together for documents that show several.
        for fault in self.faults.iter().map(Some).chain([None]) {
            if fault.is_some_and(|fault| matches!(fault.test, Test::Lenient(_) | Test::Strict(_))) {
                continue;
            }
            let rewritten: Vec<(usize, Vec<u8>)> = (0..of.len())
                .filter(|&at| found[at].is_none())
                .filter_map(|at| Some((at, self.rewritten(fault, &of[at].bytes)?)))
                .collect();
            let documents: Vec<&[u8]> = rewritten.iter().map(|(_, bytes)| &**bytes).collect();
            for ((at, bytes), opinion) in rewritten.iter().zip(self.opinions(folder, &documents)?) {
                let ours = (self.ours)(bytes);
                // We say the same of both, and the reference now agrees, or differs for a reason known by itself.
                if ours.valid == of[*at].ours.valid
                    && (opinion.valid == ours.valid
                        || faults::lenient(self.faults, &ours, &opinion).is_some())
                {
                    found[*at] =
                        fault.or_else(|| self.faults.iter().find(|f| matches!(f.test, Test::Same(_))));
                }
            }
        }
        Ok(found)
    }

    /// The same document without what a fault (or every one) stumbles on.
    fn rewritten(&self, fault: Option<&Fault>, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut root = dom::parse_whole(bytes)?;
        let mut changed = false;
        for each in self.faults.iter().filter(|each| fault.is_none_or(|wanted| std::ptr::eq(*each, wanted))) {
            if let Test::Same(rewrite) = each.test {
                changed |= rewrite(&mut root);
            }
        }
        changed.then(|| written::bytes(&root))
    }
}

/// What both say, without the values, the places and the lines.
fn signature(difference: &Difference) -> String {
    let (ours, reference) = (&difference.ours, &difference.reference);
    let said = match (ours.findings.first(), reference.complaints.first()) {
        (Some(finding), _) if !ours.valid => finding.split(" [").next().unwrap_or_default(),
        (_, Some(complaint)) => complaint.split_once("error :").map_or(complaint.as_str(), |(_, rest)| rest),
        _ => "?",
    };
    let mut said = said.to_owned();
    for (open, close) in [('«', '»'), ('\'', '\''), ('"', '"')] {
        let (mut kept, mut rest) = (String::new(), said.as_str());
        while let Some((before, after)) = rest.split_once(open) {
            kept.push_str(before);
            kept.push('…');
            rest = after.split_once(close).map_or("", |(_, after)| after);
        }
        kept.push_str(rest);
        said = kept;
    }
    let said: String = said.chars().take(160).collect();
    format!("{} {said}", if ours.valid { "nous valide :" } else { "nous invalide :" })
}
