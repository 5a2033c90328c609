//! What a validation says, each with the specification's own code; and how much of it is kept.

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something that is said: what could not be compared, and why.
    Note,
    /// A SHOULD of the specification.
    Warning,
    /// A MUST of the specification.
    Error,
    /// What could not be read, or goes past a limit: the object cannot be judged.
    Unjudged,
}

/// One rule of the specification that an object or a root breaks, or something to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The specification's code (`E050`, `W004`); ours begin with `N` (a note) or `X` (not judged).
    pub code: &'static str,
    /// In the object or the root; empty for the whole.
    pub path: String,
    /// In French, for people.
    pub message: String,
}

impl Finding {
    /// Told by the first letter of the code.
    pub fn severity(&self) -> Severity {
        match self.code.as_bytes().first() {
            Some(b'E') => Severity::Error,
            Some(b'W') => Severity::Warning,
            Some(b'N') => Severity::Note,
            _ => Severity::Unjudged,
        }
    }
}

/// Findings in the order in which they were made; past a limit they are counted only.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    kept: Vec<Finding>,
    kept_max: usize,
    counts: [u64; 4],
}

impl Findings {
    pub(super) fn new(kept_max: usize) -> Self {
        Self { kept_max, ..Self::default() }
    }

    pub(super) fn add(&mut self, code: &'static str, path: impl Into<String>, message: impl Into<String>) {
        self.push(Finding { code, path: path.into(), message: message.into() });
    }

    pub(super) fn push(&mut self, finding: Finding) {
        self.counts[finding.severity() as usize] += 1;
        if self.kept.len() < self.kept_max {
            self.kept.push(finding);
        }
    }

    /// Takes those of several threads, in the order of their paths.
    pub(super) fn absorb(&mut self, others: Vec<Self>) {
        let mut all = Vec::new();
        for other in others {
            for (count, more) in self.counts.iter_mut().zip(other.counts) {
                *count += more;
            }
            all.extend(other.kept);
        }
        all.sort_by(|one, other| (&one.path, one.code).cmp(&(&other.path, other.code)));
        let room = self.kept_max.saturating_sub(self.kept.len());
        self.kept.extend(all.into_iter().take(room));
    }

    /// Those kept.
    pub fn list(&self) -> &[Finding] {
        &self.kept
    }

    /// How many there were, kept or not.
    pub fn count(&self, severity: Severity) -> u64 {
        self.counts[severity as usize]
    }

    /// How many were not kept.
    pub fn left_out(&self) -> u64 {
        self.total() - self.kept.len() as u64
    }

    pub(super) fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Whether no rule is broken and everything could be judged; warnings may remain.
    pub fn is_valid(&self) -> bool {
        self.count(Severity::Error) == 0 && self.count(Severity::Unjudged) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_kept_still_counts() {
        let mut found = Findings::new(1);
        assert!(found.is_valid());
        found.add("W001", "", "a");
        assert!(found.is_valid());
        found.add("E001", "x", "b");
        assert!(!found.is_valid());
        assert_eq!((found.list().len(), found.left_out(), found.count(Severity::Error)), (1, 1, 1));
    }
}
