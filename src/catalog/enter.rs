//! A whole archive entered in the catalogue, inside the caller's transaction: its units, its objects, and what joins them.
//!
//! The same for an archive taken in charge and for one rebuilt from its copies: everything comes from the accession record
//! and the manifest. Never holds the units: they are read again and entered a batch at a time. What is held of each unit
//! and object is the catalogue's identifier, by its number in the message.

use std::io;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::question::Indexed;
use super::write::{self, BATCH, NewArchive, NewLink, NewObject, NewUnit};
use crate::db::{self, TenantTx};
use crate::model::{BinaryObject, NamedFormat, Unit, findings};
use crate::package::accession::{Accession, StoredObject, derived_id};
use crate::seda::Manifest;
use crate::seda::description::{Edge, Family};

/// Bytes of descriptions in one batch: few units say much.
const BATCH_BYTES: u64 = 8 << 20;
/// Longest title in lists, in characters.
const TITLE_CHARS_MAX: usize = 1_000;

/// Why an archive was not entered.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("database: {0}")]
    Db(#[from] db::Error),
    #[error("reading: {0}")]
    Io(#[from] io::Error),
    /// The accession record names objects that the manifest does not.
    #[error("the accession record and the manifest differ")]
    Differ,
}

impl Error {
    /// Whether the same call may succeed later.
    pub fn is_transient(&self) -> bool {
        match self {
            Error::Db(error) => error.is_transient(),
            Error::Io(_) => true,
            Error::Differ => false,
        }
    }
}

/// A unit's title in a list: never empty, and no longer than a list can show. The description has it whole.
pub fn listed_title(title: Option<&str>) -> String {
    let title = title.filter(|title| !title.trim().is_empty()).unwrap_or("Sans titre");
    findings::shortened(title.to_owned(), TITLE_CHARS_MAX)
}

/// Enters everything; `inventory_sha512` is the digest of what every copy holds.
pub async fn archive(
    tx: &mut TenantTx,
    accession: &Accession,
    manifest: &Manifest,
    granted: DateTime<Utc>,
    inventory_sha512: &[u8; 64],
) -> Result<(), Error> {
    let archive_id = accession.archive_id;
    let archive = NewArchive {
        archive_id,
        transfer_id: accession.transfer_id,
        cote: &accession.cote,
        title: &accession.title,
        agreement_id: accession.agreement_id,
        transferring_agency: &accession.transferring_agency,
        originating_agency: accession.originating_agency.as_deref(),
        size_bytes: accession.size_bytes(),
        unit_count: accession.unit_count,
        object_count: accession.objects.len() as u32,
        taken_in_charge_at: granted,
        rules: &manifest.heading.rules,
        inventory_sha512,
    };
    write::insert_archive(tx, &archive).await?;
    let stretch = write::stretch(tx).await?;
    let units = units(tx, accession, manifest, granted, stretch).await?;
    let links = manifest.tree.edges();
    let links = links.map(|(parent, child)| NewLink {
        parent_id: units[parent as usize],
        child_id: units[child as usize],
        ordinal: child as i32,
    });
    write::insert_unit_links(tx, links).await?;
    let objects = objects(tx, accession, manifest).await?;
    if accession.objects.len() >= write::LARGE {
        write::plan_again(tx).await?;
    }
    unit_objects(tx, manifest, &units, &objects).await?;
    write::count_in_stretch(tx, stretch, accession.unit_count, granted).await?;
    Ok(())
}

/// Enters the units; their identifiers, by number.
async fn units(
    tx: &mut TenantTx,
    accession: &Accession,
    manifest: &Manifest,
    granted: DateTime<Utc>,
    stretch: i32,
) -> Result<Vec<Uuid>, Error> {
    let mut ids = Vec::with_capacity(manifest.unit_count());
    let mut units = (0..).zip(manifest.units());
    loop {
        let (first, mut batch, mut bytes) = (ids.len(), Vec::new(), 0);
        for (number, unit) in units.by_ref() {
            let unit = unit?;
            bytes += unit.weight.bytes;
            let unit = new_unit(accession, unit, manifest.tree.is_root(number));
            ids.push(unit.unit_id);
            batch.push(unit);
            if batch.len() == BATCH || bytes > BATCH_BYTES {
                break;
            }
        }
        if batch.is_empty() {
            return Ok(ids);
        }
        write::insert_units(tx, accession.archive_id, granted, stretch, first as i32, batch).await?;
    }
}

fn new_unit(accession: &Accession, unit: Unit, root: bool) -> NewUnit {
    let content = &unit.content;
    let title = listed_title(content.title.as_deref());
    let indexed = Indexed::of(&title, content, root.then_some(accession.cote.as_str()));
    NewUnit {
        unit_id: derived_id(accession.archive_id, "unit", &unit.id),
        root,
        description_level: content.description_level.clone(),
        start_date: content.start_date.clone(),
        end_date: content.end_date.clone(),
        content: serde_json::json!({ "content": content, "rules": unit.rules }),
        seda_id: unit.id,
        indexed,
        title,
    }
}

/// Enters the binary objects; the identifiers of those stored, by number.
async fn objects(
    tx: &mut TenantTx,
    accession: &Accession,
    manifest: &Manifest,
) -> Result<Vec<Option<Uuid>>, Error> {
    let mut ids = Vec::with_capacity(manifest.binary_object_count());
    // The record has the stored ones in the order of the manifest.
    let mut stored = accession.objects.iter().peekable();
    let mut batch = Vec::new();
    for declared in manifest.binary_objects() {
        let declared = declared?;
        let object = stored.next_if(|stored| stored.seda_id == declared.id);
        ids.push(object.map(|stored| stored.object_id));
        batch.extend(object.map(|stored| new_object(accession, stored, declared)));
        if batch.len() == BATCH {
            write::insert_objects(tx, accession.archive_id, &std::mem::take(&mut batch)).await?;
        }
    }
    write::insert_objects(tx, accession.archive_id, &batch).await?;
    if stored.next().is_some() { Err(Error::Differ) } else { Ok(ids) }
}

fn new_object(accession: &Accession, stored: &StoredObject, declared: BinaryObject) -> NewObject {
    let last = stored.file.name.rsplit('/').next().unwrap_or(&stored.file.name);
    NewObject {
        object_id: stored.object_id,
        seda_id: declared.id,
        usage: declared.usage,
        file_name: declared.file_name.unwrap_or_else(|| last.to_owned()),
        content_path: format!("v1/content/{}", stored.file.content_path),
        size_bytes: stored.file.size_bytes,
        sha512: hex::decode(&stored.file.sha512).unwrap_or_default(),
        media_type: stored.media_type.clone(),
        format_id: declared.format_id,
        format: accession.format_of(stored).map(|format| NamedFormat {
            puid: format.puid.clone(),
            name: format.name.clone(),
            version: format.version.clone(),
            mime: format.mime.clone(),
        }),
        format_basis: stored.format_basis.clone(),
        format_signatures: accession.format_signatures.clone(),
    }
}

/// Joins units to their objects: those they name, and those of the groups they name.
async fn unit_objects(
    tx: &mut TenantTx,
    manifest: &Manifest,
    units: &[Uuid],
    objects: &[Option<Uuid>],
) -> Result<(), Error> {
    let groups = Groups::of(manifest)?;
    let mut edges = manifest.edges().peekable();
    let mut batch = Vec::new();
    while let Some(edge) = edges.next() {
        let edge = edge?;
        let mut own: Vec<u32> = groups.objects(edge).collect();
        while let Some(next) = edges.next_if(|next| next.as_ref().is_ok_and(|next| next.unit == edge.unit)) {
            own.extend(groups.objects(next?));
        }
        own.sort_unstable();
        own.dedup();
        let stored = own.into_iter().filter_map(|object| objects[object as usize]);
        batch.extend(stored.map(|object| (units[edge.unit as usize], object)));
        if batch.len() >= BATCH {
            write::insert_unit_objects(tx, &std::mem::take(&mut batch)).await?;
        }
    }
    write::insert_unit_objects(tx, &batch).await?;
    Ok(())
}

/// The binary objects of each group, by number: eight bytes an object.
struct Groups(Vec<(u32, u32)>);

impl Groups {
    fn of(manifest: &Manifest) -> Result<Self, Error> {
        let mut members = Vec::new();
        for (object, group) in (0..).zip(manifest.binary_groups()) {
            members.extend(group?.number(Family::Group).map(|group| (group, object)));
        }
        members.sort_unstable();
        Ok(Self(members))
    }

    /// The binary objects behind a unit's reference.
    fn objects(&self, edge: Edge) -> impl Iterator<Item = u32> + '_ {
        let group = edge.target.number(Family::Group);
        let from = group.map_or(0, |group| self.0.partition_point(|(of, _)| *of < group));
        let members = self.0[from..].iter().take_while(move |(of, _)| Some(*of) == group);
        edge.target.number(Family::Binary).into_iter().chain(members.map(|(_, object)| *object))
    }
}
