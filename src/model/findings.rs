//! What is found wrong with a transfer: one finding, a bounded list of them; the codes are in `catalogue.rs`.
//!
//! Codes are stable and dotted, the first word telling the family (`container`, `xml`, `schema`,
//! `reference`, `object`, `header`, `rule`, `unit`, `quota`, `message`, `format`, `virus`, `signature`, `profile`).
//! Each has a fixture; a test fails when one lacks it.

/// How grave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Accepted all the same, and said in the reply.
    Warning,
    /// The transfer is refused.
    Error,
}

impl Severity {
    /// The word in answers and rows.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// A kind of fault: one line of the catalogue.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// Stable, dotted.
    pub code: &'static str,
    pub severity: Severity,
    /// De-facto SEDA reply code it leads to (seda.md §2.2): `101`, `207`…
    pub reply_code: &'static str,
    /// What is wrong in general, in French, for documents.
    pub title: &'static str,
    /// What the depositor can do about it, in French, one sentence.
    pub remedy: &'static str,
}

/// Most characters kept of a finding's sentence, and of its place: what a hostile message puts in them is as
/// long as it likes.
const MESSAGE_CHARS_MAX: usize = 2_500;
const PATH_CHARS_MAX: usize = 500;

/// One thing found wrong, at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub kind: &'static Kind,
    /// Line in the manifest, from 1.
    pub line: Option<u64>,
    /// Element path in the manifest, or name in the container.
    pub path: Option<String>,
    /// What is wrong here, in French, with the values that show it.
    pub message: String,
    /// What tells it from others of its kind to those who judge it later: the tolerance used. Neither shown nor kept.
    pub about: Option<&'static str>,
}

impl Finding {
    /// A finding with its sentence; place it with [`Finding::at_line`] and [`Finding::in_path`].
    pub fn new(kind: &'static Kind, message: impl Into<String>) -> Self {
        let message = shortened(message.into(), MESSAGE_CHARS_MAX);
        Self { kind, line: None, path: None, message, about: None }
    }

    /// At this line of the manifest.
    pub fn at_line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// At this element or file.
    pub fn in_path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(shortened(path.into(), PATH_CHARS_MAX));
        self
    }

    /// About this, among those of its kind.
    pub fn about(mut self, what: &'static str) -> Self {
        self.about = Some(what);
        self
    }

    /// Whether it refuses the transfer.
    pub fn is_error(&self) -> bool {
        self.kind.severity == Severity::Error
    }
}

/// Findings of one examination, kept up to a limit (and a tenth of it for one kind) so that a hostile file can neither
/// fill the memory nor hide one fault behind another; the rest are counted. The first of each kind is always kept.
#[derive(Debug)]
pub struct Findings {
    kept: Vec<Finding>,
    kept_max: usize,
    /// How many are kept of each kind met, and of each thing it is about.
    of_kinds: Vec<(&'static Kind, Option<&'static str>, usize)>,
    left_out: usize,
}

impl Findings {
    /// An empty list that keeps at most `kept_max`.
    pub fn new(kept_max: usize) -> Self {
        Self { kept: Vec::new(), kept_max, of_kinds: Vec::new(), left_out: 0 }
    }

    /// Adds one, or counts it once the list, or its kind, is full.
    pub fn push(&mut self, finding: Finding) {
        if self.wants_about(finding.kind, finding.about) {
            let is_its = |(kind, about, _): &&mut (&'static Kind, Option<&'static str>, usize)| {
                std::ptr::eq(*kind, finding.kind) && *about == finding.about
            };
            match self.of_kinds.iter_mut().find(is_its) {
                Some((_, _, count)) => *count += 1,
                None => self.of_kinds.push((finding.kind, finding.about, 1)),
            }
            self.kept.push(finding);
        }
    }

    /// Whether one more of this kind would be kept; when not, it is counted. Asked before a finding that is costly to
    /// make: among millions, most are only counted.
    pub fn wants(&mut self, kind: &'static Kind) -> bool {
        self.wants_about(kind, None)
    }

    fn wants_about(&mut self, kind: &'static Kind, about: Option<&'static str>) -> bool {
        let is_its = |met: &&Kind, of: &Option<&'static str>| std::ptr::eq(*met, kind) && *of == about;
        let of_kind = self.of_kinds.iter().find(|(met, of, _)| is_its(met, of)).map_or(0, |(.., n)| *n);
        let is_wanted =
            of_kind == 0 || (self.kept.len() < self.kept_max && of_kind < (self.kept_max / 10).max(1));
        if !is_wanted {
            self.left_out += 1;
        }
        is_wanted
    }

    /// Those kept so far.
    pub fn kept(&self) -> &[Finding] {
        &self.kept
    }

    /// Takes back those of a kind: what they said has been done since.
    pub fn settle(&mut self, kind: &'static Kind) {
        self.kept.retain(|finding| !std::ptr::eq(finding.kind, kind));
    }

    /// Whether one of those kept refuses the transfer.
    pub fn has_errors(&self) -> bool {
        self.kept.iter().any(Finding::is_error)
    }

    /// All of them, with a last one that says how many were left out.
    pub fn into_vec(self) -> Vec<Finding> {
        let mut kept = self.kept;
        if self.left_out > 0 {
            let message = format!("{} autres anomalies n'ont pas été détaillées", self.left_out);
            kept.push(Finding::new(&MESSAGE_MORE_FINDINGS, message));
        }
        kept
    }
}

impl Extend<Finding> for Findings {
    fn extend<T: IntoIterator<Item = Finding>>(&mut self, findings: T) {
        findings.into_iter().for_each(|finding| self.push(finding));
    }
}

/// The text, or its beginning and « … » when it has more characters.
pub fn shortened(mut text: String, chars_max: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(chars_max) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// The kind of a code, if the catalogue has it.
pub fn kind(code: &str) -> Option<&'static Kind> {
    CATALOGUE.iter().copied().find(|kind| kind.code == code)
}

pub use super::catalogue::*;
