//! Read technical metadata: what the vault itself knows of an archive, without opening its content.

use sha2::{Digest, Sha512};

use super::super::TenantStore;
use super::super::error::Error;
use super::INVENTORY_BYTES_MAX;
use super::marker::{MARKER, MARKER_BYTES_MAX};
use crate::model::ArchiveId;
use crate::package::ocfl::{INVENTORY, Inventory};

/// Technical metadata of an archive. // NF Z42-020
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TechnicalMetadata {
    pub archive: ArchiveId,
    /// `urn:uuid:` of the tenant whose archive it is.
    pub depositor: String,
    /// When the first version was accepted; RFC 3339.
    pub deposited: String,
    /// Newest version, `v1` and so on.
    pub head: String,
    pub files: u64,
    pub digest_algorithm: String,
    /// Digest of the newest inventory, which holds that of every file.
    pub inventory_sha512: [u8; 64],
    /// The commit marker, when the archive has one.
    pub marker: Option<Vec<u8>>,
    /// Sites on which the archive stands.
    pub sites: Vec<String>,
}

impl TenantStore {
    /// What the first site that can be asked says of the archive, and the sites that have it.
    pub fn technical_metadata(&self, archive: ArchiveId) -> Result<TechnicalMetadata, Error> {
        let mut failure = Error::Absent(archive.to_string());
        let mut found: Option<TechnicalMetadata> = None;
        for site in self.sites() {
            let object = site.object(self.tenant, archive);
            let read = site.medium.get(&format!("{object}/{INVENTORY}"), INVENTORY_BYTES_MAX);
            let bytes = match read {
                Ok(Some(bytes)) => bytes,
                Ok(None) => continue,
                Err(error) => {
                    failure = error;
                    continue;
                }
            };
            if let Some(found) = &mut found {
                found.sites.push(site.name.clone());
                continue;
            }
            let Some(read) = described(archive, &bytes) else {
                failure = Error::Damaged { site: site.name.clone(), path: format!("{object}/{INVENTORY}") };
                continue;
            };
            let marker = site.medium.get(&format!("{object}/{MARKER}"), MARKER_BYTES_MAX)?;
            found = Some(TechnicalMetadata { marker, sites: vec![site.name.clone()], ..read });
        }
        found.ok_or(failure)
    }
}

fn described(archive: ArchiveId, bytes: &[u8]) -> Option<TechnicalMetadata> {
    let inventory = Inventory::from_json(bytes).ok()?;
    let first = inventory.versions.get("v1")?;
    Some(TechnicalMetadata {
        archive,
        depositor: first.user.as_ref().and_then(|user| user.address.clone()).unwrap_or_default(),
        deposited: first.created.clone(),
        head: inventory.head.clone(),
        files: inventory.stored_files().count() as u64,
        digest_algorithm: inventory.digest_algorithm.clone(),
        inventory_sha512: Sha512::digest(bytes).into(),
        marker: None,
        sites: Vec::new(),
    })
}
