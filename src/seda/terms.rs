//! What a rule says of itself: its duration, its code, its dates, its level of secrecy (seda.md 5, checks 25 to 29).
//!
//! Never looks at other units: what is inherited is judged in [`super::lineage`]. A table of rules is a member's: an
//! identifier is not judged here.

use std::io;

use super::date::{first_day, last_day};
use super::description::Manifest;
use super::span::Span;
use crate::model::findings::Kind;
use crate::model::{Finding, Findings, Rule, Unit, findings};

/// Levels that are no secret of national defence.
const UNCLASSIFIED: &[&str] =
    &["non protégé", "non protege", "np", "non classifié", "non classifie", "nc", "aucun", "public"];
/// Numbers of the access codes of 2009 (`AR038` to `AR062`).
const ACCESS_CODES: std::ops::RangeInclusive<u32> = 38..=62;

/// Of each rule alone; a place and a line to tell it by.
const OF_RULE: &[fn(&Rule, &mut Report<'_>)] =
    &[durations, access_codes, starts, holds, reassessments, hold_ends, classification];

/// The rules of a unit.
pub fn of_unit(unit: &Unit, found: &mut Findings) {
    let mut report = Report { place: &unit.id, line: Some(unit.line), found };
    for rule in &unit.rules.rules {
        OF_RULE.iter().for_each(|check| check(rule, &mut report));
    }
}

/// The rules of the package.
///
/// # Errors
/// Never: it is of the whole message, and reads nothing.
pub fn of_package(manifest: &Manifest, found: &mut Findings) -> io::Result<()> {
    let mut report = Report { place: "ManagementMetadata", line: None, found };
    for rule in &manifest.heading.rules.rules {
        OF_RULE.iter().for_each(|check| check(rule, &mut report));
    }
    Ok(())
}

/// Where what is found is to be told.
struct Report<'a> {
    place: &'a str,
    line: Option<u64>,
    found: &'a mut Findings,
}

impl Report<'_> {
    fn push(&mut self, kind: &'static Kind, message: impl FnOnce() -> String) {
        if self.found.wants(kind) {
            let mut finding = Finding::new(kind, message()).in_path(self.place);
            finding.line = self.line;
            self.found.push(finding);
        }
    }
}

/// A rule written as a duration is one that archives can count.
fn durations(rule: &Rule, report: &mut Report<'_>) {
    for (text, _) in &rule.terms {
        if let Some(Err(why)) = Span::read(text) {
            let message = || format!("{} : la durée « {text} » {why}", rule.category);
            report.push(&findings::RULE_DURATION, message);
        }
    }
}

/// A rule written as an access code of 2009 is one of them.
fn access_codes(rule: &Rule, report: &mut Report<'_>) {
    if rule.category != "AccessRule" {
        return;
    }
    for (text, _) in &rule.terms {
        let digits = text.strip_prefix("AR").filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        let is_code = |digits: &str| {
            digits.len() == 3 && digits.parse().is_ok_and(|number| ACCESS_CODES.contains(&number))
        };
        if digits.is_some_and(|digits| !is_code(digits)) {
            report.push(&findings::RULE_ACCESS_CODE, || format!("code de communicabilité « {text} »"));
        }
    }
}

/// Without a start, the time to keep what is described never ends.
fn starts(rule: &Rule, report: &mut Report<'_>) {
    if rule.category != "AppraisalRule" {
        return;
    }
    for (text, _) in rule.terms.iter().filter(|(_, start)| start.is_none()) {
        let message = || format!("la DUA « {text} » n'a pas de date de départ");
        report.push(&findings::RULE_NO_START_DATE, message);
    }
}

/// A hold ends after it began.
fn holds(rule: &Rule, report: &mut Report<'_>) {
    for ((name, start), end) in rule.terms.iter().zip(&rule.hold_end_dates) {
        if let (Some(start), Some(end)) = (start, end)
            && let (Some(first), Some(last)) = (first_day(start), last_day(end))
            && last < first
        {
            let message = || format!("le gel {name} finit le {end}, avant de commencer le {start}");
            report.push(&findings::RULE_HOLD_DATES, message);
        }
    }
}

/// A hold is looked at again after it began.
fn reassessments(rule: &Rule, report: &mut Report<'_>) {
    for ((name, start), again) in rule.terms.iter().zip(&rule.hold_reassessing_dates) {
        if let (Some(start), Some(again)) = (start, again)
            && let (Some(first), Some(last)) = (first_day(start), last_day(again))
            && last < first
        {
            let message =
                || format!("le gel {name} est à réexaminer le {again}, avant de commencer le {start}");
            report.push(&findings::RULE_REASSESSING_DATE, message);
        }
    }
}

/// A hold that has its own duration is given no other end.
fn hold_ends(rule: &Rule, report: &mut Report<'_>) {
    for ((name, _), end) in rule.terms.iter().zip(&rule.hold_end_dates) {
        if let (Some(Ok(_)), Some(end)) = (Span::read(name), end) {
            let message = || format!("le gel {name} a déjà une durée, et finirait aussi le {end}");
            report.push(&findings::RULE_HOLD_END_DATE, message);
        }
    }
}

/// Secrets of national defence have their own systems.
fn classification(rule: &Rule, report: &mut Report<'_>) {
    let Some(level) = rule.classification_level.as_deref() else { return };
    if !UNCLASSIFIED.contains(&level.trim().to_lowercase().as_str()) {
        report.push(&findings::RULE_CLASSIFIED, || format!("niveau de protection « {level} »"));
    }
}
