//! What an agreement allows in a time: checked when a transfer is examined, and again, exactly, when it is sealed.
//!
//! The second time the member's other acceptances wait: of two at the edge one passes.

use super::identify::Identified;
use crate::model::findings as f;
use crate::model::{Agreement, Deposited, Finding};

/// What a transfer brings.
pub(super) fn coming(identified: &Identified) -> Deposited {
    let files = identified.objects.len() as u64;
    Deposited { transfers: 1, files, bytes: identified.expanded_bytes }
}

/// Each limit that it would pass; `before` is what was accepted in the time of each, in the same order.
pub(super) fn check(agreement: &Agreement, before: &[Deposited], coming: Deposited) -> Vec<Finding> {
    let each = agreement.limits.iter().zip(before);
    let passed = each.filter_map(|(limit, before)| limit.passed(*before, coming));
    let name = &agreement.identifier;
    passed.map(|said| Finding::new(&f::QUOTA_PERIOD, format!("L'accord « {name} » admet {said}."))).collect()
}
