//! Seventh step: the OCFL object on every site, synced and read again past the page cache.
//!
//! It decides nothing: run again after a crash, it writes the same bytes or finds them in place.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Read, Write};
use std::path::Path;

use fail::fail_point;

use super::notes::Notes;
use super::seal::{INLINE, Sealed};
use super::{Error, Ingest};
use crate::model::{ArchiveId, Inline, TenantId};
use crate::package::accession::{
    ACCESSION, ACKNOWLEDGEMENT, Accession, CHECKS, PREMIS, REPLY, SIGNATURES, StoredFile, TRANSFER,
};
use crate::package::premis::{self, OwnFile};
use crate::package::spool::{Spool, Spooled};
use crate::package::{self, Package};
use crate::seda::Manifest;
use crate::storage::{Deposit, Location, NewFile, NewObject, Source, TenantStore, Waiting};

/// A sealed archive whose copies are whole on every site.
pub struct Stored {
    pub(super) sealed: Sealed,
    pub(super) locations: Vec<Location>,
    /// Digest of the inventory that every copy holds.
    pub(super) inventory: [u8; 64],
}

/// What storing came to.
pub(super) enum Storing {
    Stored(Box<Stored>),
    /// Sites that could not take their copy, and why; the others have theirs.
    Waiting(Vec<(String, String)>),
}

impl Ingest {
    /// Writes and verifies every copy, on the sites of the member.
    pub(super) async fn store(&self, tenant: TenantId, mut sealed: Sealed) -> Result<Storing, Error> {
        let (store, room) = match sealed.room.take() {
            Some((store, room)) => (store, Some(room)),
            None => (self.store_of(&mut self.db.read(tenant).await?).await?, None),
        };
        let scratch = self.storage.quarantine().scratch().to_owned();
        fail_point!("store-before-write");
        super::blocking(move || {
            let archive = ArchiveId(sealed.accession.archive_id);
            let deposit = write(&store, archive, &mut sealed, &scratch)?;
            drop(room);
            fail_point!("store-after-write");
            if deposit.waiting.is_empty() {
                let inventory = store.technical_metadata(archive)?.inventory_sha512;
                return Ok(Storing::Stored(Box::new(Stored {
                    sealed,
                    locations: deposit.placed,
                    inventory,
                })));
            }
            let why = |waiting: Waiting| (waiting.site, waiting.reason.to_string());
            Ok(Storing::Waiting(deposit.waiting.into_iter().map(why).collect()))
        })
        .await
    }
}

fn write(
    store: &TenantStore,
    archive: ArchiveId,
    sealed: &mut Sealed,
    scratch: &Path,
) -> Result<Deposit, Error> {
    let ours = ours(sealed, scratch)?;
    let accession = &sealed.accession;
    let mut files: Vec<NewFile> = received_files(accession).map(new_file).collect::<Result<_, _>>()?;
    files.extend(ours.iter().map(|(path, bytes)| NewFile {
        logical_path: (*path).into(),
        content_path: (*path).into(),
        size_bytes: bytes.size_bytes,
        sha512: bytes.sha512,
    }));
    let object = NewObject {
        created: accession.grant_date.parse().map_err(|_| Error::Changed)?,
        message: "Prise en charge".into(),
        files,
    };
    let received = received(&sealed.accession, &sealed.package, &sealed.manifest)?;
    let (package, manifest) = (&mut sealed.package, &sealed.manifest);
    Ok(store.deposit(archive, &object, &mut FromPackage { ours, received, package, manifest })?)
}

/// By logical path, which is the content path too.
type Ours = BTreeMap<&'static str, Spooled>;

/// The files that the service writes, made of what was sealed: PREMIS describes the others, and comes last.
fn ours(sealed: &Sealed, scratch: &Path) -> io::Result<Ours> {
    let spooled = |text: &str| {
        let mut spool = Spool::new(scratch);
        spool.write_all(text.as_bytes())?;
        spool.finish()
    };
    let mut record = Spool::new(scratch);
    sealed.accession.write(&mut record)?;
    let mut ours = Ours::from([(ACCESSION, record.finish()?), (REPLY, spooled(&sealed.reply)?)]);
    // An archive sealed before archives had the register's line has no acknowledgement either, however late it is written.
    if let Some(line) = &sealed.transfer_record {
        ours.insert(TRANSFER, spooled(line)?);
        if let Some(acknowledgement) = &sealed.acknowledgement {
            ours.insert(ACKNOWLEDGEMENT, spooled(acknowledgement)?);
        }
    }
    let document = match &sealed.notes {
        Notes::Document(document) => spooled(document)?,
        Notes::Fixed(fixed) => {
            ours.insert(CHECKS, spooled(&fixed.checks.to_json())?);
            if let Some(signatures) = &fixed.signatures {
                ours.insert(SIGNATURES, spooled(&signatures.to_json())?);
            }
            let described: Vec<OwnFile> = ours.iter().map(|(path, bytes)| own_file(path, bytes)).collect();
            premis::write(Spool::new(scratch), &sealed.accession, &fixed.premis, &described)?.finish()?
        }
    };
    ours.insert(PREMIS, document);
    Ok(ours)
}

fn own_file(logical_path: &'static str, bytes: &Spooled) -> OwnFile {
    let media_type = if logical_path.ends_with(".json") { "application/json" } else { "application/xml" };
    OwnFile { logical_path, media_type, size_bytes: bytes.size_bytes, sha512: hex::encode(bytes.sha512) }
}

/// Where the depositor's bytes are.
#[derive(Clone, Copy)]
enum Received {
    /// Index of the package's entry.
    Entry(usize),
    Inline(Inline),
}

/// Where the bytes of each content path are.
fn received(
    accession: &Accession,
    package: &Package,
    manifest: &Manifest,
) -> io::Result<HashMap<String, Received>> {
    let entries: HashMap<&str, usize> =
        package.entries().iter().enumerate().map(|(index, entry)| (entry.name.as_str(), index)).collect();
    let mut received = HashMap::new();
    for file in received_files(accession).filter(|file| !file.logical_path.starts_with(INLINE)) {
        let entry = entries.get(file.name.as_str());
        received.extend(entry.map(|&entry| (file.content_path.clone(), Received::Entry(entry))));
    }
    if manifest.has_inline() {
        // The record has the objects in the order of the manifest.
        let mut stored = accession.objects.iter().peekable();
        for declared in manifest.binary_objects() {
            let declared = declared?;
            let object = stored.next_if(|stored| stored.seda_id == declared.id);
            if let (Some(object), Some(inline)) = (object, declared.inline) {
                received.insert(object.file.content_path.clone(), Received::Inline(inline));
            }
        }
    }
    Ok(received)
}

/// The archive's bytes: ours as they were made, the depositor's from the package, or from the message.
struct FromPackage<'a> {
    ours: Ours,
    /// By content path.
    received: HashMap<String, Received>,
    package: &'a mut Package,
    manifest: &'a Manifest,
}

impl Source for FromPackage<'_> {
    fn open(&mut self, file: &NewFile) -> io::Result<Box<dyn Read + '_>> {
        if let Some(bytes) = self.ours.get_mut(file.content_path.as_str()) {
            return bytes.open();
        }
        match self.received.get(&file.content_path) {
            Some(Received::Entry(entry)) => {
                self.package.read(*entry).map_err(|package::Error::Io(error)| error)
            }
            Some(Received::Inline(inline)) => Ok(Box::new(self.manifest.inline(*inline))),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }
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
