//! Texts that the schema lets be of any length, and that are kept apart from the message: registers are looked up
//! by them, pages show them. Identifiers are cut as they are read (`build`), since units repeat them; what a unit says
//! past its bound is counted and not kept (`description`), since a unit is read whole.

use std::io;

use super::description::Manifest;
use crate::model::{BinaryObject, Finding, Findings, Unit, Weight, findings};

/// Longest identifier, and longest name beside one: registers are looked up by them.
pub const IDENTIFIER_BYTES_MAX: usize = 1_000;
/// Longest description of one unit, all its texts together: it is kept, and shown, as one.
const UNIT_BYTES_MAX: u64 = 4 << 20;
/// Most texts in the description of one unit: each takes memory, however short it is.
const UNIT_TEXTS_MAX: u64 = 100_000;

/// Whether so much may be said of one unit.
pub fn is_light(weight: Weight) -> bool {
    weight.bytes <= UNIT_BYTES_MAX && weight.texts <= UNIT_TEXTS_MAX
}

/// The message's own identifier, and what its package's rules say.
pub fn heading(manifest: &Manifest, found: &mut Findings) -> io::Result<()> {
    let heading = &manifest.heading;
    judge("MessageIdentifier", Some(&heading.message_identifier), 0, found);
    if !is_light(heading.weight) {
        found.push(too_heavy("règles du versement écrites", heading.weight));
    }
    Ok(())
}

/// What is looked up of an object.
pub fn binary_object(object: &BinaryObject, found: &mut Findings) {
    judge("DataObjectVersion", object.usage.as_ref(), object.line, found);
    judge("FormatId", object.format_id.as_ref(), object.line, found);
    judge("Filename", object.file_name.as_ref(), object.line, found);
}

/// All that describes a unit.
pub fn unit(unit: &Unit, found: &mut Findings) {
    if !is_light(unit.weight) {
        found.push(too_heavy("unité décrite", unit.weight).at_line(unit.line).in_path(&unit.id));
    }
}

fn judge(what: &str, text: Option<&String>, line: u64, found: &mut Findings) {
    let bytes = text.map_or(0, String::len);
    if bytes > IDENTIFIER_BYTES_MAX {
        let message = format!("{what} de {bytes} octets, {IDENTIFIER_BYTES_MAX} au plus");
        found.push(Finding::new(&findings::XML_TEXT_LENGTH, message).at_line(line));
    }
}

fn too_heavy(what: &str, weight: Weight) -> Finding {
    let message = if weight.bytes > UNIT_BYTES_MAX {
        format!("{what} en {} octets, {UNIT_BYTES_MAX} au plus", weight.bytes)
    } else {
        format!("{what} en {} textes, {UNIT_TEXTS_MAX} au plus", weight.texts)
    };
    Finding::new(&findings::XML_TEXT_LENGTH, message)
}
