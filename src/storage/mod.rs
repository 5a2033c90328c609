//! The gate to objects: every archive whole on every site of its member, and the quarantine where transfers
//! wait.
//!
//! It decides nothing about archives and never overwrites one. The one thing to know: when a call returns
//! `Ok`, what it wrote survives the loss of power; whoever asks holds one tenant's store and reaches no
//! other's. Calls block (run them with `spawn_blocking`), `Quarantine::receive` apart.
//!
//! [`TenantStore`] is the vault of NF Z42-020, with its eight verbs and no other way to bytes: `deposit`,
//! `read`, `destroy`, `technical_metadata`, `check`, `journal`, `list`, `count`. They are written once, over
//! what a [`medium`] knows how to do; a folder and a bucket are media.
//!
//! ```text
//! <site>/chartrier-site                         the number by which the site is known
//! <site>/.staging/                              objects in the making
//! <site>/.aside/                                what a repair took out of its place, until swept
//! <site>/.kept/<tenant>/                        small files kept beside the archives
//! <site>/<tenant>/                              an OCFL 1.1 storage root
//! <site>/<tenant>/a1b/2c3/d4e/urn%3auuid%3a…/   an archive: one OCFL object
//! ```

mod bucket;
mod error;
mod folder;
mod kept;
mod layout;
mod mark;
mod medium;
mod quarantine;
mod report;
mod room;
mod site;
mod standing;
mod sweep;
mod vault;

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Clock;
use crate::model::TenantId;
use crate::package::ocfl;

pub use bucket::BucketSettings;
pub use error::Error;
pub use medium::StoredFile;
pub use quarantine::{Added, Held, Hold, InQuarantine, Quarantine, Received};
pub use report::{CopyReport, Fault};
pub use room::Reserved;
pub use site::{About, Place, SiteSettings};
pub use standing::{Lock, MediumKind, Room, Standing};
pub use sweep::Swept;
pub use vault::{
    Archives, Authority, Deposit, Heard, MARKER, Mended, NewFile, NewObject, NewVersion, Operation, Source,
    TechnicalMetadata, Waiting,
};

use medium::{Medium, Put};
use site::{Asked, Site};

/// Every fail point of this part, in the order of a deposit: each effect that must last has one before it
/// and one after.
pub const FAIL_POINTS: &[&str] = &[
    "storage-quarantine-written",
    "storage-quarantine-named",
    "storage-quarantine-kept",
    "storage-before-staging",
    "storage-copied",
    "storage-staged",
    "storage-verified",
    "storage-named-first",
    "storage-named-next",
    "storage-placed-first",
    "storage-placed-next",
    "storage-marked-first",
    "storage-marked-next",
    "storage-quarantine-removed",
];

/// How long operations on a site may make no progress before it is taken for slow.
pub const SLOW_AFTER: Duration = Duration::from_secs(30);

/// Where to keep objects and transfers.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Two at least.
    pub sites: Vec<SiteSettings>,
    pub quarantine: PathBuf,
    /// Archives up to this size share a sync of their file system, larger ones ask for their own each 64 MiB; 0: each
    /// file has its own.
    pub grouped_bytes_max: u64,
    /// Room that new deposits must leave free, on the quarantine and on every site.
    pub free_bytes_min: u64,
    /// Nothing more is written on a site of which two operations have made no progress for so long.
    pub slow_after: Duration,
    /// Dates what is noted beside archives and what is set aside.
    pub clock: Clock,
}

impl Settings {
    /// Sites that are folders, with the defaults of everything else.
    pub fn folders(sites: impl IntoIterator<Item = (String, PathBuf)>, quarantine: PathBuf) -> Self {
        let site =
            |(name, folder)| SiteSettings { name, place: Place::Folder(folder), about: About::default() };
        Self {
            sites: sites.into_iter().map(site).collect(),
            quarantine,
            grouped_bytes_max: 8 << 20,
            free_bytes_min: 0,
            slow_after: SLOW_AFTER,
            clock: Clock::system(),
        }
    }
}

/// The sites and the quarantine of this service.
#[derive(Clone, Debug)]
pub struct Storage {
    sites: Arc<Sites>,
    quarantine: Quarantine,
    warnings: Vec<String>,
}

#[derive(Debug)]
struct Sites {
    sites: Vec<Site>,
    /// Storage roots that this process has seen durable, by site.
    roots: Mutex<HashSet<(String, TenantId)>>,
    rooms: room::Rooms,
    clock: Clock,
}

/// One tenant's objects on its sites: the vault.
#[derive(Clone, Debug)]
pub struct TenantStore {
    sites: Arc<Sites>,
    tenant: TenantId,
    /// Places in `sites`.
    on: Vec<usize>,
}

/// Where a copy lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    pub site: String,
    /// Folder of the OCFL object, under the site.
    pub path: String,
}

