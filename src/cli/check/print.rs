//! What `chartrier check` prints of one file: a line of JSON for programs, words for people.

use std::io::{self, Write};

use serde::Serialize;

use super::Verdict;
use crate::model::{Finding, Severity, Signatures};

#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    verdict: &'static str,
    seda: Option<&'static str>,
    message: Option<&'a str>,
    findings: Vec<FindingLine<'a>>,
    #[serde(skip_serializing_if = "Signatures::is_empty")]
    signatures: &'a Signatures,
}

#[derive(Serialize)]
struct FindingLine<'a> {
    code: &'static str,
    severity: &'static str,
    line: Option<u64>,
    path: Option<&'a str>,
    message: &'a str,
}

pub(super) fn print_json(out: &mut dyn Write, name: &str, verdict: &Verdict) -> io::Result<()> {
    let line = Line {
        file: name,
        verdict: if verdict.is_accepted() { "accept" } else { "refuse" },
        seda: verdict.message.as_ref().map(|(version, _)| version.number()),
        message: verdict.message.as_ref().map(|(_, local)| local.as_str()),
        findings: verdict.findings.iter().map(FindingLine::from).collect(),
        signatures: &verdict.signatures,
    };
    let text = serde_json::to_string(&line).map_err(io::Error::other)?;
    writeln!(out, "{text}")
}

impl<'a> From<&'a Finding> for FindingLine<'a> {
    fn from(finding: &'a Finding) -> Self {
        Self {
            code: finding.kind.code,
            severity: finding.kind.severity.word(),
            line: finding.line,
            path: finding.path.as_deref(),
            message: &finding.message,
        }
    }
}

pub(super) fn print_text(
    out: &mut dyn Write,
    is_painted: bool,
    name: &str,
    verdict: &Verdict,
) -> io::Result<()> {
    let paint = |code: &str, text: &str| {
        if is_painted { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    };
    let word = if verdict.is_accepted() { paint("1;32", "accepté") } else { paint("1;31", "refusé") };
    let what =
        verdict.message.as_ref().map(|(version, local)| format!(" — SEDA {}, {local}", version.number()));
    let counts = verdict.counts.map(|(units, objects)| format!(", {units} unité(s), {objects} objet(s)"));
    writeln!(out, "{name} : {word}{}{}", what.unwrap_or_default(), counts.unwrap_or_default())?;
    for one in &verdict.signatures.told {
        let by = one.signer.as_ref().map(|signer| format!(" de {}", signer.name)).unwrap_or_default();
        let why = one.reason.map(|reason| format!(" : {}", reason.label())).unwrap_or_default();
        let said = format!("signature {}{by}, {}{why}", one.form.word(), one.indication.label());
        writeln!(out, "  {} [{}]", printable(&said), printable(&one.file))?;
    }
    // What to do is said once for a run of findings of one kind, after the last of them.
    let mut findings = verdict.findings.iter().peekable();
    while let Some(finding) = findings.next() {
        let severity = match finding.kind.severity {
            Severity::Error => paint("31", "erreur"),
            Severity::Warning => paint("33", "avertissement"),
        };
        let line = finding.line.map(|line| format!(" ligne {line}")).unwrap_or_default();
        let path = finding.path.as_ref().map(|path| format!(" [{}]", printable(path))).unwrap_or_default();
        writeln!(out, "  {severity} {}{line}{path} : {}", finding.kind.code, printable(&finding.message))?;
        let is_last = findings.peek().is_none_or(|next| next.kind.code != finding.kind.code);
        if is_last && finding.is_error() {
            writeln!(out, "    → {}", finding.kind.remedy)?;
        }
    }
    Ok(())
}

/// Text that cannot command a terminal.
pub(in crate::cli) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
