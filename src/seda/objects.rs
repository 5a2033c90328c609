//! What a message says of its objects, before any file is read: digest, usage, group, path.

use std::collections::{HashMap, HashSet};

use super::digest::{self, Fault};
use crate::model::findings::Kind;
use crate::model::{BinaryObject, Finding, Manifest, SedaVersion, findings};

/// Usages the standard's examples reserve to physical objects; all others are of binary ones.
const PHYSICAL_USAGES: &[&str] = &["PhysicalMaster"];
/// Usages that are never of a physical object.
const BINARY_USAGES: &[&str] = &["BinaryMaster", "Dissemination", "Thumbnail", "TextContent"];

/// Checks each object alone, then usages within each group.
pub fn check(manifest: &Manifest) -> Vec<Finding> {
    let mut found = Vec::new();
    for object in &manifest.binary_objects {
        content(object, manifest.version, &mut found);
        if is_usage(object.usage.as_deref(), PHYSICAL_USAGES) {
            let message = format!("l'objet numérique {} a l'usage {}", object.id, shown(&object.usage));
            found.push(at(&findings::OBJECT_USAGE_KIND, message, &object.id, object.line));
        }
    }
    for object in &manifest.physical_objects {
        if object.physical_id.as_deref().is_some_and(|id| id.trim().is_empty()) {
            let message = format!("l'identifiant de l'objet physique {} est vide", object.id);
            found.push(at(&findings::OBJECT_PHYSICAL_ID, message, &object.id, object.line));
        }
        if is_usage(object.usage.as_deref(), BINARY_USAGES) {
            let message = format!("l'objet physique {} a l'usage {}", object.id, shown(&object.usage));
            found.push(at(&findings::OBJECT_USAGE_KIND, message, &object.id, object.line));
        }
    }
    usages(manifest, &mut found);
    groups(manifest, &mut found);
    found
}

/// A transfer must say how each object travels and, since 2.0, what its digest is (seda.md 3.1).
fn content(object: &BinaryObject, version: SedaVersion, found: &mut Vec<Finding>) {
    let mut report = |kind, message| found.push(at(kind, message, &object.id, object.line));
    if object.inline {
        report(
            &findings::OBJECT_INLINE,
            format!("l'objet {} est écrit dans le bordereau (Attachment)", object.id),
        );
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
        Err(Fault::Missing) if version < SedaVersion::V2_0 => {
            report(&findings::OBJECT_DIGEST_NOT_SENT, format!("« {} » n'a pas d'empreinte", name(object)));
        }
        Err(fault) => report(fault.kind(), format!("objet {} : {fault}", object.id)),
    }
}

/// What people know an object by, in versions where few have an identifier.
fn name(object: &BinaryObject) -> &str {
    object.uri.as_deref().or(object.file_name.as_deref()).unwrap_or(&object.id)
}

/// One object per usage and version in a group.
fn usages(manifest: &Manifest, found: &mut Vec<Finding>) {
    let binary = manifest.binary_objects.iter().map(|o| (&o.id, &o.group, &o.usage, o.line));
    let physical = manifest.physical_objects.iter().map(|o| (&o.id, &o.group, &o.usage, o.line));
    let mut seen = HashMap::new();
    for (id, group, usage, line) in binary.chain(physical) {
        let (Some(group), Some(usage)) = (group, usage) else { continue };
        // `BinaryMaster` alone is version 1.
        let usage = if usage.contains('_') { usage.clone() } else { format!("{usage}_1") };
        if let Some(first) = seen.insert((group.as_str(), usage.clone()), id.as_str()) {
            let message = format!("le groupe {group} contient {first} et {id} pour l'usage {usage}");
            found.push(at(&findings::OBJECT_DUPLICATE_USAGE, message, id, line));
        }
    }
}

fn groups(manifest: &Manifest, found: &mut Vec<Finding>) {
    let binary = manifest.binary_objects.iter().filter_map(|object| object.group.as_deref());
    let physical = manifest.physical_objects.iter().filter_map(|object| object.group.as_deref());
    let used: HashSet<&str> = binary.chain(physical).collect();
    for group in manifest.object_groups.iter().filter(|group| !used.contains(group.id.as_str())) {
        let message = format!("le groupe {} ne contient aucun objet", group.id);
        found.push(at(&findings::REFERENCE_EMPTY_GROUP, message, &group.id, group.line));
    }
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
