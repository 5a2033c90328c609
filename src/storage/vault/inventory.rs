//! The inventory of an archive, as far as its own sidecar vouches for it: where each file is, and its digest.

use sha2::{Digest, Sha512};

use super::super::TenantStore;
use super::super::error::Error;
use super::INVENTORY_BYTES_MAX;
use crate::model::ArchiveId;
use crate::package::ocfl::{self, Inventory};

/// Longest sidecar read: a digest and a name.
const SIDECAR_BYTES_MAX: usize = 4 << 10;

impl TenantStore {
    /// The newest inventory, with its digest, from the first site whose copy of it is that of its sidecar and breaks no
    /// rule. It trusts the site with everything else: [`TenantStore::check`] does not.
    pub fn read_inventory(&self, archive: ArchiveId) -> Result<(Inventory, [u8; 64]), Error> {
        let mut failure = Error::Absent(archive.to_string());
        for site in self.sites() {
            let object = site.object(self.tenant, archive);
            let get = |name: &str, bytes_max| site.medium.get(&format!("{object}/{name}"), bytes_max);
            let (bytes, sidecar) =
                match (get(ocfl::INVENTORY, INVENTORY_BYTES_MAX), get(ocfl::SIDECAR, SIDECAR_BYTES_MAX)) {
                    (Err(error), _) | (_, Err(error)) => {
                        failure = error;
                        continue;
                    }
                    (Ok(None), _) => continue,
                    (Ok(Some(bytes)), Ok(sidecar)) => (bytes, sidecar.unwrap_or_default()),
                };
            let digest: [u8; 64] = Sha512::digest(&bytes).into();
            let vouched = ocfl::sidecar_digest(&sidecar) == Some(hex::encode(digest));
            match Inventory::from_json(&bytes) {
                Ok(inventory)
                    if vouched
                        && inventory.id == ocfl::object_id(archive.0)
                        && inventory.problems().is_empty() =>
                {
                    return Ok((inventory, digest));
                }
                _ => {
                    let path = format!("{object}/{}", ocfl::INVENTORY);
                    failure = Error::Damaged { site: site.name.clone(), path };
                }
            }
        }
        Err(failure)
    }
}