impl Storage {
    /// Opens the sites; refuses, in a sentence for the operator, places that are not apart or not writable.
    /// A site that has served and is away now is said in the warnings.
    pub fn open(settings: &Settings) -> Result<Self, Error> {
        let layout = layout::settle(&settings.sites, &settings.quarantine)?;
        let (mut sites, mut warnings) = (Vec::new(), layout.warnings);
        for SiteSettings { name, place, about } in layout.sites {
            let medium: Box<dyn Medium> = match place {
                Place::Folder(path) => Box::new(folder::Folder::open(path, settings.grouped_bytes_max)),
                Place::Bucket(bucket) => Box::new(bucket::Bucket::open(&name, &bucket)?),
            };
            let number = match mark::recognize(&name, medium.as_ref(), &layout.quarantine)? {
                mark::Recognized::There(number) => {
                    medium.sweep(Duration::ZERO)?;
                    number
                }
                mark::Recognized::Away(number, sentence) => {
                    warnings.push(sentence);
                    number
                }
            };
            sites.push(Site { name, about, medium, number, asked: Asked::new(settings.slow_after) });
        }
        let rooms = room::Rooms::new(settings.free_bytes_min);
        Ok(Self {
            sites: Arc::new(Sites { sites, roots: Mutex::default(), rooms, clock: settings.clock.clone() }),
            quarantine: Quarantine::open_at(layout.quarantine)?,
            warnings,
        })
    }

    /// What the operator should know of the sites: two on one disk, for instance.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The store of one tenant, on every site.
    pub fn tenant(&self, tenant: TenantId) -> TenantStore {
        TenantStore { sites: Arc::clone(&self.sites), tenant, on: (0..self.sites.sites.len()).collect() }
    }

    /// Where transfers wait for a decision.
    pub fn quarantine(&self) -> &Quarantine {
        &self.quarantine
    }

    /// Names of the sites, in the order of the settings.
    pub fn sites(&self) -> impl Iterator<Item = &str> {
        self.sites.sites.iter().map(|site| site.name.as_str())
    }

    /// Why these sites cannot keep a member's archives, in a sentence; `None` when they can: two at least,
    /// known, of two locations.
    pub fn refusal_of(&self, names: &[String]) -> Option<String> {
        let mut locations: Vec<(&str, &str)> = Vec::new();
        for name in names {
            let Some(site) = self.sites.sites.iter().find(|site| site.name == *name) else {
                return Some(format!("le site « {name} » n’est pas dans les réglages"));
            };
            if let Some((other, location)) = locations.iter().find(|(_, there)| *there == site.location()) {
                return Some(format!(
                    "« {other} » et « {name} » sont deux volumes du même site ({location}) : deux sites distincts sont nécessaires"
                ));
            }
            locations.push((name, site.location()));
        }
        (locations.len() < 2).then(|| "deux sites au moins sont nécessaires".to_string())
    }

    /// Members whose storage root stands on a site.
    pub fn tenants_on(&self, site: &str) -> Result<Vec<TenantId>, Error> {
        let site = self.sites.find(site)?;
        let names = site.there()?.names("")?.into_iter();
        let tenants = names.filter_map(|entry| TenantId::of_storage_root(&entry.name));
        Ok(tenants.collect())
    }
}

impl Sites {
    fn find(&self, name: &str) -> Result<&Site, Error> {
        let unknown = || Error::Layout(format!("le site « {name} » n’est pas dans les réglages"));
        self.sites.iter().find(|site| site.name == name).ok_or_else(unknown)
    }
}

impl TenantStore {
    /// The same store on some sites only.
    pub fn on<T: AsRef<str>>(&self, names: &[T]) -> Result<TenantStore, Error> {
        let mut on = Vec::new();
        for name in names {
            self.sites.find(name.as_ref())?;
            on.extend(self.sites.sites.iter().position(|site| site.name == name.as_ref()));
        }
        Ok(TenantStore { sites: Arc::clone(&self.sites), tenant: self.tenant, on })
    }

    fn sites(&self) -> impl Iterator<Item = &Site> {
        self.on.iter().map(|index| &self.sites.sites[*index])
    }

    /// Names of the sites on which the tenant's archives are kept.
    pub fn site_names(&self) -> Vec<String> {
        self.sites().map(|site| site.name.clone()).collect()
    }

    /// Makes the tenant's storage root on the site; looks again each time, in case the site was emptied.
    fn ensure_root(&self, site: &Site, medium: &dyn Medium) -> Result<(), Error> {
        let key = (site.name.clone(), self.tenant);
        let root = self.tenant.to_string();
        let known = self.sites.roots.lock().unwrap_or_else(PoisonError::into_inner).contains(&key);
        if known && medium.stands(&format!("{root}/{}", ocfl::ROOT_DECLARATION.0))? {
            return Ok(());
        }
        for (name, text) in ocfl::root_files() {
            let path = format!("{root}/{name}");
            match medium.put(&path, text.as_bytes(), Put::Once) {
                // Written by an earlier version of this program.
                Err(Error::Occupied { .. }) => medium.put(&path, text.as_bytes(), Put::Over)?,
                put => put?,
            }
        }
        self.sites.roots.lock().unwrap_or_else(PoisonError::into_inner).insert(key);
        Ok(())
    }
}

/// The fail point reached on the first site, or the one reached on each of the others.
#[cfg_attr(not(feature = "failpoints"), expect(unused_variables, reason = "no fail point in a delivery"))]
fn reached(points: [&str; 2], index: usize) {
    fail::fail_point!(points[index.min(1)]);
}
