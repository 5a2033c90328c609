//! What is found of one unit under those above it. A text is read only for what is reported.

use std::io;

use chrono::NaiveDate;

use super::own::{Asked, Own};
use super::{Above, NEVER, UNKNOWN, bit};
use crate::model::findings::Kind;
use crate::model::{Finding, Findings, Unit, findings};
use crate::seda::date::{first_day, last_day};
use crate::seda::description::Manifest;

/// Ranks of the levels that rules of order name.
const FONDS: u8 = 1;
const SERIES: u8 = 5;
const ITEM: u8 = 10;

/// The unit being judged.
pub struct Judged<'a> {
    pub manifest: &'a Manifest,
    pub number: u32,
    pub row: Own,
    pub above: Above,
}

impl Judged<'_> {
    fn unit(&self) -> io::Result<Unit> {
        self.manifest.unit(self.number)
    }

    fn parents(&self) -> impl Iterator<Item = u32> {
        self.manifest.tree.parents(self.number).filter(|&parent| parent != self.number)
    }
}

/// No fonds under a series, nothing but items under an item (SIAF).
pub fn levels(judged: &Judged<'_>, rows: &[Own], found: &mut Findings) -> io::Result<()> {
    let own = judged.row.level;
    let is_wrong = |above: u8| match own {
        0 => false,
        FONDS => above >= SERIES,
        _ => above == ITEM && own != ITEM,
    };
    let wrong = judged.parents().find(|&parent| is_wrong(rows[parent as usize].level));
    if let Some(parent) = wrong
        && found.wants(&findings::UNIT_LEVEL_ORDER)
    {
        let (unit, parent) = (judged.unit()?, judged.manifest.unit(parent)?);
        let level = |unit: &Unit| unit.content.description_level.clone().unwrap_or_default();
        let message = format!(
            "l'unité {} (niveau {}) est placée sous {} (niveau {})",
            unit.id,
            level(&unit),
            parent.id,
            level(&parent)
        );
        found.push(at(&findings::UNIT_LEVEL_ORDER, message, &unit));
    }
    Ok(())
}

/// What a unit describes happened within the dates of the nearest above that has some (SIAF); through one parent at least.
pub fn dates(judged: &Judged<'_>, rows: &[Own], found: &mut Findings) -> io::Result<()> {
    let own = judged.row;
    let exceeds = |parent: u32| {
        let above = rows[parent as usize];
        (own.from != NEVER && above.from != NEVER && own.from < above.from)
            || (own.to != NEVER && above.to != NEVER && own.to > above.to)
    };
    let mut parents = judged.parents().peekable();
    if parents.peek().is_none() || !parents.all(exceeds) {
        return Ok(());
    }
    let unit = judged.unit()?;
    let (start, end) = (unit.content.start_date.as_deref(), unit.content.end_date.as_deref());
    // A year alone may begin after the day it is compared with, and end before.
    let last_start = days(start.and_then(last_day));
    let first_end = days(end.and_then(first_day));
    let is_before = judged.above.from != NEVER && last_start.is_some_and(|day| day < judged.above.from);
    let is_after = judged.above.to != NEVER && first_end.is_some_and(|day| day > judged.above.to);
    if (is_before || is_after) && found.wants(&findings::UNIT_DATES_OUTSIDE) {
        let span = |from: Option<&str>, to: Option<&str>| match (from, to) {
            (Some(from), Some(to)) => format!("du {from} au {to}"),
            (Some(from), None) => format!("depuis le {from}"),
            (None, Some(to)) => format!("jusqu'au {to}"),
            (None, None) => String::new(),
        };
        let (from, to) = (shown(judged.above.from), shown(judged.above.to));
        let message = format!(
            "l'unité {} ({}) sort des dates de ce qui la contient ({})",
            unit.id,
            span(start, end),
            span(from.as_deref(), to.as_deref())
        );
        found.push(at(&findings::UNIT_DATES_OUTSIDE, message, &unit));
    }
    Ok(())
}

/// A rule that a unit sets aside is one that it would inherit.
pub fn set_aside(judged: &Judged<'_>, asked: &Asked, found: &mut Findings) -> io::Result<()> {
    if judged.row.bits & bit::ASKS == 0 {
        return Ok(());
    }
    let unit = judged.unit()?;
    if unit.attached_to.is_some() {
        // What it would inherit is not in the message.
        return Ok(());
    }
    for rule in &unit.rules.rules {
        for id in &rule.ref_non_rule_ids {
            let asked = asked.bit(&rule.category, id);
            if asked != 0 && judged.above.bits & asked == 0 && found.wants(&findings::RULE_NOT_INHERITED) {
                let message = format!(
                    "l'unité {} écarte la règle {id} ({}), dont elle n'hérite pas",
                    unit.id, rule.category
                );
                found.push(at(&findings::RULE_NOT_INHERITED, message, &unit));
            }
        }
    }
    Ok(())
}

/// To keep and to destroy do not meet; told where they first do.
pub fn fate(judged: &Judged<'_>, effective: &Own, rows: &[Own], found: &mut Findings) -> io::Result<()> {
    const BOTH: u64 = bit::KEEP | bit::DESTROY;
    let has_both = |parent: u32| rows[parent as usize].bits & judged.row.kept & BOTH == BOTH;
    let is_new = effective.bits & BOTH == BOTH && !judged.parents().any(has_both);
    if is_new && found.wants(&findings::RULE_FINAL_ACTIONS) {
        let unit = judged.unit()?;
        let message = format!("l'unité {} est à la fois à conserver et à détruire", unit.id);
        found.push(at(&findings::RULE_FINAL_ACTIONS, message, &unit));
    }
    Ok(())
}

/// What is to be destroyed is not due before what it contains.
pub fn due(judged: &Judged<'_>, effective: &Own, rows: &[Own], found: &mut Findings) -> io::Result<()> {
    let is_known = |day: i32| day != NEVER && day != UNKNOWN;
    if judged.row.bits & bit::APPRAISAL == 0 || !is_known(effective.due) {
        return Ok(());
    }
    let is_early = |parent: &u32| {
        let above = rows[*parent as usize];
        above.bits & bit::DESTROY != 0 && is_known(above.due) && above.due < effective.due
    };
    if let Some(parent) = judged.parents().find(is_early)
        && found.wants(&findings::RULE_DUE_BEFORE)
    {
        let (unit, above) = (judged.unit()?, judged.manifest.unit(parent)?);
        let day = |day: i32| shown(day).unwrap_or_default();
        let message = format!(
            "la DUA de l'unité {} finit le {}, après celle de {} ({}), qui est à détruire et la contient",
            unit.id,
            day(effective.due),
            above.id,
            day(rows[parent as usize].due)
        );
        found.push(at(&findings::RULE_DUE_BEFORE, message, &unit));
    }
    Ok(())
}

fn days(day: Option<NaiveDate>) -> Option<i32> {
    day.map(|day| chrono::Datelike::num_days_from_ce(&day))
}

fn shown(day: i32) -> Option<String> {
    NaiveDate::from_num_days_from_ce_opt(day).map(|day| day.to_string())
}

fn at(kind: &'static Kind, message: String, unit: &Unit) -> Finding {
    Finding::new(kind, message).at_line(unit.line).in_path(&unit.id)
}
