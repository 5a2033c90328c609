//! Search, consultation and the opening of files, by whoever may.
//!
//! Never tells what is outside a reader's scope from what does not exist: both are `None`. The one thing to
//! know: whoever opens a file leaves a `CONSULTATION` in the tenant's journal, one per reader, file and
//! quarter of an hour, written before the first byte is given.

pub mod delivery;
pub mod derogation;
mod derogation_queries;
mod open;
mod opening;
mod queries;
mod reader;
mod same;
mod search;

pub use open::Opened;
pub use queries::Told;
pub use reader::Reader;
pub use search::{Asked, Counted, Facets, Found};

use crate::catalog::{self, Archive, Copy, Object, Unit, UnitLine};
use crate::clock::Clock;
use crate::db::{self, Db};
use crate::model::{ArchiveId, ObjectId, RetentionRule, UnitId};
use crate::registry;
use crate::seda::opening::Opening;
use crate::seda::retention::{self, Due};
use crate::storage::{self, Storage};

/// Units told of a file, at most.
const UNITS_TOLD_MAX: usize = catalog::queries::UNITS_MAX;
/// Files of a unit told with it; the rest by [`Access::objects`].
const OBJECTS_MAX: u32 = 200;

/// Entries of the journal told with a unit.
const TOLD_MAX: i64 = 20;

/// The catalogue and its files, for reading. Cheap to clone.
#[derive(Clone)]
pub struct Access {
    db: Db,
    storage: Storage,
    clock: Clock,
}

