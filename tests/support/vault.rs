//! The storage that every test of the binary shares: tenants are alone in it, and any worker finds any
//! tenant's bytes.

use std::path::PathBuf;
use std::sync::OnceLock;

use chartrier::storage::{Settings, Storage};

/// Two sites and a quarantine, gone with the test binary's folder.
pub fn storage() -> Storage {
    static STORAGE: OnceLock<Storage> = OnceLock::new();
    let open = || {
        let sites = ["nord", "sud"].map(|name| (name.to_owned(), site(name)));
        let settings = Settings::folders(sites, super::database::folder().join("vault/quarantine"));
        Storage::open(&settings).expect("a writable folder")
    };
    STORAGE.get_or_init(open).clone()
}

/// Folder of a site.
pub fn site(name: &str) -> PathBuf {
    super::database::folder().join("vault/sites").join(name)
}
