//! Declared files against the container's: each `Uri` names one file, each file is named by one `Uri`.
//!
//! Never matches by guess: the name as written, else the same name in the other normal form of Unicode or with its
//! percent-escapes undone. Case counts.

use std::collections::{HashMap, HashSet};
use std::io;

use percent_encoding::percent_decode_str;
use unicode_normalization::UnicodeNormalization;

use super::description::Manifest;
use super::spill::Repeats;
use crate::model::{BinaryObject, Finding, Findings, findings};

/// A declared object and the container's file that holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// Number of the binary object.
    pub object: u32,
    /// Index into the names given.
    pub entry: usize,
}

/// Matches objects with files. `names`: every file of the container but the manifest.
///
/// # Errors
/// When the scratch that holds the description fails.
pub fn check(manifest: &Manifest, names: &[&str], found: &mut Findings) -> io::Result<Vec<Match>> {
    declared(manifest, found)?;
    let by_name: HashMap<String, usize> =
        names.iter().enumerate().map(|(entry, name)| (name.nfc().collect(), entry)).collect();
    let mut is_held = vec![false; names.len()];
    let mut matches = Vec::new();
    for (number, object) in (0..).zip(manifest.binary_objects()) {
        let object = object?;
        let Some(uri) = object.uri.as_deref() else { continue };
        let Ok(path) = path(uri) else { continue };
        match by_name.get(&path).or_else(|| by_name.get(&unescaped(&path)?)) {
            None => {
                if found.wants(&findings::OBJECT_MISSING_FILE) {
                    found.push(missing(&object, path));
                }
            }
            Some(&entry) => {
                if !std::mem::replace(&mut is_held[entry], true) {
                    matches.push(Match { object: number, entry });
                }
            }
        }
    }
    for (name, _) in names.iter().zip(is_held).filter(|(_, is_held)| !is_held) {
        if found.wants(&findings::OBJECT_UNDECLARED_FILE) {
            let message = format!("le fichier « {name} » n'est déclaré par aucun objet");
            found.push(Finding::new(&findings::OBJECT_UNDECLARED_FILE, message).in_path(*name));
        }
    }
    Ok(matches)
}

fn missing(object: &BinaryObject, path: String) -> Finding {
    let message = format!("le fichier « {path} » de l'objet {} manque", object.id);
    Finding::new(&findings::OBJECT_MISSING_FILE, message).at_line(object.line).in_path(path)
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

/// Those of these names, in NFC, that an object declares: asked about the few names whose reading is in doubt.
///
/// # Errors
/// When the scratch that holds the description fails.
pub fn known(manifest: &Manifest, mut names: HashSet<String>) -> io::Result<HashSet<String>> {
    let mut known = HashSet::new();
    if names.is_empty() {
        return Ok(known);
    }
    for object in manifest.binary_objects() {
        if let Some(Ok(path)) = object?.uri.as_deref().map(path) {
            known.extend(names.take(&path));
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

/// The path with its escapes undone, when it has any: a name may hold a bare `%`.
fn unescaped(uri: &str) -> Option<String> {
    let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_hexdigit);
    let bytes = uri.as_bytes();
    let is_escape = |at: usize| is_digit(bytes.get(at + 1)) && is_digit(bytes.get(at + 2));
    let is_escaped =
        bytes.contains(&b'%') && bytes.iter().enumerate().all(|(at, &byte)| byte != b'%' || is_escape(at));
    let decoded = is_escaped.then(|| percent_decode_str(uri).decode_utf8().ok()).flatten()?;
    Some(decoded.nfc().collect())
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
