//! A year shared between the members measured: the arithmetic is `costs`', what is weighed is ours.

use super::measures::{Weighed, year_days};
use super::{CreditKind, Prepared, Year};
use crate::costs::tariff::{Tariff, flows};
use crate::costs::{self, Cents, Item, Key, Measure, Shared, cap, share_year};

/// Bytes of a megabyte, as price lists count.
const MEGABYTE: u128 = 1_000_000;

/// What a year comes to; every list is in the order of the members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub shared: Shared,
    /// Each share within the bounds of the year; what they move is shared again by population.
    pub borne: Vec<Cents>,
    /// By the price list, if there is one.
    pub prices: Option<Vec<Cents>>,
    pub credits: Vec<Credits>,
    /// Members owe their price, not what they bear.
    pub owes_price: bool,
}

/// Why a year comes to nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("{0}")]
    Costs(#[from] costs::Error),
    #[error("le crédit de « {0} » n’est d’aucune collectivité de l’exercice")]
    CreditOfNobody(String),
    #[error("« {0} » est exempte, et n’est d’aucune collectivité de l’exercice")]
    ExemptIsNobody(String),
    #[error("les jours de travail nomment le poste « {0} », qui n’est pas de l’exercice")]
    WorkOfNoItem(String),
}

/// What is charged to a member, and what is taken off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Credits {
    pub fees: Cents,
    pub in_kind: Cents,
    pub advances: Cents,
}

impl Credits {
    /// What is left of what is borne; negative: to be given back.
    pub fn off(self, borne: Cents) -> Cents {
        borne.saturating_add(self.fees).saturating_sub(self.in_kind).saturating_sub(self.advances)
    }
}

impl Outcome {
    /// What each owes before fees and credits: what it bears, or its price.
    pub fn base(&self) -> &[Cents] {
        self.prices.as_ref().filter(|_| self.owes_price).unwrap_or(&self.borne)
    }
}

/// Shares what the year cost, or should.
///
/// # Errors
/// What to mend.
pub fn outcome(year: &Year, members: &[Weighed]) -> Result<Outcome, Fault> {
    let items: Vec<Item> = year.items.iter().map(item).collect();
    let measures: Vec<(String, Measure)> =
        members.iter().map(|member| (member.code.clone(), member.measure.clone())).collect();
    let is_member = |code: &String| members.iter().any(|member| member.code == *code);
    if let Some(nobody) = year.options.exempt.iter().find(|code| !is_member(code)) {
        return Err(Fault::ExemptIsNobody(nobody.clone()));
    }
    let named = year.options.work.iter().filter_map(|work| work.item.as_ref());
    if let Some(nothing) = named.into_iter().find(|named| items.iter().all(|item| item.id != **named)) {
        return Err(Fault::WorkOfNoItem(nothing.clone()));
    }
    let shared = share_year(&measures, &items)?;
    let borne = match year.caps.as_slice() {
        [] => shared.shares.clone(),
        bands => cap::bounded(&measures, &shared.shares, bands, &Key::Population, year_days(year.year))?,
    };
    Ok(Outcome {
        shared,
        borne,
        prices: year.options.tariff.as_ref().map(|tariff| prices(tariff, year, members)),
        credits: credits(year, members)?,
        owes_price: year.options.owes_price,
    })
}

fn prices(tariff: &Tariff, year: &Year, members: &[Weighed]) -> Vec<Cents> {
    let days = year_days(year.year);
    let price = |member: &Weighed| tariff.price(&member.measure, priced(&member.measure, days), days);
    members.iter().map(price).collect()
}

/// What a price list counts of a member: whole megabytes held on average over its days, and flows.
pub(super) fn priced(measure: &Measure, year_days: u32) -> (u64, u64) {
    let held = measure.stock / u128::from(measure.days.max(1)) / MEGABYTE;
    (u64::try_from(held).unwrap_or(u64::MAX), flows(measure, year_days))
}

/// What each member gave in kind, paid ahead and is charged.
fn credits(year: &Year, members: &[Weighed]) -> Result<Vec<Credits>, Fault> {
    let mut all = vec![Credits::default(); members.len()];
    for credit in &year.credits {
        let at = members.iter().position(|member| member.code == credit.member);
        let of = &mut all[at.ok_or_else(|| Fault::CreditOfNobody(credit.member.clone()))?];
        let sum = match credit.kind {
            CreditKind::InKind => &mut of.in_kind,
            CreditKind::Advance => &mut of.advances,
            CreditKind::Fee => &mut of.fees,
        };
        *sum = sum.saturating_add(credit.cents);
    }
    Ok(all)
}

fn item(prepared: &Prepared) -> Item {
    Item {
        id: prepared.item.clone(),
        category: prepared.category,
        amount: prepared.amount(),
        parts: prepared.parts.clone(),
    }
}
