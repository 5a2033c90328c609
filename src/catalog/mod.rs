//! Units and objects taken in charge: described, linked, found.
//!
//! Never decides who may read what: it is told a [`crate::model::Scope`] and gives nothing outside it. The one thing to
//! know: a text is looked for by a function of the database that gives identifiers, and those are then read
//! under the tenant's policies (`migrations/0063_rare_words.sql`).

pub mod accession_queries;
pub mod bytes_queries;
pub mod delivery_queries;
pub mod enter;
pub mod queries;
pub mod question;
pub mod register_queries;
mod rows;
pub mod search;
pub mod stocktaking_queries;
pub mod write;

use chrono::{DateTime, Utc};

use crate::model::{ArchiveId, Content, NamedFormat, ObjectId, PersonId, Rules, UnitId};

/// Job, asked for by whoever opens a file: the archive's copies are read again, when they have not been for long.
pub const JOB_COMMUNICATED: &str = "communicated";
/// Job, asked for by whoever met a wrong copy: the archive's copies are read again, now.
pub const JOB_DOUBTED: &str = "doubted";

/// One transfer's archives, taken in charge.
#[derive(Clone, Debug)]
pub struct Archive {
    pub archive_id: ArchiveId,
    pub cote: String,
    pub title: String,
    /// Identifier of the agreement.
    pub agreement: String,
    pub transferring_agency: String,
    pub originating_agency: Option<String>,
    /// Who deposited it; `None`: a machine.
    pub depositor: Option<PersonId>,
    pub size_bytes: u64,
    pub unit_count: u32,
    pub object_count: u32,
    pub taken_in_charge_at: DateTime<Utc>,
}

/// Where an archive lies, and when every byte there was last found right.
#[derive(Clone, Debug)]
pub struct Copy {
    pub site: String,
    pub location: String,
    pub verified_at: DateTime<Utc>,
}

/// A unit as a line of a list.
#[derive(Clone, Debug)]
pub struct UnitLine {
    pub unit_id: UnitId,
    pub archive_id: ArchiveId,
    /// The archive's.
    pub cote: String,
    pub originating_agency: Option<String>,
    pub taken_in_charge_at: DateTime<Utc>,
    /// Order in the manifest, from 0.
    pub ordinal: u32,
    pub root: bool,
    pub description_level: Option<String>,
    pub title: String,
    /// Lexical forms: a year, a day, a moment.
    pub start_date: Option<String>,
    pub end_date: Option<String>,
    pub has_children: bool,
    pub object_count: u32,
}

/// A unit with its whole description.
#[derive(Clone, Debug)]
pub struct Unit {
    pub line: UnitLine,
    /// Identifier in the message.
    pub seda_id: String,
    pub content: Content,
    /// As written on this unit; what it inherits is computed by whoever needs it.
    pub rules: Rules,
}

/// A file of an archive.
#[derive(Clone, Debug)]
pub struct Object {
    pub object_id: ObjectId,
    pub archive_id: ArchiveId,
    /// Identifier in the message.
    pub seda_id: String,
    /// `DataObjectVersion`: BinaryMaster, Dissemination…
    pub usage: Option<String>,
    pub file_name: String,
    /// In the OCFL object: `v1/content/…`.
    pub content_path: String,
    pub size_bytes: u64,
    pub sha512: Vec<u8>,
    /// As found in the bytes.
    pub media_type: String,
    /// PUID as declared.
    pub format_id: Option<String>,
    /// As found; none when nothing tells it, or when nobody looked: then there is no basis either.
    pub format: Option<NamedFormat>,
    /// What that rests on: `container`, `signature`, `extension`, `none`.
    pub format_basis: Option<String>,
    /// Version of the signatures that told it.
    pub format_signatures: Option<String>,
}
