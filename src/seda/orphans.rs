//! Objects and groups against the units: each hangs under one, by its group or alone, and by its group rather than alone.
//!
//! Walks numbers only, with one bit for each object and group; a record is read only for what is reported.

use std::io;

use super::description::{Edge, Family, Manifest, Named, Target};
use crate::model::findings::{self, Kind};
use crate::model::{Finding, Findings, Referent};

/// Each object hangs, by its group or alone, under a unit; so does each group.
pub fn orphans(manifest: &Manifest, found: &mut Findings) -> io::Result<()> {
    let mut reached = Reached::of(manifest)?;
    for (number, group) in (0..).zip(manifest.binary_groups()) {
        let is_orphan = reached.through(group?, reached.binary.has(number));
        if is_orphan && found.wants(&findings::REFERENCE_ORPHAN_OBJECT) {
            let object = manifest.binary_object(number)?;
            found.push(orphan(&object.id, object.line));
        }
    }
    for (number, group) in (0..).zip(manifest.physical_groups()) {
        let is_orphan = reached.through(group?, reached.physical.has(number));
        if is_orphan && found.wants(&findings::REFERENCE_ORPHAN_OBJECT) {
            let object = manifest.physical_object(number)?;
            found.push(orphan(&object.id, object.line));
        }
    }
    for number in reached.groups.missing() {
        if found.wants(&findings::REFERENCE_ORPHAN_GROUP) {
            let group = manifest.object_group(number)?;
            let message = format!("le groupe {} n'est rattaché à aucune unité", group.id);
            found.push(at(&findings::REFERENCE_ORPHAN_GROUP, message, &group.id, group.line));
        }
    }
    Ok(())
}

fn orphan(id: &str, line: u64) -> Finding {
    let message = format!("l'objet {id} n'est rattaché à aucune unité");
    at(&findings::REFERENCE_ORPHAN_OBJECT, message, id, line)
}

/// Objects and groups that something refers to.
struct Reached {
    binary: Marks,
    physical: Marks,
    groups: Marks,
}

impl Reached {
    fn of(manifest: &Manifest) -> io::Result<Self> {
        let mut reached = Self {
            binary: Marks::new(manifest.binary_object_count()),
            physical: Marks::new(manifest.physical_object_count()),
            groups: Marks::new(manifest.object_group_count()),
        };
        for edge in manifest.edges() {
            reached.mark(edge?.target);
        }
        for target in manifest.reference_targets() {
            reached.mark(target?);
        }
        // An identifier given twice names the last: the others are not to be reported again.
        for repeat in manifest.repeated() {
            reached.mark(Target::Something(repeat?.before));
        }
        Ok(reached)
    }

    fn mark(&mut self, target: Target) {
        let Target::Something(named) = target else { return };
        match named.family {
            Family::Binary => self.binary.mark(named.number),
            Family::Physical => self.physical.mark(named.number),
            Family::Group => self.groups.mark(named.number),
            Family::Unit | Family::Link | Family::Other => {}
        }
    }

    /// A group is reached through its objects too. Whether an object in no group is an orphan.
    fn through(&mut self, group: Target, is_reached: bool) -> bool {
        if is_reached {
            self.mark(group);
        }
        group == Target::Unsaid && !is_reached
    }
}

/// A unit that names one object of a group rather than the group.
pub fn grouped_objects(manifest: &Manifest, found: &mut Findings) -> io::Result<()> {
    let mut binary = Marks::new(manifest.binary_object_count());
    for (number, group) in (0..).zip(manifest.binary_groups()) {
        if group? != Target::Unsaid {
            binary.mark(number);
        }
    }
    let mut physical = Marks::new(manifest.physical_object_count());
    for (number, group) in (0..).zip(manifest.physical_groups()) {
        if group? != Target::Unsaid {
            physical.mark(number);
        }
    }
    for edge in manifest.edges() {
        let edge = edge?;
        let is_grouped = edge.wanted == Referent::Object
            && (edge.target.number(Family::Binary).is_some_and(|number| binary.has(number))
                || edge.target.number(Family::Physical).is_some_and(|number| physical.has(number)));
        if is_grouped && found.wants(&findings::REFERENCE_GROUPED_OBJECT) {
            found.push(grouped_object(manifest, edge)?);
        }
    }
    Ok(())
}

fn grouped_object(manifest: &Manifest, edge: Edge) -> io::Result<Finding> {
    let unit = manifest.unit(edge.unit)?;
    let (object, group) = match edge.target {
        Target::Something(Named { family: Family::Binary, number }) => {
            manifest.binary_object(number).map(|object| (object.id, object.group))?
        }
        Target::Something(named) => {
            manifest.physical_object(named.number).map(|object| (object.id, object.group))?
        }
        Target::Nothing | Target::Unsaid => Default::default(),
    };
    let message = format!(
        "l'unité {} désigne l'objet {object} au lieu de son groupe {}",
        unit.id,
        group.unwrap_or_default()
    );
    Ok(at(&findings::REFERENCE_GROUPED_OBJECT, message, &unit.id, unit.line))
}

/// One bit for each of so many things.
pub struct Marks {
    words: Vec<u64>,
    count: usize,
}

impl Marks {
    /// None marked.
    pub fn new(count: usize) -> Self {
        Self { words: vec![0; count.div_ceil(64)], count }
    }

    /// Marks one.
    pub fn mark(&mut self, number: u32) {
        if let Some(word) = self.words.get_mut(number as usize / 64) {
            *word |= 1 << (number % 64);
        }
    }

    /// Whether it is marked.
    pub fn has(&self, number: u32) -> bool {
        self.words.get(number as usize / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    /// Those that are not.
    pub fn missing(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.count as u32).filter(|&number| !self.has(number))
    }
}

fn at(kind: &'static Kind, message: String, place: &str, line: u64) -> Finding {
    Finding::new(kind, message).at_line(line).in_path(place)
}
