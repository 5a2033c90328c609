//! Deposit: every copy from one reading of each source, synced, read again from the place itself and compared
//! with what was promised, and only then named. Run again after any crash, it ends with the same bytes.
//!
//! A site that is away, full or slow keeps nobody waiting: the others are written, and the answer says which
//! one is missing.

use std::io::Read;

use chrono::{DateTime, Utc};
use fail::fail_point;

use super::super::error::Error;
use super::super::medium::Medium;
use super::super::site::{Asking, Site};
use super::super::{Location, TenantStore, reached};
use super::check::check_copy;
use super::staged::{Filling, Reread, Staged, fill};
use crate::model::ArchiveId;
use crate::package::ocfl::{self, INVENTORY, Inventory};

/// An archive to be stored. The same value always gives the same bytes.
#[derive(Clone, Debug)]
pub struct NewObject {
    /// When the archive was accepted, not when it is written.
    pub created: DateTime<Utc>,
    pub message: String,
    pub files: Vec<NewFile>,
}

/// One file to be stored.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// The name as received: data, written in the inventory only.
    pub logical_path: String,
    /// Under `v1/content/`; plain ASCII (`ocfl::content_path_is_safe`).
    pub content_path: String,
    pub size_bytes: u64,
    pub sha512: [u8; 64],
}

impl NewFile {
    /// Path in the object, as [`TenantStore::read`] wants it.
    pub fn stored_path(&self) -> String {
        format!("v1/content/{}", self.content_path)
    }
}

/// Where the bytes of an archive come from.
pub trait Source {
    /// Opens a file's source, each time it is asked for.
    fn open(&mut self, file: &NewFile) -> std::io::Result<Box<dyn Read + '_>>;
}

impl<F: FnMut(&NewFile) -> std::io::Result<Box<dyn Read>>> Source for F {
    fn open(&mut self, file: &NewFile) -> std::io::Result<Box<dyn Read + '_>> {
        self(file)
    }
}

/// What a deposit came to.
#[derive(Debug)]
#[must_use = "a deposit may wait for a site"]
pub struct Deposit {
    /// Copies whole, verified and durable.
    pub placed: Vec<Location>,
    /// Sites that have no copy yet, and why.
    pub waiting: Vec<Waiting>,
}

/// A site that could not take its copy now.
#[derive(Debug)]
pub struct Waiting {
    pub site: String,
    pub reason: Error,
}

impl Deposit {
    /// Where every copy lies, or why a site has none.
    pub fn complete(mut self) -> Result<Vec<Location>, Error> {
        match self.waiting.pop() {
            Some(waiting) => Err(waiting.reason),
            None => Ok(self.placed),
        }
    }
}

/// What stands where a copy belongs.
enum Standing {
    Nothing,
    Same,
    Other,
}

impl TenantStore {
    /// Writes the archive on every site that takes it. Copies that are named when it returns are whole, durable
    /// and were read again.
    ///
    /// A good copy already in place is left alone, a missing one made, one that the inventory does not fit set
    /// aside and made again; an archive with another inventory is an error. `source` may not be asked at all.
    pub fn deposit(
        &self,
        archive: ArchiveId,
        object: &NewObject,
        source: &mut dyn Source,
    ) -> Result<Deposit, Error> {
        let inventory = self.inventory(archive, object)?;
        let size_bytes = object.files.iter().map(|file| file.size_bytes).sum::<u64>();
        let (mut staged, mut waiting) = (Vec::new(), Vec::new());
        fail_point!("storage-before-staging");
        for (index, site) in self.sites().enumerate() {
            match self.begin(site, index, archive, &inventory, size_bytes) {
                Ok(begun) => staged.push(begun),
                Err(error) if error.is_of_site() => waiting.push(wait(site, error)),
                Err(error) => return Err(error),
            }
        }
        let with = Filling {
            files: &object.files,
            content: "v1/content/",
            folders: &[super::LOGS],
            small: described(&inventory),
        };
        fill(&mut staged, &mut waiting, &with, source)?;
        self.place_each(archive, staged, waiting, &mut |_| Ok(()))
    }

    /// Gives what is staged its names, then does what comes after on each site.
    pub(super) fn place_each(
        &self,
        archive: ArchiveId,
        staged: Vec<Staged<'_>>,
        mut waiting: Vec<Waiting>,
        then: &mut dyn FnMut(&Site) -> Result<(), Error>,
    ) -> Result<Deposit, Error> {
        let mut placed = Vec::new();
        for begun in staged {
            let site = begun.site;
            begun.asking.goes_on();
            match self.place(begun).and_then(|()| then(site)) {
                Ok(()) => placed.push(self.location(site, archive)),
                Err(error) if error.is_of_site() => waiting.push(wait(site, error)),
                Err(error) => return Err(error),
            }
        }
        Ok(Deposit { placed, waiting })
    }

