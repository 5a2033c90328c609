//! Where findings are in the manifest's own tree: the units and files that they concern, and the units above these.
//!
//! Computed once, when the findings are known, from a description that may be larger than the memory: what is held of each unit
//! is a number, and at most [`NODES_MAX`] of them are kept with their titles. What finds no place is told beside the tree.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use serde::{Deserialize, Serialize};

use crate::catalog::enter::listed_title;
use crate::model::findings::shortened;
use crate::model::{BinaryObject, Finding};
use crate::seda::Manifest;
use crate::seda::description::{Family, Target};

/// Nodes kept.
pub const NODES_MAX: usize = 500;
/// Nodes kept of what nothing was found in, where the whole tree is wanted.
const WHOLE_MAX: usize = 200;
/// Characters kept of a title or a name.
const NAME_CHARS_MAX: usize = 150;
/// Elements that hold a unit, in the versions of the standard: within one, a finding is of a unit.
const UNIT_ELEMENTS: [&str; 5] = ["ArchiveUnit", "Archive", "ArchiveObject", "Contains", "Document"];

/// A part of the tree, each node before those under it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Places {
    pub nodes: Vec<Node>,
    /// Findings that have a place past the nodes kept.
    pub left_out: u32,
    /// What nothing was found in has its nodes too, as far as there is room.
    pub is_whole: bool,
}

/// A unit, or a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// How deep, from 0.
    pub depth: u32,
    pub name: String,
    pub is_file: bool,
    /// Ranks of the findings that concern it, among those of the transfer.
    pub findings: Vec<u32>,
    /// Units directly under it in which, and under which, nothing was found.
    pub quiet: u32,
}

type Ranks = Vec<u32>;

/// The place of each finding that has one; with the rest of the tree when it is wanted whole, as by an archivist who decides.
///
/// # Errors
/// When the scratch that holds the description cannot be read.
pub(super) fn locate(manifest: &Manifest, findings: &[Finding], is_whole: bool) -> io::Result<Places> {
    let mut sought = Sought::of(findings);
    if sought.by_line.is_empty() && !is_whole {
        return Ok(Places::default());
    }
    let others = if is_whole { WHOLE_MAX } else { 0 };
    let files = sought.files(manifest, others)?;
    let mut units = sought.units(manifest)?;
    let holders = holders(manifest, &files)?;
    let mut loose = Vec::new();
    let mut under: BTreeMap<u32, Vec<(String, Ranks)>> = BTreeMap::new();
    for (number, (name, ranks)) in files {
        match holders.get(&number) {
            Some(unit) => {
                if !ranks.is_empty() {
                    units.entry(*unit).or_default();
                }
                under.entry(*unit).or_default().push((name, ranks));
            }
            None => loose.push((name, ranks)),
        }
    }
    let others = manifest.units().take(others).count() as u32;
    Ok(Places { is_whole, ..build(manifest, units, under, loose, others)? })
}

/// Findings whose place is looked for, by their line.
struct Sought<'a> {
    findings: &'a [Finding],
    by_line: BTreeMap<u64, Ranks>,
}

impl<'a> Sought<'a> {
    fn of(findings: &'a [Finding]) -> Self {
        let mut by_line: BTreeMap<u64, Ranks> = BTreeMap::new();
        for (rank, finding) in findings.iter().enumerate() {
            if let Some(line) = finding.line {
                by_line.entry(line).or_default().push(rank as u32);
            }
        }
        Self { findings, by_line }
    }

    fn path(&self, rank: u32) -> Option<&str> {
        self.findings[rank as usize].path.as_deref()
    }

    /// Takes those of a line that name one of these.
    fn take(&mut self, line: u64, names: &[Option<&str>]) -> Ranks {
        let Some(ranks) = self.by_line.get(&line) else { return Ranks::new() };
        let is_its = |rank: &u32| self.path(*rank).is_some_and(|path| names.contains(&Some(path)));
        let (its, others): (Ranks, Ranks) = ranks.iter().partition(|rank| is_its(rank));
        self.by_line.insert(line, others);
        its
    }

