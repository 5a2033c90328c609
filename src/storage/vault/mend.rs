//! A copy made right from a good one: what is missing made, what is wrong replaced, what should not be there
//! set aside. Also how a site is filled.
//!
//! Nothing is deleted at once: a repair that was wrong can be undone until the sweep. Run again after a
//! crash, it goes on.

use super::super::TenantStore;
use super::super::error::Error;
use super::super::medium::{Medium, Put};
use super::super::report::{CopyReport, Fault};
use super::super::site::Site;
use super::INVENTORY_BYTES_MAX;
use super::check::{UNHEARD, check_copy};
use super::copying::Copying;
use super::journal::Operation;
use super::marker::{MARKER, MARKER_BYTES_MAX};
use crate::model::ArchiveId;
use crate::package::ocfl::{self, INVENTORY, Inventory, OBJECT_DECLARATION, SIDECAR};

/// What a repair did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mended {
    /// Files written, those of a missing object included.
    pub files: u64,
    pub bytes: u64,
    /// What was taken out of its place; paths in the object.
    pub set_aside: Vec<String>,
}

impl TenantStore {
    /// Makes the copy on `site` right from the one on `from`, which is read and compared as it is copied, at
    /// most `bytes_per_second`. The copy on `site` is durable and was read again when it returns.
    ///
    /// # Errors
    /// [`Error::Damaged`] when the copy on `from` is itself wrong, or when the mended one is.
    pub fn mend(
        &self,
        archive: ArchiveId,
        site: &str,
        from: &str,
        bytes_per_second: Option<u64>,
    ) -> Result<Mended, Error> {
        let (bad, good) = (self.sites.find(site)?, self.sites.find(from)?);
        let object = bad.object(self.tenant, archive);
        // As slow as the other site and the rate asked: that is not this site's slowness.
        let (target, asking) = bad.ask()?;
        asking.rests();
        let source = good.there()?;
        let model = Model::read(good, source, &object, archive)?;
        let report = check_copy(bad, target, self.tenant, archive, UNHEARD);
        let mut mended = Mended::default();
        if report.faults == [Fault::ObjectMissing] {
            self.ensure_root(bad, target)?;
            model.copy_whole(target, bytes_per_second, &mut mended)?;
        } else {
            self.replace(bad, target, &model, &report, bytes_per_second, &mut mended)?;
        }
        let marker = format!("{object}/{MARKER}");
        if let Some(bytes) = source.get(&marker, MARKER_BYTES_MAX)?
            && target.get(&marker, MARKER_BYTES_MAX).ok().flatten().as_ref() != Some(&bytes)
        {
            target.put(&marker, &bytes, Put::Over)?;
            mended.add(bytes.len() as u64);
        }
        let after = check_copy(bad, target, self.tenant, archive, UNHEARD);
        if let Some(fault) = after.faults.first() {
            return Err(Error::Damaged { site: bad.name.clone(), path: format!("{object} ({fault})") });
        }
        if mended != Mended::default() {
            let detail = format!("{} fichiers, depuis {from}", mended.files);
            self.note(bad, target, archive, &Operation::at(self.sites.clock.now(), "reparation", &detail))?;
        }
        Ok(mended)
    }

