//! What the suite asks of a kind of site beyond the storage's own verbs: a hand that does harm.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use chartrier::storage::{Location, Settings, Storage};
use tempfile::TempDir;

/// Two fresh sites, `nord` and `sud`, and a hand that harms them.
pub trait Backend {
    fn fresh() -> Self;
    /// Opens the storage on these sites; may be done again, as after a restart.
    fn storage(&self) -> Storage;
    /// Bytes of a file of a copy.
    fn read(&self, copy: &Location, path: &str) -> Vec<u8>;
    /// Replaces a file's bytes behind the storage's back, or adds the file.
    fn put(&self, copy: &Location, path: &str, bytes: &[u8]);
    fn remove(&self, copy: &Location, path: &str);
    /// Removes every tenant's root of a site.
    fn empty(&self, site: &str);
    /// Every name on the site, sorted.
    fn names(&self, site: &str) -> Vec<String>;
}

pub struct Folders(TempDir);

impl Folders {
    fn path(&self, copy: &Location, path: &str) -> PathBuf {
        self.0.path().join(&copy.site).join(&copy.path).join(path)
    }
}

pub fn settings(folder: &std::path::Path) -> Settings {
    let sites = ["nord", "sud"].map(|site| (site.to_string(), folder.join(site)));
    Settings::folders(sites, folder.join("quarantine"))
}

impl Backend for Folders {
    fn fresh() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn storage(&self) -> Storage {
        Storage::open(&settings(self.0.path())).unwrap()
    }

    fn read(&self, copy: &Location, path: &str) -> Vec<u8> {
        fs::read(self.path(copy, path)).unwrap()
    }

    fn put(&self, copy: &Location, path: &str, bytes: &[u8]) {
        let path = self.path(copy, path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        if path.exists() {
            fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        }
        fs::write(&path, bytes).unwrap();
    }

    fn remove(&self, copy: &Location, path: &str) {
        fs::remove_file(self.path(copy, path)).unwrap();
    }

    fn empty(&self, site: &str) {
        for entry in fs::read_dir(self.0.path().join(site)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                fs::remove_dir_all(path).unwrap();
            }
        }
    }

    fn names(&self, site: &str) -> Vec<String> {
        names(&self.0.path().join(site))
    }
}

/// Every path under a folder, folders ending with `/`, sorted.
pub fn names(folder: &std::path::Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let entry = entry.unwrap();
            let name = entry.path().strip_prefix(folder).unwrap().to_string_lossy().into_owned();
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
                found.push(name + "/");
            } else {
                found.push(name);
            }
        }
    }
    found.sort();
    found
}
