//! The folder as it lies on the disk, and the units that it becomes with what the table says.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::super::Failure;
use super::Reasons;
use super::table::{Column, REASONS_MAX, Row, key};
use crate::seda::write::transfer::{NewRule, NewUnit};

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

/// The units of these files under what the table says; each line must describe one of them, and each file have its line, unless `all`.
pub(super) fn units(
    title: &str,
    files: &[Found],
    rows: &BTreeMap<String, Row>,
    all: bool,
    reasons: &mut Reasons,
) -> NewUnit {
    let mut used: Vec<&str> = vec![""];
    let mut root = described("RecordGrp", title, rows.get(""));
    for (number, file) in files.iter().enumerate() {
        let whole = key(&file.name);
        if !all && !rows.contains_key(&whole) && reasons.len() < REASONS_MAX {
            reasons.push(format!("« {} » est dans le dossier, et aucune ligne du tableau ne le décrit (--all le prend sous son nom)", file.name));
        }
        let parts: Vec<&str> = file.name.split('/').collect();
        let mut unit = &mut root;
        for depth in 1..parts.len() {
            let path = key(&parts[..depth].join("/"));
            let row = rows.get_key_value(&path);
            used.extend(row.map(|(known, _)| known.as_str()));
            unit = below(unit, parts[depth - 1], || {
                described("File", parts[depth - 1], row.map(|(_, row)| row))
            });
        }
        let row = rows.get_key_value(&whole);
        used.extend(row.map(|(known, _)| known.as_str()));
        let own = parts.last().copied().unwrap_or_default();
        unit.children
            .push(NewUnit { object: Some(number), ..described("Item", own, row.map(|(_, row)| row)) });
    }
    used.sort_unstable();
    for (path, row) in rows.iter().filter(|(path, _)| used.binary_search(&path.as_str()).is_err()) {
        if reasons.len() < REASONS_MAX {
            reasons.push(format!("ligne {} : « {path} » n'est pas dans le dossier", row.line));
        }
    }
    root
}

/// The unit of a folder right below; files of one folder come one after the other.
fn below<'a>(unit: &'a mut NewUnit, folder: &str, make: impl FnOnce() -> NewUnit) -> &'a mut NewUnit {
    let is_it = unit.children.last().is_some_and(|last| last.folder.as_deref() == Some(folder));
    if !is_it {
        unit.children.push(NewUnit { folder: Some(folder.to_owned()), ..make() });
    }
    unit.children.last_mut().expect("just looked at, or pushed")
}

fn described(level: &str, title: &str, row: Option<&Row>) -> NewUnit {
    let Some(row) = row else {
        return NewUnit { level: level.into(), title: title.into(), ..NewUnit::default() };
    };
    let get = |column| row.get(column);
    let keywords = get(Column::Keywords).unwrap_or_default();
    let action = get(Column::FinalAction).map(|action| match action.to_lowercase().as_str() {
        "conserver" | "keep" | "c" => "Keep".to_owned(),
        "éliminer" | "eliminer" | "détruire" | "detruire" | "destroy" | "d" => "Destroy".to_owned(),
        _ => action,
    });
    NewUnit {
        level: get(Column::Level).unwrap_or_else(|| level.into()),
        title: get(Column::Title).unwrap_or_else(|| title.into()),
        reference: get(Column::Reference),
        description: get(Column::Description),
        document_type: get(Column::DocumentType),
        language: get(Column::Language),
        keywords: keywords
            .split('|')
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect(),
        start_date: get(Column::StartDate),
        end_date: get(Column::EndDate),
        appraisal: get(Column::Appraisal).map(|rule| NewRule {
            rule,
            start_date: get(Column::AppraisalStart),
            final_action: action,
        }),
        access: get(Column::AccessRule).map(|rule| NewRule {
            rule,
            start_date: get(Column::AccessStart),
            final_action: None,
        }),
        ..NewUnit::default()
    }
}
