//! A whole message read: its header, and everything else in sequences that may be on disk, joined by number.
//!
//! Never holds the units nor the objects: a pass over them reads them again, in the order of the manifest. What takes
//! memory for each unit is a few bytes (its parent); identifiers were resolved once, when the reading ended.

use std::io::{self, Read};

use super::spill::{Bytes, Column, Records, Scratch, Sequence, Values};
use crate::model::{
    BinaryObject, Heading, Inline, ObjectGroup, OtherId, PhysicalObject, Reference, Unit, UnitLink,
    UnitReference,
};

mod names;
mod records;
mod sink;
mod tree;

pub use names::{Family, Named, Repeat};
pub use records::{Edge, Target};
pub use sink::Description;
pub use tree::Tree;

/// An `ArchiveTransfer`: its header, units, objects, groups and references.
#[derive(Debug)]
pub struct Manifest {
    pub heading: Heading,
    /// Who stands under whom.
    pub tree: Tree,
    units: Sequence<Unit>,
    binary_objects: Sequence<BinaryObject>,
    physical_objects: Sequence<PhysicalObject>,
    object_groups: Sequence<ObjectGroup>,
    links: Sequence<UnitLink>,
    unit_references: Sequence<UnitReference>,
    references: Sequence<Reference>,
    other_ids: Sequence<OtherId>,
    /// What each link, object's group, reference names.
    link_targets: Column<Target>,
    binary_groups: Column<Target>,
    physical_groups: Column<Target>,
    reference_targets: Column<Target>,
    /// What the references of units name, unit after unit.
    edges: Column<Edge>,
    /// Whatever bears an identifier already given.
    repeated: Column<Repeat>,
    /// Decoded contents that travelled in the message.
    inline: Bytes,
    has_inline: bool,
    scratch: Scratch,
}

impl Manifest {
    fn new(heading: Heading, scratch: &Scratch) -> Self {
        Self {
            heading,
            tree: Tree::default(),
            units: Sequence::new(scratch),
            binary_objects: Sequence::new(scratch),
            physical_objects: Sequence::new(scratch),
            object_groups: Sequence::new(scratch),
            links: Sequence::new(scratch),
            unit_references: Sequence::new(scratch),
            references: Sequence::new(scratch),
            other_ids: Sequence::new(scratch),
            link_targets: Column::new(scratch),
            binary_groups: Column::new(scratch),
            physical_groups: Column::new(scratch),
            reference_targets: Column::new(scratch),
            edges: Column::new(scratch),
            repeated: Column::new(scratch),
            inline: Bytes::new(scratch),
            has_inline: false,
            scratch: scratch.clone(),
        }
    }

    /// Where passes over this description may put what does not fit in memory.
    pub fn scratch(&self) -> &Scratch {
        &self.scratch
    }

    /// Units, in document order.
    pub fn units(&self) -> Records<'_, Unit> {
        self.units.iter()
    }

    /// The unit of this number.
    ///
    /// # Errors
    /// When the scratch cannot be read, or there is no such unit; so for every other reading.
    pub fn unit(&self, number: u32) -> io::Result<Unit> {
        self.units.get(number)
    }

    pub fn unit_count(&self) -> usize {
        self.units.len()
    }

    /// The first unit that stands under no other.
    pub fn first_root(&self) -> io::Result<Option<Unit>> {
        self.tree.roots().next().map(|number| self.unit(number)).transpose()
    }

    /// Binary objects, in document order.
    pub fn binary_objects(&self) -> Records<'_, BinaryObject> {
        self.binary_objects.iter()
    }

    pub fn binary_object(&self, number: u32) -> io::Result<BinaryObject> {
        self.binary_objects.get(number)
    }

    pub fn binary_object_count(&self) -> usize {
        self.binary_objects.len()
    }

    /// The group of each binary object, [`Target::Unsaid`] for one in none.
    pub fn binary_groups(&self) -> Values<'_, Target> {
        self.binary_groups.iter()
    }

    /// Physical objects, in document order.
    pub fn physical_objects(&self) -> Records<'_, PhysicalObject> {
        self.physical_objects.iter()
    }

    pub fn physical_object(&self, number: u32) -> io::Result<PhysicalObject> {
        self.physical_objects.get(number)
    }

    pub fn physical_object_count(&self) -> usize {
        self.physical_objects.len()
    }

    /// The group of each physical object.
    pub fn physical_groups(&self) -> Values<'_, Target> {
        self.physical_groups.iter()
    }

    /// Groups of objects, in document order.
    pub fn object_groups(&self) -> Records<'_, ObjectGroup> {
        self.object_groups.iter()
    }

    pub fn object_group(&self, number: u32) -> io::Result<ObjectGroup> {
        self.object_groups.get(number)
    }

    pub fn object_group_count(&self) -> usize {
        self.object_groups.len()
    }

    /// Wrappers that place a unit under another, already counted in [`Manifest::tree`].
    pub fn links(&self) -> Records<'_, UnitLink> {
        self.links.iter()
    }

    pub fn link(&self, number: u32) -> io::Result<UnitLink> {
        self.links.get(number)
    }

    /// What each link names.
    pub fn link_targets(&self) -> Values<'_, Target> {
        self.link_targets.iter()
    }

    /// What units refer to, unit after unit in document order.
    pub fn edges(&self) -> Values<'_, Edge> {
        self.edges.iter()
    }

    /// The text of an edge's reference.
    pub fn unit_reference(&self, edge: Edge) -> io::Result<UnitReference> {
        self.unit_references.get(edge.reference)
    }

    /// Every other reference of the message, in document order.
    pub fn references(&self) -> Records<'_, Reference> {
        self.references.iter()
    }

    /// What each of those names.
    pub fn reference_targets(&self) -> Values<'_, Target> {
        self.reference_targets.iter()
    }

    /// Whatever bears an identifier that something before it bears: family after family, in document order.
    pub fn repeated(&self) -> Values<'_, Repeat> {
        self.repeated.iter()
    }

    /// Identifier and line of something.
    pub fn identifier(&self, named: Named) -> io::Result<(String, u64)> {
        let number = named.number;
        Ok(match named.family {
            Family::Unit => self.units.get(number).map(|unit| (unit.id, unit.line))?,
            Family::Link => self.links.get(number).map(|link| (link.id, link.line))?,
            Family::Binary => self.binary_objects.get(number).map(|object| (object.id, object.line))?,
            Family::Physical => self.physical_objects.get(number).map(|object| (object.id, object.line))?,
            Family::Group => self.object_groups.get(number).map(|group| (group.id, group.line))?,
            Family::Other => self.other_ids.get(number).map(|other| (other.id, other.line))?,
        })
    }

    /// Whether an object's content travelled in the message.
    pub fn has_inline(&self) -> bool {
        self.has_inline
    }

    /// Bytes of all these contents.
    pub fn inline_bytes(&self) -> u64 {
        self.inline.len()
    }

    /// The bytes of a content that travelled in the message.
    pub fn inline(&self, inline: Inline) -> impl Read + '_ {
        self.inline.cursor(inline.place, inline.place + inline.size_bytes)
    }
}
