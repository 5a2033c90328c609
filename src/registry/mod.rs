//! The register of who may send what to whom: members, parties, agreements, archive profiles.
//!
//! Never changes a row: `membership` does, from the members' files and the portal. One thing to know: parties,
//! agreements and profiles are found by the identifiers written in manifests, within one tenant.

pub mod compiled;
pub mod convention_queries;
pub mod numbering_queries;
pub mod profile_queries;
pub mod queries;
pub mod retention;
pub mod retention_queries;
pub mod signature_queries;
pub mod signatures;
pub mod terms;
pub mod terms_queries;

use chrono::{DateTime, Utc};

use crate::model::{ProfileId, TenantId};

/// A member (collectivité adhérente).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub tenant: TenantId,
    pub code: String,
    pub name: String,
    pub kind: String,
    pub siren: String,
    /// Code of the département whose archives exercise control.
    pub department: String,
    /// Whether its own seals are stamped, beside the platform's.
    pub own_stamps: bool,
}

/// What a member may hold, and holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    pub bytes_max: u64,
    /// Past it people are told, and nothing is refused.
    pub bytes_soft: Option<u64>,
    pub bytes_held: u64,
    pub archives_held: u64,
    pub objects_max: Option<u64>,
    pub objects_held: u64,
    pub deposits_per_day: Option<u64>,
}

/// An archive profile, with its version in force. The grammar itself is [`profile_queries::find_rng`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    pub profile_id: ProfileId,
    /// SEDA `ArchivalProfile`.
    pub identifier: String,
    pub name: String,
    /// What it is for; empty when nobody said.
    pub notice: String,
    /// `false` when it has been put out of use.
    pub active: bool,
    pub in_force: ProfileVersion,
    /// Identifiers of the agreements whose transfers may declare it.
    pub agreements: Vec<String>,
}

/// One version of a profile; none is ever rewritten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileVersion {
    /// From 1.
    pub version: u32,
    pub file_name: String,
    pub size_bytes: u64,
    /// SHA-512 of the file.
    pub sha512: Vec<u8>,
    /// `None` when the grammar speaks of no version of the standard.
    pub seda_version: Option<String>,
    pub imported_at: DateTime<Utc>,
    /// The person's name; `None` when the member's file brought it.
    pub imported_by: Option<String>,
}
