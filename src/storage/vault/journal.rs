//! Read journal: what was done to an archive, as its sites themselves tell: each version in its inventory, each
//! repair and destruction in a file beside it.

use std::collections::BTreeSet;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

use super::super::TenantStore;
use super::super::error::Error;
use super::super::medium::{Medium, Put};
use super::super::site::Site;
use super::INVENTORY_BYTES_MAX;
use crate::model::ArchiveId;
use crate::package::ocfl::{INVENTORY, Inventory};

const ENTRY_BYTES_MAX: usize = 64 << 10;

/// Something done to an archive.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Operation {
    /// RFC 3339.
    pub at: String,
    /// `depot`, `version`, `reparation`, `destruction`.
    pub operation: String,
    pub detail: String,
}

impl Operation {
    pub(super) fn at(at: DateTime<Utc>, operation: &str, detail: &str) -> Self {
        let at = at.to_rfc3339_opts(SecondsFormat::Micros, true);
        Self { at, operation: operation.to_string(), detail: detail.to_string() }
    }

    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("strings only") + "\n"
    }
}

impl TenantStore {
    /// What was done to an archive, oldest first, on any of the sites; also of one that was destroyed.
    pub fn journal(&self, archive: ArchiveId) -> Result<Vec<Operation>, Error> {
        let mut operations = BTreeSet::new();
        for site in self.sites() {
            let object = site.object(self.tenant, archive);
            let medium = site.there()?;
            if let Some(bytes) = medium.get(&format!("{object}/{INVENTORY}"), INVENTORY_BYTES_MAX)?
                && let Ok(inventory) = Inventory::from_json(&bytes)
            {
                operations.extend(inventory.versions.iter().map(|(name, version)| Operation {
                    at: version.created.clone(),
                    operation: if name == "v1" { "depot" } else { "version" }.to_string(),
                    detail: version.message.clone().unwrap_or_default(),
                }));
            }
            for folder in [format!("{object}/logs"), self.tombs(archive)] {
                for entry in medium.names(&folder)?.iter().filter(|entry| entry.name.ends_with(".json")) {
                    let text = medium.get(&format!("{folder}/{}", entry.name), ENTRY_BYTES_MAX)?;
                    operations.extend(text.and_then(|text| serde_json::from_slice(&text).ok()));
                }
            }
        }
        Ok(operations.into_iter().collect())
    }

    /// Writes an operation beside the archive.
    pub(super) fn note(
        &self,
        site: &Site,
        medium: &dyn Medium,
        archive: ArchiveId,
        operation: &Operation,
    ) -> Result<(), Error> {
        let name = operation.at.replace([':', '.'], "-");
        let path = format!("{}/logs/{name}-{}.json", site.object(self.tenant, archive), operation.operation);
        medium.put(&path, operation.to_json().as_bytes(), Put::Beside)
    }

    /// Where a site remembers an archive that was destroyed.
    pub(super) fn tombs(&self, archive: ArchiveId) -> String {
        format!(".destroyed/{}/{archive}", self.tenant)
    }
}
