//! The folders of an object, walked: what may stand where, and every content file. // OCFL 1.1, 3.1 and 3.3

use super::super::INVENTORY;
use super::super::tree::{Entry, Kind, Tree, join};
use super::Limits;
use super::declaration;
use super::findings::Findings;
use super::inventory::is_sidecar_name;
use super::terms::{REGISTERED, VersionName};

/// A folder being walked: what is needed to list what is in it.
#[derive(Clone, Copy)]
pub(super) struct Walk<'a> {
    pub tree: &'a dyn Tree,
    pub object: &'a str,
    pub limits: &'a Limits,
}

impl Walk<'_> {
    /// What stands in a folder of the object, by name; links and special files are said and left out.
    pub fn list(&self, folder: &str, found: &mut Findings) -> Option<Vec<Entry>> {
        let mut entries = match self.tree.list(&join(self.object, folder), self.limits.entries_max) {
            Ok(entries) => entries,
            Err(error) => {
                found.add("X002", folder, format!("lecture impossible : {error}"));
                return None;
            }
        };
        if entries.len() > self.limits.entries_max {
            found.add("X001", folder, "ce dossier contient trop de noms pour être vérifié");
            return None;
        }
        entries.sort();
        entries.retain(|entry| match entry.kind {
            Kind::Link => {
                found.add("E090", join(folder, &entry.name), "c’est un lien");
                false
            }
            Kind::Other => {
                found.add("E089", join(folder, &entry.name), "ce n’est ni un fichier ni un dossier");
                false
            }
            Kind::File | Kind::Folder => true,
        });
        Some(entries)
    }

    /// Says what should not be in the object's own folder, and returns the names of its version folders.
    pub fn top(&self, entries: &[Entry], found: &mut Findings) -> Vec<VersionName> {
        let mut versions = Vec::new();
        for Entry { name, kind } in entries {
            let is_known = match kind {
                Kind::Folder if name == "logs" => {
                    self.below(name, None, found);
                    true
                }
                Kind::Folder if name == "extensions" => {
                    self.extensions(found);
                    true
                }
                Kind::Folder => match VersionName::of(name) {
                    Some(version) => {
                        versions.push(version);
                        true
                    }
                    None => false,
                },
                _ => name == INVENTORY || is_sidecar_name(name) || declaration::is_meant(name),
            };
            if !is_known {
                found.add("E001", name, "ce nom n’a rien à faire dans le dossier d’un objet");
            }
        }
        versions.sort();
        versions
    }

    /// Says what should not be in a version's folder; returns whether its content folder is there.
    pub fn version(
        &self,
        version: &str,
        entries: &[Entry],
        content: Option<&str>,
        found: &mut Findings,
    ) -> bool {
        let mut has_content = false;
        for Entry { name, kind } in entries {
            let path = join(version, name);
            match kind {
                Kind::Folder if content == Some(name) => has_content = true,
                // Without its name, the content folder cannot be told from another.
                Kind::Folder if content.is_none() => {}
                Kind::Folder => found.add("W002", path, "un autre dossier que celui du contenu"),
                _ if name == INVENTORY || is_sidecar_name(name) => {}
                _ => found.add("E015", path, "ce fichier n’a rien à faire dans le dossier d’une version"),
            }
        }
        has_content
    }

    /// Adds every file under a version's content folder to `files`, as paths in the object.
    pub fn content(&self, folder: &str, files: &mut Vec<String>, found: &mut Findings) {
        self.below(folder, Some(files), found);
    }

    /// Walks a folder: for its links and special files, and, when its files are wanted, for its empty folders.
    fn below(&self, top: &str, mut files: Option<&mut Vec<String>>, found: &mut Findings) {
        let mut folders = vec![(top.to_string(), 0)];
        let mut count = 0;
        while let Some((folder, depth)) = folders.pop() {
            if depth > self.limits.depth_max {
                return found.add(
                    "X001",
                    folder,
                    "trop de dossiers les uns dans les autres pour être vérifiés",
                );
            }
            let before = found.total();
            let Some(entries) = self.list(&folder, found) else { continue };
            count += entries.len();
            if count > self.limits.entries_max {
                return found.add("X001", top, "ce dossier contient trop de noms pour être vérifié");
            }
            if entries.is_empty() && found.total() == before && files.is_some() {
                let code = if depth == 0 { "W003" } else { "E024" };
                found.add(code, folder.as_str(), "ce dossier est vide");
            }
            for Entry { name, kind } in entries {
                let path = join(&folder, &name);
                match (kind, &mut files) {
                    (Kind::Folder, _) => folders.push((path, depth + 1)),
                    (_, Some(files)) => files.push(path),
                    _ => {}
                }
            }
        }
    }

    fn extensions(&self, found: &mut Findings) {
        for Entry { name, kind } in self.list("extensions", found).unwrap_or_default() {
            let path = join("extensions", &name);
            if kind == Kind::File {
                found.add("E067", path, "un fichier parmi les extensions, qui sont des dossiers");
            } else {
                if !REGISTERED.contains(&name.as_str()) {
                    found.add("W013", path.as_str(), "cette extension n’est pas enregistrée");
                }
                self.below(&path, None, found);
            }
        }
    }
}
