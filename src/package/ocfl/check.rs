//! The rules of an OCFL 1.1 inventory, as far as our own objects need them: SHA-512, versions without
//! padding, content under `content`.

use std::collections::HashSet;
use std::fmt;

use chrono::DateTime;

use super::paths::{conflict, is_plain, version_number};
use super::{INVENTORY_TYPE, Inventory, Version};

/// A rule of the specification that an inventory breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The specification's own code, `E050` for instance.
    pub code: &'static str,
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.message)
    }
}

pub(super) fn problems(inventory: &Inventory) -> Vec<Problem> {
    let mut found = Problems(Vec::new());
    header(inventory, &mut found);
    manifest(inventory, &mut found);
    for (name, version) in &inventory.versions {
        state(inventory, name, version, &mut found);
    }
    let used: HashSet<&String> =
        inventory.versions.values().flat_map(|version| version.state.keys()).collect();
    for digest in inventory.manifest.keys().filter(|digest| !used.contains(digest)) {
        found.add("E107", format!("digest {digest} of the manifest is in no version"));
    }
    found.0
}

struct Problems(Vec<Problem>);

impl Problems {
    fn add(&mut self, code: &'static str, message: String) {
        self.0.push(Problem { code, message });
    }
}

fn header(inventory: &Inventory, found: &mut Problems) {
    if inventory.id.is_empty() {
        found.add("E037", "empty identifier".to_string());
    }
    if inventory.inventory_type != INVENTORY_TYPE {
        found.add("E038", format!("unknown type {}", inventory.inventory_type));
    }
    if inventory.digest_algorithm != "sha512" {
        found.add("E025", format!("digest algorithm {} is not sha512", inventory.digest_algorithm));
    }
    if inventory.content_directory.as_deref().is_some_and(|folder| folder != "content") {
        found.add("E017", "content directory is not content".to_string());
    }
    let numbers: Option<Vec<u32>> = inventory.versions.keys().map(|name| version_number(name)).collect();
    match numbers {
        None => found.add("E046", "a version has no plain number".to_string()),
        Some(numbers) if numbers.is_empty() => found.add("E008", "no version".to_string()),
        Some(mut numbers) => {
            numbers.sort_unstable();
            if !numbers.iter().zip(1..).all(|(number, expected)| *number == expected) {
                found.add("E010", "versions do not follow each other from v1".to_string());
            }
            if version_number(&inventory.head) != numbers.last().copied() {
                found.add("E040", format!("head {} is not the newest version", inventory.head));
            }
        }
    }
}

fn manifest(inventory: &Inventory, found: &mut Problems) {
    for (digest, paths) in &inventory.manifest {
        if digest.len() != 128 || !digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            found.add("E096", format!("{digest} is no SHA-512 in lower case"));
        }
        for path in paths {
            let mut parts = path.splitn(3, '/');
            let known = parts.next().is_some_and(|version| inventory.versions.contains_key(version));
            if !is_plain(path) {
                found.add("E099", format!("content path {path}"));
            } else if !known || parts.next() != Some("content") || parts.next().is_none() {
                found.add("E015", format!("content path {path} is in no version's content"));
            }
        }
        if paths.is_empty() {
            found.add("E092", format!("digest {digest} has no content"));
        }
    }
    if let Some(path) = conflict(inventory.manifest.values().flatten().map(String::as_str)) {
        found.add("E101", format!("content path {path} stands twice, or is a folder too"));
    }
}

fn state(inventory: &Inventory, name: &str, version: &Version, found: &mut Problems) {
    if DateTime::parse_from_rfc3339(&version.created).is_err() {
        found.add("E049", format!("{name} was created at {}", version.created));
    }
    if version.user.as_ref().is_some_and(|user| user.name.is_empty()) {
        found.add("E054", format!("the user of {name} has no name"));
    }
    for (digest, paths) in &version.state {
        if !inventory.manifest.contains_key(digest) {
            found.add("E050", format!("digest {digest} of {name} is not in the manifest"));
        }
        for path in paths.iter().filter(|path| !is_plain(path)) {
            found.add("E052", format!("logical path {path} of {name}"));
        }
    }
    if let Some(path) = conflict(version.state.values().flatten().map(String::as_str)) {
        found.add("E095", format!("logical path {path} of {name} stands twice, or is a folder too"));
    }
}

#[cfg(test)]
mod tests {
    use chrono::Utc;

    use super::super::{File, User};
    use super::*;

    fn inventory(files: &[(&str, &str, u8)]) -> Inventory {
        let user = User { name: "chartrier".to_string(), address: None };
        let digests: Vec<[u8; 64]> = files.iter().map(|file| [file.2; 64]).collect();
        let files = files.iter().zip(&digests).map(|(file, sha512)| File {
            logical_path: file.0,
            content_path: file.1,
            sha512,
        });
        Inventory::first_version("urn:x".to_string(), DateTime::<Utc>::UNIX_EPOCH, "m", user, files)
    }

    #[test]
    fn our_own_inventories_are_without_problem_and_read_back() {
        let inventory =
            inventory(&[("Été/à b.pdf", "objects/1.pdf", 1), ("same", "objects/2", 1), ("m", "m.xml", 2)]);
        assert_eq!(inventory.problems(), []);
        assert_eq!(Inventory::from_json(inventory.to_json().as_bytes()).unwrap(), inventory);
    }

    #[test]
    fn each_broken_rule_is_named() {
        let good = || inventory(&[("a", "a", 1), ("b", "b", 2)]);
        let state = |inventory: &mut Inventory, path: &str| {
            let version = inventory.versions.get_mut("v1").unwrap();
            version.state.values_mut().next().unwrap()[0] = path.to_string();
        };
        type Damage<'a> = &'a dyn Fn(&mut Inventory);
        let broken: [(&str, Damage); 9] = [
            ("E040", &|i| i.head = "v2".to_string()),
            ("E025", &|i| i.digest_algorithm = "md5".to_string()),
            ("E038", &|i| i.inventory_type = "x".to_string()),
            ("E010", &|i| {
                let version = i.versions.remove("v1").unwrap();
                i.versions.insert("v2".to_string(), version);
            }),
            ("E049", &|i| i.versions.get_mut("v1").unwrap().created = "2026-01-01T00:00:00".to_string()),
            ("E050", &|i| drop(i.manifest.pop_first())),
            ("E052", &|i| state(i, "../a")),
            ("E095", &|i| state(i, "b")),
            ("E107", &|i| drop(i.versions.get_mut("v1").unwrap().state.pop_first())),
        ];
        for (code, damage) in broken {
            let mut inventory = good();
            damage(&mut inventory);
            let found = inventory.problems();
            assert!(found.iter().any(|problem| problem.code == code), "{code}: {found:?}");
        }
    }
}
