//! What a message says of its objects, before any file is read: digest, usage, group, path.

use std::io;

use super::description::{Family, Manifest, Target};
use super::digest::{self, Fault};
use super::orphans::Marks;
use super::spill::Repeats;
use crate::model::findings::Kind;
use crate::model::{BinaryObject, Finding, Findings, PhysicalObject, findings};

/// Usages the standard's examples reserve to physical objects; all others are of binary ones.
const PHYSICAL_USAGES: &[&str] = &["PhysicalMaster"];
/// Usages that are never of a physical object.
const BINARY_USAGES: &[&str] = &["BinaryMaster", "Dissemination", "Thumbnail", "TextContent"];

/// A transfer must say how each object travels and what its digest is (seda.md 3.1).
pub fn content(object: &BinaryObject, found: &mut Findings) {
    judge_content(object, &findings::OBJECT_NO_DIGEST, found);
}

/// The same in 0.2 and 1.0, which let the digest be left out.
pub fn older_content(object: &BinaryObject, found: &mut Findings) {
    judge_content(object, &findings::OBJECT_DIGEST_NOT_SENT, found);
}

fn judge_content(object: &BinaryObject, no_digest: &'static Kind, found: &mut Findings) {
    let mut report = |kind, message| found.push(at(kind, message, &object.id, object.line));
    if object.inline.is_some() {
        let message = format!("le contenu de l'objet {} est placé dans le bordereau (Attachment)", object.id);
        report(&findings::OBJECT_INLINE, message);
    } else if object.uri.as_deref().is_none_or(str::is_empty) {
        report(&findings::OBJECT_NO_CONTENT, format!("l'objet {} n'a pas d'Uri", object.id));
        if object.digest.is_none() {
            return;
        }
    }
    match digest::declared(object.digest_algorithm.as_deref(), object.digest.as_deref()) {
        Ok(digest) if digest.algorithm.is_weak() => {
            let message = format!("l'empreinte de l'objet {} est en {}", object.id, digest.algorithm.name());
            report(&findings::OBJECT_WEAK_DIGEST, message);
        }
        Ok(_) => {}
        Err(Fault::Missing) => {
            // Before 2.0 few objects have an identifier: people know them by their file.
            let name = object.uri.as_deref().or(object.file_name.as_deref()).unwrap_or(&object.id);
            report(no_digest, format!("objet {} : « {name} » n'a pas d'empreinte", object.id));
        }
        Err(fault) => report(fault.kind(), format!("objet {} : {fault}", object.id)),
    }
}

/// The standard's text obliges a transfer to tell the size of what travels, though its schema does not.
pub fn size(object: &BinaryObject, found: &mut Findings) {
    let is_sent = object.inline.is_some() || object.uri.as_deref().is_some_and(|uri| !uri.is_empty());
    if is_sent && object.size_bytes.is_none() && found.wants(&findings::OBJECT_NO_SIZE) {
        let message = format!("la taille de l'objet {} n'est pas indiquée", object.id);
        found.push(at(&findings::OBJECT_NO_SIZE, message, &object.id, object.line));
    }
}

/// What is said of compression holds together.
pub fn compression(object: &BinaryObject, found: &mut Findings) {
    let Some(said) = object.compressed.as_deref() else { return };
    let is_none = matches!(said.to_ascii_lowercase().as_str(), "false" | "0" | "non" | "no");
    let (Some(whole), Some(size)) = (object.uncompressed_bytes, object.size_bytes) else { return };
    let message = if is_none && whole != size {
        format!(
            "l'objet {} a {size} octets, n'est pas compressé, et en ferait {whole} décompressé",
            object.id
        )
    } else if size > whole.saturating_add(whole / 100).saturating_add(1_000) {
        // Compressing what cannot be adds a little, no more.
        format!("l'objet {} a {size} octets compressé et n'en ferait que {whole} décompressé", object.id)
    } else {
        return;
    };
    if found.wants(&findings::OBJECT_COMPRESSION) {
        found.push(at(&findings::OBJECT_COMPRESSION, message, &object.id, object.line));
    }
}

/// A usage is a name, alone or with `_` and a number.
fn usage_form(usage: Option<&str>, id: &str, line: u64, found: &mut Findings) {
    let is_name = |name: &str| !name.is_empty() && name.chars().all(char::is_alphabetic);
    let is_number = |number: &str| {
        !number.is_empty() && !number.starts_with('0') && number.bytes().all(|byte| byte.is_ascii_digit())
    };
    let Some(usage) = usage else { return };
    let is_right = match usage.split_once('_') {
        Some((name, number)) => is_name(name) && is_number(number),
        None => is_name(usage),
    };
    if !is_right && found.wants(&findings::OBJECT_USAGE_FORM) {
        let message = format!("objet {id} : usage « {usage} »");
        found.push(at(&findings::OBJECT_USAGE_FORM, message, id, line));
    }
}

