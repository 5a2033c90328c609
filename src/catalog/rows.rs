//! Rows of the catalogue, read into its values.

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use super::{Archive, Object, Unit, UnitLine};
use crate::db;
use crate::model::{ArchiveId, NamedFormat, ObjectId, PersonId, UnitId};

pub(super) struct ArchiveRow {
    pub archive_id: Uuid,
    pub cote: String,
    pub title: String,
    pub agreement: String,
    pub transferring_agency: String,
    pub originating_agency: Option<String>,
    pub depositor: Option<Uuid>,
    pub size_bytes: i64,
    pub unit_count: i32,
    pub object_count: i32,
    pub taken_in_charge_at: DateTime<Utc>,
}

impl From<ArchiveRow> for Archive {
    fn from(row: ArchiveRow) -> Self {
        Archive {
            archive_id: ArchiveId(row.archive_id),
            cote: row.cote,
            title: row.title,
            agreement: row.agreement,
            transferring_agency: row.transferring_agency,
            originating_agency: row.originating_agency,
            depositor: row.depositor.map(PersonId),
            size_bytes: row.size_bytes as u64,
            unit_count: row.unit_count as u32,
            object_count: row.object_count as u32,
            taken_in_charge_at: row.taken_in_charge_at,
        }
    }
}

pub(super) struct UnitRow {
    pub unit_id: Uuid,
    pub archive_id: Uuid,
    pub cote: String,
    pub archive_originating_agency: Option<String>,
    pub taken_in_charge_at: DateTime<Utc>,
    pub ordinal: i32,
    pub root: bool,
    pub description_level: Option<String>,
    pub title: String,
    pub start_date: Option<String>,
    pub end_date: Option<String>,
    pub originating_agency: Option<String>,
    pub has_children: bool,
    pub object_count: i64,
}

impl From<UnitRow> for UnitLine {
    fn from(row: UnitRow) -> Self {
        UnitLine {
            unit_id: UnitId(row.unit_id),
            archive_id: ArchiveId(row.archive_id),
            cote: row.cote,
            originating_agency: row.originating_agency.or(row.archive_originating_agency),
            taken_in_charge_at: row.taken_in_charge_at,
            ordinal: row.ordinal as u32,
            root: row.root,
            description_level: row.description_level,
            title: row.title,
            start_date: row.start_date,
            end_date: row.end_date,
            has_children: row.has_children,
            object_count: u32::try_from(row.object_count).unwrap_or(u32::MAX),
        }
    }
}

/// A unit of its line and what is kept beside it: `{"content": …, "rules": …}`.
pub(super) fn unit(line: UnitLine, seda_id: String, mut kept: Value) -> Result<Unit, db::Error> {
    fn part<T: DeserializeOwned>(kept: &mut Value, name: &str) -> Result<T, db::Error> {
        serde_json::from_value(kept[name].take()).map_err(|error| db::Error::row("unit", error))
    }
    Ok(Unit { line, seda_id, content: part(&mut kept, "content")?, rules: part(&mut kept, "rules")? })
}

pub(super) struct ObjectRow {
    pub object_id: Uuid,
    pub archive_id: Uuid,
    pub seda_id: String,
    pub usage: Option<String>,
    pub file_name: String,
    pub content_path: String,
    pub size_bytes: i64,
    pub sha512: Vec<u8>,
    pub media_type: String,
    pub format_id: Option<String>,
    pub puid: Option<String>,
    pub format_name: Option<String>,
    pub format_version: Option<String>,
    pub format_mime: Option<String>,
    pub format_basis: Option<String>,
    pub format_signatures: Option<String>,
}

impl From<ObjectRow> for Object {
    fn from(row: ObjectRow) -> Self {
        Object {
            object_id: ObjectId(row.object_id),
            archive_id: ArchiveId(row.archive_id),
            seda_id: row.seda_id,
            usage: row.usage,
            file_name: row.file_name,
            content_path: row.content_path,
            size_bytes: row.size_bytes as u64,
            sha512: row.sha512,
            media_type: row.media_type,
            format_id: row.format_id,
            format: row.puid.map(|puid| NamedFormat {
                puid,
                name: row.format_name.unwrap_or_default(),
                version: row.format_version.unwrap_or_default(),
                mime: row.format_mime.unwrap_or_default(),
            }),
            format_basis: row.format_basis,
            format_signatures: row.format_signatures,
        }
    }
}
