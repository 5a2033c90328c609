//! The register of who may send what to whom: members, parties, agreements.
//!
//! Never changes a row: `membership` does, from the members' files. One thing to know: parties and
//! agreements are found by the identifiers written in manifests, within one tenant.

pub mod queries;

use crate::model::TenantId;

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
}

/// What a member may hold, and holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    pub bytes_max: u64,
    pub bytes_held: u64,
    pub archives_held: u64,
}
