//! The vault of one tenant: the eight verbs of NF Z42-020, over whatever holds its sites.
//!
//! | verb (NF Z42-020) | here |
//! |---|---|
//! | déposer | [`TenantStore::deposit`], made certain by `confirm`, gone on with by `deposit_version`, given back its copies by `mend` |
//! | lire | [`TenantStore::read`] |
//! | détruire | [`TenantStore::destroy`] |
//! | lire les métadonnées techniques | [`TenantStore::technical_metadata`] |
//! | contrôler | [`TenantStore::check`] |
//! | lire le journal | [`TenantStore::journal`] |
//! | lister | [`TenantStore::list`] |
//! | compter | [`TenantStore::count`] |
//!
//! It never asks why. What changes an archive is written beside it, on the site, where whoever opens the site
//! in fifty years reads it; consultations and checks that found nothing are in the tenant's event journal.
//!
//! [`TenantStore::deposit`]: super::TenantStore::deposit
//! [`TenantStore::read`]: super::TenantStore::read
//! [`TenantStore::destroy`]: super::TenantStore::destroy
//! [`TenantStore::technical_metadata`]: super::TenantStore::technical_metadata
//! [`TenantStore::check`]: super::TenantStore::check
//! [`TenantStore::journal`]: super::TenantStore::journal
//! [`TenantStore::list`]: super::TenantStore::list
//! [`TenantStore::count`]: super::TenantStore::count

mod aside;
mod behind;
mod check;
mod copying;
mod deposit;
mod destroy;
mod hands;
mod inspect;
mod inventory;
mod journal;
mod list;
mod marker;
mod mend;
mod metadata;
mod read;
mod staged;
mod version;

pub use check::Heard;
pub use deposit::{Deposit, NewFile, NewObject, Source, Waiting};
pub use destroy::Authority;
pub use journal::Operation;
pub use list::Archives;
pub use marker::MARKER;
pub use mend::Mended;
pub use metadata::TechnicalMetadata;
pub use version::NewVersion;

/// Largest inventory read: that of some million files.
const INVENTORY_BYTES_MAX: usize = 1 << 30;
/// Folder of an object for what is beside its versions. // OCFL 1.1, 3.3.4
const LOGS: &str = "logs";
