//! Seventh step: the OCFL object on every site, synced, then read again past the page cache.
//!
//! It decides nothing: run again after a crash, it writes the same bytes or finds them in place.

use std::io::{self, Cursor, Read};

use fail::fail_point;

use super::seal::Sealed;
use super::{Error, Ingest};
use crate::model::{ArchiveId, TenantId};
use crate::package::accession::{Accession, StoredFile};
use crate::storage::{self, Location, NewFile, NewObject};

/// A sealed archive whose copies are whole on every site.
pub struct Stored {
    pub(super) sealed: Sealed,
    pub(super) locations: Vec<Location>,
}

impl Ingest {
    /// Writes and verifies every copy.
    pub(super) async fn store(&self, tenant: TenantId, mut sealed: Sealed) -> Result<Stored, Error> {
        let store = self.storage.tenant(tenant);
        fail_point!("store-before-write");
        super::blocking(move || {
            let archive = ArchiveId(sealed.accession.archive_id);
            let locations = write(&store, archive, &mut sealed)?;
            fail_point!("store-after-write");
            for copy in store.verify(archive)? {
                if !copy.faults.is_empty() {
                    return Err(Error::CopyFaulty { site: copy.site });
                }
            }
            fail_point!("store-after-verify");
            Ok(Stored { sealed, locations })
        })
        .await
    }
}

fn write(store: &storage::TenantStore, archive: ArchiveId, sealed: &mut Sealed) -> Result<Vec<Location>, Error> {
    let record = sealed.accession.to_json();
    let ours = [
        ("metadata/accession.json", record.as_bytes()),
        ("metadata/premis.xml", sealed.premis.as_bytes()),
        ("metadata/reply.xml", sealed.reply.as_bytes()),
    ];
    let mut files: Vec<NewFile> = received_files(&sealed.accession).map(new_file).collect::<Result<_, _>>()?;
    files.extend(ours.iter().map(|(path, bytes)| NewFile {
        logical_path: (*path).into(),
        content_path: (*path).into(),
        size_bytes: bytes.len() as u64,
        sha512: crate::proof::digest::sha512(bytes),
    }));
    let object = NewObject {
        created: sealed.accession.grant_date.parse().map_err(|_| Error::Changed)?,
        message: "Prise en charge".into(),
        files,
    };
    let names: std::collections::HashMap<&str, &str> =
        received_files(&sealed.accession).map(|file| (file.content_path.as_str(), file.name.as_str())).collect();
    let entries: std::collections::HashMap<String, usize> =
        sealed.package.entries().iter().enumerate().map(|(index, entry)| (entry.name.clone(), index)).collect();
    let package = &mut sealed.package;
    let mut open = |file: &NewFile| -> io::Result<Box<dyn Read + '_>> {
        if let Some((_, bytes)) = ours.iter().find(|(path, _)| *path == file.content_path) {
            return Ok(Box::new(Cursor::new(bytes.to_vec())));
        }
        let entry = names.get(file.content_path.as_str()).and_then(|name| entries.get(*name));
        let entry = *entry.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        package.read(entry).map_err(io::Error::other)
    };
    Ok(store.write(archive, &object, &mut open)?)
}

fn received_files(accession: &Accession) -> impl Iterator<Item = &StoredFile> {
    std::iter::once(&accession.manifest).chain(accession.objects.iter().map(|object| &object.file))
}

fn new_file(file: &StoredFile) -> Result<NewFile, Error> {
    let mut sha512 = [0; 64];
    hex::decode_to_slice(&file.sha512, &mut sha512).map_err(|_| Error::Changed)?;
    Ok(NewFile {
        logical_path: file.logical_path.clone(),
        content_path: file.content_path.clone(),
        size_bytes: file.size_bytes,
        sha512,
    })
}
