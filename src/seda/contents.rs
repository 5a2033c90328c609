//! Declared files against the container's: each `Uri` names one file, each file is named by one `Uri`.
//!
//! Never matches 2.x by guess: the name as written, else the same name in the other normal form of Unicode or with its
//! percent-escapes undone. Case counts. 0.2 and 1.0 do not say where their files lie: see [`super::places`].

use std::collections::{HashMap, HashSet};

use unicode_normalization::UnicodeNormalization;

use super::places::{Places, last_part, unescaped};
use crate::model::{BinaryObject, Finding, Manifest, SedaVersion, findings};

/// A declared object and the container's file that holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// Index into `manifest.binary_objects`.
    pub index: usize,
    /// Index into the names given.
    pub entry: usize,
}

/// Matches objects with files. `names`: every file of the container but the manifest.
pub fn check(manifest: &Manifest, names: &[&str]) -> (Vec<Match>, Vec<Finding>) {
    let mut found = declared(manifest);
    let places = Places::new(names);
    let mut holders: Vec<Option<usize>> = vec![None; names.len()];
    let mut matches = Vec::new();
    let mut lost: Vec<(usize, String)> = Vec::new();
    for (index, object) in manifest.binary_objects.iter().enumerate() {
        let Some(uri) = object.uri.as_deref() else { continue };
        let Ok(path) = path(uri) else { continue };
        match places.exact(&path) {
            None => lost.push((index, path)),
            // Two objects of one path: said by `declared`.
            Some(entry) => {
                if holders[entry].replace(index).is_none() {
                    matches.push(Match { index, entry });
                }
            }
        }
    }
    for (index, path) in lost {
        // What is some object's own path is no other's by guess.
        let near = (manifest.version < SedaVersion::V2_0).then(|| places.near(&path)).flatten();
        match near.filter(|&entry| holders[entry].is_none()) {
            Some(entry) => {
                holders[entry] = Some(index);
                matches.push(Match { index, entry });
            }
            None => found.push(missing(&manifest.binary_objects[index], path)),
        }
    }
    for (entry, name) in names.iter().enumerate() {
        if holders[entry].is_none() {
            let message = format!("le fichier « {name} » n'est déclaré par aucun objet");
            found.push(Finding::new(&findings::OBJECT_UNDECLARED_FILE, message).in_path(*name));
        }
    }
    (matches, found)
}

fn missing(object: &BinaryObject, path: String) -> Finding {
    let message = format!("le fichier « {path} » de l'objet {} manque", object.id);
    Finding::new(&findings::OBJECT_MISSING_FILE, message).at_line(object.line).in_path(path)
}

/// The names a container's file may bear, to choose between two readings of a name in an unknown encoding.
pub struct Known {
    paths: HashSet<String>,
    /// Last parts of the paths, for 0.2 and 1.0 alone.
    last_parts: HashSet<String>,
}

impl Known {
    /// Those the objects declare.
    pub fn of(manifest: &Manifest) -> Self {
        let declared = manifest.binary_objects.iter().filter_map(|object| path(object.uri.as_deref()?).ok());
        let paths: HashSet<String> = declared.collect();
        let is_older = manifest.version < SedaVersion::V2_0;
        let last_parts = paths.iter().filter(|_| is_older).map(|path| last_part(path).to_owned()).collect();
        Self { paths, last_parts }
    }

    /// Whether a file of this name may be declared.
    pub fn has(&self, name: &str) -> bool {
        let name: String = name.nfc().collect();
        self.paths.contains(&name) || self.last_parts.contains(last_part(&name))
    }
}

/// What the declared paths alone show: hostile ones, the same twice.
pub fn declared(manifest: &Manifest) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut seen: HashMap<String, &str> = HashMap::new();
    for object in &manifest.binary_objects {
        let Some(uri) = object.uri.as_deref().filter(|uri| !uri.is_empty()) else { continue };
        match path(uri) {
            Err(why) => {
                let shown: String = uri.chars().take(200).collect();
                let message = format!("objet {} : « {shown} » {why}", object.id);
                found.push(
                    Finding::new(&findings::OBJECT_URI, message).at_line(object.line).in_path(&object.id),
                );
            }
            Ok(path) => {
                if let Some(first) = seen.insert(path.clone(), &object.id) {
                    let message = format!("les objets {first} et {} désignent « {path} »", object.id);
                    let finding = Finding::new(&findings::OBJECT_DUPLICATE_URI, message);
                    found.push(finding.at_line(object.line).in_path(path));
                }
            }
        }
    }
    found
}

/// Path in the container a `Uri` names, in NFC, or why it names none.
pub fn path(uri: &str) -> Result<String, &'static str> {
    judge(uri)?;
    if let Some(unescaped) = unescaped(uri) {
        judge(&unescaped)?;
    }
    let parts: Vec<&str> = uri.split('/').filter(|part| *part != ".").collect();
    Ok(parts.join("/").nfc().collect())
}

fn judge(decoded: &str) -> Result<(), &'static str> {
    let bytes = decoded.as_bytes();
    if decoded.chars().any(char::is_control) {
        return Err("contient un caractère de contrôle");
    }
    if decoded.starts_with(['/', '\\'])
        || (bytes.len() > 1 && bytes[1] == b':' && bytes[0].is_ascii_alphabetic())
    {
        return Err("est un chemin absolu");
    }
    if decoded.contains("://") {
        return Err("est une adresse, non un chemin dans l'archive");
    }
    if decoded.split(['/', '\\']).any(|part| part == "..") {
        return Err("sort de l'archive par « .. »");
    }
    let parts: Vec<&str> = decoded.split('/').filter(|part| *part != ".").collect();
    if parts.is_empty() || parts.iter().any(|part| part.is_empty()) {
        return Err("n'est pas un chemin de fichier");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn paths_are_normalised_or_refused() {
        assert_eq!(path("content/a b.pdf"), Ok("content/a b.pdf".into()));
        assert_eq!(path("./content/a%20b.pdf"), Ok("content/a%20b.pdf".into()));
        assert_eq!(path("taux 5%.pdf"), Ok("taux 5%.pdf".into()));
        assert_eq!(path("e\u{301}.pdf"), Ok("é.pdf".into()));
        for hostile in [
            "../x",
            "a/../b",
            "..\\x",
            "%2e%2e/x",
            "/etc/passwd",
            "C:\\x",
            "file:///x",
            "http://x/y",
            "a\nb",
            "a//b",
            "",
        ] {
            assert!(path(hostile).is_err(), "{hostile}");
        }
    }
}
