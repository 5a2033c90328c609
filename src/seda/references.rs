//! Identifiers and references: each given once, each naming what it should.
//!
//! What names what was found when the description was read; here it is judged, by number. A text is read only for what
//! is reported.

use std::io;

use super::description::{Family, Manifest, Named, Target};
use crate::model::findings::{self, Kind};
use crate::model::{Finding, Findings, Referent, SedaVersion};

/// What each reference names is of the right kind; that it names something is told by [`super::identifiers`].
pub fn targets(manifest: &Manifest, found: &mut Findings) -> io::Result<()> {
    for (number, target) in (0..).zip(manifest.link_targets()) {
        judge(Referent::Unit, target?, found, || {
            manifest.link(number).map(|link| (link.target, link.id, link.line))
        })?;
    }
    for edge in manifest.edges() {
        let edge = edge?;
        judge(edge.wanted, edge.target, found, || {
            let unit = manifest.unit(edge.unit)?;
            Ok((manifest.unit_reference(edge)?.target, unit.id, unit.line))
        })?;
    }
    for (number, target) in (0..).zip(manifest.binary_groups()) {
        judge(Referent::Group, target?, found, || {
            let object = manifest.binary_object(number)?;
            Ok((object.group.unwrap_or_default(), object.id, object.line))
        })?;
    }
    for (number, target) in (0..).zip(manifest.physical_groups()) {
        judge(Referent::Group, target?, found, || {
            let object = manifest.physical_object(number)?;
            Ok((object.group.unwrap_or_default(), object.id, object.line))
        })?;
    }
    // Few: what they should name is in their record.
    for (reference, target) in manifest.references().zip(manifest.reference_targets()) {
        let reference = reference?;
        judge(reference.referent, target?, found, || {
            Ok((reference.target.clone(), reference.target, reference.line))
        })?;
    }
    Ok(())
}

/// Reports a reference that names what it should not; `read` gives its text, the place and the line.
fn judge(
    wanted: Referent,
    target: Target,
    found: &mut Findings,
    read: impl FnOnce() -> io::Result<(String, String, u64)>,
) -> io::Result<()> {
    let kind = match (wanted, target) {
        (_, Target::Unsaid | Target::Nothing) => return Ok(()),
        (
            Referent::Unit | Referent::SignedDocument,
            Target::Something(Named { family: Family::Link, .. }),
        ) => &findings::REFERENCE_LINK,
        (wanted, Target::Something(named)) if is_of(wanted, named.family) => return Ok(()),
        _ => &findings::REFERENCE_WRONG_KIND,
    };
    if !found.wants(kind) {
        return Ok(());
    }
    let (text, place, line) = read()?;
    let message = match target {
        Target::Something(Named { family: Family::Link, .. })
            if matches!(wanted, Referent::Unit | Referent::SignedDocument) =>
        {
            format!("« {text} » est un lien vers une unité, non une unité")
        }
        Target::Something(named) => {
            format!("« {text} » désigne {}, {} attendu", word(named.family), wanted_word(wanted))
        }
        Target::Nothing | Target::Unsaid => format!("« {text} » ne désigne rien dans le message"),
    };
    found.push(at(kind, message, &place, line));
    Ok(())
}

/// A unit describes one thing: an object, or a group of them. Before 2.0, a document and what is related to it.
pub fn several_objects(manifest: &Manifest, found: &mut Findings) -> io::Result<()> {
    if manifest.heading.version < SedaVersion::V2_0 {
        return Ok(());
    }
    let mut report = |(unit, count): (u32, usize)| {
        if count > 1 && found.wants(&findings::REFERENCE_SEVERAL_OBJECTS) {
            let unit = manifest.unit(unit)?;
            let message = format!("l'unité {} désigne {count} objets ou groupes", unit.id);
            found.push(at(&findings::REFERENCE_SEVERAL_OBJECTS, message, &unit.id, unit.line));
        }
        io::Result::Ok(())
    };
    let mut counted = (0, 0);
    for edge in manifest.edges() {
        let unit = edge?.unit;
        if unit == counted.0 {
            counted.1 += 1;
        } else {
            report(std::mem::replace(&mut counted, (unit, 1)))?;
        }
    }
    report(counted)
}

fn is_of(wanted: Referent, family: Family) -> bool {
    match wanted {
        Referent::Unit | Referent::SignedDocument => family == Family::Unit,
        Referent::Object => matches!(family, Family::Binary | Family::Physical),
        Referent::Group => family == Family::Group,
    }
}

fn word(family: Family) -> &'static str {
    match family {
        Family::Unit => "une unité",
        Family::Link => "un lien",
        Family::Binary | Family::Physical => "un objet",
        Family::Group => "un groupe",
        Family::Other => "un autre élément",
    }
}

fn wanted_word(referent: Referent) -> &'static str {
    match referent {
        Referent::Unit | Referent::SignedDocument => "une unité",
        Referent::Object => "un objet",
        Referent::Group => "un groupe",
    }
}

fn at(kind: &'static Kind, message: String, place: &str, line: u64) -> Finding {
    Finding::new(kind, message).at_line(line).in_path(place)
}
