//! A storage root, whole: its declaration, its layout, its hierarchy, every object under it.
//! // OCFL 1.1, 4
//!
//! Objects are validated by several threads and given in the order of their folders.

use std::collections::{BTreeMap, HashSet};
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use super::super::digest::Algorithm;
use super::super::layout::Layout;
use super::super::tree::{Entry, Kind, Tree, join};
use super::Options;
use super::declaration::ROOT;
use super::findings::Findings;
use super::hierarchy::hierarchy;
use super::inventory::read;
use super::object::{Validated, validate_among_others};
use super::terms::{REGISTERED, Spec};
use super::walk::Walk;

const LAYOUT_FILE: &str = "ocfl_layout.json";
/// Longest layout and configuration files that are read.
const LAYOUT_BYTES_MAX: u64 = 1 << 20;
/// Objects found and not yet validated.
const WAITING_MAX: usize = 256;

/// What is said of a storage root, its objects apart.
#[derive(Clone, Debug)]
pub struct RootReport {
    pub spec: Option<Spec>,
    /// Name of the layout extension.
    pub layout: Option<String>,
    pub objects: u64,
    pub findings: Findings,
}

/// What is done of each object.
pub struct Visit<'a, T> {
    /// By the thread that validated it.
    pub each: &'a (dyn Fn(Validated) -> T + Sync),
    /// One after the other, in the order of the folders.
    pub done: &'a mut dyn FnMut(T),
}

/// Validates a storage root of the tree and every object under it.
pub fn validate_root<T: Send>(
    tree: &dyn Tree,
    folder: &str,
    options: &Options,
    visit: Visit<'_, T>,
) -> RootReport {
    let mut found = Findings::new(options.limits.findings_max);
    let walk = Walk { tree, object: folder, limits: &options.limits };
    let mut report = RootReport {
        spec: None,
        layout: None,
        objects: 0,
        findings: Findings::new(options.limits.findings_max),
    };
    if let Some(entries) = walk.list("", &mut found) {
        report.spec = ROOT.read(tree, folder, &entries, &mut found);
        let spec = report.spec.unwrap_or(Spec::V1_1);
        let layout = layout(walk, &entries, &mut report.layout, &mut found);
        extensions(walk, &entries, spec, &mut found);
        let rules = Rules { spec, layout };
        report.objects = objects(walk, &entries, &rules, options, visit, &mut found);
    }
    report.findings = found;
    report
}

/// What every object of the root is held to.
struct Rules {
    spec: Spec,
    layout: Option<Layout>,
}

fn layout(
    walk: Walk<'_>,
    entries: &[Entry],
    name: &mut Option<String>,
    found: &mut Findings,
) -> Option<Layout> {
    if !entries.iter().any(|entry| entry.kind == Kind::File && entry.name == LAYOUT_FILE) {
        return None;
    }
    let described = match json(walk, LAYOUT_FILE) {
        Ok(described) => described,
        Err(why) => {
            found.add("E070", LAYOUT_FILE, why);
            return None;
        }
    };
    let text = |key: &str| described.get(key).and_then(Value::as_str);
    if text("description").is_none() {
        found.add("E070", LAYOUT_FILE, "la clé « description » manque");
    }
    let Some(extension) = text("extension") else {
        found.add("E070", LAYOUT_FILE, "la clé « extension » manque");
        return None;
    };
    *name = Some(extension.to_string());
    if !REGISTERED.contains(&extension) {
        found.add("E071", LAYOUT_FILE, format!("l’extension « {extension} » n’est pas enregistrée"));
        return None;
    }
    let path = format!("extensions/{extension}/config.json");
    let stands = |folder: &str, name: &str, kind: Kind| {
        let inside = walk.tree.list(&join(walk.object, folder), walk.limits.entries_max);
        inside.is_ok_and(|inside| inside.iter().any(|entry| entry.name == name && entry.kind == kind))
    };
    let has_config = entries.iter().any(|entry| entry.name == "extensions" && entry.kind == Kind::Folder)
        && stands("extensions", extension, Kind::Folder)
        && stands(&format!("extensions/{extension}"), "config.json", Kind::File);
    let config = if has_config { json(walk, &path) } else { Ok(Value::Null) };
    match config.and_then(|config| Layout::read(extension, &config)) {
        Ok(Some(layout)) => Some(layout),
        Ok(None) => {
            found.add(
                "N002",
                LAYOUT_FILE,
                "cette disposition n’est pas calculée ici : les chemins ne sont pas vérifiés",
            );
            None
        }
        Err(why) => {
            found.add(
                "N003",
                path,
                format!("configuration illisible, les chemins ne sont pas vérifiés : {why}"),
            );
            None
        }
    }
}

