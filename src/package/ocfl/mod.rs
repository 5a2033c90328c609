//! OCFL 1.1: what we write of it as text, and a validator of whatever others wrote.
//!
//! It never touches a disk: `storage` writes and reads the bytes, a [`Tree`] gives those to validate. The one
//! thing to know: the same values always give the same bytes, so that a write repeated after a crash finds
//! what it wrote.

mod check;
mod digest;
mod layout;
mod next;
mod paths;
mod tree;
pub mod validate;

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha512};
use uuid::Uuid;

pub use check::Problem;
pub use digest::Algorithm;
pub use layout::Layout;
pub use next::{Edit, Next};
pub use paths::{content_path_is_safe, stored_path_is_safe};
pub(super) use tree::join;
pub use tree::{Entry, Kind, Tree};

/// Name and content of the declaration in a storage root. // OCFL 1.1, 4.1
pub const ROOT_DECLARATION: (&str, &str) = ("0=ocfl_1.1", "ocfl_1.1\n");
/// Name and content of the declaration in an object's root. // OCFL 1.1, 3.2
pub const OBJECT_DECLARATION: (&str, &str) = ("0=ocfl_object_1.1", "ocfl_object_1.1\n");
/// The registered extension by which an object's folder is found from its identifier. Unlike 0004, the
/// folder's name still tells the identifier, and every public validator knows it.
pub const LAYOUT: &str = "0003-hash-and-id-n-tuple-storage-layout";
/// Name of an inventory, in the object's root and in each version.
pub const INVENTORY: &str = "inventory.json";
/// Name of an inventory's sidecar.
pub const SIDECAR: &str = "inventory.json.sha512";

const INVENTORY_TYPE: &str = "https://ocfl.io/1.1/spec/#inventory";
pub(super) const TUPLE_SIZE: usize = 3;
pub(super) const TUPLES: usize = 3;

/// What an object holds: every version's state, and the file that holds each digest's bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Inventory {
    pub id: String,
    #[serde(rename = "type")]
    pub inventory_type: String,
    pub digest_algorithm: String,
    /// Newest version, `v1` and so on.
    pub head: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_directory: Option<String>,
    /// Digest (lower-case hexadecimal) to paths in the object, `v1/content/…`.
    pub manifest: BTreeMap<String, Vec<String>>,
    pub versions: BTreeMap<String, Version>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixity: Option<BTreeMap<String, BTreeMap<String, Vec<String>>>>,
}

/// One version of an object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Version {
    /// RFC 3339, with its time zone.
    pub created: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<User>,
    /// Digest to logical paths: the names as they were received.
    pub state: BTreeMap<String, Vec<String>>,
}

/// Who made a version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct User {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// One file of a first version.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// Name in the version's state.
    pub logical_path: &'a str,
    /// Under `v1/content/`.
    pub content_path: &'a str,
    pub sha512: &'a [u8; 64],
}

impl Inventory {
    /// The inventory of an object's first version; [`Inventory::problems`] says whether it may be written.
    pub fn first_version<'a>(
        id: String,
        created: DateTime<Utc>,
        message: &str,
        user: User,
        files: impl Iterator<Item = File<'a>>,
    ) -> Self {
        let mut manifest = BTreeMap::<String, Vec<String>>::new();
        let mut state = BTreeMap::<String, Vec<String>>::new();
        for file in files {
            let digest = hex::encode(file.sha512);
            manifest.entry(digest.clone()).or_default().push(format!("v1/content/{}", file.content_path));
            state.entry(digest).or_default().push(file.logical_path.to_string());
        }
        manifest.values_mut().chain(state.values_mut()).for_each(|paths| paths.sort());
        let created = created.to_rfc3339_opts(SecondsFormat::Micros, true);
        let version = Version { created, message: Some(message.to_string()), user: Some(user), state };
        Self {
            id,
            inventory_type: INVENTORY_TYPE.to_string(),
            digest_algorithm: "sha512".to_string(),
            head: "v1".to_string(),
            content_directory: None,
            manifest,
            versions: BTreeMap::from([("v1".to_string(), version)]),
            fixity: None,
        }
    }

    /// The file's text.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("strings only");
        text.push('\n');
        text
    }

    /// Reads an inventory; what it says is not checked yet.
    pub fn from_json(text: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(text)
    }

    /// What OCFL 1.1 has to say against it, each with the specification's code; empty when nothing.
    pub fn problems(&self) -> Vec<Problem> {
        check::problems(self)
    }

    /// Where the newest version keeps the file of this logical path, with its digest (lower-case hexadecimal).
    pub fn find(&self, logical_path: &str) -> Option<(&str, &str)> {
        let state = &self.versions.get(&self.head)?.state;
        let named = |paths: &Vec<String>| paths.iter().any(|path| path == logical_path);
        let digest = state.iter().find_map(|(digest, paths)| named(paths).then_some(digest))?;
        // Digests are compared without regard to case. // OCFL 1.1, 3.5.1
        let mut stored = self.manifest.iter().filter(|(other, _)| other.eq_ignore_ascii_case(digest));
        let path = stored.next().and_then(|(_, paths)| paths.first())?;
        Some((path, digest))
    }

    /// Each stored file of the manifest with its digest (lower-case hexadecimal).
    pub fn stored_files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.manifest
            .iter()
            .flat_map(|(digest, paths)| paths.iter().map(move |path| (path.as_str(), digest.as_str())))
    }
}

