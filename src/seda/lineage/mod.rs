//! What units have from those above them: rules and their fate, dates, level (seda.md 3.3; 5, checks 20 to 27).
//!
//! Linear, and some forty bytes a unit: a pass over the units takes what each says of itself, then each is judged after its
//! parents, by number. Rules accumulate through every parent; a category that prevents inheritance starts anew, which is
//! how the nearest rule of 0.2 and 1.0 was read.

use std::io;

use super::description::Manifest;
use super::graph;
use super::orphans::Marks;
use super::span::{self, Span};
use crate::model::{Finding, Findings, Unit, findings};

mod appraisal;
mod judge;
mod own;

pub use appraisal::{Appraisal, Appraisals};
use own::{Asked, Own};

/// No day.
const NEVER: i32 = i32::MIN;
/// A day that nobody can tell: after every other.
const UNKNOWN: i32 = i32::MAX;

/// Bits of what a unit has, its own or inherited.
mod bit {
    pub const KEEP: u64 = 1;
    pub const DESTROY: u64 = 2;
    pub const APPRAISAL: u64 = 4;
    /// The unit sets some inherited rules aside: its own, never inherited.
    pub const ASKS: u64 = 8;
    /// Some rule of appraisal is a code, not a duration.
    pub const CODES: u64 = 16;
    /// Rules that some unit sets aside, from this bit on.
    pub const FIRST_RULE: u32 = 5;
}

/// What is above a unit, or above all of them.
#[derive(Clone, Copy, Default)]
struct Above {
    bits: u64,
    due: i32,
    from: i32,
    to: i32,
    longest: Option<Span>,
}

/// Judges each unit by what is above it; what is said of the time and the fate of its files.
///
/// # Errors
/// When the scratch that holds the description fails.
pub fn check(manifest: &Manifest, found: &mut Findings) -> io::Result<Appraisals> {
    let mut asked = Asked::default();
    for unit in manifest.units() {
        asked.note(&unit?);
    }
    let mut rows = Vec::with_capacity(manifest.unit_count());
    for unit in manifest.units() {
        rows.push(Own::of(&unit?, &asked));
    }
    let package = Own::of(&Unit { rules: manifest.heading.rules.clone(), ..Unit::default() }, &asked);
    let mut holders = Marks::new(rows.len());
    for edge in manifest.edges() {
        holders.mark(edge?.unit);
    }
    let mut without = (0, None);
    let mut said = appraisal::Tally::default();
    for number in graph::order(&manifest.tree, rows.len()) {
        let row = rows[number as usize];
        let above = gather(manifest, number, &rows, &package);
        let judged = judge::Judged { manifest, number, row, above };
        judge::levels(&judged, &rows, found)?;
        judge::dates(&judged, &rows, found)?;
        judge::set_aside(&judged, &asked, found)?;
        let effective = row.under(&above);
        judge::fate(&judged, &effective, &rows, found)?;
        judge::due(&judged, &effective, &rows, found)?;
        if holders.has(number) || row.bits & bit::APPRAISAL != 0 {
            said.count(number, &effective);
        }
        if effective.bits & bit::APPRAISAL == 0 && holders.has(number) {
            without.0 += 1;
            without.1.get_or_insert(number);
        }
        rows[number as usize] = effective;
    }
    report_without(manifest, without, found)?;
    said.of(manifest)
}

/// What all the parents of a unit give it, or the package when it has none.
fn gather(manifest: &Manifest, number: u32, rows: &[Own], package: &Own) -> Above {
    let mut above = Above { due: NEVER, from: NEVER, to: NEVER, ..Above::default() };
    let mut is_root = true;
    for parent in manifest.tree.parents(number).filter(|&parent| parent != number) {
        is_root = false;
        above.add(&rows[parent as usize]);
    }
    if is_root {
        above.add(package);
    }
    above
}

impl Above {
    fn add(&mut self, parent: &Own) {
        self.bits |= parent.bits & !bit::ASKS;
        self.due = self.due.max(parent.due);
        self.longest = span::longer(self.longest, parent.longest);
        if (self.from, self.to) == (NEVER, NEVER) {
            (self.from, self.to) = (parent.from, parent.to);
        }
    }
}

/// One finding for all of them: most messages say it of every unit or of none.
fn report_without(
    manifest: &Manifest,
    (count, first): (usize, Option<u32>),
    found: &mut Findings,
) -> io::Result<()> {
    let Some(first) = first else { return Ok(()) };
    let unit = manifest.unit(first)?;
    let message = match count {
        1 => format!("l'unité {} n'a ni DUA ni sort final, et n'en hérite aucun", unit.id),
        _ => format!("{count} unités, dont {}, n'ont ni DUA ni sort final, et n'en héritent aucun", unit.id),
    };
    found.push(Finding::new(&findings::RULE_NO_APPRAISAL, message).at_line(unit.line).in_path(&unit.id));
    Ok(())
}
