//! The graph of units: cycles, units that contain themselves, double links.
//!
//! Units may have several parents; a message may list them flat and rebuild the tree by links, in any order. Only links
//! make cycles: a unit is written after the one that holds it.

use std::io;

use super::description::{Manifest, Tree};
use super::spill::Repeats;
use crate::model::{Finding, Findings, findings};

/// No unit, no place in a path.
const NONE: u32 = u32::MAX;

/// Units that are their own parent.
pub fn selves(manifest: &Manifest, found: &mut Findings) -> io::Result<()> {
    for &(unit, parent) in manifest.tree.added() {
        if unit == parent && found.wants(&findings::REFERENCE_SELF) {
            let unit = manifest.unit(unit)?;
            let message = format!("l'unité {} se contient elle-même", unit.id);
            found.push(Finding::new(&findings::REFERENCE_SELF, message).at_line(unit.line).in_path(&unit.id));
        }
    }
    Ok(())
}

/// A cycle of several units, the first that is found.
pub fn cycle(manifest: &Manifest, found: &mut Findings) -> io::Result<()> {
    let cycle = find_cycle(&manifest.tree, manifest.unit_count());
    let Some(&first) = cycle.first() else { return Ok(()) };
    let names: Vec<String> = cycle
        .iter()
        .take(8)
        .map(|&number| manifest.unit(number).map(|unit| unit.id))
        .collect::<Result<_, _>>()?;
    let more = if cycle.len() > 8 { "…" } else { "" };
    let message = format!("les unités {}{more} se contiennent les unes les autres", names.join(", "));
    let unit = manifest.unit(first)?;
    found.push(Finding::new(&findings::REFERENCE_CYCLE, message).at_line(unit.line).in_path(&unit.id));
    Ok(())
}

/// Units that two links place under the same one.
pub fn double_parents(manifest: &Manifest, found: &mut Findings) -> io::Result<()> {
    let mut said = Repeats::new(manifest.scratch());
    for (number, link) in (0..).zip(manifest.links()) {
        let link = link?;
        if let Some(parent) = link.parent {
            said.push((parent, link.target), number)?;
        }
    }
    for pair in said.finish()? {
        let (link, _) = pair?;
        if found.wants(&findings::REFERENCE_DOUBLE_PARENT) {
            let link = manifest.link(link as u32)?;
            let parent = manifest.unit(link.parent.unwrap_or(NONE))?.id;
            let message = format!("l'unité {} est rattachée deux fois à {parent}", link.target);
            let finding = Finding::new(&findings::REFERENCE_DOUBLE_PARENT, message);
            found.push(finding.at_line(link.line).in_path(link.id));
        }
    }
    Ok(())
}

/// The units left when every unit without a parent is taken away, again and again, are the cycles and what hangs under
/// them; one cycle of those, from above to below. Empty when there is none.
fn find_cycle(tree: &Tree, count: usize) -> Vec<u32> {
    if tree.added().is_empty() {
        return Vec::new();
    }
    let (_, waiting) = sorted(tree, count);
    // Walk up from any unit left until one repeats: that is the cycle itself.
    let Some(start) = waiting.iter().position(|&left| left > 0) else { return Vec::new() };
    let mut path = vec![start as u32];
    let mut met = vec![NONE; count];
    met[start] = 0;
    while let Some(&unit) = path.last() {
        let mut above = tree.parents(unit).filter(|&above| above != unit);
        let Some(above) = above.find(|&above| waiting[above as usize] > 0) else { break };
        let from = met[above as usize];
        if from != NONE {
            path.drain(..from as usize);
            path.reverse();
            return path;
        }
        met[above as usize] = path.len() as u32;
        path.push(above);
    }
    Vec::new()
}

/// Units, each after those above it; those of a cycle, and what hangs under one, are left out.
pub fn order(tree: &Tree, count: usize) -> Vec<u32> {
    if tree.added().is_empty() {
        // A unit is written after the one that holds it.
        return (0..count as u32).collect();
    }
    sorted(tree, count).0
}

/// Units in that order, and how many parents each is left with: none, save those left out.
fn sorted(tree: &Tree, count: usize) -> (Vec<u32>, Vec<u32>) {
    let mut waiting = vec![0u32; count];
    // Children of each unit, one after the other: those of `unit` end at `ends[unit]`.
    let mut ends = vec![0u32; count + 1];
    let edges = || tree.edges().filter(|(parent, child)| parent != child);
    for (parent, child) in edges() {
        waiting[child as usize] += 1;
        ends[parent as usize + 1] += 1;
    }
    for unit in 1..ends.len() {
        ends[unit] += ends[unit - 1];
    }
    let mut children = vec![0u32; ends[count] as usize];
    for (parent, child) in edges() {
        let place = &mut ends[parent as usize];
        children[*place as usize] = child;
        *place += 1;
    }
    let mut order: Vec<u32> = (0..count as u32).filter(|&unit| waiting[unit as usize] == 0).collect();
    let mut next = 0;
    while let Some(&unit) = order.get(next) {
        next += 1;
        let from = (unit as usize).checked_sub(1).map_or(0, |before| ends[before]);
        for &child in &children[from as usize..ends[unit as usize] as usize] {
            waiting[child as usize] -= 1;
            if waiting[child as usize] == 0 {
                order.push(child);
            }
        }
    }
    (order, waiting)
}
