//! What `chartrier verify` prints: a line of JSON an object for programs, words for people.

use std::io::{self, Write};
use std::time::Duration;

use serde::Serialize;

use super::super::check::printable;
use super::evidence::Checked;
use super::{NOT_VERIFIED, Totals, Verdict, Verified};
use crate::package::ocfl::validate::{RootReport, Severity};

/// What an attestation or a log is found to be.
#[derive(Serialize)]
struct EvidenceLine<'a> {
    kind: &'static str,
    path: &'a str,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    wrong: Option<&'a str>,
    checked: &'a [String],
    unchecked: &'a [String],
}

#[derive(Serialize)]
struct ObjectLine<'a> {
    kind: &'static str,
    path: &'a str,
    verdict: &'static str,
    id: Option<&'a str>,
    ocfl: Option<&'static str>,
    head: Option<&'a str>,
    /// Reference of the archive, when it is one of ours.
    cote: Option<&'a str>,
    is_archive: bool,
    files: u64,
    size_bytes: u64,
    findings: Vec<FindingLine<'a>>,
    findings_left_out: u64,
}

#[derive(Serialize)]
struct RootLine<'a> {
    kind: &'static str,
    path: &'a str,
    verdict: &'static str,
    ocfl: Option<&'static str>,
    layout: Option<&'a str>,
    objects: u64,
    findings: Vec<FindingLine<'a>>,
    findings_left_out: u64,
}

#[derive(Serialize)]
struct FindingLine<'a> {
    code: &'static str,
    severity: &'static str,
    path: &'a str,
    message: &'a str,
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::Unread => "unread",
        }
    }

    fn painted(self, is_painted: bool) -> String {
        match self {
            Self::Valid => paint(is_painted, "1;32", "valide"),
            Self::Invalid => paint(is_painted, "1;31", "en défaut"),
            Self::Unread => paint(is_painted, "1;33", "non vérifié"),
        }
    }
}

fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
        Severity::Unjudged => "unread",
    }
}

pub(super) fn root_verdict(report: &RootReport) -> Verdict {
    match (report.findings.count(Severity::Error), report.findings.count(Severity::Unjudged)) {
        (0, 0) => Verdict::Valid,
        (0, _) => Verdict::Unread,
        _ => Verdict::Invalid,
    }
}

/// Everything said of an object, the standard's rules first.
fn lines(verified: &Verified) -> Vec<(Severity, FindingLine<'_>)> {
    let ocfl =
        verified.report.findings.list().iter().map(|finding| {
            (finding.severity(), finding.code, finding.path.as_str(), finding.message.as_str())
        });
    let own = verified.aip.iter().flat_map(|aip| &aip.remarks);
    let own = own.map(|remark| (remark.severity, remark.code, remark.path.as_str(), remark.message.as_str()));
    ocfl.chain(own).map(line).collect()
}

fn line<'a>(
    (severity, code, path, message): (Severity, &'static str, &'a str, &'a str),
) -> (Severity, FindingLine<'a>) {
    (severity, FindingLine { code, severity: severity_word(severity), path, message })
}

fn root_lines(report: &RootReport) -> Vec<(Severity, FindingLine<'_>)> {
    let found = report.findings.list().iter();
    found.map(|finding| line((finding.severity(), finding.code, &finding.path, &finding.message))).collect()
}

pub(super) fn object_json(out: &mut dyn Write, path: &str, verified: &Verified) -> io::Result<()> {
    let report = &verified.report;
    let line = ObjectLine {
        kind: "object",
        path,
        verdict: verified.verdict().word(),
        id: report.id.as_deref(),
        ocfl: report.spec.map(|spec| spec.number()),
        head: report.head.as_deref(),
        cote: verified.aip.as_ref().and_then(|aip| aip.cote.as_deref()),
        is_archive: verified.aip.is_some(),
        files: report.files,
        size_bytes: report.size_bytes,
        findings: lines(verified).into_iter().map(|(_, line)| line).collect(),
        findings_left_out: report.findings.left_out(),
    };
    json(out, &line)
}

pub(super) fn root_json(out: &mut dyn Write, path: &str, report: &RootReport) -> io::Result<()> {
    let line = RootLine {
        kind: "root",
        path,
        verdict: root_verdict(report).word(),
        ocfl: report.spec.map(|spec| spec.number()),
        layout: report.layout.as_deref(),
        objects: report.objects,
        findings: root_lines(report).into_iter().map(|(_, line)| line).collect(),
        findings_left_out: report.findings.left_out(),
    };
    json(out, &line)
}

fn json(out: &mut dyn Write, line: &impl Serialize) -> io::Result<()> {
    let text = serde_json::to_string(line).map_err(io::Error::other)?;
    writeln!(out, "{text}")
}

