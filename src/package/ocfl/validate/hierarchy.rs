//! The folders of a storage root, walked in order down to its objects. // OCFL 1.1, 4.3

use std::collections::HashSet;
use std::sync::mpsc::SyncSender;

use super::super::tree::{Entry, Kind, join};
use super::findings::Findings;
use super::walk::Walk;
use super::{Standing, standing_of};

/// Sends the folder of every object, in order; what is wrong with the others is returned.
pub(super) fn hierarchy(walk: Walk<'_>, top: &[Entry], folders: &SyncSender<(u64, String)>) -> Findings {
    let mut found = Findings::new(walk.limits.findings_max);
    let is_inside = |entry: &&Entry| entry.kind == Kind::Folder && entry.name != "extensions";
    let mut left: Vec<(String, usize)> =
        top.iter().rev().filter(is_inside).map(|entry| (entry.name.clone(), 1)).collect();
    let (mut count, mut depths) = (0, HashSet::new());
    while let Some((folder, depth)) = left.pop() {
        if depth > walk.limits.depth_max {
            found.add("X001", folder, "trop de dossiers les uns dans les autres pour être vérifiés");
            continue;
        }
        let mut inside = Findings::new(walk.limits.findings_max);
        let Some(entries) = walk.list(&folder, &mut inside) else {
            found.absorb(vec![inside]);
            continue;
        };
        if standing_of(&entries) == Standing::Object {
            depths.insert(depth);
            if folders.send((count, folder)).is_err() {
                return found;
            }
            count += 1;
            continue;
        }
        let is_empty = entries.is_empty() && inside.total() == 0;
        found.absorb(vec![inside]);
        if is_empty {
            found.add("E073", folder.as_str(), "ce dossier est vide");
        }
        for Entry { name, kind } in entries.into_iter().rev() {
            match kind {
                Kind::Folder => left.push((join(&folder, &name), depth + 1)),
                _ => found.add("E072", join(&folder, &name), "ce fichier n’appartient à aucun objet"),
            }
        }
    }
    if depths.len() > 1 {
        let (code, said) = if depths.contains(&1) {
            ("W015", "des objets à la racine, et d’autres dans des dossiers")
        } else {
            ("W014", "les objets ne sont pas tous à la même profondeur")
        };
        found.add(code, "", said);
    }
    found
}
