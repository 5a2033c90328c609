//! One copy read file after file, and what is found wrong of it: bytes, inventories, what should not be there.
//!
//! It decides nothing of the copy. A fault of a file stops no other from being read.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::super::error::io_in_words;
use super::super::medium::{Kind, Medium};
use super::super::report::Fault;
use super::INVENTORY_BYTES_MAX;
use super::check::Heard;
use super::marker::{MARKER, MARKER_BYTES_MAX};
use crate::model::ArchiveId;
use crate::package::ocfl::{self, Inventory};
use crate::proof::digest::{Sha512, sha512};

/// Faults told of one copy; a copy with more is as wrong.
const FAULTS_MAX: usize = 10_000;

/// A copy being read.
pub(super) struct Copy<'a> {
    pub medium: &'a dyn Medium,
    pub root: String,
    pub size_bytes: u64,
    pub faults: Vec<Fault>,
    /// Paths that the object may hold, apart from `logs/`.
    pub expected: BTreeSet<String>,
    pub heard: &'a Heard<'a>,
}

impl Copy<'_> {
    /// A small file's bytes; what goes wrong becomes a fault.
    pub fn read(&mut self, path: &str, bytes_max: usize) -> Option<Vec<u8>> {
        self.expected.insert(path.to_string());
        let mut bytes = Vec::new();
        let read = self.medium.reread(&format!("{}/{path}", self.root), &mut |chunk| {
            if bytes.len() + chunk.len() > bytes_max {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
            bytes.extend_from_slice(chunk);
            (self.heard)(chunk.len() as u64)
        });
        self.size_bytes += bytes.len() as u64;
        match read {
            Ok(()) => Some(bytes),
            Err(error) => {
                self.failed(path, &error);
                None
            }
        }
    }

    /// The commit marker, outside the inventory; it may not be there yet.
    pub fn marker(&mut self) -> Option<Vec<u8>> {
        let before = self.faults.len();
        let marker = self.read(MARKER, MARKER_BYTES_MAX);
        let missing = |fault: &Fault| matches!(fault, Fault::Missing { path } if path == MARKER);
        if self.faults.len() > before && self.faults.last().is_some_and(missing) {
            self.faults.pop();
        }
        marker
    }

    pub fn compare(&mut self, path: &str, digest: &str) {
        self.expected.insert(path.to_string());
        let mut sha512 = Sha512::new();
        let read = self.medium.reread(&format!("{}/{path}", self.root), &mut |chunk| {
            sha512.update(chunk);
            (self.heard)(chunk.len() as u64)
        });
        self.size_bytes += sha512.size_bytes();
        match read {
            Err(error) => self.failed(path, &error),
            Ok(()) if hex::encode(sha512.finish()) != digest => {
                self.tell(Fault::Altered { path: path.to_string() });
            }
            Ok(()) => {}
        }
    }

    fn failed(&mut self, path: &str, error: &io::Error) {
        let path = path.to_string();
        self.tell(match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Fault::Missing { path },
            io::ErrorKind::FileTooLarge => Fault::Altered { path },
            _ => Fault::Unreadable { path, reason: io_in_words(error) },
        });
    }

    pub fn tell(&mut self, fault: Fault) {
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(fault);
        }
    }

    /// Reads the root's inventory and each version's. Returns the root's; when it cannot be believed, the
    /// newest version's, which has authority over it.
    pub fn inventories(&mut self, archive: ArchiveId, sha512: &mut Option<[u8; 64]>) -> Option<Inventory> {
        let root = self.inventory("", archive);
        let names: Vec<String> = match &root {
            Some((inventory, _)) => inventory.versions.keys().cloned().collect(),
            None => self.versions_in_place(),
        };
        let mut versions = BTreeMap::new();
        for name in names {
            if let Some(read) = self.inventory(&format!("{name}/"), archive) {
                let number: u32 = name.trim_start_matches('v').parse().unwrap_or(0);
                if read.0.head != name {
                    self.unbelievable(
                        &format!("{name}/{}", ocfl::INVENTORY),
                        "ce n’est pas celui de cette version",
                    );
                }
                versions.insert(number, read);
            }
        }
        let newest = versions.pop_last().map(|(_, read)| read);
        if let (Some(root), Some(newest)) = (&root, &newest)
            && root.1 != newest.1
        {
            self.unbelievable(ocfl::INVENTORY, "ce n’est pas celui de la dernière version");
        }
        let (inventory, digest) = root.or(newest)?;
        *sha512 = Some(digest);
        Some(inventory)
    }

    /// The inventory in a folder (`""` or `v1/`…) with its digest, once its sidecar and its rules were checked.
    fn inventory(&mut self, folder: &str, archive: ArchiveId) -> Option<(Inventory, [u8; 64])> {
        let path = format!("{folder}{}", ocfl::INVENTORY);
        let sidecar_path = format!("{folder}{}", ocfl::SIDECAR);
        let sidecar = self.read(&sidecar_path, 4_096);
        let bytes = self.read(&path, INVENTORY_BYTES_MAX)?;
        let digest = sha512(&bytes);
        match ocfl::sidecar_digest(&sidecar?) {
            None => {
                self.unbelievable(&sidecar_path, "ce n’est pas une empreinte");
                return None;
            }
            Some(written) if written != hex::encode(digest) => {
                self.unbelievable(&path, "son empreinte n’est pas celle du fichier voisin");
                return None;
            }
            Some(_) => {}
        }
        let inventory = match Inventory::from_json(&bytes) {
            Ok(inventory) => inventory,
            Err(error) => {
                self.unbelievable(&path, &format!("illisible : {error}"));
                return None;
            }
        };
        let problems = inventory.problems();
        let rule = |problem| format!("contraire à OCFL : {problem}");
        problems.iter().for_each(|problem| self.unbelievable(&path, &rule(problem)));
        if inventory.id != ocfl::object_id(archive.0) {
            self.unbelievable(&path, "d’une autre archive");
            return None;
        }
        problems.is_empty().then_some((inventory, digest))
    }

    fn unbelievable(&mut self, path: &str, reason: &str) {
        self.tell(Fault::Inventory { path: path.to_string(), reason: reason.to_string() });
    }

    fn versions_in_place(&self) -> Vec<String> {
        let names = self.medium.names(&self.root).unwrap_or_default().into_iter().map(|entry| entry.name);
        names.filter(|name| ocfl::stored_path_is_safe(&format!("{name}/content/x"))).collect()
    }

    /// Finds what nothing expects: files, links, empty folders.
    pub fn walk(&mut self, folder: &str) {
        let entries = match self.medium.names(&format!("{}/{folder}", self.root)) {
            Ok(entries) => entries,
            Err(error) => {
                let path = folder.trim_end_matches('/').to_string();
                return self.tell(Fault::Unreadable { path, reason: error.in_words() });
            }
        };
        for entry in entries {
            let path = format!("{folder}{}", entry.name);
            let below = format!("{path}/");
            let logs = path == "logs" || path.starts_with("logs/");
            let holds_expected = self
                .expected
                .range(below.clone()..)
                .next()
                .is_some_and(|expected| expected.starts_with(&below));
            if entry.kind == Kind::Folder && (logs || holds_expected) {
                self.walk(&below);
            } else if !(entry.kind == Kind::File && (logs || self.expected.contains(&path))) {
                self.tell(Fault::Unexpected { path });
            }
        }
    }
}