    /// Replaces what is wrong, sets aside what is too much.
    fn replace(
        &self,
        site: &Site,
        target: &dyn Medium,
        model: &Model<'_>,
        report: &CopyReport,
        bytes_per_second: Option<u64>,
        mended: &mut Mended,
    ) -> Result<(), Error> {
        for path in &model.small {
            let place = format!("{}/{path}", model.object);
            let right = model.source.get(&place, INVENTORY_BYTES_MAX)?.unwrap_or_default();
            if target.get(&place, INVENTORY_BYTES_MAX).ok().flatten().as_ref() != Some(&right) {
                clear_way(target, &place)?;
                target.put(&place, &right, Put::Over)?;
                mended.add(right.len() as u64);
            }
        }
        // With its inventories right, the copy is read again for what they say of it.
        let report = match mended.files {
            0 => report.clone(),
            _ => check_copy(site, target, self.tenant, model.archive, UNHEARD),
        };
        for fault in &report.faults {
            match fault {
                Fault::Unexpected { path } => {
                    self.set_aside(site, target, model.archive, &format!("{}/{path}", model.object))?;
                    mended.set_aside.push(path.clone());
                }
                Fault::Missing { path } | Fault::Altered { path } | Fault::Unreadable { path, .. }
                    if model.inventory.stored_files().any(|(stored, _)| stored == path) =>
                {
                    clear_way(target, &format!("{}/{path}", model.object))?;
                    model.copy_file(target, path, bytes_per_second, mended)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Takes a file or a folder out of its place, to where the sweep finds it once it is old.
    pub(super) fn set_aside(
        &self,
        site: &Site,
        medium: &dyn Medium,
        archive: ArchiveId,
        path: &str,
    ) -> Result<(), Error> {
        let moment = self.sites.clock.now().timestamp_micros();
        let mut to = format!("{}/{}.{archive}.{moment}", super::super::sweep::ASIDE, self.tenant);
        if let Some(below) = path.strip_prefix(&format!("{}/", site.object(self.tenant, archive))) {
            to = format!("{to}/{}", below.rsplit('/').next().unwrap_or(below));
        }
        medium.rename(path, &to)?;
        tracing::warn!(site = %site.name, archive.id = %archive, path, "set aside");
        Ok(())
    }
}

/// Something that is no file where a file belongs, such as an empty folder, gives way.
fn clear_way(target: &dyn Medium, place: &str) -> Result<(), Error> {
    if target.open(place).is_ok_and(|file| file.is_none()) && target.stands(place)? {
        target.remove(place)?;
    }
    Ok(())
}

/// A good copy, as far as its inventories can be believed.
struct Model<'a> {
    archive: ArchiveId,
    site: &'a Site,
    source: &'a dyn Medium,
    object: String,
    inventory: Inventory,
    /// Files that no inventory names, in the order in which an object gets them.
    small: Vec<String>,
}

impl<'a> Model<'a> {
    fn read(site: &'a Site, source: &'a dyn Medium, object: &str, archive: ArchiveId) -> Result<Self, Error> {
        let wrong = |path: &str| Error::Damaged { site: site.name.clone(), path: format!("{object}/{path}") };
        let get = |path: &str| source.get(&format!("{object}/{path}"), INVENTORY_BYTES_MAX);
        let bytes = get(INVENTORY)?.ok_or_else(|| Error::Absent(format!("{archive} on {}", site.name)))?;
        if get(SIDECAR)?.as_deref() != Some(ocfl::sidecar(&bytes).as_bytes()) {
            return Err(wrong(SIDECAR));
        }
        let inventory = Inventory::from_json(&bytes).map_err(|_| wrong(INVENTORY))?;
        if !inventory.problems().is_empty() || inventory.id != ocfl::object_id(archive.0) {
            return Err(wrong(INVENTORY));
        }
        let mut small = Vec::new();
        for version in inventory.versions.keys() {
            let (path, sidecar) = (format!("{version}/{INVENTORY}"), format!("{version}/{SIDECAR}"));
            let right = get(&path)?.is_some_and(|bytes| {
                get(&sidecar).is_ok_and(|text| text.as_deref() == Some(ocfl::sidecar(&bytes).as_bytes()))
            });
            if !right {
                return Err(wrong(&path));
            }
            small.extend([sidecar, path]);
        }
        small.extend([SIDECAR, INVENTORY, OBJECT_DECLARATION.0].map(str::to_string));
        Ok(Self { archive, site, source, object: object.to_string(), inventory, small })
    }

    /// The whole object, made in staging and named at once.
    fn copy_whole(&self, target: &dyn Medium, rate: Option<u64>, mended: &mut Mended) -> Result<(), Error> {
        let mut draft = target.begin(&self.object, u64::MAX)?;
        for (path, digest) in self.inventory.stored_files() {
            let mut copying = self.open(path, rate)?;
            let mut pen = draft.create(path)?;
            let mut chunk = vec![0; 256 << 10];
            loop {
                let read = std::io::Read::read(&mut copying, &mut chunk)
                    .map_err(|source| self.lost(path, source))?;
                if read == 0 {
                    break;
                }
                pen.write(&chunk[..read])?;
            }
            pen.close()?;
            self.compare(path, digest, &copying)?;
            mended.add(copying.size_bytes);
        }
        draft.folder(super::LOGS)?;
        for path in &self.small {
            let bytes = self.source.get(&format!("{}/{path}", self.object), INVENTORY_BYTES_MAX)?;
            let bytes = bytes.ok_or_else(|| self.damaged(path))?;
            draft.small(path, &bytes)?;
            mended.add(bytes.len() as u64);
        }
        draft.flush()?;
        draft.place()?;
        draft.settle()
    }

    /// One file of an object that stands.
    fn copy_file(
        &self,
        target: &dyn Medium,
        path: &str,
        rate: Option<u64>,
        mended: &mut Mended,
    ) -> Result<(), Error> {
        let digest = self.inventory.stored_files().find(|(stored, _)| *stored == path);
        let (_, digest) = digest.ok_or_else(|| self.damaged(path))?;
        let copying = std::cell::RefCell::new(self.open(path, rate)?);
        struct Shared<'c, R>(&'c std::cell::RefCell<Copying<R>>);
        impl<R: std::io::Read> std::io::Read for Shared<'_, R> {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                self.0.borrow_mut().read(buffer)
            }
        }
        let place = format!("{}/{path}", self.object);
        let bytes = target.overwrite(&place, &mut Shared(&copying), &mut || {
            self.compare(path, digest, &copying.borrow())
        })?;
        mended.add(bytes);
        Ok(())
    }

    fn open(&self, path: &str, rate: Option<u64>) -> Result<Copying<super::super::StoredFile>, Error> {
        let file = self.source.open(&format!("{}/{path}", self.object))?;
        Ok(Copying::new(file.ok_or_else(|| self.damaged(path))?, rate))
    }

    fn compare<R: std::io::Read>(&self, path: &str, digest: &str, copying: &Copying<R>) -> Result<(), Error> {
        if hex::encode(copying.sha512()) == digest { Ok(()) } else { Err(self.damaged(path)) }
    }

    fn damaged(&self, path: &str) -> Error {
        Error::Damaged { site: self.site.name.clone(), path: format!("{}/{path}", self.object) }
    }

    fn lost(&self, path: &str, source: std::io::Error) -> Error {
        Error::Io { doing: "copying", path: format!("{}/{path}", self.object).into(), source }
    }
}

impl Mended {
    fn add(&mut self, bytes: u64) {
        self.files += 1;
        self.bytes += bytes;
    }
}
