//! A year shared between the members measured: the arithmetic is `costs`', what is weighed is ours.

use super::measures::{Weighed, year_days};
use super::{CreditKind, Prepared, Year};
use crate::costs::{self, Cents, Item, Key, Measure, Shared, cap, share_year};

/// Shares what the year cost, or should.
///
/// # Errors
/// What to mend: see [`costs::Error`].
pub fn share(year: &Year, members: &[Weighed]) -> Result<Shared, costs::Error> {
    let items: Vec<Item> = year.items.iter().map(item).collect();
    share_year(&measures(members), &items)
}

fn measures(members: &[Weighed]) -> Vec<(String, Measure)> {
    members.iter().map(|member| (member.code.clone(), member.measure.clone())).collect()
}

/// What each member bears: its share within the bounds of the year, if there are some; what they move is shared again by population.
///
/// # Errors
/// As for [`share`]; and when every member is held by a bound.
pub fn borne(year: &Year, members: &[Weighed], shared: &Shared) -> Result<Vec<Cents>, costs::Error> {
    if year.caps.is_empty() {
        return Ok(shared.shares.clone());
    }
    cap::bounded(&measures(members), &shared.shares, &year.caps, &Key::Population, year_days(year.year))
}

/// What each member gave in kind and paid ahead, in their order.
///
/// # Errors
/// The code of a credit that is of no member of the year.
pub fn credits(year: &Year, members: &[Weighed]) -> Result<Vec<Credits>, String> {
    let mut all = vec![Credits::default(); members.len()];
    for credit in &year.credits {
        let at = members.iter().position(|member| member.code == credit.member);
        let of = &mut all[at.ok_or_else(|| credit.member.clone())?];
        let sum = match credit.kind {
            CreditKind::InKind => &mut of.in_kind,
            CreditKind::Advance => &mut of.advances,
        };
        *sum = sum.saturating_add(credit.cents);
    }
    Ok(all)
}

/// What is taken off a member's share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Credits {
    pub in_kind: Cents,
    pub advances: Cents,
}

impl Credits {
    /// What is left of what is borne; negative: to be given back.
    pub fn off(self, borne: Cents) -> Cents {
        borne.saturating_sub(self.in_kind).saturating_sub(self.advances)
    }
}

fn item(prepared: &Prepared) -> Item {
    Item {
        id: prepared.item.clone(),
        category: prepared.category,
        amount: prepared.amount(),
        parts: prepared.parts.clone(),
    }
}
