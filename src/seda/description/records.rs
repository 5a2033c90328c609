//! The bytes of each record of a description, and the values that join them by number.

use super::names::{Family, Named, Repeat};
use crate::model::{
    BinaryObject, Content, Inline, ObjectGroup, OtherId, PhysicalObject, Reference, Referent, Rule, Rules,
    Unit, UnitLink, UnitReference, Weight,
};
use crate::seda::spill::{Fixed, Record, record};

record!(Unit { id, content, rules, archive_unit_profile, attached_to, weight, line });
record!(Content {
    description_level,
    title,
    descriptions,
    start_date,
    end_date,
    transacted_date,
    keywords,
    originating_agency,
    others,
});
record!(Rules { rules });
record!(Rule {
    category,
    terms,
    final_action,
    prevent_inheritance,
    ref_non_rule_ids,
    hold_end_dates,
    hold_reassessing_dates,
    classification_level,
});
record!(Weight { bytes, texts });
record!(UnitLink { id, parent, target, line });
record!(UnitReference { unit, referent, target });
record!(Reference { referent, target, line });
record!(OtherId { id, line });
record!(ObjectGroup { id, line });
record!(PhysicalObject { id, group, usage, physical_id, line });
record!(Inline { place, size_bytes });
record!(BinaryObject {
    id,
    group,
    usage,
    uri,
    inline,
    digest,
    digest_algorithm,
    size_bytes,
    compressed,
    uncompressed_bytes,
    format_id,
    mime_type,
    file_name,
    line,
});

impl Record for Referent {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(*self as u8);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        let (&byte, rest) = from.split_first()?;
        *from = rest;
        referent(byte)
    }
}

/// The referent written as this byte.
pub(super) fn referent(byte: u8) -> Option<Referent> {
    [Referent::Unit, Referent::Object, Referent::Group, Referent::SignedDocument]
        .into_iter()
        .find(|referent| *referent as u8 == byte)
}

/// Bytes that stand for no thing.
pub(super) const NOTHING: [u8; Named::BYTES] = [u8::MAX; Named::BYTES];
const UNSAID: [u8; Named::BYTES] = [u8::MAX - 1; Named::BYTES];

/// What a reference names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// No reference was made.
    Unsaid,
    /// Nothing of the message.
    Nothing,
    Something(Named),
}

impl Target {
    /// The number of what it names, when that is of this family.
    pub fn number(self, family: Family) -> Option<u32> {
        match self {
            Target::Something(named) if named.family == family => Some(named.number),
            _ => None,
        }
    }
}

/// A unit and what one of its references names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    pub unit: u32,
    /// Number of the reference, to read its text.
    pub reference: u32,
    /// What it should name.
    pub wanted: Referent,
    pub target: Target,
}

impl Fixed for Named {
    const BYTES: usize = 5;

    fn write(self, out: &mut Vec<u8>) {
        out.push(self.family as u8);
        out.extend_from_slice(&self.number.to_be_bytes());
    }

    fn read(from: &[u8]) -> Option<Self> {
        let (&family, number) = from.split_first()?;
        Some(Named { family: Family::of(family)?, number: u32::from_be_bytes(number.try_into().ok()?) })
    }
}

impl Fixed for Repeat {
    const BYTES: usize = 2 * Named::BYTES;

    fn write(self, out: &mut Vec<u8>) {
        self.named.write(out);
        self.before.write(out);
    }

    fn read(from: &[u8]) -> Option<Self> {
        let (named, before) = from.split_at_checked(Named::BYTES)?;
        Some(Repeat { named: Named::read(named)?, before: Named::read(before)? })
    }
}

impl Fixed for Target {
    const BYTES: usize = Named::BYTES;

    fn write(self, out: &mut Vec<u8>) {
        match self {
            Target::Unsaid => out.extend_from_slice(&UNSAID),
            Target::Nothing => out.extend_from_slice(&NOTHING),
            Target::Something(named) => named.write(out),
        }
    }

    fn read(from: &[u8]) -> Option<Self> {
        match from {
            _ if from == UNSAID => Some(Target::Unsaid),
            _ if from == NOTHING => Some(Target::Nothing),
            _ => Named::read(from).map(Target::Something),
        }
    }
}

impl Fixed for Edge {
    const BYTES: usize = 9 + Target::BYTES;

    fn write(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.unit.to_be_bytes());
        out.extend_from_slice(&self.reference.to_be_bytes());
        out.push(self.wanted as u8);
        self.target.write(out);
    }

    fn read(from: &[u8]) -> Option<Self> {
        let (unit, from) = from.split_first_chunk()?;
        let (reference, from) = from.split_first_chunk()?;
        let (&wanted, from) = from.split_first()?;
        Some(Edge {
            unit: u32::from_be_bytes(*unit),
            reference: u32::from_be_bytes(*reference),
            wanted: referent(wanted)?,
            target: Target::read(from)?,
        })
    }
}