    /// Locked before looking: another worker may be writing the same archive.
    fn begin<'a>(
        &'a self,
        site: &'a Site,
        index: usize,
        archive: ArchiveId,
        inventory: &str,
        size_bytes: u64,
    ) -> Result<Staged<'a>, Error> {
        let (medium, asking): (&dyn Medium, Asking) = site.ask()?;
        self.ensure_root(site, medium)?;
        let target = site.object(self.tenant, archive);
        let draft = medium.begin(&target, size_bytes)?;
        let in_place = match look(medium, &target, inventory)? {
            Standing::Nothing => false,
            Standing::Other => return Err(Error::Occupied { path: target.into() }),
            Standing::Same => {
                let heard = |_| {
                    asking.goes_on();
                    Ok(())
                };
                let report = check_copy(site, medium, self.tenant, archive, &heard);
                if !report.faults.is_empty() {
                    self.set_aside(site, medium, archive, &target)?;
                }
                report.faults.is_empty()
            }
        };
        asking.rests();
        Ok(Staged { site, index, draft, asking, in_place, reread: Reread::default() })
    }

    /// Text of the object's inventory, once nothing can be said against it.
    fn inventory(&self, archive: ArchiveId, object: &NewObject) -> Result<String, Error> {
        if let Some(file) = object.files.iter().find(|file| !ocfl::content_path_is_safe(&file.content_path)) {
            return Err(Error::Object(format!("unsafe content path {:?}", file.content_path)));
        }
        let files = object.files.iter().map(|file| ocfl::File {
            logical_path: &file.logical_path,
            content_path: &file.content_path,
            sha512: &file.sha512,
        });
        let id = ocfl::object_id(archive.0);
        let inventory = Inventory::first_version(id, object.created, &object.message, self.user(), files);
        match inventory.problems().first() {
            Some(problem) => Err(Error::Object(problem.to_string())),
            None => Ok(inventory.to_json()),
        }
    }

    /// Who makes versions: the program, for the tenant.
    pub(super) fn user(&self) -> ocfl::User {
        ocfl::User { name: "chartrier".to_string(), address: Some(format!("urn:uuid:{}", self.tenant)) }
    }

    /// Gives a staged object its name, durably; also for an object already in place, whose name a dead
    /// attempt may not have synced.
    fn place(&self, mut staged: Staged<'_>) -> Result<(), Error> {
        if !staged.in_place {
            // Its disk may have gone since it was begun.
            staged.site.there()?;
            staged.draft.place()?;
        }
        reached(["storage-named-first", "storage-named-next"], staged.index);
        staged.draft.settle()?;
        reached(["storage-placed-first", "storage-placed-next"], staged.index);
        Ok(())
    }

    /// Where the site has, or will have, its copy.
    pub(super) fn location(&self, site: &Site, archive: ArchiveId) -> Location {
        Location { site: site.name.clone(), path: site.object(self.tenant, archive) }
    }
}

/// What makes files a new object, the declaration last.
fn described(inventory: &str) -> Vec<(String, String)> {
    let sidecar = ocfl::sidecar(inventory.as_bytes());
    let mut small = Vec::new();
    for folder in ["v1/", ""] {
        small.push((format!("{folder}{}", ocfl::SIDECAR), sidecar.clone()));
        small.push((format!("{folder}{INVENTORY}"), inventory.to_string()));
    }
    let (declaration, declared) = ocfl::OBJECT_DECLARATION;
    small.push((declaration.to_string(), declared.to_string()));
    small
}

pub(super) fn wait(site: &Site, reason: Error) -> Waiting {
    Waiting { site: site.name.clone(), reason }
}

/// Whether the object whose first inventory is `inventory` is in place.
fn look(medium: &dyn Medium, target: &str, inventory: &str) -> Result<Standing, Error> {
    let first = medium.get(&format!("{target}/v1/{INVENTORY}"), super::INVENTORY_BYTES_MAX)?;
    let declared = medium.stands(&format!("{target}/{}", ocfl::OBJECT_DECLARATION.0))?;
    Ok(match first {
        // Its declaration lost is one fault more that the check will find.
        Some(there) if there == inventory.as_bytes() => Standing::Same,
        Some(_) => Standing::Other,
        None if declared || !medium.is_free(target)? => Standing::Other,
        None => Standing::Nothing,
    })
}