/// A binary object has no usage of physical ones.
pub fn binary_usage(object: &BinaryObject, found: &mut Findings) {
    usage_form(object.usage.as_deref(), &object.id, object.line, found);
    if is_usage(object.usage.as_deref(), PHYSICAL_USAGES) {
        let message = format!("l'objet numérique {} a l'usage {}", object.id, shown(&object.usage));
        found.push(at(&findings::OBJECT_USAGE_KIND, message, &object.id, object.line));
    }
}

/// A physical object says where it is.
pub fn physical_id(object: &PhysicalObject, found: &mut Findings) {
    if object.physical_id.as_deref().is_some_and(|id| id.trim().is_empty()) {
        let message = format!("l'identifiant de l'objet physique {} est vide", object.id);
        found.push(at(&findings::OBJECT_PHYSICAL_ID, message, &object.id, object.line));
    }
}

/// A physical object has no usage of binary ones.
pub fn physical_usage(object: &PhysicalObject, found: &mut Findings) {
    usage_form(object.usage.as_deref(), &object.id, object.line, found);
    if is_usage(object.usage.as_deref(), BINARY_USAGES) {
        let message = format!("l'objet physique {} a l'usage {}", object.id, shown(&object.usage));
        found.push(at(&findings::OBJECT_USAGE_KIND, message, &object.id, object.line));
    }
}

/// One object per usage and version in a group.
pub fn usages(manifest: &Manifest, found: &mut Findings) -> io::Result<()> {
    /// Physical objects come after binary ones.
    const PHYSICAL: u64 = 1 << 32;
    let mut said = Repeats::new(manifest.scratch());
    for (place, object) in (0..).zip(manifest.binary_objects()) {
        let object = object?;
        if let (Some(group), Some(usage)) = (object.group, object.usage) {
            said.push((group, versioned(usage)), place)?;
        }
    }
    for (place, object) in (PHYSICAL..).zip(manifest.physical_objects()) {
        let object = object?;
        if let (Some(group), Some(usage)) = (object.group, object.usage) {
            said.push((group, versioned(usage)), place)?;
        }
    }
    let read = |place: u64| {
        if place < PHYSICAL {
            let object = manifest.binary_object(place as u32)?;
            return io::Result::Ok((object.id, object.group, object.usage, object.line));
        }
        let object = manifest.physical_object((place - PHYSICAL) as u32)?;
        Ok((object.id, object.group, object.usage, object.line))
    };
    for pair in said.finish()? {
        let (place, before) = pair?;
        if found.wants(&findings::OBJECT_DUPLICATE_USAGE) {
            let ((id, group, usage, line), (first, ..)) = (read(place)?, read(before)?);
            let (group, usage) = (group.unwrap_or_default(), versioned(usage.unwrap_or_default()));
            let message = format!("le groupe {group} contient {first} et {id} pour l'usage {usage}");
            found.push(at(&findings::OBJECT_DUPLICATE_USAGE, message, &id, line));
        }
    }
    Ok(())
}

/// `BinaryMaster` alone is version 1.
fn versioned(usage: String) -> String {
    if usage.contains('_') { usage } else { format!("{usage}_1") }
}

/// Each group holds an object.
pub fn empty_groups(manifest: &Manifest, found: &mut Findings) -> io::Result<()> {
    let mut used = Marks::new(manifest.object_group_count());
    let mut mark =
        |target: Target| target.number(Family::Group).into_iter().for_each(|group| used.mark(group));
    for target in manifest.binary_groups().chain(manifest.physical_groups()) {
        mark(target?);
    }
    // An identifier given twice names the last: the others are not to be reported again.
    for repeat in manifest.repeated() {
        mark(Target::Something(repeat?.before));
    }
    for number in used.missing() {
        if found.wants(&findings::REFERENCE_EMPTY_GROUP) {
            let group = manifest.object_group(number)?;
            let message = format!("le groupe {} ne contient aucun objet", group.id);
            found.push(at(&findings::REFERENCE_EMPTY_GROUP, message, &group.id, group.line));
        }
    }
    Ok(())
}

fn is_usage(usage: Option<&str>, family: &[&str]) -> bool {
    let name = usage.map(|usage| usage.split_once('_').map_or(usage, |(name, _)| name));
    name.is_some_and(|name| family.contains(&name))
}

fn shown(value: &Option<String>) -> &str {
    value.as_deref().unwrap_or_default()
}

fn at(kind: &'static Kind, message: String, id: &str, line: u64) -> Finding {
    Finding::new(kind, message).at_line(line).in_path(id)
}
