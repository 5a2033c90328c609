//! Reading an archive again on every site, past the page cache: every byte, every inventory and sidecar,
//! and whatever should not be there. It mends nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha512};

use super::error::{Error, failed};
use super::folder::Site;
use super::report::{CopyReport, Fault};
use super::reread::Reader;
use super::{TenantStore, stands};
use crate::model::ArchiveId;
use crate::package::ocfl::{self, Inventory};

/// Largest inventory read: that of some million files.
const INVENTORY_BYTES_MAX: usize = 1 << 30;

impl TenantStore {
    /// Reads every byte of every copy, all sites at once. What is wrong is in the reports; an error is our own failure.
    pub fn verify(&self, archive: ArchiveId) -> Result<Vec<CopyReport>, Error> {
        let mut reports = std::thread::scope(|scope| {
            let sites: Vec<_> = self
                .sites()
                .map(|site| {
                    scope.spawn(move || read_again(site, &site.object(self.tenant, archive), archive))
                })
                .collect();
            let joined =
                sites.into_iter().map(|site| site.join().unwrap_or_else(|panic| resume_unwind(panic)));
            joined.collect::<Result<Vec<_>, Error>>()
        })?;
        let inventories: BTreeSet<[u8; 64]> =
            reports.iter().filter_map(|report| report.inventory_sha512).collect();
        if inventories.len() > 1 {
            reports.iter_mut().for_each(|report| report.faults.push(Fault::Disagreement));
        }
        Ok(reports)
    }
}

/// A copy being read.
struct Copy {
    root: PathBuf,
    reader: Reader,
    size_bytes: u64,
    faults: Vec<Fault>,
    /// Paths that the object may hold, apart from `logs/`.
    expected: BTreeSet<String>,
}

fn read_again(site: &Site, object: &Path, archive: ArchiveId) -> Result<CopyReport, Error> {
    let root = site.folder.join(object);
    let mut report = CopyReport {
        site: site.name.clone(),
        path: object.to_string_lossy().into_owned(),
        inventory_sha512: None,
        size_bytes: 0,
        faults: vec![Fault::ObjectMissing],
    };
    if !stands(&root)? {
        return Ok(report);
    }
    let mut copy =
        Copy { root, reader: Reader::new(), size_bytes: 0, faults: Vec::new(), expected: BTreeSet::new() };
    let (declaration, declared) = ocfl::OBJECT_DECLARATION;
    if copy.read(declaration, declared.len()).is_some_and(|bytes| bytes != declared.as_bytes()) {
        copy.faults.push(Fault::Altered { path: declaration.to_string() });
    }
    let inventory = copy.inventories(archive, &mut report.inventory_sha512);
    if let Some(inventory) = &inventory {
        for (path, digest) in inventory.stored_files() {
            copy.compare(path, digest);
        }
        // Without an inventory nothing can be told from what should not be there.
        copy.walk(Path::new(""))?;
    }
    Ok(CopyReport { size_bytes: copy.size_bytes, faults: copy.faults, ..report })
}

impl Copy {
    /// A small file's bytes; what goes wrong becomes a fault.
    fn read(&mut self, path: &str, bytes_max: usize) -> Option<Vec<u8>> {
        self.expected.insert(path.to_string());
        match self.reader.bytes(&self.root.join(path), bytes_max) {
            Ok(bytes) => {
                self.size_bytes += bytes.len() as u64;
                Some(bytes)
            }
            Err(error) => {
                self.fault(path, &error);
                None
            }
        }
    }

    fn compare(&mut self, path: &str, digest: &str) {
        self.expected.insert(path.to_string());
        match self.reader.sha512(&self.root.join(path)) {
            Ok((sha512, size_bytes)) => {
                self.size_bytes += size_bytes;
                if hex::encode(sha512) != digest {
                    self.faults.push(Fault::Altered { path: path.to_string() });
                }
            }
            Err(error) => self.fault(path, &error),
        }
    }

    fn fault(&mut self, path: &str, error: &io::Error) {
        let path = path.to_string();
        self.faults.push(match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Fault::Missing { path },
            io::ErrorKind::FileTooLarge => Fault::Altered { path },
            _ => Fault::Unreadable { path, reason: error.to_string() },
        });
    }

    /// Reads the root's inventory and each version's. Returns the root's; when it cannot be believed, the
    /// newest version's, which has authority over it.
    fn inventories(&mut self, archive: ArchiveId, sha512: &mut Option<[u8; 64]>) -> Option<Inventory> {
        let root = self.inventory("", archive);
        let names: Vec<String> = match &root {
            Some((inventory, _)) => inventory.versions.keys().cloned().collect(),
            None => self.versions_on_disk(),
        };
        let mut versions = BTreeMap::new();
        for name in names {
            if let Some(read) = self.inventory(&format!("{name}/"), archive) {
                let number: u32 = name.trim_start_matches('v').parse().unwrap_or(0);
                if read.0.head != name {
                    self.unbelievable(&format!("{name}/{}", ocfl::INVENTORY), "not of this version");
                }
                versions.insert(number, read);
            }
        }
        let newest = versions.pop_last().map(|(_, read)| read);
        if let (Some(root), Some(newest)) = (&root, &newest)
            && root.1 != newest.1
        {
            self.unbelievable(ocfl::INVENTORY, "not that of the newest version");
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
        let digest: [u8; 64] = Sha512::digest(&bytes).into();
        match ocfl::sidecar_digest(&sidecar?) {
            None => {
                self.unbelievable(&sidecar_path, "not a sidecar");
                return None;
            }
            Some(written) if written != hex::encode(digest) => {
                self.unbelievable(&path, "not the digest of its sidecar");
                return None;
            }
            Some(_) => {}
        }
        let inventory = match Inventory::from_json(&bytes) {
            Ok(inventory) => inventory,
            Err(error) => {
                self.unbelievable(&path, &error.to_string());
                return None;
            }
        };
        let problems = inventory.problems();
        problems.iter().for_each(|problem| self.unbelievable(&path, &problem.to_string()));
        if inventory.id != ocfl::object_id(archive.0) {
            self.unbelievable(&path, "of another object");
            return None;
        }
        problems.is_empty().then_some((inventory, digest))
    }

    fn unbelievable(&mut self, path: &str, reason: &str) {
        self.faults.push(Fault::Inventory { path: path.to_string(), reason: reason.to_string() });
    }

    fn versions_on_disk(&self) -> Vec<String> {
        let names = fs::read_dir(&self.root).into_iter().flatten().flatten();
        let names = names.filter_map(|entry| entry.file_name().into_string().ok());
        names.filter(|name| ocfl::stored_path_is_safe(&format!("{name}/content/x"))).collect()
    }

    /// Finds what nothing expects: files, links, empty folders.
    fn walk(&mut self, folder: &Path) -> Result<(), Error> {
        let here = self.root.join(folder);
        for entry in fs::read_dir(&here).map_err(failed("reading", &here))? {
            let entry = entry.map_err(failed("reading", &here))?;
            let path = folder.join(entry.file_name());
            let name = path.to_string_lossy().into_owned();
            let kind = entry.file_type().map_err(failed("looking at", &here))?;
            let below = format!("{name}/");
            let logs = path.starts_with("logs");
            let holds_expected = self
                .expected
                .range(below.clone()..)
                .next()
                .is_some_and(|expected| expected.starts_with(&below));
            if kind.is_dir() && (logs || holds_expected) {
                self.walk(&path)?;
            } else if !(kind.is_file() && (logs || self.expected.contains(&name))) {
                self.faults.push(Fault::Unexpected { path: name });
            }
        }
        Ok(())
    }
}
