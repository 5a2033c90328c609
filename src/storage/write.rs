//! Writing an archive: every copy from one reading of each source, compared with what was promised,
//! synced, then named. Run again after any crash, it ends with the same bytes.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;

use chrono::{DateTime, Utc};
use fail::fail_point;
use sha2::{Digest, Sha512};

use super::disk::{self, NewFile as DiskFile};
use super::error::Error;
use super::folder::{Place, Site, Staging, write_file};
use super::{Location, TenantStore, reached};
use crate::model::ArchiveId;
use crate::package::ocfl::{self, Inventory};

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
    /// Path in the object, as [`TenantStore::open`] wants it.
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

const CHUNK_BYTES: usize = 256 << 10;

impl TenantStore {
    /// Writes the archive on every site. When it returns, every copy is whole, durable and in place.
    ///
    /// A copy already in place is left alone, a missing one made; other bytes in its place are an error.
    /// `source` may not be asked at all. Nothing is visible of a source that is not what was promised.
    pub fn write(
        &self,
        archive: ArchiveId,
        object: &NewObject,
        source: &mut dyn Source,
    ) -> Result<Vec<Location>, Error> {
        let inventory = self.inventory(archive, object)?;
        let mut staged = Vec::new();
        fail_point!("storage-before-staging");
        for site in self.sites() {
            site.be_there()?;
            self.ensure_root(site)?;
            // Locked before looking: another worker may be writing the same archive.
            let staging = Staging::lock(site, &format!("{}.{archive}", self.tenant))?;
            match site.look(self.tenant, archive, inventory.as_bytes())? {
                Place::Empty => staged.push((site, Some(staging))),
                Place::Same => staged.push((site, None)),
                Place::Other => {
                    let path = site.folder.join(site.object(self.tenant, archive));
                    return Err(Error::Occupied { path });
                }
            }
        }
        let objects: Vec<&Staging> = staged.iter().filter_map(|(_, staging)| staging.as_ref()).collect();
        if !objects.is_empty() {
            stage(&objects, &inventory, object, source)?;
        }
        fail_point!("storage-staged");
        staged
            .iter()
            .enumerate()
            .map(|(index, (site, staging))| self.place(index, site, staging.as_ref(), archive))
            .collect()
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
        let user =
            ocfl::User { name: "chartrier".to_string(), address: Some(format!("urn:uuid:{}", self.tenant)) };
        let id = ocfl::object_id(archive.0);
        let inventory = Inventory::first_version(id, object.created, &object.message, user, files);
        match inventory.problems().first() {
            Some(problem) => Err(Error::Object(problem.to_string())),
            None => Ok(inventory.to_json()),
        }
    }

    /// Gives a staged object its name, durably; also run for an object already in place, whose name a dead
    /// attempt may not have synced.
    fn place(
        &self,
        index: usize,
        site: &Site,
        staging: Option<&Staging>,
        archive: ArchiveId,
    ) -> Result<Location, Error> {
        let object = site.object(self.tenant, archive);
        if let Some(staging) = staging {
            let above = object.parent().unwrap_or(Path::new(""));
            disk::make_folders(&site.folder, above)?;
            disk::rename(&staging.folder.join("object"), &site.folder.join(&object))?;
        }
        reached(["storage-named-first", "storage-named-next"], index);
        site.sync_way_to(&object)?;
        reached(["storage-placed-first", "storage-placed-next"], index);
        Ok(Location { site: site.name.clone(), path: object.to_string_lossy().into_owned() })
    }
}

/// Makes the object in each staging folder; durable when it returns.
fn stage(
    stagings: &[&Staging],
    inventory: &str,
    object: &NewObject,
    source: &mut dyn Source,
) -> Result<(), Error> {
    let content = Path::new("object/v1/content");
    let mut folders = BTreeSet::from([content.to_path_buf(), "object/logs".into()]);
    for file in &object.files {
        folders.extend(content.join(&file.content_path).parent().map(Path::to_path_buf));
    }
    for staging in stagings {
        for folder in &folders {
            disk::make_folders(&staging.folder, folder)?;
        }
    }
    for file in &object.files {
        copy(stagings, &content.join(&file.content_path), file, source)?;
    }
    fail_point!("storage-copied");
    let sidecar = ocfl::sidecar(inventory.as_bytes());
    let (declaration, declared) = ocfl::OBJECT_DECLARATION;
    for staging in stagings {
        let root = staging.folder.join("object");
        for folder in [root.join("v1"), root.clone()] {
            write_file(folder.join(ocfl::INVENTORY), inventory.as_bytes())?;
            write_file(folder.join(ocfl::SIDECAR), sidecar.as_bytes())?;
        }
        write_file(root.join(declaration), declared.as_bytes())?;
        let every: BTreeSet<&Path> = folders.iter().flat_map(|folder| folder.ancestors()).collect();
        let empty = [Path::new(""), Path::new("object/logs")];
        for folder in every.into_iter().rev().filter(|folder| !empty.contains(folder)) {
            disk::sync_folder(&staging.folder.join(folder))?;
        }
    }
    Ok(())
}

/// Copies one source to every staging folder, and compares it with what was promised.
fn copy(stagings: &[&Staging], path: &Path, file: &NewFile, source: &mut dyn Source) -> Result<(), Error> {
    let broken = |source| Error::Source { content_path: file.content_path.clone(), source };
    let wrong = || Error::Mismatch { content_path: file.content_path.clone() };
    let mut reader = source.open(file).map_err(broken)?;
    let mut copies = Vec::new();
    for staging in stagings {
        copies.push(DiskFile::create(staging.folder.join(path))?);
    }
    let (mut digest, mut size_bytes) = (Sha512::new(), 0u64);
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let read = match reader.read(&mut chunk) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            read => read.map_err(broken)?,
        };
        if read == 0 {
            break;
        }
        size_bytes += read as u64;
        if size_bytes > file.size_bytes {
            return Err(wrong());
        }
        digest.update(&chunk[..read]);
        for copy in &mut copies {
            copy.write(&chunk[..read])?;
        }
    }
    if size_bytes != file.size_bytes || digest.finalize()[..] != file.sha512 {
        return Err(wrong());
    }
    copies.into_iter().try_for_each(DiskFile::seal)
}
