//! Check: an archive read again on every site, past every cache: every byte, every inventory and sidecar, and
//! whatever should not be there. It mends nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::panic::resume_unwind;

use sha2::{Digest, Sha512};

use super::super::TenantStore;
use super::super::error::Error;
use super::super::medium::{Kind, Medium};
use super::super::report::{CopyReport, Fault};
use super::super::site::Site;
use super::INVENTORY_BYTES_MAX;
use crate::model::{ArchiveId, TenantId};
use crate::package::ocfl::{self, Inventory};

/// Told of each chunk read, by its size, as it is read; an error ends the reading of that file.
pub type Heard<'a> = dyn Fn(u64) -> io::Result<()> + Sync + 'a;

/// Nobody listens.
pub(super) const UNHEARD: &Heard<'static> = &|_| Ok(());

/// Faults told of one copy; a copy with more is as wrong.
const FAULTS_MAX: usize = 10_000;

impl TenantStore {
    /// Reads every byte of every copy, all sites at once. What is wrong is in the reports, a site that is away
    /// included.
    pub fn check(&self, archive: ArchiveId) -> Result<Vec<CopyReport>, Error> {
        self.check_heard(archive, UNHEARD)
    }

    /// As [`TenantStore::check`]; `heard` is told of each chunk, by the threads that read, and may make them wait.
    pub fn check_heard(&self, archive: ArchiveId, heard: &Heard<'_>) -> Result<Vec<CopyReport>, Error> {
        let mut reports: Vec<CopyReport> = std::thread::scope(|scope| {
            let sites: Vec<_> =
                self.sites().map(|site| scope.spawn(move || self.check_on(site, archive, heard))).collect();
            sites.into_iter().map(|site| site.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
        });
        let inventories: BTreeSet<[u8; 64]> =
            reports.iter().filter_map(|report| report.inventory_sha512).collect();
        if inventories.len() > 1 {
            let read = reports.iter_mut().filter(|report| report.inventory_sha512.is_some());
            read.for_each(|report| report.faults.push(Fault::Disagreement));
        }
        Ok(reports)
    }

    fn check_on(&self, site: &Site, archive: ArchiveId, heard: &Heard<'_>) -> CopyReport {
        match site.there() {
            Ok(medium) => check_copy(site, medium, self.tenant, archive, heard),
            Err(error) => CopyReport {
                faults: vec![Fault::Away { reason: error.to_string() }],
                ..report(site, self.tenant, archive)
            },
        }
    }
}

fn report(site: &Site, tenant: TenantId, archive: ArchiveId) -> CopyReport {
    CopyReport {
        site: site.name.clone(),
        path: site.object(tenant, archive),
        inventory_sha512: None,
        size_bytes: 0,
        faults: Vec::new(),
    }
}

/// Reads one copy.
pub(super) fn check_copy(
    site: &Site,
    medium: &dyn Medium,
    tenant: TenantId,
    archive: ArchiveId,
    heard: &Heard<'_>,
) -> CopyReport {
    let report = report(site, tenant, archive);
    let mut copy = Copy {
        medium,
        root: report.path.clone(),
        size_bytes: 0,
        faults: Vec::new(),
        expected: BTreeSet::new(),
        heard,
    };
    match medium.stands(&report.path) {
        Ok(true) => {}
        Ok(false) => return CopyReport { faults: vec![Fault::ObjectMissing], ..report },
        Err(error) => {
            return CopyReport { faults: vec![Fault::Away { reason: error.to_string() }], ..report };
        }
    }
    let (declaration, declared) = ocfl::OBJECT_DECLARATION;
    if copy.read(declaration, declared.len()).is_some_and(|bytes| bytes != declared.as_bytes()) {
        copy.tell(Fault::Altered { path: declaration.to_string() });
    }
    let mut inventory_sha512 = None;
    if let Some(inventory) = copy.inventories(archive, &mut inventory_sha512) {
        for (path, digest) in inventory.stored_files() {
            copy.compare(path, digest);
        }
        // Without an inventory nothing can be told from what should not be there.
        copy.walk("");
    }
    CopyReport { size_bytes: copy.size_bytes, faults: copy.faults, inventory_sha512, ..report }
}

/// A copy being read.
struct Copy<'a> {
    medium: &'a dyn Medium,
    root: String,
    size_bytes: u64,
    faults: Vec<Fault>,
    /// Paths that the object may hold, apart from `logs/`.
    expected: BTreeSet<String>,
    heard: &'a Heard<'a>,
}

impl Copy<'_> {
    /// A small file's bytes; what goes wrong becomes a fault.
    fn read(&mut self, path: &str, bytes_max: usize) -> Option<Vec<u8>> {
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

    fn compare(&mut self, path: &str, digest: &str) {
        self.expected.insert(path.to_string());
        let (mut sha512, mut size_bytes) = (Sha512::new(), 0);
        let read = self.medium.reread(&format!("{}/{path}", self.root), &mut |chunk| {
            sha512.update(chunk);
            size_bytes += chunk.len() as u64;
            (self.heard)(chunk.len() as u64)
        });
        self.size_bytes += size_bytes;
        match read {
            Err(error) => self.failed(path, &error),
            Ok(()) if hex::encode(sha512.finalize()) != digest => {
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
            _ => Fault::Unreadable { path, reason: error.to_string() },
        });
    }

    fn tell(&mut self, fault: Fault) {
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(fault);
        }
    }

    /// Reads the root's inventory and each version's. Returns the root's; when it cannot be believed, the
    /// newest version's, which has authority over it.
    fn inventories(&mut self, archive: ArchiveId, sha512: &mut Option<[u8; 64]>) -> Option<Inventory> {
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
        self.tell(Fault::Inventory { path: path.to_string(), reason: reason.to_string() });
    }

    fn versions_in_place(&self) -> Vec<String> {
        let names = self.medium.names(&self.root).unwrap_or_default().into_iter().map(|entry| entry.name);
        names.filter(|name| ocfl::stored_path_is_safe(&format!("{name}/content/x"))).collect()
    }

    /// Finds what nothing expects: files, links, empty folders.
    fn walk(&mut self, folder: &str) {
        let entries = match self.medium.names(&format!("{}/{folder}", self.root)) {
            Ok(entries) => entries,
            Err(error) => {
                let path = folder.trim_end_matches('/').to_string();
                return self.tell(Fault::Unreadable { path, reason: error.to_string() });
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
