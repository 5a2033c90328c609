//! A change tried on a year: one more member, another key, other bounds.

use std::collections::BTreeMap;

use super::Row;
use crate::billing::measures::Weighed;
use crate::billing::sharing::{Fault, outcome};
use crate::billing::{Prepared, Year};
use crate::costs::cap::Band;
use crate::costs::{Cents, Measure, Part};
use crate::model::TenantId;

/// What is changed; nothing changes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    pub newcomer: Option<Newcomer>,
    /// Other keys, by item.
    pub parts: BTreeMap<String, Vec<Part>>,
    /// What items would cost, and items that would be more: by code.
    pub items: Vec<Prepared>,
    pub caps: Option<Vec<Band>>,
}

/// A member more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Newcomer {
    pub code: String,
    pub name: String,
    pub kind: String,
    /// Its coefficient is that of its kind.
    pub measure: Measure,
}

/// Why a change is not tried.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTried {
    #[error("{0}")]
    Shared(#[from] Fault),
    #[error("« {0} » est déjà une collectivité de l’exercice")]
    Known(String),
    #[error("« {0} » n’est pas un poste de l’exercice")]
    UnknownItem(String),
}

/// What each would bear, beside what it bears.
///
/// # Errors
/// What to mend in the change, or in the year.
pub fn tried(year: &Year, members: &[Weighed], change: &Change) -> Result<Vec<Row>, NotTried> {
    let before = outcome(year, members)?.borne;
    let mut after_year = year.clone();
    for (code, parts) in &change.parts {
        let item = after_year.items.iter_mut().find(|item| item.item == *code);
        item.ok_or_else(|| NotTried::UnknownItem(code.clone()))?.parts = parts.clone();
    }
    for changed in &change.items {
        match after_year.items.iter_mut().find(|item| item.item == changed.item) {
            Some(item) => *item = changed.clone(),
            None => after_year.items.push(changed.clone()),
        }
    }
    after_year.caps = change.caps.clone().unwrap_or(after_year.caps);
    let mut all = members.to_vec();
    if let Some(newcomer) = &change.newcomer {
        if all.iter().any(|member| member.code == newcomer.code) {
            return Err(NotTried::Known(newcomer.code.clone()));
        }
        all.push(weighed(year, newcomer));
    }
    let after = outcome(&after_year, &all)?.borne;
    let before: BTreeMap<&str, Cents> =
        members.iter().map(|member| member.code.as_str()).zip(before).collect();
    let row = |(member, after): (&Weighed, Cents)| Row {
        code: member.code.clone(),
        name: member.name.clone(),
        before: before.get(member.code.as_str()).copied(),
        after: Some(after),
    };
    Ok(all.iter().zip(after).map(row).collect())
}

fn weighed(year: &Year, newcomer: &Newcomer) -> Weighed {
    let coefficient = year.coefficients.get(&newcomer.kind).copied();
    Weighed {
        tenant: TenantId::of_member(&newcomer.code),
        code: newcomer.code.clone(),
        name: newcomer.name.clone(),
        kind: newcomer.kind.clone(),
        siren: String::new(),
        measure: Measure { coefficient_percent: coefficient.unwrap_or(100), ..newcomer.measure.clone() },
        measured_to: None,
    }
}
