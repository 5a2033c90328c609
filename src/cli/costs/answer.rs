//! What `chartrier costs share` prints: the shares, and what follows from what else the file says.

use std::collections::BTreeMap;

use serde::Serialize;

use super::file::Exercise;
use super::ordered::Ordered;
use crate::costs::{Cents, Error, Line, Measure, balance, cap, share_year};

/// Amounts of members, by code.
type ByMember = Ordered<Cents>;

/// The answer; what the file does not ask for is left out.
#[derive(Serialize)]
pub(super) struct Answer {
    total_cents: Cents,
    shares_cents: ByMember,
    lines: Vec<AnsweredLine>,
    by_category_cents: Ordered<ByMember>,
    #[serde(skip_serializing_if = "Option::is_none")]
    capped_shares_cents: Option<ByMember>,
    /// What each owes before its credits, once there are fees.
    #[serde(skip_serializing_if = "Option::is_none")]
    charged_cents: Option<ByMember>,
    #[serde(skip_serializing_if = "Option::is_none")]
    net_cents: Option<ByMember>,
    #[serde(skip_serializing_if = "Option::is_none")]
    balance_cents: Option<ByMember>,
    #[serde(skip_serializing_if = "Option::is_none")]
    price_list: Option<PriceList>,
}

impl Answer {
    /// What each member bears, caps applied if there are some.
    pub(super) fn borne(&self) -> BTreeMap<String, Cents> {
        self.capped_shares_cents.as_ref().unwrap_or(&self.shares_cents).0.iter().cloned().collect()
    }

    /// What is shared.
    pub(super) fn total(&self) -> Cents {
        self.total_cents
    }
}

#[derive(Serialize)]
struct AnsweredLine {
    item: String,
    key: String,
    amount_cents: Cents,
    shares_cents: ByMember,
}

/// What members would owe by the price list, and how far that is from what they bear.
#[derive(Serialize)]
struct PriceList {
    total_cents: Cents,
    prices_cents: ByMember,
    gap_cents: ByMember,
}

/// Shares a year. What a member bears is its share, capped if the file has caps; it owes that, or its price, and its
/// fees; credits in kind come off, then advances.
///
/// # Errors
/// Why it cannot be shared so, in French.
pub(super) fn answer(exercise: &Exercise) -> Result<Answer, String> {
    of(exercise).map_err(|error| error.to_string())
}

fn of(exercise: &Exercise) -> Result<Answer, Error> {
    let members = &exercise.members;
    let by_member = |amounts: &[Cents]| -> ByMember {
        let codes = members.iter().map(|(code, _)| code.clone());
        Ordered(codes.zip(amounts.iter().copied()).collect())
    };
    let shared = share_year(members, &exercise.items)?;
    let capped = match &exercise.caps {
        Some((bands, key)) => Some(cap::bounded(members, &shared.shares, bands, key, exercise.year_days)?),
        None => None,
    };
    let borne = capped.as_ref().unwrap_or(&shared.shares);
    let prices = exercise.tariff.as_ref().map(|tariff| {
        let price = |((_, measure), priced): (&(String, Measure), &(u64, u64))| {
            tariff.price(measure, *priced, exercise.year_days)
        };
        members.iter().zip(&exercise.priced).map(price).collect::<Vec<Cents>>()
    });
    let base = prices.as_ref().filter(|_| exercise.owes_price).unwrap_or(borne);
    let charged = exercise.fees.as_ref().map(|fees| balance::plus(base, fees)).transpose()?;
    let base = charged.as_ref().unwrap_or(base);
    let net = exercise.in_kind.as_ref().map(|credits| balance::less(base, credits)).transpose()?;
    let owed = net.as_ref().unwrap_or(base);
    let left = exercise.advances.as_ref().map(|paid| balance::less(owed, paid)).transpose()?;
    let price_list = match &prices {
        Some(prices) => Some(PriceList {
            total_cents: balance::total(prices)?,
            prices_cents: by_member(prices),
            gap_cents: by_member(&balance::less(prices, borne)?),
        }),
        None => None,
    };
    let line = |line: &Line| AnsweredLine {
        item: line.item.clone(),
        key: line.key.word(),
        amount_cents: line.amount,
        shares_cents: by_member(&line.shares),
    };
    let by_category = shared.by_category();
    Ok(Answer {
        total_cents: shared.total,
        shares_cents: by_member(&shared.shares),
        lines: shared.lines.iter().map(line).collect(),
        by_category_cents: Ordered(
            by_category
                .iter()
                .map(|(category, sums)| (category.word().to_owned(), by_member(sums)))
                .collect(),
        ),
        capped_shares_cents: capped.as_deref().map(by_member),
        charged_cents: charged.as_deref().map(by_member),
        net_cents: net.as_deref().map(by_member),
        balance_cents: left.as_deref().map(by_member),
        price_list,
    })
}