    /// Files concerned, by their numbers, and the `first` of all.
    fn files(&mut self, manifest: &Manifest, first: usize) -> io::Result<BTreeMap<u32, (String, Ranks)>> {
        let mut files = BTreeMap::new();
        for (number, object) in manifest.binary_objects().enumerate() {
            let object = object?;
            if !self.by_line.contains_key(&object.line) && number >= first {
                continue;
            }
            let name = file_name(&object);
            let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
            let names = [Some(object.id.as_str()), object.uri.as_deref(), object.file_name.as_deref()];
            let mut ranks = self.take(object.line, &names);
            // A file found elsewhere than where it was declared, under the same last name.
            let others = self.by_line.remove(&object.line).unwrap_or_default();
            let by_last = |rank: &u32| self.path(*rank).is_some_and(|path| last(path) == last(&name));
            let (its, others): (Ranks, Ranks) = others.iter().partition(|rank| by_last(rank));
            ranks.extend(its);
            self.by_line.insert(object.line, others);
            if !ranks.is_empty() || number < first {
                files.insert(number as u32, (shortened(name, NAME_CHARS_MAX), ranks));
            }
        }
        Ok(files)
    }

    /// Units concerned, by their numbers: named by a finding, or the last begun before its line.
    fn units(&mut self, manifest: &Manifest) -> io::Result<BTreeMap<u32, Ranks>> {
        let mut units: BTreeMap<u32, Ranks> = BTreeMap::new();
        let (mut begun, mut from, mut first) = (None, 0, None);
        for (number, unit) in manifest.units().enumerate() {
            let unit = unit?;
            let ranks = self.take(unit.line, &[Some(unit.id.as_str())]);
            if let Some(begun) = begun {
                self.within(from..unit.line, begun, &mut units);
            }
            (begun, from) = (Some(number as u32), unit.line);
            first.get_or_insert(unit.line);
            if !ranks.is_empty() {
                units.entry(number as u32).or_default().extend(ranks);
            }
        }
        // Of a message written on one line, lines tell nothing.
        if let Some(begun) = begun.filter(|begun| *begun == 0 || first != Some(from)) {
            self.within(from..u64::MAX, begun, &mut units);
        }
        Ok(units)
    }

    /// Those of these lines that stand within a unit are of this one.
    fn within(&mut self, lines: std::ops::Range<u64>, unit: u32, units: &mut BTreeMap<u32, Ranks>) {
        if lines.is_empty() {
            return;
        }
        let of_unit = |path: &str| path.split('/').any(|part| UNIT_ELEMENTS.contains(&part));
        let met = self.by_line.range(lines).flat_map(|(_, ranks)| ranks.iter().copied());
        let its: Ranks = met.filter(|rank| self.path(*rank).is_some_and(of_unit)).collect();
        if !its.is_empty() {
            units.entry(unit).or_default().extend(its);
        }
    }
}

fn file_name(object: &BinaryObject) -> String {
    let name = object.uri.as_deref().or(object.file_name.as_deref());
    name.filter(|name| !name.trim().is_empty()).unwrap_or(&object.id).to_owned()
}

/// The first unit that refers to each of these files, or to its group.
fn holders(manifest: &Manifest, files: &BTreeMap<u32, (String, Ranks)>) -> io::Result<BTreeMap<u32, u32>> {
    let mut holders = BTreeMap::new();
    if files.is_empty() {
        return Ok(holders);
    }
    let mut in_group: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (number, group) in manifest.binary_groups().enumerate() {
        let group: Target = group?;
        if let Some(group) = group.number(Family::Group)
            && files.contains_key(&(number as u32))
        {
            in_group.entry(group).or_default().push(number as u32);
        }
    }
    for edge in manifest.edges() {
        let edge = edge?;
        if let Some(object) = edge.target.number(Family::Binary).filter(|object| files.contains_key(object)) {
            holders.entry(object).or_insert(edge.unit);
        }
        let group = edge.target.number(Family::Group).and_then(|group| in_group.get(&group));
        for object in group.into_iter().flatten() {
            holders.entry(*object).or_insert(edge.unit);
        }
    }
    Ok(holders)
}

