//! A DIP: a branch of an archive as one reader may have it, the message that describes it and the files, in a zip.
//!
//! Never gives a file that does not open for the reader, and leaves for each the trace that its opening leaves. The one thing to
//! know: what is given is fixed before the first byte, and bounded; then it goes out as it is read.

mod tree;
mod write;

pub use write::Broken;

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::{Access, Error, Reader, opening, reached};
use crate::catalog::Archive;
use crate::catalog::delivery_queries::{self as queries, Below};
use crate::model::{ObjectId, UnitId};

/// What one package may hold.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    pub units: usize,
    pub files: usize,
    pub bytes: u64,
}

/// Of a person's request at the portal.
pub const BOUNDS: Bounds = Bounds { units: 5_000, files: 1_000, bytes: 2 << 30 };

/// What becomes of a request.
#[derive(Debug)]
pub enum Planned {
    Given(Box<Delivery>),
    /// There is more than a package may hold.
    TooLarge,
}

/// What is given: fixed, and not yet read.
#[derive(Debug)]
pub struct Delivery {
    archive: Archive,
    archival_agency: String,
    asked: UnitId,
    /// In the manifest's order, the unit asked for first.
    units: Vec<Below>,
    files: Vec<Given>,
}

/// A file given, and the units given that describe it.
#[derive(Debug)]
struct Given {
    object_id: ObjectId,
    units: Vec<Uuid>,
}

impl Delivery {
    /// A name for the package.
    pub fn file_name(&self) -> String {
        let cote: String =
            self.archive.cote.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        format!("communication-{cote}.zip")
    }
}

impl Access {
    /// What this reader may have of a unit and of all that is under it; of these files only, when some are named. `None`: no such
    /// unit, or files of which none opens for this reader.
    pub async fn plan_delivery(
        &self,
        reader: &Reader,
        id: UnitId,
        only: &[ObjectId],
        bounds: Bounds,
    ) -> Result<Option<Planned>, Error> {
        let mut tx = self.db.read(reader.tenant).await?;
        let Some((_, archive)) = reached(&mut tx, reader, id).await? else { return Ok(None) };
        let mut units = queries::branch(&mut tx, id, bounds.units as i64 + 1).await?;
        if units.len() > bounds.units {
            return Ok(Some(Planned::TooLarge));
        }
        units.sort_by_key(|unit| (unit.unit_id != id.0, unit.ordinal));
        let ids: Vec<Uuid> = units.iter().map(|unit| unit.unit_id).collect();
        let described = queries::described(&mut tx, &ids, bounds.files as i64 * 10 + 1).await?;
        if described.len() > bounds.files * 10 {
            return Ok(Some(Planned::TooLarge));
        }
        let all: HashSet<Uuid> = described.iter().flat_map(|file| file.units.iter().copied()).collect();
        let openings =
            opening::of_all(&mut tx, archive.archive_id, &all.into_iter().collect::<Vec<_>>()).await?;
        let opens =
            |unit: &Uuid| openings.get(unit).is_some_and(|opening| self.opens(reader, &archive, *opening));
        let inside: HashSet<Uuid> = ids.into_iter().collect();
        let (mut files, mut bytes) = (Vec::new(), 0_u64);
        let had = !described.is_empty();
        for file in described {
            let is_asked = only.is_empty() || only.contains(&file.object_id);
            // A file that a thousand units describe opens for nobody by right: `Access::object` says the same.
            if is_asked && file.units.len() < super::UNITS_TOLD_MAX && file.units.iter().all(opens) {
                bytes += file.size_bytes;
                let units = file.units.into_iter().filter(|unit| inside.contains(unit)).collect();
                files.push(Given { object_id: file.object_id, units });
            }
        }
        if files.is_empty() && (had || !only.is_empty()) {
            return Ok(None);
        }
        if files.len() > bounds.files || bytes > bounds.bytes {
            return Ok(Some(Planned::TooLarge));
        }
        if !only.is_empty() {
            units = leading_to(units, id, &files);
        }
        let agency = queries::archival_agency(&mut tx, archive.archive_id.0).await?;
        let archival_agency = agency.unwrap_or_else(|| archive.transferring_agency.clone());
        Ok(Some(Planned::Given(Box::new(Delivery { archive, archival_agency, asked: id, units, files }))))
    }
}

/// Of these units, those that lead down to the files.
fn leading_to(units: Vec<Below>, asked: UnitId, files: &[Given]) -> Vec<Below> {
    let parents: HashMap<Uuid, Vec<Uuid>> =
        units.iter().map(|unit| (unit.unit_id, unit.parents.clone())).collect();
    let mut kept: HashSet<Uuid> = HashSet::from([asked.0]);
    let mut rest: Vec<Uuid> = files.iter().flat_map(|file| file.units.iter().copied()).collect();
    while let Some(unit) = rest.pop() {
        if parents.contains_key(&unit) && kept.insert(unit) {
            rest.extend(parents[&unit].iter().copied());
        }
    }
    units.into_iter().filter(|unit| kept.contains(&unit.unit_id)).collect()
}
