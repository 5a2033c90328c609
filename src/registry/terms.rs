//! The version of an agreement in force, for journal entries: a digest of all its terms.
//!
//! Two entries with the same version were judged under the same terms, whatever became of the agreement since.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::model::{Acceptance, Agreement, DepositLimit};
use crate::proof::canonical;
use crate::proof::digest::sha256;

/// A limit, its numbers as texts.
fn limit(limit: &DepositLimit) -> Value {
    let text = |most: Option<u64>| most.map(|most| most.to_string());
    json!({
        "per": limit.per.word(),
        "transfers": text(limit.transfers),
        "files": text(limit.files),
        "bytes": text(limit.bytes),
    })
}

/// All its terms; its name is not one.
pub fn terms(agreement: &Agreement) -> Value {
    json!({
        "identifier": agreement.identifier,
        "active": agreement.active,
        "valid_from": agreement.valid_from,
        "valid_until": agreement.valid_until,
        "archival_agency": agreement.archival_agency,
        "transferring_agencies": agreement.transferring_agencies,
        "originating_agencies": agreement.originating_agencies,
        "archivist_first": agreement.acceptance == Acceptance::Archivist,
        "transfer_bytes_max": agreement.transfer_bytes_max.to_string(),
        "profiles": agreement.profiles,
        "profile_imposed": agreement.profile_imposed,
        "tolerances": agreement.tolerances,
        "virus": agreement.virus.word(),
        "virus_large": agreement.virus_large.word(),
        "formats": agreement.formats.accepted,
        "formats_unknown": agreement.formats.unknown.word(),
        "formats_differ": agreement.formats.differs.word(),
        "limits": agreement.limits.iter().map(limit).collect::<Vec<_>>(),
        "conditions": agreement.conditions.said().into_iter().collect::<BTreeMap<_, _>>(),
    })
}

/// The first 16 hexadecimal digits of the SHA-256 of its terms, as canonical JSON.
pub fn version(agreement: &Agreement) -> String {
    // Texts and booleans only: a canonical form always exists.
    let text = canonical::text(&terms(agreement)).unwrap_or_default();
    hex::encode(&sha256(text.as_bytes())[..8])
}
