//! Declared files against the container's: each `Uri` names one file, each file is named by one `Uri`.
//!
//! Never matches 2.x by guess: the name as written, else the same name in the other normal form of Unicode or with its
//! percent-escapes undone. Case counts. 0.2 and 1.0 do not say where their files lie, and whoever sends the files apart from the
//! manifest packs them as they please: see [`super::places`].

use std::collections::{HashMap, HashSet};
use std::io;

use unicode_normalization::UnicodeNormalization;

use super::description::Manifest;
use super::places::{Places, last_part, unescaped};
use super::spill::Repeats;
use crate::model::{BinaryObject, Finding, Findings, SedaVersion, findings};

/// A declared object and the container's file that holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// Number of the binary object.
    pub object: u32,
    /// Index into the names given.
    pub entry: usize,
}

/// Matches objects with files. `names`: every file of the container but the manifest; `is_apart`: they came apart from it.
///
/// # Errors
/// When the scratch that holds the description fails.
pub fn check(
    manifest: &Manifest,
    names: &[&str],
    is_apart: bool,
    found: &mut Findings,
) -> io::Result<Vec<Match>> {
    declared(manifest, found)?;
    let places = Places::new(names);
    let mut is_held = vec![false; names.len()];
    let mut matches = Vec::new();
    let is_near = lies_anywhere(manifest, is_apart);
    for (number, object) in (0..).zip(manifest.binary_objects()) {
        let object = object?;
        let Some(path) = declared_path(&object) else { continue };
        match places.exact(&path) {
            None if is_near => {}
            None => report_missing(&object, path, found),
            // Two objects of one path: said by `declared`.
            Some(entry) => {
                if !std::mem::replace(&mut is_held[entry], true) {
                    matches.push(Match { object: number, entry });
                }
            }
        }
    }
    if is_near {
        check_near(manifest, &places, &mut is_held, &mut matches, found)?;
    }
    for (name, _) in names.iter().zip(is_held).filter(|(_, is_held)| !is_held) {
        if found.wants(&findings::OBJECT_UNDECLARED_FILE) {
            let message = format!("le fichier « {name} » n'est déclaré par aucun objet");
            found.push(Finding::new(&findings::OBJECT_UNDECLARED_FILE, message).in_path(*name));
        }
    }
    Ok(matches)
}

/// Whether a file may lie elsewhere than where its path says.
fn lies_anywhere(manifest: &Manifest, is_apart: bool) -> bool {
    is_apart || manifest.heading.version < SedaVersion::V2_0
}

/// The files that are not where their paths say. What is some object's own path is no other's by guess.
fn check_near(
    manifest: &Manifest,
    places: &Places,
    is_held: &mut [bool],
    matches: &mut Vec<Match>,
    found: &mut Findings,
) -> io::Result<()> {
    for (number, object) in (0..).zip(manifest.binary_objects()) {
        let object = object?;
        let Some(path) = declared_path(&object) else { continue };
        if places.exact(&path).is_some() {
            continue;
        }
        match places.near(&path).filter(|&entry| !std::mem::replace(&mut is_held[entry], true)) {
            Some(entry) => matches.push(Match { object: number, entry }),
            None => report_missing(&object, path, found),
        }
    }
    matches.sort_by_key(|matched| matched.object);
    Ok(())
}

fn declared_path(object: &BinaryObject) -> Option<String> {
    path(object.uri.as_deref()?).ok()
}

fn report_missing(object: &BinaryObject, path: String, found: &mut Findings) {
    if found.wants(&findings::OBJECT_MISSING_FILE) {
        let message = format!("le fichier « {path} » de l'objet {} manque", object.id);
        let finding = Finding::new(&findings::OBJECT_MISSING_FILE, message);
        found.push(finding.at_line(object.line).in_path(path));
    }
}

/// What the declared paths alone show: hostile ones, the same twice.
///
/// # Errors
/// When the scratch that holds the description fails.
pub fn declared(manifest: &Manifest, found: &mut Findings) -> io::Result<()> {
    let mut paths = Repeats::new(manifest.scratch());
    for (number, object) in (0..).zip(manifest.binary_objects()) {
        let object = object?;
        let Some(uri) = object.uri.as_deref().filter(|uri| !uri.is_empty()) else { continue };
        match path(uri) {
            Err(why) => {
                let shown: String = uri.chars().take(200).collect();
                let message = format!("objet {} : « {shown} » {why}", object.id);
                let finding = Finding::new(&findings::OBJECT_URI, message);
                found.push(finding.at_line(object.line).in_path(&object.id));
            }
            Ok(path) => paths.push(path, number)?,
        }
    }
    for pair in paths.finish()? {
        let (number, before) = pair?;
        if found.wants(&findings::OBJECT_DUPLICATE_URI) {
            let first = manifest.binary_object(before as u32)?.id;
            let object = manifest.binary_object(number as u32)?;
            let path = path(object.uri.as_deref().unwrap_or_default()).unwrap_or_default();
            let message = format!("les objets {first} et {} désignent « {path} »", object.id);
            let finding = Finding::new(&findings::OBJECT_DUPLICATE_URI, message);
            found.push(finding.at_line(object.line).in_path(path));
        }
    }
    Ok(())
}

/// Those of these names, in NFC, that an object declares: asked about the few names whose reading is in doubt. Where a
/// file may lie elsewhere, those whose last part is that of a declared file.
///
/// # Errors
/// When the scratch that holds the description fails.
pub fn known(manifest: &Manifest, names: HashSet<String>, is_apart: bool) -> io::Result<HashSet<String>> {
    let mut known = HashSet::new();
    if names.is_empty() {
        return Ok(known);
    }
    let is_near = lies_anywhere(manifest, is_apart);
    let key = |path: &str| if is_near { last_part(path).to_owned() } else { path.to_owned() };
    let mut by_key: HashMap<String, Vec<String>> = HashMap::new();
    for name in names {
        by_key.entry(key(&name)).or_default().push(name);
    }
    for object in manifest.binary_objects() {
        if let Some(path) = declared_path(&object?) {
            known.extend(by_key.remove(&key(&path)).unwrap_or_default());
        }
    }
    Ok(known)
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
