//! What can be wrong with a profile, said in French.
//!
//! Bounded: past a number of faults the rest is counted, as for a message.

use crate::model::Finding;
use crate::model::findings::{self, Findings, Kind};

/// Most faults told of one profile.
const FAULTS_MAX: usize = 200;

/// The faults of a profile, gathered while it is read.
#[derive(Debug)]
pub struct Faults(Findings);

impl Faults {
    /// None yet.
    pub fn new() -> Self {
        Self(Findings::new(FAULTS_MAX))
    }

    /// The profile's text is not RELAX NG.
    pub fn syntax(&mut self, message: impl Into<String>, line: u64) {
        self.push(&findings::PROFILE_SYNTAX, message, line);
    }

    /// A name leads nowhere, or round in a circle.
    pub fn reference(&mut self, message: impl Into<String>, line: u64) {
        self.push(&findings::PROFILE_REFERENCE, message, line);
    }

    /// A datatype, or one of its parameters, is not known.
    pub fn datatype(&mut self, message: impl Into<String>, line: u64) {
        self.push(&findings::PROFILE_DATATYPE, message, line);
    }

    /// What RELAX NG does not let one ask for (section 7).
    pub fn restriction(&mut self, message: impl Into<String>, line: u64) {
        self.push(&findings::PROFILE_RESTRICTION, message, line);
    }

    fn push(&mut self, kind: &'static Kind, message: impl Into<String>, line: u64) {
        self.0.push(Finding::new(kind, message).at_line(line));
    }

    /// All of them, if there is one.
    ///
    /// # Errors
    /// The faults.
    pub fn into_result(self) -> Result<(), Vec<Finding>> {
        let faults = self.0.into_vec();
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }
}

/// A document that cannot be read.
pub fn unreadable(message: impl Into<String>, line: u64) -> Vec<Finding> {
    vec![Finding::new(&findings::PROFILE_UNREADABLE, message).at_line(line)]
}

/// A profile past a limit.
pub fn too_complex(message: impl Into<String>) -> Vec<Finding> {
    vec![Finding::new(&findings::PROFILE_TOO_COMPLEX, message)]
}
