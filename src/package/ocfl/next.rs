//! A later version of an object: a change of metadata, a conversion, an added representation.
//!
//! The versions before it are not touched. A file whose bytes the object has already is not stored again.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, SecondsFormat, Utc};

use super::paths::version_number;
use super::{File, Inventory, Problem, User, Version};

/// One difference between a version and the next.
#[derive(Clone, Copy, Debug)]
pub enum Edit<'a> {
    /// Under this logical path from now on, whether it was there or not. The content path, under
    /// `vN/content/`, serves only when the object has no such bytes yet.
    Put(File<'a>),
    /// No longer in the state; the bytes stay in the versions that had them.
    Remove(&'a str),
}

/// An object's next version, to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct Next {
    pub inventory: Inventory,
    /// Files to store: path in the object (`v2/content/…`) and SHA-512, hexadecimal; each digest once.
    pub new_files: Vec<(String, String)>,
}

impl Inventory {
    /// The inventory after these edits; [`Inventory::problems`] says whether it may be written.
    ///
    /// # Errors
    /// When an edit removes what is not there, or nothing changes at all.
    pub fn next_version(
        &self,
        created: DateTime<Utc>,
        message: &str,
        user: User,
        edits: &[Edit<'_>],
    ) -> Result<Next, Problem> {
        let refused = |code, message: String| Problem { code, message };
        let number = version_number(&self.head).unwrap_or(0) + 1;
        let head = self.versions.get(&self.head);
        let head = head.ok_or_else(|| refused("E040", format!("{} is no version", self.head)))?;
        let by_path = |version: &Version| -> BTreeMap<String, String> {
            let paths = version.state.iter();
            paths
                .flat_map(|(digest, paths)| paths.iter().map(|path| (path.clone(), digest.clone())))
                .collect()
        };
        let before = by_path(head);
        let mut after = before.clone();
        let mut new = HashMap::new();
        for edit in edits {
            match edit {
                Edit::Remove(path) => {
                    let removed = after.remove(*path);
                    removed.ok_or_else(|| refused("E050", format!("{path} is not in {}", self.head)))?;
                }
                Edit::Put(file) => {
                    let digest = hex::encode(file.sha512);
                    new.entry(digest.clone()).or_insert(file.content_path);
                    after.insert(file.logical_path.to_string(), digest);
                }
            }
        }
        if after == before {
            return Err(refused("E066", "nothing changes".to_string()));
        }
        let mut state = BTreeMap::<String, Vec<String>>::new();
        for (path, digest) in after {
            state.entry(digest).or_default().push(path);
        }
        let (mut manifest, mut new_files) = (self.manifest.clone(), Vec::new());
        for digest in state.keys().filter(|digest| !self.manifest.contains_key(*digest)) {
            let content_path = new.get(digest).copied().unwrap_or_default();
            let path = format!("v{number}/content/{content_path}");
            manifest.insert(digest.clone(), vec![path.clone()]);
            new_files.push((path, digest.clone()));
        }
        let created = created.to_rfc3339_opts(SecondsFormat::Micros, true);
        let version = Version { created, message: Some(message.to_string()), user: Some(user), state };
        let head = format!("v{number}");
        let mut versions = self.versions.clone();
        versions.insert(head.clone(), version);
        Ok(Next { inventory: Self { head, manifest, versions, ..self.clone() }, new_files })
    }

    /// Logical path and digest of each file of the newest version.
    pub fn head_files(&self) -> impl Iterator<Item = (&str, &str)> {
        let state = self.versions.get(&self.head).into_iter().flat_map(|version| &version.state);
        state.flat_map(|(digest, paths)| paths.iter().map(move |path| (path.as_str(), digest.as_str())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: [u8; 64] = [1; 64];
    const B: [u8; 64] = [2; 64];
    const C: [u8; 64] = [3; 64];

    fn user() -> User {
        User { name: "chartrier".to_string(), address: Some("urn:x:u".to_string()) }
    }

    fn file<'a>(logical_path: &'a str, content_path: &'a str, sha512: &'a [u8; 64]) -> File<'a> {
        File { logical_path, content_path, sha512 }
    }

    fn first() -> Inventory {
        let files = [file("a.doc", "objects/1.doc", &A), file("m.xml", "m.xml", &B)];
        Inventory::first_version("urn:x".to_string(), DateTime::UNIX_EPOCH, "m", user(), files.into_iter())
    }

    fn next(inventory: &Inventory, edits: &[Edit<'_>]) -> Result<Next, Problem> {
        inventory.next_version(DateTime::UNIX_EPOCH, "c", user(), edits)
    }

    #[test]
    fn only_new_bytes_are_stored_and_the_first_version_stays() {
        let edits = [
            Edit::Put(file("a.pdf", "objects/2.pdf", &C)),
            Edit::Put(file("copie de a.doc", "never", &A)),
            Edit::Put(file("b.pdf", "never either", &C)),
        ];
        let Next { inventory, new_files } = next(&first(), &edits).unwrap();
        assert_eq!(inventory.problems(), []);
        assert_eq!(inventory.head, "v2");
        assert_eq!(new_files, [("v2/content/objects/2.pdf".to_string(), hex::encode(C))]);
        assert_eq!(inventory.versions["v1"], first().versions["v1"]);
        let mut paths: Vec<&str> = inventory.head_files().map(|(path, _)| path).collect();
        paths.sort_unstable();
        assert_eq!(paths, ["a.doc", "a.pdf", "b.pdf", "copie de a.doc", "m.xml"]);
    }

    #[test]
    fn what_leaves_the_state_stays_in_the_manifest_and_may_come_back() {
        let second = next(&first(), &[Edit::Remove("a.doc")]).unwrap();
        assert_eq!((second.inventory.problems(), second.new_files), (vec![], vec![]));
        let third = next(&second.inventory, &[Edit::Put(file("a.doc", "never", &A))]).unwrap();
        assert_eq!((third.inventory.problems(), third.new_files), (vec![], vec![]));
        assert_eq!(third.inventory.head, "v3");
        let mut inventory = third.inventory;
        for number in 4..=12u8 {
            let digest = [number; 64];
            inventory = next(&inventory, &[Edit::Put(file("m.xml", "m.xml", &digest))]).unwrap().inventory;
        }
        assert_eq!((inventory.head.as_str(), inventory.problems()), ("v12", vec![]));
    }

    #[test]
    fn an_edit_of_what_is_not_there_or_of_nothing_is_refused() {
        assert_eq!(next(&first(), &[Edit::Remove("b")]).unwrap_err().code, "E050");
        assert_eq!(next(&first(), &[]).unwrap_err().code, "E066");
        assert_eq!(next(&first(), &[Edit::Put(file("m.xml", "x", &B))]).unwrap_err().code, "E066");
    }
}
