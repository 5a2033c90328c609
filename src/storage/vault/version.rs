//! Deposit of a later version of an archive: a change of metadata, a conversion, an added representation.
//!
//! The versions before it are not touched. A version appears whole in its own folder, which has authority; the
//! object's inventory follows it, and is the only thing ever replaced (decision 3). Run again after a crash, it
//! ends with the same bytes.

use chrono::{DateTime, Utc};

use super::super::TenantStore;
use super::super::error::Error;
use super::super::medium::{Medium, Put};
use super::super::site::Site;
use super::INVENTORY_BYTES_MAX;
use super::check::{UNHEARD, check_copy};
use super::deposit::{Deposit, NewFile, Source, wait};
use super::staged::{Filling, Reread, Staged, fill};
use crate::model::ArchiveId;
use crate::package::ocfl::{self, Edit, INVENTORY, Inventory, Next, SIDECAR};

/// A version to be stored. The same value always gives the same bytes.
#[derive(Clone, Debug)]
pub struct NewVersion {
    /// From 2; the version before it is the newest.
    pub number: u32,
    pub created: DateTime<Utc>,
    pub message: String,
    /// Files under their logical paths from this version on; bytes that the archive has already are not
    /// stored again.
    pub put: Vec<NewFile>,
    /// Logical paths that are no longer in the state; their bytes stay.
    pub removed: Vec<String>,
}

impl TenantStore {
    /// Writes the version on every site that takes it; see [`TenantStore::deposit`] for what holds then.
    ///
    /// # Errors
    /// [`Error::Object`] for a change that OCFL does not allow, [`Error::Occupied`] when the archive has
    /// another version of this number.
    pub fn deposit_version(
        &self,
        archive: ArchiveId,
        version: &NewVersion,
        source: &mut dyn Source,
    ) -> Result<Deposit, Error> {
        let mut agreed: Option<(Next, String)> = None;
        let (mut staged, mut waiting) = (Vec::new(), Vec::new());
        for (index, site) in self.sites().enumerate() {
            match self.begin_version(site, index, archive, version, &mut agreed) {
                Ok(begun) => staged.push(begun),
                Err(error) if error.is_of_site() => waiting.push(wait(site, error)),
                Err(error) => return Err(error),
            }
        }
        let Some((next, inventory)) = agreed else { return Ok(Deposit { placed: Vec::new(), waiting }) };
        let files: Vec<NewFile> = stored(version, &next);
        let sidecar = ocfl::sidecar(inventory.as_bytes());
        let with = Filling {
            files: &files,
            content: "content/",
            folders: &[],
            small: vec![(SIDECAR.to_string(), sidecar.clone()), (INVENTORY.to_string(), inventory.clone())],
        };
        fill(&mut staged, &mut waiting, &with, source)?;
        self.place_each(archive, staged, waiting, &mut |site| {
            self.follow(site, archive, version, &inventory, &sidecar)
        })
    }

    /// Locked before looking, as for a first version.
    fn begin_version<'a>(
        &'a self,
        site: &'a Site,
        index: usize,
        archive: ArchiveId,
        version: &NewVersion,
        agreed: &mut Option<(Next, String)>,
    ) -> Result<Staged<'a>, Error> {
        let (medium, asking) = site.ask()?;
        let object = site.object(self.tenant, archive);
        let before = format!("v{}", version.number.saturating_sub(1));
        let base = inventory_of(site, medium, &format!("{object}/{before}"))?;
        let next = self.next(&base, version)?;
        let text = next.inventory.to_json();
        match agreed {
            None => *agreed = Some((next, text.clone())),
            Some((_, agreed)) if *agreed == text => {}
            Some(_) => {
                return Err(Error::Damaged { site: site.name.clone(), path: format!("{object}/{before}") });
            }
        }
        let target = format!("{object}/v{}", version.number);
        let size_bytes = version.put.iter().map(|file| file.size_bytes).sum();
        let draft = medium.begin(&target, size_bytes)?;
        let there = medium.get(&format!("{target}/{INVENTORY}"), INVENTORY_BYTES_MAX)?;
        let in_place = match there {
            Some(there) if there == text.as_bytes() => true,
            None if medium.is_free(&target)? => false,
            _ => return Err(Error::Occupied { path: target.into() }),
        };
        asking.rests();
        Ok(Staged { site, index, draft, asking, in_place, reread: Reread::default() })
    }

    fn next(&self, base: &Inventory, version: &NewVersion) -> Result<Next, Error> {
        let refused = |problem: ocfl::Problem| Error::Object(problem.to_string());
        if let Some(file) = version.put.iter().find(|file| !ocfl::content_path_is_safe(&file.content_path)) {
            return Err(Error::Object(format!("unsafe content path {:?}", file.content_path)));
        }
        let put = version.put.iter().map(|file| {
            Edit::Put(ocfl::File {
                logical_path: &file.logical_path,
                content_path: &file.content_path,
                sha512: &file.sha512,
            })
        });
        let edits: Vec<Edit> = put.chain(version.removed.iter().map(|path| Edit::Remove(path))).collect();
        let next =
            base.next_version(version.created, &version.message, self.user(), &edits).map_err(refused)?;
        if next.inventory.head != format!("v{}", version.number) {
            return Err(Error::Object(format!("version {} does not follow {}", version.number, base.head)));
        }
        match next.inventory.problems().into_iter().next() {
            Some(problem) => Err(refused(problem)),
            None => Ok(next),
        }
    }

    /// The object's inventory becomes the version's, unless a later one has taken its place; then the copy is
    /// read again.
    fn follow(
        &self,
        site: &Site,
        archive: ArchiveId,
        version: &NewVersion,
        inventory: &str,
        sidecar: &str,
    ) -> Result<(), Error> {
        let medium = site.there()?;
        let object = site.object(self.tenant, archive);
        if !medium.stands(&format!("{object}/v{}", version.number + 1))? {
            medium.put(&format!("{object}/{INVENTORY}"), inventory.as_bytes(), Put::Over)?;
            medium.put(&format!("{object}/{SIDECAR}"), sidecar.as_bytes(), Put::Over)?;
        }
        match check_copy(site, medium, self.tenant, archive, UNHEARD).faults.first() {
            None => Ok(()),
            Some(fault) => {
                Err(Error::Damaged { site: site.name.clone(), path: format!("{object} ({fault})") })
            }
        }
    }
}

/// The files whose bytes the archive does not have yet.
fn stored(version: &NewVersion, next: &Next) -> Vec<NewFile> {
    let folder = format!("v{}/content/", version.number);
    let new = |file: &&NewFile| {
        let path = format!("{folder}{}", file.content_path);
        next.new_files.iter().any(|(stored, digest)| *stored == path && *digest == hex::encode(file.sha512))
    };
    version.put.iter().filter(new).cloned().collect()
}

/// The inventory in a version's folder, once its sidecar was compared.
fn inventory_of(site: &Site, medium: &dyn Medium, folder: &str) -> Result<Inventory, Error> {
    let wrong = || Error::Damaged { site: site.name.clone(), path: format!("{folder}/{INVENTORY}") };
    let get = |name: &str| medium.get(&format!("{folder}/{name}"), INVENTORY_BYTES_MAX);
    let bytes = get(INVENTORY)?.ok_or_else(|| Error::Absent(format!("{folder} on {}", site.name)))?;
    if get(SIDECAR)?.as_deref() != Some(ocfl::sidecar(&bytes).as_bytes()) {
        return Err(wrong());
    }
    Inventory::from_json(&bytes).map_err(|_| wrong())
}
