//! The graph of units: cycles, units that contain themselves, double links.
//!
//! Units may have several parents; a message may list them flat and rebuild the tree by links, in any order.

use std::collections::HashMap;

use crate::model::{Finding, Manifest, findings};

/// Checks the graph; references that name nothing are left to [`super::consistency`].
pub fn check(manifest: &Manifest) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut places = HashMap::new();
    for (at, unit) in manifest.units.iter().enumerate() {
        places.entry(unit.id.as_str()).or_insert(at);
    }
    for unit in manifest.units.iter().filter(|unit| unit.parents.contains(&unit.id)) {
        let message = format!("l'unité {} se contient elle-même", unit.id);
        found.push(Finding::new(&findings::REFERENCE_SELF, message).at_line(unit.line).in_path(&unit.id));
    }
    if let Some(cycle) = cycle(manifest, &places) {
        let names: Vec<&str> = cycle.iter().take(8).map(|&at| manifest.units[at].id.as_str()).collect();
        let more = if cycle.len() > 8 { "…" } else { "" };
        let message = format!("les unités {}{more} se contiennent les unes les autres", names.join(", "));
        let unit = &manifest.units[cycle[0]];
        found.push(Finding::new(&findings::REFERENCE_CYCLE, message).at_line(unit.line).in_path(&unit.id));
    }
    let mut seen = HashMap::new();
    for link in &manifest.links {
        let pair = (link.parent.as_deref().unwrap_or_default(), link.target.as_str());
        if seen.insert(pair, ()).is_some() && !pair.0.is_empty() {
            let message = format!("l'unité {} est rattachée deux fois à {}", pair.1, pair.0);
            found.push(
                Finding::new(&findings::REFERENCE_DOUBLE_PARENT, message)
                    .at_line(link.line)
                    .in_path(&link.id),
            );
        }
    }
    found
}

/// The units left when every unit without a parent is taken away, again and again: the cycles and what hangs under them.
fn cycle(manifest: &Manifest, places: &HashMap<&str, usize>) -> Option<Vec<usize>> {
    let count = manifest.units.len();
    let mut children = vec![Vec::new(); count];
    let mut waiting = vec![0u32; count];
    for (at, unit) in manifest.units.iter().enumerate() {
        for parent in unit.parents.iter().filter(|parent| **parent != unit.id) {
            if let Some(&above) = places.get(parent.as_str()) {
                children[above].push(at);
                waiting[at] += 1;
            }
        }
    }
    let mut free: Vec<usize> = (0..count).filter(|&at| waiting[at] == 0).collect();
    while let Some(at) = free.pop() {
        for &child in &children[at] {
            waiting[child] -= 1;
            if waiting[child] == 0 {
                free.push(child);
            }
        }
    }
    // Walk up from any unit left until one repeats: that is the cycle itself.
    let start = (0..count).find(|&at| waiting[at] > 0)?;
    let mut path = vec![start];
    let mut met = HashMap::from([(start, 0)]);
    loop {
        let unit = &manifest.units[*path.last()?];
        let above = unit.parents.iter().filter_map(|parent| places.get(parent.as_str()).copied());
        let above =
            above.filter(|&above| manifest.units[above].id != unit.id).find(|&above| waiting[above] > 0)?;
        if let Some(&from) = met.get(&above) {
            path.drain(..from);
            path.reverse();
            return Some(path);
        }
        met.insert(above, path.len());
        path.push(above);
    }
}
