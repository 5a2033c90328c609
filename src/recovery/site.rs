//! One object of a site, read: whole, so that its rows can be made again, or wrong, and why.
//!
//! Believes nothing but digests: each file it reads is compared with the inventory's, and the inventory with its sidecar.
//! Opens no connection.

use std::io::{self, BufReader, ErrorKind, Read};

use chrono::{DateTime, Utc};

use super::Error;
use crate::model::{ArchiveId, Limits, TenantId};
use crate::package::accession::{
    ACCESSION, ACKNOWLEDGEMENT, Accession, CHECKS, Confirmation, MANIFEST, PREMIS, REPLY, TRANSFER,
};
use crate::package::checks::{CheckFinding, Checks};
use crate::package::ocfl::Inventory;
use crate::package::transfer::TransferRecord;
use crate::proof::digest::{Digesting, sha512};
use crate::seda::tolerance::Tolerance;
use crate::seda::{self, Manifest, Scratch};
use crate::storage::{self, StoredFile, TenantStore};

/// Longest of our own files that is read into memory: an accession record of some million objects.
const RECORD_BYTES_MAX: u64 = 1 << 30;
/// Faults of a copy named for the operator; the others are counted.
const FAULTS_NAMED: usize = 3;

/// Everything an archive says of itself.
pub(super) struct Found {
    pub accession: Accession,
    /// The accession record as it is stored.
    pub record: String,
    /// The register's line, with its text, and what its examination found; none before archives had them.
    pub line: Option<(TransferRecord, String)>,
    pub findings: Vec<CheckFinding>,
    pub premis: String,
    pub reply: String,
    pub acknowledgement: Option<String>,
    pub manifest: Box<Manifest>,
    pub inventory_sha512: [u8; 64],
}

/// What reading an object came to.
pub(super) enum Looked {
    Whole(Box<Found>),
    /// What is wrong, in French.
    Faulty(String),
}

/// The commit marker of an archive, when it has one that can be read and is of this archive's transfer.
pub(super) fn confirmed_at(marker: Option<&[u8]>, accession: &Accession) -> Option<DateTime<Utc>> {
    let confirmation: Confirmation = serde_json::from_slice(marker?).ok()?;
    let at = DateTime::parse_from_rfc3339(&confirmation.committed_at).ok()?;
    (confirmation.transfer_id == accession.transfer_id).then(|| at.to_utc())
}

/// Reads an archive from `store`, which is of one site; every byte of it when `whole`, else what the rows are made of.
pub(super) fn look(
    store: &TenantStore,
    tenant: TenantId,
    archive: ArchiveId,
    whole: bool,
    scratch: &Scratch,
) -> Result<Looked, Error> {
    if whole {
        for copy in store.check(archive)? {
            if copy.is_away() {
                return Err(storage::Error::Away { site: copy.site }.into());
            }
            if let Some(detail) = faults(&copy.faults) {
                return Ok(Looked::Faulty(detail));
            }
        }
    }
    let (inventory, inventory_sha512) = match store.read_inventory(archive) {
        Err(storage::Error::Damaged { .. }) => return Ok(Looked::Faulty("inventaire incorrect".into())),
        read => read?,
    };
    let object = Object { store, archive, inventory: &inventory };
    match object.read(tenant, scratch, inventory_sha512) {
        Ok(found) => Ok(Looked::Whole(Box::new(found))),
        Err(Wrong::Object(detail)) => Ok(Looked::Faulty(detail)),
        Err(Wrong::Ours(error)) => Err(error),
    }
}

/// The accession record alone, as far as it can be read: whose an object is, and its number.
pub(super) fn accession(store: &TenantStore, archive: ArchiveId) -> Option<Accession> {
    let (inventory, _) = store.read_inventory(archive).ok()?;
    Object { store, archive, inventory: &inventory }.text(ACCESSION).ok().and_then(|text| {
        Accession::from_json(&text).ok().filter(|accession| accession.archive_id == archive.0)
    })
}

fn faults(faults: &[storage::Fault]) -> Option<String> {
    let named: Vec<String> = faults.iter().take(FAULTS_NAMED).map(ToString::to_string).collect();
    let more = faults.len().saturating_sub(FAULTS_NAMED);
    match (named.is_empty(), more) {
        (true, _) => None,
        (_, 0) => Some(named.join(" ; ")),
        (_, more) => Some(format!("{} ; et {more} autres", named.join(" ; "))),
    }
}

/// What stops a reading: a fault of the object, or our own failure.
enum Wrong {
    Object(String),
    Ours(Error),
}

struct Object<'a> {
    store: &'a TenantStore,
    archive: ArchiveId,
    inventory: &'a Inventory,
}