/// The nodes, with the units above those concerned, then with the first `others` where there is room.
fn build(
    manifest: &Manifest,
    units: BTreeMap<u32, Ranks>,
    mut under: BTreeMap<u32, Vec<(String, Ranks)>>,
    loose: Vec<(String, Ranks)>,
    others: u32,
) -> io::Result<Places> {
    let (mut kept, mut left_out, mut files) = (BTreeSet::new(), 0, 0);
    let concerned = units.keys().map(|unit| (*unit, NODES_MAX));
    let others = (0..others).filter(|unit| !units.contains_key(unit)).map(|unit| (unit, WHOLE_MAX));
    for (unit, most) in concerned.chain(others) {
        let above = line_of(manifest, unit, &kept);
        let its = under.get(&unit);
        if kept.len() + files + above.len() + its.map_or(0, Vec::len) > most {
            left_out += its.into_iter().flatten().map(|(_, ranks)| ranks.len()).sum::<usize>();
            under.remove(&unit);
            continue;
        }
        files += its.map_or(0, Vec::len);
        kept.extend(above);
    }
    let is_out = |(unit, _): &(&u32, &Ranks)| !kept.contains(unit);
    left_out += units.iter().filter(is_out).map(|(_, ranks)| ranks.len()).sum::<usize>();
    let room = NODES_MAX.saturating_sub(kept.len() + files);
    left_out += loose.iter().skip(room).map(|(_, ranks)| ranks.len()).sum::<usize>();
    let mut walk = Walk { manifest, units, under, children: BTreeMap::new(), nodes: Vec::new() };
    let mut roots = Vec::new();
    for unit in &kept {
        match manifest.tree.parents(*unit).next().filter(|parent| kept.contains(parent)) {
            Some(parent) => walk.children.entry(parent).or_default().push(*unit),
            None => roots.push(*unit),
        }
    }
    let quiet = walk.quiet(&kept);
    walk.down(roots, &quiet)?;
    let file = |(name, findings)| Node { depth: 0, name, is_file: true, findings, quiet: 0 };
    walk.nodes.extend(loose.into_iter().take(room).map(file));
    Ok(Places { nodes: walk.nodes, left_out: left_out as u32, is_whole: false })
}

/// A unit and those above it that are not kept yet.
fn line_of(manifest: &Manifest, unit: u32, kept: &BTreeSet<u32>) -> BTreeSet<u32> {
    let (mut line, mut at) = (BTreeSet::new(), Some(unit));
    // A message may say that a unit stands under itself.
    while let Some(unit) = at.filter(|unit| !kept.contains(unit) && line.len() <= NODES_MAX) {
        if !line.insert(unit) {
            break;
        }
        at = manifest.tree.parents(unit).next();
    }
    line
}

struct Walk<'a> {
    manifest: &'a Manifest,
    units: BTreeMap<u32, Ranks>,
    under: BTreeMap<u32, Vec<(String, Ranks)>>,
    children: BTreeMap<u32, Vec<u32>>,
    nodes: Vec<Node>,
}

impl Walk<'_> {
    /// Of each unit kept, how many directly under it are not.
    fn quiet(&self, kept: &BTreeSet<u32>) -> BTreeMap<u32, u32> {
        let mut quiet = BTreeMap::new();
        for (parent, child) in self.manifest.tree.edges() {
            if kept.contains(&parent) && !kept.contains(&child) {
                *quiet.entry(parent).or_default() += 1;
            }
        }
        quiet
    }

    fn down(&mut self, roots: Vec<u32>, quiet: &BTreeMap<u32, u32>) -> io::Result<()> {
        let mut waiting: Vec<(u32, u32)> = roots.into_iter().rev().map(|unit| (unit, 0)).collect();
        while let Some((unit, depth)) = waiting.pop() {
            let title = self.manifest.unit(unit)?.content.title;
            self.nodes.push(Node {
                depth,
                name: shortened(listed_title(title.as_deref()), NAME_CHARS_MAX),
                is_file: false,
                findings: self.units.remove(&unit).unwrap_or_default(),
                quiet: quiet.get(&unit).copied().unwrap_or(0),
            });
            let files = self.under.remove(&unit).unwrap_or_default();
            let file = |(name, findings)| Node { depth: depth + 1, name, is_file: true, findings, quiet: 0 };
            self.nodes.extend(files.into_iter().map(file));
            let children = self.children.remove(&unit).unwrap_or_default();
            waiting.extend(children.into_iter().rev().map(|child| (child, depth + 1)));
        }
        Ok(())
    }
}
