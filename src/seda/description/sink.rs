//! What accepts a description as it is read, whatever the version: header, objects, groups, units, links, references.
//!
//! Never judges, but what only it can see: the limits. Units come nested: one is numbered and written when something
//! comes under it, or when it ends; what is said of it afterwards is out of place, and dropped.

use std::io;

use super::Manifest;
use super::names::{Asker, Family, Names};
use crate::model::findings::Kind;
use crate::model::{
    BinaryObject, Finding, Heading, Inline, Limits, ObjectGroup, OtherId, PhysicalObject, Reference,
    Referent, SedaVersion, Unit, UnitLink, UnitReference, Weight, findings,
};
use crate::seda::lengths;
use crate::seda::spill::Scratch;

/// A description being read.
#[derive(Debug)]
pub struct Description {
    manifest: Box<Manifest>,
    names: Names,
    open: Vec<OpenUnit>,
    opened: usize,
    objects: usize,
    units_max: usize,
    objects_max: usize,
    inline_bytes_max: u64,
    is_inline_full: bool,
    /// Limits that were passed.
    pub found: Vec<Finding>,
}

#[derive(Debug, Default)]
struct OpenUnit {
    /// What is said of it, until it is written.
    unit: Unit,
    parent: Option<u32>,
    /// Once written.
    number: Option<u32>,
    /// What it names, when it only is a link.
    target: Option<String>,
}

impl Description {
    /// Nothing read yet; what does not fit in memory goes to `scratch`.
    pub fn new(version: SedaVersion, limits: &Limits, scratch: &Scratch) -> Self {
        Self {
            manifest: Box::new(Manifest::new(Heading::new(version), scratch)),
            names: Names::new(scratch),
            open: Vec::new(),
            opened: 0,
            objects: 0,
            units_max: limits.units_max,
            objects_max: limits.objects_max,
            inline_bytes_max: limits.expanded_bytes_max,
            is_inline_full: false,
            found: Vec::new(),
        }
    }

    /// The header, as read so far.
    pub fn heading(&self) -> &Heading {
        &self.manifest.heading
    }

    /// The header, to be filled.
    pub fn heading_mut(&mut self) -> &mut Heading {
        &mut self.manifest.heading
    }

    /// A unit begins, under the one that is open. `false` past the limit: what is in it is not to be read.
    ///
    /// # Errors
    /// When the scratch fails; so for everything else that is added.
    pub fn open_unit(&mut self, id: String, line: u64) -> io::Result<bool> {
        if self.opened == self.units_max {
            let message = format!("plus de {} unités d'archives", self.units_max);
            self.report(&findings::UNIT_TOO_MANY, message, line);
        }
        self.opened += 1;
        if self.opened > self.units_max {
            return Ok(false);
        }
        let parent = self.settle()?;
        let unit = Unit { id, line, ..Unit::default() };
        self.open.push(OpenUnit { unit, parent, ..OpenUnit::default() });
        Ok(true)
    }

    /// The open unit, to say of it a text of so many bytes, and whether too little was said of it yet for a text that adds
    /// to others to be kept: past that, it is only counted. `None` when there is none, or when it is already written.
    pub fn unit(&mut self, bytes: usize) -> Option<(&mut Unit, bool)> {
        let open = self.open.last_mut().filter(|open| open.number.is_none())?;
        let is_light = weigh(&mut open.unit.weight, bytes);
        Some((&mut open.unit, is_light))
    }

    /// The header, to say of the package's rules a text of so many bytes, and whether it is to be kept.
    pub fn package_rules(&mut self, bytes: usize) -> (&mut Heading, bool) {
        let heading = &mut self.manifest.heading;
        let is_light = weigh(&mut heading.weight, bytes);
        (heading, is_light)
    }

    /// The open unit only is a link to this one.
    pub fn link(&mut self, target: String) {
        if let Some(open) = self.open.last_mut() {
            open.target = Some(target);
        }
    }

    /// The open unit ends.
    pub fn close_unit(&mut self) -> io::Result<()> {
        if self.open.last().is_some_and(|open| open.target.is_none()) {
            self.settle()?;
        }
        let Some(open) = self.open.pop() else { return Ok(()) };
        let (None, Some(target)) = (open.number, open.target) else { return Ok(()) };
        let link = UnitLink { id: open.unit.id, parent: open.parent, target, line: open.unit.line };
        let number = self.manifest.links.push(&link)?;
        self.names.give(&link.id, Family::Link, number)?;
        self.names.ask(&link.target, Asker::Link, (number, 0), Referent::Unit)
    }

    /// Writes the innermost open unit, if it is not; its number. A link has none.
    fn settle(&mut self) -> io::Result<Option<u32>> {
        let Some(open) = self.open.last_mut() else { return Ok(None) };
        if open.number.is_none() && open.target.is_none() {
            let unit = std::mem::take(&mut open.unit);
            let number = self.manifest.units.push(&unit)?;
            self.names.give(&unit.id, Family::Unit, number)?;
            self.manifest.tree.push(open.parent);
            open.number = Some(number);
        }
        Ok(open.number)
    }

