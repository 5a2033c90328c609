//! The folder as it lies on the disk, and the units that it becomes with what the table says.

use std::fs;
use std::path::{Path, PathBuf};

use super::super::Failure;
use super::Reasons;
use super::table::{REASONS_MAX, Table, key};
use crate::seda::write::columns;
use crate::seda::write::transfer::NewUnit;

/// Folders above a file.
const DEPTH_MAX: usize = 60;
const FILES_MAX: usize = 200_000;

/// A file of the folder.
pub(super) struct Found {
    pub path: PathBuf,
    /// Relative, `/` between folders, as the container names it.
    pub name: String,
}

/// Every file, in the order of names; links and what is no file are told.
pub(super) fn files(folder: &Path, reasons: &mut Reasons) -> Result<Vec<Found>, Failure> {
    let mut found = Vec::new();
    walk(folder, "", 0, &mut found, reasons)?;
    if found.is_empty() && reasons.is_empty() {
        reasons.push(format!("{} : aucun fichier", folder.display()));
    }
    Ok(found)
}

fn walk(
    folder: &Path,
    name: &str,
    depth: usize,
    found: &mut Vec<Found>,
    reasons: &mut Reasons,
) -> Result<(), Failure> {
    if depth > DEPTH_MAX || found.len() > FILES_MAX {
        return Err(format!(
            "« {name} » : plus de {DEPTH_MAX} dossiers l'un dans l'autre, ou de {FILES_MAX} fichiers"
        )
        .into());
    }
    let entries = fs::read_dir(folder).map_err(|error| format!("{} : {error}", folder.display()))?;
    let mut entries: Vec<_> = entries.collect::<Result<_, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let own = entry.file_name();
        let Some(own) = own.to_str() else {
            reasons.push(format!(
                "« {name}/{} » : ce nom n'est pas lisible, renommez-le",
                own.to_string_lossy()
            ));
            continue;
        };
        let name = if name.is_empty() { own.to_owned() } else { format!("{name}/{own}") };
        let kind = entry.file_type()?;
        if kind.is_dir() {
            walk(&entry.path(), &name, depth + 1, found, reasons)?;
        } else if kind.is_file() {
            found.push(Found { path: entry.path(), name });
        } else {
            reasons.push(format!("« {name} » : un lien ou un fichier spécial ; mettez le fichier lui-même"));
        }
    }
    Ok(())
}

/// What is told of a unit or of an object finds its source here, by its mark.
#[derive(Debug)]
pub(super) enum Source {
    /// A line of the table.
    Line(u64),
    /// A file or a folder that the table does not name.
    Name(String),
}

/// Units being made of a folder.
struct Making<'a> {
    table: &'a Table,
    sources: Vec<Source>,
    used: Vec<&'a str>,
}

/// The units of these files under what the table says, in the table's order; each line must describe one of them, and each file have
/// its line, unless `all`.
pub(super) fn units(
    title: &str,
    files: &[Found],
    table: &Table,
    all: bool,
    reasons: &mut Reasons,
) -> (NewUnit, Vec<Source>) {
    let mut making = Making { table, sources: Vec::new(), used: Vec::new() };
    let mut root = making.unit("RecordGrp", title, "");
    for (number, file) in files.iter().enumerate() {
        let whole = key(&file.name);
        if !all && !table.rows.contains_key(&whole) && reasons.len() < REASONS_MAX {
            reasons.push(format!("« {} » est dans le dossier, et aucune ligne du tableau ne le décrit (--all le prend sous son nom)", file.name));
        }
        let parts: Vec<&str> = file.name.split('/').collect();
        let mut unit = &mut root;
        for depth in 1..parts.len() {
            let own = parts[depth - 1];
            unit = below(unit, own, || making.unit("File", own, &parts[..depth].join("/")));
        }
        let own = parts.last().copied().unwrap_or_default();
        unit.children.push(NewUnit { object: Some(number), ..making.unit("Item", own, &file.name) });
    }
    let Making { sources, mut used, .. } = making;
    used.sort_unstable();
    for (path, row) in table.rows.iter().filter(|(path, _)| used.binary_search(&path.as_str()).is_err()) {
        if reasons.len() < REASONS_MAX {
            reasons.push(format!("ligne {} : « {path} » n'est pas dans le dossier", row.line));
        }
    }
    in_order(&mut root, &sources);
    (root, sources)
}

/// The unit of a folder right below; files of one folder come one after the other.
fn below<'a>(unit: &'a mut NewUnit, folder: &str, make: impl FnOnce() -> NewUnit) -> &'a mut NewUnit {
    let is_it = unit.children.last().is_some_and(|last| last.folder.as_deref() == Some(folder));
    if !is_it {
        unit.children.push(NewUnit { folder: Some(folder.to_owned()), ..make() });
    }
    unit.children.last_mut().expect("just looked at, or pushed")
}

/// Children in the order of their lines; those that have none stay last, in the order of names.
fn in_order(unit: &mut NewUnit, sources: &[Source]) {
    unit.children.sort_by_key(|child| match child.mark.and_then(|mark| sources.get(mark as usize)) {
        Some(Source::Line(line)) => *line,
        _ => u64::MAX,
    });
    unit.children.iter_mut().for_each(|child| in_order(child, sources));
}

impl<'a> Making<'a> {
    /// The unit of a path: what its line says of it, else its level and its name.
    fn unit(&mut self, level: &str, title: &str, path: &str) -> NewUnit {
        let found = self.table.rows.get_key_value(&key(path));
        self.used.extend(found.map(|(path, _)| path.as_str()));
        let row = found.map(|(_, row)| row);
        self.sources.push(row.map_or_else(|| Source::Name(path.to_owned()), |row| Source::Line(row.line)));
        let values = row.map(|row| row.values.clone()).unwrap_or_default();
        let (management, content) = columns::unit(&values, level, title);
        NewUnit { management, content, mark: Some(self.sources.len() as u32 - 1), ..NewUnit::default() }
    }
}
