//! What a unit says of itself: its title, its level, its dates, what it asks for.
//!
//! Each check is a function of one unit; they are called for all of them in one pass ([`super::consistency`]).

use std::io;

use chrono::Datelike;

use super::date::{first_day, last_day};
use super::description::Manifest;
use crate::model::findings::Kind;
use crate::model::{Finding, Findings, SedaVersion, Unit, findings};

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

/// A date without a year is no place in time.
pub fn yearless(unit: &Unit, found: &mut Findings) {
    let content = &unit.content;
    for date in [&content.start_date, &content.end_date, &content.transacted_date].into_iter().flatten() {
        if date.starts_with("--") {
            let message = || format!("unité {} : la date {date} n'a pas d'année", unit.id);
            report(&findings::UNIT_DATE_NO_YEAR, message, unit, found);
        }
    }
}

/// A unit has a level.
pub fn level(unit: &Unit, found: &mut Findings) {
    if unit.content.description_level.as_deref().is_none_or(str::is_empty) {
        let message = || format!("l'unité {} n'a pas de niveau de description", unit.id);
        report(&findings::UNIT_NO_LEVEL, message, unit, found);
    }
}

/// Profiles of units are not applied: who relies on one is told so.
pub fn unit_profile(unit: &Unit, found: &mut Findings) {
    if let Some(profile) = &unit.archive_unit_profile {
        let message =
            || format!("l'unité {} suit le profil « {profile} », qui n'a pas été contrôlé", unit.id);
        report(&findings::UNIT_PROFILE, message, unit, found);
    }
}

/// Nothing is attached to what is already archived: who asks for it is told so.
pub fn attachment(unit: &Unit, found: &mut Findings) {
    if let Some(target) = &unit.attached_to {
        let message = || format!("l'unité {} demande à être rattachée à « {target} »", unit.id);
        report(&findings::UNIT_ATTACHMENT, message, unit, found);
    }
}

/// Some senders understand the answer only when it names one unit.
pub fn several_roots(manifest: &Manifest, found: &mut Findings) -> io::Result<()> {
    let count = manifest.tree.roots().count();
    if count > 1 {
        let message = format!("{count} unités d'archives sont au premier niveau");
        found.push(Finding::new(&findings::UNIT_SEVERAL_ROOTS, message));
    }
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

fn report(kind: &'static Kind, message: impl FnOnce() -> String, unit: &Unit, found: &mut Findings) {
    if found.wants(kind) {
        found.push(Finding::new(kind, message()).at_line(unit.line).in_path(&unit.id));
    }
}