impl Object<'_> {
    fn read(&self, tenant: TenantId, scratch: &Scratch, inventory_sha512: [u8; 64]) -> Result<Found, Wrong> {
        let record = self.text(ACCESSION)?;
        let accession = Accession::from_json(&record).map_err(|error| Wrong::Object(error.to_string()))?;
        if accession.archive_id != self.archive.0 || accession.tenant_id != tenant.as_uuid() {
            return Err(Wrong::Object("l'enregistrement d'entrée est d'une autre archive".into()));
        }
        let mut line = None;
        if self.inventory.find(TRANSFER).is_some() {
            let text = self.text(TRANSFER)?;
            let read = TransferRecord::from_json(&text).map_err(|error| Wrong::Object(error.to_string()))?;
            if read.transfer_id != accession.transfer_id {
                return Err(Wrong::Object("la ligne du registre est d'un autre versement".into()));
            }
            line = Some((read, text));
        }
        let mut findings = Vec::new();
        if self.inventory.find(CHECKS).is_some() {
            let read = Checks::from_json(self.text(CHECKS)?.as_bytes());
            findings = read.map_err(|error| Wrong::Object(error.to_string()))?.findings;
        }
        let acknowledged = self.inventory.find(ACKNOWLEDGEMENT).is_some();
        Ok(Found {
            premis: self.text(PREMIS)?,
            reply: self.text(REPLY)?,
            acknowledgement: acknowledged.then(|| self.text(ACKNOWLEDGEMENT)).transpose()?,
            manifest: self.manifest(&accession, scratch)?,
            inventory_sha512,
            accession,
            record,
            line,
            findings,
        })
    }

    /// One of our own files.
    fn text(&self, logical_path: &str) -> Result<String, Wrong> {
        let (mut file, digest) = self.open(logical_path)?;
        if file.len() > RECORD_BYTES_MAX {
            return Err(Wrong::Object(format!("fichier trop long : {logical_path}")));
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|error| self.unread(logical_path, error))?;
        if hex::encode(sha512(&bytes)) != digest {
            return Err(Wrong::Object(format!("fichier altéré : {logical_path}")));
        }
        String::from_utf8(bytes).map_err(|_| Wrong::Object(format!("fichier illisible : {logical_path}")))
    }

    /// The manifest as received, read again: it was within the limits of its day, and is read whatever they are now.
    fn manifest(&self, accession: &Accession, scratch: &Scratch) -> Result<Box<Manifest>, Wrong> {
        let (file, digest) = self.open(MANIFEST)?;
        let mut hashed = Digesting::new(file);
        let options = seda::Options { tolerances: &Tolerance::ALL, ..seda::Options::default() };
        let buffered = BufReader::with_capacity(1 << 16, &mut hashed);
        let reading = seda::read_manifest(buffered, &Limits::of_what_was_accepted(), scratch, options);
        if let Some(error) = reading.failure {
            return Err(self.unread(MANIFEST, error));
        }
        io::copy(&mut hashed, &mut io::sink()).map_err(|error| self.unread(MANIFEST, error))?;
        let read = hex::encode(hashed.finish().0);
        if read != digest || read != accession.manifest.sha512 {
            return Err(Wrong::Object(format!("fichier altéré : {MANIFEST}")));
        }
        let manifest =
            reading.manifest.filter(|read| read.unit_count() as u64 == u64::from(accession.unit_count));
        manifest.ok_or_else(|| Wrong::Object("le bordereau ne se lit plus comme à son entrée".into()))
    }

    fn open(&self, logical_path: &str) -> Result<(StoredFile, String), Wrong> {
        let missing = || Wrong::Object(format!("fichier absent : {logical_path}"));
        let (stored_path, digest) = self.inventory.find(logical_path).ok_or_else(missing)?;
        match self.store.read(self.archive, stored_path) {
            Ok(file) => Ok((file, digest.to_ascii_lowercase())),
            Err(storage::Error::Absent(_)) => Err(missing()),
            Err(storage::Error::Io { source, .. }) => Err(self.unread(logical_path, source)),
            Err(error) => Err(Wrong::Ours(error.into())),
        }
    }

    /// A file that the site did not give: the object's fault, unless the site itself is away, or our own disk is full.
    fn unread(&self, logical_path: &str, error: io::Error) -> Wrong {
        match self.store.kept_names() {
            _ if error.kind() == ErrorKind::StorageFull => Wrong::Ours(error.into()),
            Err(away) => Wrong::Ours(away.into()),
            Ok(_) => Wrong::Object(format!("fichier illisible : {logical_path} ({error})")),
        }
    }
}