/// A failure of ours.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("database: {0}")]
    Db(#[from] db::Error),
    #[error("storage: {0}")]
    Storage(#[from] storage::Error),
    #[error("{path} of archive {archive} has not the length it was taken in charge with")]
    CopyFaulty { archive: ArchiveId, path: String },
    #[error("the thread that opened the file died")]
    Died,
}

impl Error {
    /// Whether trying again later may do.
    pub fn is_transient(&self) -> bool {
        match self {
            Error::Db(error) => error.is_transient(),
            Error::Storage(error) => error.is_transient(),
            Error::CopyFaulty { .. } => false,
            Error::Died => true,
        }
    }
}

/// An archive, where it lies and where its tree is entered.
#[derive(Clone, Debug)]
pub struct ArchiveView {
    pub archive: Archive,
    pub copies: Vec<Copy>,
    pub root: Option<UnitId>,
}

/// A unit with its neighbourhood.
#[derive(Clone, Debug)]
pub struct UnitView {
    pub unit: Unit,
    pub archive: Archive,
    /// From a root down to right above, by the first parent each time.
    pub ancestors: Vec<UnitLine>,
    pub parents: Vec<UnitLine>,
    /// The first files; [`Access::objects`] has the rest.
    pub objects: Vec<Object>,
    /// From when anybody may read it.
    pub opening: Opening,
    /// When its time is over, and what then; `None`: nobody can tell.
    pub retention: Option<Retention>,
}

/// When the time of a unit is over, and by which rule of the schedule its agreement is bound.
#[derive(Clone, Debug)]
pub struct Retention {
    pub due: Due,
    pub rule: Option<RetentionRule>,
}

/// A file with what it belongs to.
#[derive(Clone, Debug)]
pub struct ObjectView {
    pub object: Object,
    pub archive: Archive,
    pub units: Vec<UnitLine>,
    /// From when anybody may read it.
    pub opening: Opening,
}

impl Access {
    /// Over these gates.
    pub fn new(db: Db, storage: Storage, clock: Clock) -> Self {
        Self { db, storage, clock }
    }

    /// An archive with its copies.
    pub async fn archive(&self, reader: &Reader, id: ArchiveId) -> Result<Option<ArchiveView>, Error> {
        let mut tx = self.db.read(reader.tenant).await?;
        let Some(archive) = catalog::queries::find_archive(&mut tx, &reader.scope, id).await? else {
            return Ok(None);
        };
        let copies = catalog::queries::copies_of(&mut tx, id).await?;
        let root = catalog::queries::first_root(&mut tx, id).await?;
        Ok(Some(ArchiveView { archive, copies, root }))
    }

    /// Where the tree of the archive of a cote is entered.
    pub async fn root_of_cote(&self, reader: &Reader, cote: &str) -> Result<Option<UnitId>, Error> {
        let mut tx = self.db.read(reader.tenant).await?;
        let Some(id) = catalog::queries::archive_of_cote(&mut tx, cote).await? else { return Ok(None) };
        drop(tx);
        Ok(self.archive(reader, id).await?.and_then(|found| found.root))
    }

    /// A unit with its neighbourhood.
    pub async fn unit(&self, reader: &Reader, id: UnitId) -> Result<Option<UnitView>, Error> {
        let mut tx = self.db.read(reader.tenant).await?;
        let Some((unit, archive)) = reached(&mut tx, reader, id).await? else { return Ok(None) };
        let ancestors = catalog::queries::ancestors(&mut tx, id).await?;
        let parents = catalog::queries::parents(&mut tx, id).await?;
        let objects = catalog::queries::objects_of(&mut tx, id, None, OBJECTS_MAX).await?;
        let opening = opening::of_units(&mut tx, archive.archive_id, &[id]).await?;
        let retention = self.retention(&mut tx, archive.archive_id, id).await?;
        Ok(Some(UnitView { unit, archive, ancestors, parents, objects, opening, retention }))
    }

    /// By the rule of the schedule in force today of the agreement that the archive came under: a schedule that becomes
    /// stricter protects what was taken in charge before.
    async fn retention(
        &self,
        tx: &mut db::TenantRead,
        archive: ArchiveId,
        unit: UnitId,
    ) -> Result<Option<Retention>, db::Error> {
        let Some(said) = opening::said_of(tx, archive, unit).await? else { return Ok(None) };
        let rule = match registry::retention_queries::typology_of(tx, archive).await? {
            Some(code) => {
                let versions = registry::retention_queries::versions_of(tx, &code).await?;
                registry::retention::in_force(&code, versions, self.clock.today())
            }
            None => None,
        };
        Ok(Some(Retention { due: retention::due(&said, rule.as_ref()), rule }))
    }

    /// The last entries of the journal about a unit and the archive it belongs to, the last one first; none where there is no such unit.
    pub async fn told(&self, reader: &Reader, id: UnitId) -> Result<Vec<Told>, Error> {
        let mut tx = self.db.read(reader.tenant).await?;
        let Some((_, archive)) = reached(&mut tx, reader, id).await? else { return Ok(Vec::new()) };
        Ok(queries::told_of(&mut tx, archive.archive_id.0, id.0, TOLD_MAX).await?)
    }

    /// At most `most` units right below, after the one of this ordinal; `None`: no such unit.
    pub async fn children(
        &self,
        reader: &Reader,
        id: UnitId,
        after: Option<u32>,
        most: u32,
    ) -> Result<Option<Vec<UnitLine>>, Error> {
        let mut tx = self.db.read(reader.tenant).await?;
        if reached(&mut tx, reader, id).await?.is_none() {
            return Ok(None);
        }
        Ok(Some(catalog::queries::children(&mut tx, id, after, most).await?))
    }

    /// At most `most` files of a unit, after the one named; `None`: no such unit.
    pub async fn objects(
        &self,
        reader: &Reader,
        id: UnitId,
        after: Option<(&str, ObjectId)>,
        most: u32,
    ) -> Result<Option<Vec<Object>>, Error> {
        let mut tx = self.db.read(reader.tenant).await?;
        if reached(&mut tx, reader, id).await?.is_none() {
            return Ok(None);
        }
        Ok(Some(catalog::queries::objects_of(&mut tx, id, after, most).await?))
    }

    /// A file's description: nothing of its content, hence no consultation.
    pub async fn object(&self, reader: &Reader, id: ObjectId) -> Result<Option<ObjectView>, Error> {
        let mut tx = self.db.read(reader.tenant).await?;
        let Some(object) = catalog::queries::find_object(&mut tx, id).await? else { return Ok(None) };
        let archive = catalog::queries::find_archive(&mut tx, &reader.scope, object.archive_id).await?;
        let Some(archive) = archive else { return Ok(None) };
        let units = catalog::queries::units_of(&mut tx, id).await?;
        let all: Vec<UnitId> = units.iter().map(|unit| unit.unit_id).collect();
        let opening = match all.len() {
            // There may be more.
            UNITS_TOLD_MAX.. => Opening::Unknown,
            _ => opening::of_units(&mut tx, archive.archive_id, &all).await?,
        };
        Ok(Some(ObjectView { object, archive, units, opening }))
    }

    /// Whether what opens so, of this archive, opens for this reader today.
    pub fn opens(&self, reader: &Reader, archive: &Archive, opening: Opening) -> bool {
        reader.opens(archive, opening, self.clock.today())
    }
}

async fn reached(
    tx: &mut db::TenantRead,
    reader: &Reader,
    id: UnitId,
) -> Result<Option<(Unit, Archive)>, db::Error> {
    let Some(unit) = catalog::queries::find_unit(tx, id).await? else { return Ok(None) };
    let archive = catalog::queries::find_archive(tx, &reader.scope, unit.line.archive_id).await?;
    Ok(archive.map(|archive| (unit, archive)))
}
