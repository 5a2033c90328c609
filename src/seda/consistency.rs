//! What the schema cannot say: identifiers, references, the graph of units, objects, dates (seda.md 5, checks 5 to 29).
//!
//! Never reads a file of the package. Every check runs, whatever the others found. To add one is to add a line below: to
//! what is judged of each unit or object alone, in one pass over them, or of the whole message, over its columns.

use std::io;

use super::description::Manifest;
use super::lineage::Appraisals;
use super::{graph, lengths, lineage, objects, orphans, references, signed, terms, texts, units};
use crate::model::{BinaryObject, Finding, Findings, PhysicalObject, SedaVersion, Unit, findings};

/// Of the whole message. Those that walk units or objects do it by their numbers, and read only what they report.
const WHOLE: &[fn(&Manifest, &mut Findings) -> io::Result<()>] = &[
    header,
    references::targets,
    references::several_objects,
    orphans::orphans,
    orphans::grouped_objects,
    graph::selves,
    graph::cycle,
    graph::double_parents,
    objects::usages,
    objects::empty_groups,
    signed::roles,
    units::several_roots,
    units::older_access,
    terms::of_package,
    texts::persistent_twice,
    lengths::heading,
];

/// Of each unit alone.
const OF_UNIT: &[fn(&Unit, &mut Findings)] = &[
    units::title,
    units::dates,
    units::years,
    units::yearless,
    units::unit_profile,
    units::attachment,
    terms::of_unit,
    texts::markup,
    texts::languages,
    texts::persistent,
    lengths::unit,
];

/// The same, and since 2.0 only: before, a level may have no description of its own.
const OF_NEWER_UNIT: &[fn(&Unit, &mut Findings)] = &[units::level];

/// Of each binary object alone.
const OF_BINARY: &[fn(&BinaryObject, &mut Findings)] =
    &[objects::content, objects::size, objects::compression, objects::binary_usage, lengths::binary_object];

/// The same before 2.0.
const OF_OLDER_BINARY: &[fn(&BinaryObject, &mut Findings)] =
    &[objects::older_content, lengths::binary_object];

/// Of each physical object alone.
const OF_PHYSICAL: &[fn(&PhysicalObject, &mut Findings)] = &[objects::physical_id, objects::physical_usage];

/// Everything inconsistent in a message; what it says of the time and the fate of its files.
///
/// # Errors
/// When the scratch that holds the description fails.
pub fn check(manifest: &Manifest, found: &mut Findings) -> io::Result<Appraisals> {
    for check in WHOLE {
        check(manifest, found)?;
    }
    let said = lineage::check(manifest, found)?;
    let is_older = manifest.heading.version < SedaVersion::V2_0;
    each(manifest.binary_objects(), if is_older { OF_OLDER_BINARY } else { OF_BINARY }, found)?;
    each(manifest.physical_objects(), OF_PHYSICAL, found)?;
    let newer = if is_older { &[] } else { OF_NEWER_UNIT };
    each(manifest.units(), &[OF_UNIT, newer].concat(), found)?;
    Ok(said)
}

/// One pass over some records, every check on each.
fn each<T>(
    records: impl Iterator<Item = io::Result<T>>,
    checks: &[fn(&T, &mut Findings)],
    found: &mut Findings,
) -> io::Result<()> {
    for record in records {
        let record = record?;
        checks.iter().for_each(|check| check(&record, found));
    }
    Ok(())
}

fn header(manifest: &Manifest, found: &mut Findings) -> io::Result<()> {
    if manifest.heading.message_identifier.is_empty() {
        found.push(Finding::new(&findings::HEADER_IDENTIFIER_EMPTY, "MessageIdentifier est vide"));
    }
    if let Some(line) = manifest.heading.signature_line {
        let message = "le message porte une signature, qui n'a pas été vérifiée";
        let finding = Finding::new(&findings::HEADER_SIGNATURE_UNVERIFIED, message).at_line(line);
        found.push(finding.in_path("Signature"));
    }
    if manifest.unit_count() == 0 {
        found.push(Finding::new(&findings::UNIT_NONE, "aucune unité d'archives"));
    }
    Ok(())
}