    /// The open unit describes this object or group.
    pub fn describes(&mut self, referent: Referent, target: String) -> io::Result<()> {
        let Some(unit) = self.settle()? else { return Ok(()) };
        let reference = UnitReference { unit, referent, target };
        let number = self.manifest.unit_references.push(&reference)?;
        self.names.ask(&reference.target, Asker::Unit, (unit, number), referent)
    }

    /// A group of objects.
    pub fn push_group(&mut self, group: &ObjectGroup) -> io::Result<()> {
        let number = self.manifest.object_groups.push(group)?;
        self.names.give(&group.id, Family::Group, number)
    }

    /// A binary object, whole.
    pub fn push_binary(&mut self, object: &BinaryObject) -> io::Result<()> {
        if self.counts_object(object.line) {
            let number = self.manifest.binary_objects.push(object)?;
            self.manifest.has_inline |= object.inline.is_some();
            self.names.give(&object.id, Family::Binary, number)?;
            if let Some(group) = &object.group {
                self.names.ask(group, Asker::Binary, (number, 0), Referent::Group)?;
            }
        }
        Ok(())
    }

    /// A physical object, whole.
    pub fn push_physical(&mut self, object: &PhysicalObject) -> io::Result<()> {
        if self.counts_object(object.line) {
            let number = self.manifest.physical_objects.push(object)?;
            self.names.give(&object.id, Family::Physical, number)?;
            if let Some(group) = &object.group {
                self.names.ask(group, Asker::Physical, (number, 0), Referent::Group)?;
            }
        }
        Ok(())
    }

    fn counts_object(&mut self, line: u64) -> bool {
        self.objects += 1;
        if self.objects == self.objects_max + 1 {
            self.report(&findings::OBJECT_TOO_MANY, format!("plus de {} objets", self.objects_max), line);
        }
        self.objects <= self.objects_max
    }

    /// A reference that is neither a link nor a unit's to its objects.
    pub fn refer(&mut self, reference: &Reference) -> io::Result<()> {
        let number = self.manifest.references.push(reference)?;
        self.names.ask(&reference.target, Asker::Reference, (number, 0), reference.referent)
    }

    /// An identifier that nothing refers to.
    pub fn push_id(&mut self, other: &OtherId) -> io::Result<()> {
        let number = self.manifest.other_ids.push(other)?;
        self.names.give(&other.id, Family::Other, number)
    }

    /// A content that travels in the message begins: its bytes follow, by [`Description::inline`].
    pub fn begin_inline(&self) -> Inline {
        Inline { place: self.manifest.inline.len(), size_bytes: 0 }
    }

    /// The next bytes of the content begun last; past the limit, they are dropped.
    pub fn inline(&mut self, content: &mut Inline, bytes: &[u8]) -> io::Result<()> {
        if self.is_inline_full {
            return Ok(());
        }
        if self.manifest.inline.len() + bytes.len() as u64 > self.inline_bytes_max {
            self.is_inline_full = true;
            let message = format!("plus de {} octets de contenus dans le bordereau", self.inline_bytes_max);
            self.found.push(Finding::new(&findings::CONTAINER_EXPANDED_SIZE, message));
            return Ok(());
        }
        self.manifest.inline.append(bytes)?;
        content.size_bytes += bytes.len() as u64;
        Ok(())
    }

    fn report(&mut self, kind: &'static Kind, message: String, line: u64) {
        self.found.push(Finding::new(kind, message).at_line(line));
    }

    /// The whole description: what its references name is found here, once and for all.
    pub fn finish(mut self) -> io::Result<Box<Manifest>> {
        while !self.open.is_empty() {
            self.close_unit()?;
        }
        let mut manifest = self.manifest;
        let scratch = manifest.scratch.clone();
        let (mut answers, repeated) = self.names.resolve()?;
        manifest.repeated = repeated;
        // In the order of askers: answers come so.
        manifest.link_targets = answers.column(Asker::Link, manifest.links.len(), &scratch)?;
        manifest.edges = answers.edges(&scratch)?;
        manifest.binary_groups = answers.column(Asker::Binary, manifest.binary_objects.len(), &scratch)?;
        manifest.physical_groups =
            answers.column(Asker::Physical, manifest.physical_objects.len(), &scratch)?;
        manifest.reference_targets = answers.column(Asker::Reference, manifest.references.len(), &scratch)?;
        manifest.tree.link(manifest.links.iter(), manifest.link_targets.iter())?;
        Ok(manifest)
    }
}

/// Counts a text; whether it is within the bounds.
fn weigh(weight: &mut Weight, bytes: usize) -> bool {
    weight.bytes += bytes as u64;
    weight.texts += 1;
    lengths::is_light(*weight)
}
