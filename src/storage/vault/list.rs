//! List and count: the archives that stand on the sites, each once, in the order of their paths.
//!
//! What stands there is not yet an archive of the member's: see the commit marker.

use std::iter::Peekable;

use super::super::TenantStore;
use super::super::error::Error;
use super::super::medium::Objects;
use crate::model::ArchiveId;
use crate::package::ocfl;

/// Archives found on the sites, each once, in the order of their paths.
pub struct Archives<'a> {
    sites: Vec<Peekable<Objects<'a>>>,
}

impl TenantStore {
    /// The archives that stand on any of the sites. Whatever is no object of ours is passed over.
    pub fn list(&self) -> Result<Archives<'_>, Error> {
        let root = self.tenant.to_string();
        let mut sites = Vec::new();
        for site in self.sites() {
            sites.push(site.there()?.objects(&root, ocfl::OBJECT_DECLARATION.0).peekable());
        }
        Ok(Archives { sites })
    }

    /// How many archives [`TenantStore::list`] gives.
    pub fn count(&self) -> Result<u64, Error> {
        let mut count = 0;
        for archive in self.list()? {
            archive?;
            count += 1;
        }
        Ok(count)
    }
}

impl Iterator for Archives<'_> {
    type Item = Result<ArchiveId, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let mut least: Option<String> = None;
            for site in &mut self.sites {
                match site.peek() {
                    Some(Err(_)) => return site.next()?.err().map(Err),
                    Some(Ok(path)) if least.as_ref().is_none_or(|least| path < least) => {
                        least = Some(path.clone());
                    }
                    _ => {}
                }
            }
            let least = least?;
            for site in &mut self.sites {
                site.next_if(|path| path.as_ref().is_ok_and(|path| *path == least));
            }
            if let Some(archive) = archive_of(&least) {
                return Some(Ok(archive));
            }
        }
    }
}

/// The archive whose object stands at the path, if it is where the layout has it.
fn archive_of(path: &str) -> Option<ArchiveId> {
    let (_, below) = path.split_once('/')?;
    let id = below.rsplit('/').next()?.strip_prefix("urn%3auuid%3a")?;
    let archive = ArchiveId(id.parse().ok()?);
    (ocfl::object_folder(&ocfl::object_id(archive.0)) == below).then_some(archive)
}
