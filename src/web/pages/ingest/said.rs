//! What the archivist said of her decision, for the person who deposited: reasons, what to do about each, her words.
//!
//! Never shows a code: those stand in the reply, for programs.

use super::decision::capital;
use crate::model::{DecisionSaid, RefusalReason, TransferState};

/// The card that says it.
pub struct Answered {
    pub title: &'static str,
    pub reasons: Vec<Reason>,
    pub words: Option<String>,
    /// Something is to be added, and the transfer sent again.
    pub is_to_complete: bool,
}

/// A reason of a refusal.
pub struct Reason {
    pub label: String,
    pub remedy: &'static str,
}

/// The card; none when nobody said anything.
pub fn card(said: &DecisionSaid, state: TransferState) -> Option<Answered> {
    if said.reasons.is_empty() && said.words.is_none() {
        return None;
    }
    let reason = |reason: &RefusalReason| Reason { label: capital(reason.label()), remedy: reason.remedy() };
    Some(Answered {
        title: match state {
            TransferState::Refused => "Pourquoi il est refusé",
            _ => "Remarque du service d’archives",
        },
        reasons: said.reasons.iter().map(reason).collect(),
        words: said.words.clone(),
        is_to_complete: said.reasons.contains(&RefusalReason::ToComplete),
    })
}