/// Whether nothing is to be said of an object.
pub(super) fn is_silent(verified: &Verified) -> bool {
    lines(verified).is_empty()
}

pub(super) fn object_text(
    out: &mut dyn Write,
    is_painted: bool,
    path: &str,
    verified: &Verified,
) -> io::Result<()> {
    let cote = verified.aip.as_ref().and_then(|aip| aip.cote.as_deref());
    let cote = cote.map(|cote| format!(" (cote {cote})")).unwrap_or_default();
    let verdict = verified.verdict().painted(is_painted);
    writeln!(out, "{}{} : {verdict}", printable(path), printable(&cote))?;
    said(out, is_painted, lines(verified), verified.report.findings.left_out())
}

pub(super) fn root_text(
    out: &mut dyn Write,
    is_painted: bool,
    path: &str,
    report: &RootReport,
) -> io::Result<()> {
    let verdict = root_verdict(report).painted(is_painted);
    let spec = report.spec.map(|spec| format!("OCFL {}", spec.number())).unwrap_or_default();
    let layout = report.layout.as_deref().unwrap_or("disposition non déclarée");
    writeln!(
        out,
        "{} : racine de stockage {verdict} — {spec}, {}, {} objet(s)",
        printable(path),
        printable(layout),
        report.objects
    )?;
    said(out, is_painted, root_lines(report), report.findings.left_out())
}

fn said(
    out: &mut dyn Write,
    is_painted: bool,
    lines: Vec<(Severity, FindingLine<'_>)>,
    left_out: u64,
) -> io::Result<()> {
    for (severity, line) in lines {
        let word = match severity {
            Severity::Error => paint(is_painted, "31", "erreur"),
            Severity::Warning => paint(is_painted, "33", "avertissement"),
            Severity::Note => "à noter".to_string(),
            Severity::Unjudged => paint(is_painted, "33", "non vérifié"),
        };
        let place = if line.path.is_empty() { String::new() } else { format!(" [{}]", printable(line.path)) };
        writeln!(out, "  {word} {}{place} : {}", line.code, printable(line.message))?;
    }
    if left_out > 0 {
        writeln!(out, "  et {left_out} autres")?;
    }
    Ok(())
}

pub(super) fn evidence_json(
    out: &mut dyn Write,
    path: &str,
    checked: &Checked,
    wrong: Option<&str>,
) -> io::Result<()> {
    let verdict = if wrong.is_some() { Verdict::Invalid } else { Verdict::Valid };
    let line = EvidenceLine {
        kind: "evidence",
        path,
        verdict: verdict.word(),
        wrong,
        checked: &checked.checked,
        unchecked: &checked.unchecked,
    };
    json(out, &line)
}

pub(super) fn evidence_text(
    out: &mut dyn Write,
    is_painted: bool,
    path: &str,
    checked: &Checked,
    wrong: Option<&str>,
) -> io::Result<()> {
    let verdict = if wrong.is_some() { Verdict::Invalid } else { Verdict::Valid };
    writeln!(out, "{} : {}", printable(path), verdict.painted(is_painted))?;
    wrong.iter().try_for_each(|wrong| writeln!(out, "  {}", printable(wrong)))?;
    checked.checked.iter().try_for_each(|line| writeln!(out, "  vérifié : {}", printable(line)))?;
    checked.unchecked.iter().try_for_each(|line| writeln!(out, "  non vérifié : {}", printable(line)))
}

pub(super) fn summary(out: &mut dyn Write, totals: &Totals, elapsed: Duration) -> io::Result<()> {
    let megabytes = totals.size_bytes as f64 / 1e6;
    let seconds = elapsed.as_secs_f64();
    let Totals { objects, archives, evidence, valid, warned, invalid, unread, files, .. } = totals;
    if *objects == 0 && *evidence > 0 {
        return writeln!(
            out,
            "{evidence} preuve(s) : {valid} valide(s), {invalid} en défaut, {unread} non lue(s)"
        );
    }
    writeln!(
        out,
        "{objects} objet(s), dont {archives} archive(s) de chartrier : {valid} valide(s), dont {warned} avec \
         avertissement, {invalid} en défaut, {unread} non vérifié(s)"
    )?;
    writeln!(
        out,
        "{files} fichier(s), {megabytes:.1} Mo relus en {seconds:.2} s ({:.0} Mo/s)",
        megabytes / seconds.max(1e-9)
    )?;
    writeln!(out, "{NOT_VERIFIED}")
}

fn paint(is_painted: bool, code: &str, text: &str) -> String {
    if is_painted { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
}
