//! The file of an inventory and its sidecar: read whole within the limits, digested, parsed.

use std::io::{self, Read};

use super::super::digest::Algorithm;
use super::super::tree::{Entry, Kind, Tree, join};
use super::super::{INVENTORY, sidecar_parts};
use super::Limits;
use super::findings::Findings;
use super::parse::{Raw, Unreadable, parse};

/// Longest sidecar that is read.
const SIDECAR_BYTES_MAX: u64 = 4_096;

/// An inventory as it was read. Its text is gone: that of a large object is heavy.
pub(super) struct Loaded {
    pub raw: Raw,
    pub sha512: String,
}

/// A folder that may hold an inventory: the object's own, or a version's.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub tree: &'a dyn Tree,
    pub object: &'a str,
    /// In the object: empty, or `v1`.
    pub folder: &'a str,
    pub entries: &'a [Entry],
    pub limits: &'a Limits,
}

impl Place<'_> {
    /// Path of the inventory in the object.
    pub fn path(&self) -> String {
        join(self.folder, INVENTORY)
    }

    /// Whether an inventory stands here.
    pub fn has_one(&self) -> bool {
        self.entries.iter().any(|entry| entry.kind == Kind::File && entry.name == INVENTORY)
    }

    /// Reads the inventory and checks its sidecar; what prevents it is said.
    pub fn load(&self, found: &mut Findings) -> Option<Loaded> {
        let text = self.text(found)?;
        let read = parse(&text, self.limits.inventory_entries_max);
        let sha512 = Algorithm::Sha512.of(&text);
        let raw = match read {
            Ok(raw) => raw,
            Err(Unreadable::NotJson(why)) => {
                found.add("E033", self.path(), format!("ce n’est pas un inventaire en JSON : {why}"));
                return None;
            }
            Err(Unreadable::OverBudget) => {
                found.add("X001", self.path(), "l’inventaire compte trop d’entrées pour être vérifié");
                return None;
            }
        };
        self.sidecar(&text, raw.digest_algorithm.get().map(String::as_str), found);
        Some(Loaded { raw, sha512 })
    }

    /// The inventory's text.
    pub fn text(&self, found: &mut Findings) -> Option<Vec<u8>> {
        match read(self.tree, &join(self.object, &self.path()), self.limits.inventory_bytes_max as u64) {
            Ok(Some(text)) => Some(text),
            Ok(None) => {
                found.add("X001", self.path(), "l’inventaire est trop grand pour être vérifié");
                None
            }
            Err(error) => {
                found.add("X002", self.path(), format!("lecture impossible : {error}"));
                None
            }
        }
    }

    /// Checks the sidecar of an inventory of this text; `named` is the algorithm that it says is its own.
    pub fn sidecar(&self, text: &[u8], named: Option<&str>, found: &mut Findings) {
        let Some(named) = named else { return };
        let wanted = format!("{INVENTORY}.{named}");
        let is_sidecar = |entry: &&Entry| entry.kind == Kind::File && is_sidecar_name(&entry.name);
        let others = || self.entries.iter().filter(is_sidecar).filter(|entry| entry.name != wanted);
        if !self.entries.iter().any(|entry| entry.kind == Kind::File && entry.name == wanted) {
            return match others().next() {
                Some(other) => {
                    let said = format!("le fichier d’empreinte devrait se nommer {wanted}");
                    found.add("E059", join(self.folder, &other.name), said);
                }
                None => found.add("E058", self.path(), format!("le fichier d’empreinte {wanted} manque")),
            };
        }
        for other in others() {
            let code = if self.folder.is_empty() { "E001" } else { "E015" };
            found.add(code, join(self.folder, &other.name), "ce fichier n’a rien à faire ici");
        }
        let path = join(self.folder, &wanted);
        let sidecar = match read(self.tree, &join(self.object, &path), SIDECAR_BYTES_MAX) {
            Ok(sidecar) => sidecar.unwrap_or_default(),
            Err(error) => return found.add("X002", path, format!("lecture impossible : {error}")),
        };
        match sidecar_parts(&sidecar) {
            None => {
                found.add("E061", path, format!("le texte attendu est une empreinte, puis « {INVENTORY} »"));
            }
            Some(digest) => {
                let right = Algorithm::named(named).map(|algorithm| algorithm.of(text));
                if right.is_some_and(|right| !right.eq_ignore_ascii_case(digest)) {
                    found.add("E060", path, "ce n’est pas l’empreinte de l’inventaire");
                }
            }
        }
    }
}

pub(super) fn is_sidecar_name(name: &str) -> bool {
    name.strip_prefix(INVENTORY).is_some_and(|rest| rest.len() > 1 && rest.starts_with('.'))
}

/// A file's bytes; none when it is longer than the limit.
pub(super) fn read(tree: &dyn Tree, path: &str, bytes_max: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    tree.open(path)?.take(bytes_max + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= bytes_max).then_some(bytes))
}
