//! `metadata/checks.json` of an AIP: the report of what was checked of the transfer before it was accepted.
//!
//! It is fixed by `seal`, so that the same bytes are written however often a crash makes `store` start again.
//! Its findings are warnings only: a transfer with an error is refused and makes no archive.

use serde::{Deserialize, Serialize};

/// Version of this file's form; a reader refuses one it does not know.
const FORM: u32 = 1;

/// The report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checks {
    /// [`FORM`].
    pub form: u32,
    /// RFC 3339, UTC: when the transfer was accepted, all checks done.
    pub checked_at: String,
    /// What checked it: name and version.
    pub software: String,
    /// Version of the standard whose schema the message satisfies.
    pub seda_version: String,
    /// Names of the extensions of other systems that the agreement admits.
    pub tolerances: Vec<String>,
    /// The archive profile that the message satisfies.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub profile: Option<CheckedProfile>,
    /// The signatures by which formats were named.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub format_signatures: Option<String>,
    pub units: u64,
    pub objects: u64,
    /// Bytes of the manifest and of every object, all read.
    pub size_bytes: u64,
    /// Each family of checks that was made, with what it came to.
    pub families: Vec<Family>,
    pub findings: Vec<CheckFinding>,
}

/// A profile and its version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckedProfile {
    pub identifier: String,
    pub version: u32,
    /// Of the grammar, hexadecimal.
    pub sha512: String,
}

/// A family of checks: the first word of its findings' codes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Family {
    pub name: String,
    pub outcome: Outcome,
}

/// What a family of checks came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Pass,
    Warning,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckFinding {
    pub code: String,
    pub severity: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub path: Option<String>,
    /// In French, as the depositor read it.
    pub message: String,
}

/// A report that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("report of checks: {0}")]
    Json(#[from] serde_json::Error),
    #[error("report of checks of form {0}, unknown here")]
    Form(u32),
}

impl Checks {
    /// The form written today.
    pub const FORM: u32 = FORM;

    /// The families of these names, each with what the findings make of it.
    pub fn families<'a>(names: impl IntoIterator<Item = &'a str>, findings: &[CheckFinding]) -> Vec<Family> {
        let outcome = |name: &str| {
            let is_of = |finding: &CheckFinding| finding.code.split('.').next() == Some(name);
            if findings.iter().any(is_of) { Outcome::Warning } else { Outcome::Pass }
        };
        names.into_iter().map(|name| Family { name: name.to_string(), outcome: outcome(name) }).collect()
    }

    /// The file's text; the same value gives the same bytes.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("strings and numbers");
        text.push('\n');
        text
    }

    /// Reads the file back.
    ///
    /// # Errors
    /// When it is no report, or one of a form that is not known.
    pub fn from_json(text: &[u8]) -> Result<Self, Error> {
        let checks: Self = serde_json::from_slice(text)?;
        if checks.form != FORM {
            return Err(Error::Form(checks.form));
        }
        Ok(checks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_comes_back_as_it_was_and_says_which_family_warned() {
        let finding = CheckFinding {
            code: "format.contradicted".to_string(),
            severity: "warning".to_string(),
            line: None,
            path: Some("a.pdf".to_string()),
            message: "m".to_string(),
        };
        let families = Checks::families(["container", "format"], std::slice::from_ref(&finding));
        let outcomes: Vec<_> = families.iter().map(|family| family.outcome).collect();
        assert_eq!(outcomes, [Outcome::Pass, Outcome::Warning]);
        let checks = Checks {
            form: Checks::FORM,
            checked_at: "2026-01-01T00:00:00Z".to_string(),
            software: "chartrier 0".to_string(),
            seda_version: "2.1".to_string(),
            tolerances: Vec::new(),
            profile: None,
            format_signatures: None,
            units: 1,
            objects: 1,
            size_bytes: 2,
            families,
            findings: vec![finding],
        };
        assert_eq!(Checks::from_json(checks.to_json().as_bytes()).unwrap(), checks);
        let other = checks.to_json().replacen("\"form\": 1", "\"form\": 9", 1);
        assert!(matches!(Checks::from_json(other.as_bytes()), Err(Error::Form(9))));
    }
}