fn json(walk: Walk<'_>, path: &str) -> Result<Value, String> {
    let bytes =
        read(walk.tree, &join(walk.object, path), LAYOUT_BYTES_MAX).map_err(|error| error.to_string())?;
    let bytes = bytes.ok_or("fichier trop long")?;
    let value: Value =
        serde_json::from_slice(&bytes).map_err(|error| format!("ce n’est pas du JSON : {error}"))?;
    if value.is_object() { Ok(value) } else { Err("ce n’est pas un objet JSON".to_string()) }
}

fn extensions(walk: Walk<'_>, entries: &[Entry], spec: Spec, found: &mut Findings) {
    if !entries.iter().any(|entry| entry.kind == Kind::Folder && entry.name == "extensions") {
        return;
    }
    let inside = walk.list("extensions", found).unwrap_or_default();
    if inside.is_empty() {
        found.add("E073", "extensions", "ce dossier est vide");
    }
    for Entry { name, kind } in inside {
        let path = join("extensions", &name);
        if kind == Kind::File {
            let code = if spec >= Spec::V1_1 { "E112" } else { "E086" };
            found.add(code, path, "un fichier parmi les extensions, qui sont des dossiers");
        } else if !REGISTERED.contains(&name.as_str()) {
            found.add("W016", path, "cette extension n’est pas enregistrée");
        }
    }
}

/// Walks the hierarchy and validates what it finds; the count of objects.
fn objects<T: Send>(
    walk: Walk<'_>,
    entries: &[Entry],
    rules: &Rules,
    options: &Options,
    visit: Visit<'_, T>,
    found: &mut Findings,
) -> u64 {
    let (folders, waiting) = sync_channel(WAITING_MAX);
    let (results, validated) = sync_channel(WAITING_MAX);
    let waiting = Mutex::new(waiting);
    let each = visit.each;
    let mut ids = HashSet::new();
    std::thread::scope(|scope| {
        let walker = scope.spawn(move || hierarchy(walk, entries, &folders));
        for _ in 0..options.threads.max(1) {
            let (results, waiting) = (results.clone(), &waiting);
            scope.spawn(move || {
                while let Some((index, folder)) = next(waiting) {
                    let mut validated =
                        validate_among_others(walk.tree, &join(walk.object, &folder), options);
                    held_to(rules, &folder, &mut validated);
                    let id = validated.report.id.clone();
                    if results.send((index, folder, id, each(validated))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(results);
        let (mut early, mut count) = (BTreeMap::new(), 0);
        for (index, folder, id, result) in validated {
            if let Some(id) = id
                && !ids.insert(Algorithm::Sha256.of(id.as_bytes()))
            {
                found.add("E037", folder, format!("un autre objet a le même identifiant : {id}"));
            }
            early.insert(index, result);
            while let Some(result) = early.remove(&count) {
                count += 1;
                (visit.done)(result);
            }
        }
        found.absorb(vec![walker.join().unwrap_or_else(|panic| resume_unwind(panic))]);
        count
    })
}

fn next(waiting: &Mutex<Receiver<(u64, String)>>) -> Option<(u64, String)> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

/// What the root asks of an object, beyond what the object asks of itself.
fn held_to(rules: &Rules, folder: &str, validated: &mut Validated) {
    let report = &mut validated.report;
    if report.spec.is_some_and(|spec| spec > rules.spec) {
        report.findings.add("E081", "", "l’objet suit une norme plus récente que celle de sa racine");
    }
    let Some((layout, id)) = rules.layout.as_ref().zip(report.id.as_ref()) else { return };
    let said = match layout.path(id) {
        Some(path) if path == folder => return,
        Some(path) => format!("d’après son identifiant, cet objet devrait être dans {path}"),
        None => "d’après son identifiant, cet objet n’a pas de place dans cette disposition".to_string(),
    };
    report.findings.add("E083", "", said);
}