/// Identifier of an archive's object.
pub fn object_id(archive: Uuid) -> String {
    format!("urn:uuid:{archive}")
}

/// Folder of an object under its storage root, by [`LAYOUT`] with its default parameters.
pub fn object_folder(id: &str) -> String {
    Layout::ours().path(id).expect("this layout has a place for every identifier")
}

/// Files that describe a storage root, in the order of writing: its declaration comes last. Whoever opens the
/// root without us reads the texts; the specification lets files stand there. // OCFL 1.1, 4.1
pub fn root_files() -> [(String, String); 6] {
    let layout = serde_json::json!({
        "extension": LAYOUT,
        "description": "An object's folder is its identifier, percent-encoded, under three folders of three characters each: the first nine of the SHA-256 of the identifier",
    });
    let config = serde_json::json!({
        "extensionName": LAYOUT,
        "digestAlgorithm": "sha256",
        "tupleSize": TUPLE_SIZE,
        "numberOfTuples": TUPLES,
    });
    let (name, text) = ROOT_DECLARATION;
    let explained = include_str!("texts/0003-hash-and-id-n-tuple-storage-layout.txt");
    [
        (format!("extensions/{LAYOUT}/config.json"), format!("{config:#}\n")),
        ("ocfl_layout.json".to_string(), format!("{layout:#}\n")),
        (format!("{LAYOUT}.txt"), explained.to_string()),
        ("LISEZMOI.txt".to_string(), include_str!("texts/LISEZMOI.txt").to_string()),
        ("README.txt".to_string(), include_str!("texts/README.txt").to_string()),
        (name.to_string(), text.to_string()),
    ]
}

/// Text of the sidecar of an inventory. // OCFL 1.1, 3.7
pub fn sidecar(inventory: &[u8]) -> String {
    format!("{} {INVENTORY}\n", hex::encode(Sha512::digest(inventory)))
}

/// Digest written in a sidecar (lower-case hexadecimal); `None` when the text is none of SHA-512.
pub fn sidecar_digest(text: &[u8]) -> Option<String> {
    let digest = sidecar_parts(text)?;
    Algorithm::Sha512.may_give(digest).then(|| digest.to_ascii_lowercase())
}

/// The digest of a sidecar of any algorithm: a word, white space, the inventory's name.
fn sidecar_parts(text: &[u8]) -> Option<&str> {
    let (digest, name) = std::str::from_utf8(text).ok()?.split_once([' ', '\t'])?;
    let is_named = name.trim_start_matches([' ', '\t']).trim_end_matches(['\r', '\n']) == INVENTORY;
    (is_named && !digest.is_empty()).then_some(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_texts_of_a_root_tell_the_truth() {
        let files = root_files();
        let text = |name: &str| &files.iter().find(|(known, _)| known.as_str() == name).unwrap().1;
        let layout = text(&format!("{LAYOUT}.txt"));
        let id = "urn:uuid:0198c5a2-7d3e-7c41-9f0a-5b1c2d3e4f50";
        for said in [id, &Algorithm::Sha256.of(id.as_bytes()), &object_folder(id)] {
            assert_eq!(layout.matches(&format!("     {said}\n")).count(), 2, "{said}");
        }
        for (name, _) in &files {
            let first = name.split('/').next().unwrap();
            for readme in ["LISEZMOI.txt", "README.txt"] {
                assert!(text(readme).contains(first), "{readme} does not name {first}");
            }
        }
    }

    #[test]
    fn an_object_lies_where_the_layout_extension_says() {
        // Examples of the extension's text.
        assert_eq!(object_folder("object-01"), "3c0/ff4/240/object-01");
        assert_eq!(object_folder("..hor/rib:le-$id"), "487/326/d8c/%2e%2ehor%2frib%3ale-%24id");
        let long = "abcdefghij".repeat(26);
        assert_eq!(
            object_folder(&long),
            format!(
                "55b/432/806/{}-55b432806f4e270da0cf23815ed338742179002153cd8d896f23b3e2d8a14359",
                &long[..100]
            )
        );
    }

    #[test]
    fn a_sidecar_gives_its_digest_back() {
        let digest = hex::encode(Sha512::digest(b"{}"));
        assert_eq!(sidecar_digest(sidecar(b"{}").as_bytes()), Some(digest.clone()));
        for wrong in ["", "abc inventory.json\n", &digest, &format!("{digest} other.json\n")] {
            assert_eq!(sidecar_digest(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
