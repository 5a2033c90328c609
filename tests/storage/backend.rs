//! What the suite asks of a kind of site beyond the storage's own verbs: a hand that does harm.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;

use chartrier::storage::{About, BucketSettings, Location, Place, Settings, SiteSettings, Storage};
use futures_util::{StreamExt, TryStreamExt};
use object_store::aws::AmazonS3Builder;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt};
use tempfile::TempDir;

use crate::support::s3::{S3, key_of};

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
    /// Every name on the site, sorted, staging apart.
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
        let mut names = names(&self.0.path().join(site));
        names.retain(|name| !name.starts_with(".staging/") && !name.ends_with("/logs/"));
        names
    }
}

/// Both sites are buckets, or only the second.
pub struct Buckets<const BOTH: bool> {
    pub s3: S3,
    folders: Folders,
}

impl<const BOTH: bool> Buckets<BOTH> {
    fn is_bucket(site: &str) -> bool {
        BOTH || site == "sud"
    }

    /// With clients that soon give up.
    pub fn impatient() -> Self {
        Self { s3: S3::start().with_impatient_clients(), folders: Folders::fresh() }
    }

    pub fn settings(&self) -> Settings {
        let site = |name: &str| SiteSettings {
            name: name.to_string(),
            place: match Self::is_bucket(name) {
                true => Place::Bucket(self.s3.bucket(name)),
                false => Place::Folder(self.folders.0.path().join(name)),
            },
            about: About::default(),
        };
        let folders = settings(self.folders.0.path());
        Settings { sites: ["nord", "sud"].map(site).to_vec(), ..folders }
    }

    fn ask<T>(&self, site: &str, ask: impl AsyncFnOnce(Arc<dyn ObjectStore>) -> T) -> T {
        let store = client(&self.s3.bucket(site));
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(ask(store))
    }
}

/// A client behind the service's back.
fn client(bucket: &BucketSettings) -> Arc<dyn ObjectStore> {
    let [id, secret] = key_of(bucket);
    let name = bucket.url.strip_prefix("s3://").unwrap().split('/').next().unwrap();
    let client = AmazonS3Builder::new()
        .with_endpoint(&bucket.endpoint)
        .with_allow_http(true)
        .with_bucket_name(name)
        .with_region("us-east-1")
        .with_access_key_id(id)
        .with_secret_access_key(secret);
    Arc::new(client.build().unwrap())
}

fn key(path: &str) -> Key {
    Key::parse(format!("archives/{path}")).unwrap()
}

impl<const BOTH: bool> Backend for Buckets<BOTH> {
    fn fresh() -> Self {
        Self { s3: S3::start(), folders: Folders::fresh() }
    }

    fn storage(&self) -> Storage {
        Storage::open(&self.settings()).unwrap()
    }

    fn read(&self, copy: &Location, path: &str) -> Vec<u8> {
        if !Self::is_bucket(&copy.site) {
            return self.folders.read(copy, path);
        }
        let key = key(&format!("{}/{path}", copy.path));
        self.ask(&copy.site, async |store| store.get(&key).await.unwrap().bytes().await.unwrap().to_vec())
    }

    fn put(&self, copy: &Location, path: &str, bytes: &[u8]) {
        if !Self::is_bucket(&copy.site) {
            return self.folders.put(copy, path, bytes);
        }
        let (key, bytes) = (key(&format!("{}/{path}", copy.path)), bytes.to_vec());
        self.ask(&copy.site, async |store| store.put(&key, bytes.into()).await.unwrap());
    }

    fn remove(&self, copy: &Location, path: &str) {
        if !Self::is_bucket(&copy.site) {
            return self.folders.remove(copy, path);
        }
        let key = key(&format!("{}/{path}", copy.path));
        self.ask(&copy.site, async |store| store.delete(&key).await.unwrap());
    }

    fn empty(&self, site: &str) {
        if !Self::is_bucket(site) {
            return self.folders.empty(site);
        }
        self.ask(site, async |store| {
            let keys = store.list(None).map_ok(|meta| meta.location);
            let keys: Vec<Key> = keys.try_collect().await.unwrap();
            for key in keys.iter().filter(|key| key.parts().count() > 2) {
                store.delete(key).await.unwrap();
            }
        });
    }

    fn names(&self, site: &str) -> Vec<String> {
        if !Self::is_bucket(site) {
            return self.folders.names(site);
        }
        let keys = self.ask(site, async |store| {
            store.list(None).map(|meta| meta.unwrap().location.to_string()).collect::<Vec<_>>().await
        });
        let mut names = BTreeSet::new();
        for name in keys.iter().filter_map(|key| key.strip_prefix("archives/")) {
            names.extend(name.match_indices('/').map(|(at, _)| name[..=at].to_string()));
            names.insert(name.to_string());
        }
        names.into_iter().filter(|name| !name.ends_with("/logs/")).collect()
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
