//! Our verdicts: the one place of the harness that calls the engine.
//!
//! Never judges: it says what was found, and whether nothing but a dangling reference was.

use chartrier::model::{Limits, findings};
use chartrier::seda;

/// What we say of a document.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    pub valid: bool,
    /// Invalid for references to nothing, and for nothing else.
    pub dangling_only: bool,
    /// Code and sentence of each finding.
    pub findings: Vec<String>,
}

/// Under the standard's own grammar.
pub fn schema(_version: &str, bytes: &[u8]) -> Verdict {
    let reading = seda::read_manifest(bytes, &Limits::default());
    let found: Vec<String> =
        reading.findings.iter().filter(|f| f.is_error()).map(|f| format!("{} {}", f.kind.code, f.message)).collect();
    let _ = findings::Severity::Error;
    Verdict { valid: found.is_empty(), dangling_only: false, findings: found }
}
