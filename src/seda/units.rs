//! What a unit says of itself: its title, its dates, its rules' dates.
//!
//! Each check is a function of one unit; they are called for all of them in one pass ([`super::consistency`]).

use std::io;

use chrono::Datelike;

use super::date::{first_day, last_day};
use super::description::Manifest;
use crate::model::findings::Kind;
use crate::model::{Finding, Findings, Rule, SedaVersion, Unit, findings};

/// A unit has a title.
pub fn title(unit: &Unit, found: &mut Findings) {
    if unit.content.title.as_deref().is_none_or(str::is_empty) {
        let message = || format!("l'unité {} n'a pas d'intitulé", unit.id);
        report(&findings::UNIT_NO_TITLE, message, unit, found);
    }
}

/// A unit ends after it began.
pub fn dates(unit: &Unit, found: &mut Findings) {
    let content = &unit.content;
    if let (Some(start), Some(end)) = (&content.start_date, &content.end_date)
        && let (Some(first), Some(last)) = (first_day(start), last_day(end))
        && (last < first || is_before(end, start))
    {
        let message = || format!("l'unité {} finit le {end}, avant de commencer le {start}", unit.id);
        report(&findings::UNIT_DATES, message, unit, found);
    }
}

/// Two instants of the same day, in the same zone's writing, are compared as written.
fn is_before(end: &str, start: &str) -> bool {
    let is_instant = |date: &str| date.len() == 19 && date.as_bytes()[10] == b'T';
    is_instant(end) && is_instant(start) && end < start
}

/// A year 9000 breaks date arithmetic elsewhere; it is said, not refused.
pub fn years(unit: &Unit, found: &mut Findings) {
    let content = &unit.content;
    let terms = unit.rules.rules.iter().flat_map(|rule| &rule.terms).filter_map(|(_, start)| start.as_ref());
    let dates =
        [&content.start_date, &content.end_date, &content.transacted_date].into_iter().flatten().chain(terms);
    for date in dates {
        if first_day(date).is_some_and(|day| !(1..=2999).contains(&day.year())) {
            let message = || format!("unité {} : date {date} peu vraisemblable", unit.id);
            report(&findings::UNIT_YEAR, message, unit, found);
        }
    }
}

/// A hold ends after it began.
pub fn holds(unit: &Unit, found: &mut Findings) {
    unit.rules.rules.iter().for_each(|rule| hold(rule, &unit.id, unit.line, found));
}

/// The same, of the package's rules.
pub fn package(manifest: &Manifest, found: &mut Findings) -> io::Result<()> {
    manifest.heading.rules.rules.iter().for_each(|rule| hold(rule, "ManagementMetadata", 0, found));
    Ok(())
}

/// 1.0 demands an access rule of each archive, and its schema says so; 0.2 lets it be left out.
pub fn older_access(manifest: &Manifest, found: &mut Findings) -> io::Result<()> {
    if manifest.heading.version >= SedaVersion::V2_0 {
        return Ok(());
    }
    for number in manifest.tree.roots() {
        let unit = manifest.unit(number)?;
        if !unit.rules.rules.iter().any(|rule| rule.category == "AccessRule") {
            let message = || format!("l'archive {} n'a pas de règle de communicabilité", unit.id);
            report(&findings::RULE_NO_ACCESS, message, &unit, found);
        }
    }
    Ok(())
}

fn hold(rule: &Rule, place: &str, line: u64, found: &mut Findings) {
    for ((name, start), end) in rule.terms.iter().zip(&rule.hold_end_dates) {
        if let (Some(start), Some(end)) = (start, end)
            && let (Some(first), Some(last)) = (first_day(start), last_day(end))
            && last < first
            && found.wants(&findings::RULE_HOLD_DATES)
        {
            let message = format!("le gel {name} finit le {end}, avant de commencer le {start}");
            let finding = Finding::new(&findings::RULE_HOLD_DATES, message).in_path(place);
            found.push(if line > 0 { finding.at_line(line) } else { finding });
        }
    }
}

fn report(kind: &'static Kind, message: impl FnOnce() -> String, unit: &Unit, found: &mut Findings) {
    if found.wants(kind) {
        found.push(Finding::new(kind, message()).at_line(unit.line).in_path(&unit.id));
    }
}
