//! The patterns of numbers of a member's file.

use super::faults::Faults;
use super::numbering::same_as;
use super::read::{Text, Written};
use crate::model::{NumberKind, Pattern};

/// The patterns that are written; two kinds whose numbers would be the same are told.
pub(super) fn check_numbering(written: &Written, faults: &mut Faults) -> Vec<(NumberKind, String)> {
    let Some(of) = &written.numbering else { return Vec::new() };
    let text = |kind: NumberKind| -> Option<&Text> {
        match kind {
            NumberKind::Cote => of.cote.as_ref(),
            NumberKind::Accuse => of.accuse.as_ref(),
            NumberKind::Attestation => of.attestation.as_ref(),
            NumberKind::Bordereau => of.bordereau.as_ref(),
        }
    };
    let mark = |kind: NumberKind| {
        let pattern =
            text(kind).map_or(Ok(Pattern::default_of(kind)), |text| Pattern::read(kind, text.get_ref()));
        pattern.ok().map(|pattern| pattern.mark())
    };
    let mut patterns = Vec::new();
    for kind in NumberKind::ALL {
        let Some(text) = text(kind) else { continue };
        if let Err(reason) = Pattern::read(kind, text.get_ref()) {
            faults.unless(false, text, format!("{} : {reason}", kind.word()));
            continue;
        }
        let other = NumberKind::ALL.into_iter().find(|other| *other != kind && mark(*other) == mark(kind));
        if let Some(other) = other {
            faults.unless(false, text, format!("{} : {}", kind.word(), same_as(other)));
        }
        patterns.push((kind, text.get_ref().clone()));
    }
    patterns
}
