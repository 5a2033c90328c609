//! What a closing keeps: members, measures, items and shares, as JSON that `chartrier costs share` reads; and what each member's
//! statement says of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::measures::{Weighed, year_days};
use super::options::{Debtor, Population, Work};
use super::sharing::{Credits, Outcome, priced};
use super::{Prepared, Year};
use crate::costs::cap::Band;
use crate::costs::tariff::Tariff;
use crate::costs::{self, Cents};
use crate::report::csv::cell;

/// A closing's content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    pub year: i32,
    pub version: u32,
    pub year_days: u32,
    pub members: BTreeMap<String, Member>,
    pub items: Vec<Item>,
    pub in_kind_cents: BTreeMap<String, Cents>,
    pub advances_cents: BTreeMap<String, Cents>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fees_cents: BTreeMap<String, Cents>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub caps: Vec<Band>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tariff: Option<Tariff>,
    /// `BAREME`: members owe their price. Left out: what they bear.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owes: Option<String>,
    /// Days of work, told beside the euros.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub work: Vec<Work>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day_cents: Option<Cents>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub population: Option<Population>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub debtors: BTreeMap<String, Debtor>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub table_sha512: String,
    pub total_cents: Cents,
    pub lines: Vec<Line>,
}

/// A member, with its weights and its share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub name: String,
    pub siren: String,
    pub kind: String,
    pub population: u64,
    pub coeff_pct: u64,
    pub days: u32,
    /// Bytes held at the end of each day, summed over the days.
    pub stock_octets_jours: u64,
    /// Bytes taken in charge.
    pub depot_octets: u64,
    pub flux_mois: u64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exempt: bool,
    /// Of a price list: megabytes held on average, flows, and what they make.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conserve_mo: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flux: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_cents: Option<Cents>,
    pub share_cents: Cents,
    /// Within the bounds of the year.
    pub borne_cents: Cents,
    /// Credits taken off; negative: to be given back.
    pub owed_cents: Cents,
}

/// An item, and what it is split by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    pub id: String,
    pub label: String,
    pub category: String,
    pub amount_cents: Cents,
    pub parts: Vec<Part>,
    pub justification: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vouchers: Vec<Attached>,
}

/// A piece that was attached to an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attached {
    pub file_name: String,
    /// Hexadecimal.
    pub sha512: String,
}

/// A part of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub bp: u64,
    pub key: String,
}

/// One part of one item, shared: by code, so that no order is to be known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub item: String,
    pub key: String,
    pub amount_cents: Cents,
    pub weights: BTreeMap<String, u64>,
    pub shares_cents: BTreeMap<String, Cents>,
}

/// What a statement says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    pub year: i32,
    pub version: u32,
    pub number: String,
    pub member: String,
    pub of: Member,
    pub in_kind_cents: Cents,
    pub advances_cents: Cents,
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub fees_cents: Cents,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub population: Option<Population>,
    /// `BAREME`: its price is owed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owes: Option<String>,
    /// Of all the members.
    pub total_cents: Cents,
    pub lines: Vec<Stated>,
}

/// A line of a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stated {
    pub item: String,
    pub label: String,
    pub category: String,
    pub key: String,
    pub amount_cents: Cents,
    pub weight: u64,
    pub weight_of_all: u64,
    pub share_cents: Cents,
}

fn is_nothing(cents: &Cents) -> bool {
    *cents == 0
}

/// The word of a year whose members owe their price.
const PRICE: &str = "BAREME";

/// What is kept of a year shared; `None` when a weight is past what a file holds.
pub fn of(year: &Year, version: u32, members: &[Weighed], outcome: &Outcome) -> Option<Snapshot> {
    let (shared, credits) = (&outcome.shared, &outcome.credits);
    let kept = members.iter().enumerate().map(|(at, member)| {
        Some((member.code.clone(), kept_member(member, at, outcome, year_days(year.year))?))
    });
    let taken_off = |of: fn(&Credits) -> Cents| {
        let amounts = members.iter().zip(credits).map(|(member, credits)| (member.code.clone(), of(credits)));
        amounts.filter(|(_, cents)| *cents != 0).collect()
    };
    let line = |line: &costs::Line| {
        let by_code = || members.iter().map(|member| member.code.clone());
        let weights = by_code().zip(&line.weights).map(|(code, weight)| Some((code, whole(*weight)?)));
        Some(Line {
            item: line.item.clone(),
            key: line.key.word(),
            amount_cents: line.amount,
            weights: weights.collect::<Option<_>>()?,
            shares_cents: by_code().zip(line.shares.iter().copied()).collect(),
        })
    };
    Some(Snapshot {
        year: year.year,
        version,
        year_days: year_days(year.year),
        members: kept.collect::<Option<_>>()?,
        items: year.items.iter().map(kept_item).collect(),
        in_kind_cents: taken_off(|of| of.in_kind),
        advances_cents: taken_off(|of| of.advances),
        fees_cents: taken_off(|of| of.fees),
        caps: year.caps.clone(),
        tariff: year.options.tariff.clone(),
        owes: outcome.owes_price.then(|| PRICE.to_owned()),
        work: year.options.work.clone(),
        day_cents: year.options.day_cents,
        population: year.options.population,
        debtors: year.options.debtors.clone(),
        table_sha512: year.options.table_sha512.clone(),
        total_cents: shared.total,
        lines: shared.lines.iter().map(line).collect::<Option<_>>()?,
    })
}

fn whole(weight: u128) -> Option<u64> {
    u64::try_from(weight).ok()
}

fn kept_member(member: &Weighed, at: usize, outcome: &Outcome, year_days: u32) -> Option<Member> {
    let measure = &member.measure;
    let price = outcome.prices.as_ref().and_then(|prices| prices.get(at).copied());
    let counted = price.map(|_| priced(measure, year_days));
    Some(Member {
        name: member.name.clone(),
        siren: member.siren.clone(),
        kind: member.kind.clone(),
        population: measure.population,
        coeff_pct: measure.coefficient_percent,
        days: measure.days,
        stock_octets_jours: whole(measure.stock)?,
        depot_octets: whole(measure.deposited)?,
        flux_mois: measure.flow_months,
        exempt: measure.is_exempt,
        conserve_mo: counted.map(|(held, _)| held),
        flux: counted.map(|(_, flows)| flows),
        price_cents: price,
        share_cents: *outcome.shared.shares.get(at)?,
        borne_cents: *outcome.borne.get(at)?,
        owed_cents: outcome.credits.get(at)?.off(*outcome.base().get(at)?),
    })
}

fn kept_item(item: &Prepared) -> Item {
    Item {
        id: item.item.clone(),
        label: item.label.clone(),
        category: item.category.word().to_owned(),
        amount_cents: item.amount(),
        parts: item.parts.iter().map(|part| Part { bp: part.basis_points, key: part.key.word() }).collect(),
        justification: item.justification.clone(),
        vouchers: item
            .vouchers
            .iter()
            .map(|piece| Attached { file_name: piece.file_name.clone(), sha512: hex::encode(&piece.sha512) })
            .collect(),
    }
}

impl Snapshot {
    /// What a member owes before fees and credits: what it bears, or its price.
    pub fn base(&self, member: &Member) -> Cents {
        member.price_cents.filter(|_| self.owes.as_deref() == Some(PRICE)).unwrap_or(member.borne_cents)
    }

    /// The statement of each member, in the order of codes.
    pub fn statements(&self) -> Vec<Content> {
        self.members.iter().map(|(code, member)| self.statement(code, member)).collect()
    }

    fn statement(&self, code: &str, member: &Member) -> Content {
        let label = |id: &str| self.items.iter().find(|item| item.id == id);
        let lines = self.lines.iter().map(|line| Stated {
            item: line.item.clone(),
            label: label(&line.item).map(|item| item.label.clone()).unwrap_or_default(),
            category: label(&line.item).map(|item| item.category.clone()).unwrap_or_default(),
            key: line.key.clone(),
            amount_cents: line.amount_cents,
            weight: line.weights.get(code).copied().unwrap_or_default(),
            weight_of_all: line.weights.values().sum(),
            share_cents: line.shares_cents.get(code).copied().unwrap_or_default(),
        });
        Content {
            year: self.year,
            version: self.version,
            number: format!("{}-{code}-{}", self.year, self.version),
            member: code.to_owned(),
            of: member.clone(),
            in_kind_cents: self.in_kind_cents.get(code).copied().unwrap_or_default(),
            advances_cents: self.advances_cents.get(code).copied().unwrap_or_default(),
            fees_cents: self.fees_cents.get(code).copied().unwrap_or_default(),
            population: self.population,
            owes: self.owes.clone(),
            total_cents: self.total_cents,
            lines: lines.collect(),
        }
    }

    /// What is to be called for, or given back: one line a debtor, as a titre de recettes wants it; what the year does not say of who is
    /// called is left to be filled.
    pub fn calls(&self) -> String {
        let mut table = "débiteur;SIREN;SIRET;code service;engagement;libellé;montant;sens\r\n".to_owned();
        for (code, member) in self.members.iter().filter(|(_, member)| member.owed_cents != 0) {
            let owed = member.owed_cents;
            let nobody = Debtor::default();
            let debtor = self.debtors.get(code).unwrap_or(&nobody);
            table += &format!(
                "{};{};{};{};{};État liquidatif {}-{code}-{};{},{:02};{}\r\n",
                cell(&member.name),
                cell(&member.siren),
                debtor.siret,
                cell(&debtor.service),
                cell(&debtor.commitment),
                self.year,
                self.version,
                owed.unsigned_abs() / 100,
                owed.unsigned_abs() % 100,
                if owed < 0 { "à rembourser" } else { "à appeler" }
            );
        }
        table
    }

    /// Every share of every line, for all members alike: what anybody recomputes the bill from (`docs/recompute.py`).
    pub fn summary(&self) -> String {
        let mut table = "poste;cle;montant_centimes;membre;poids;part_centimes\r\n".to_owned();
        for line in &self.lines {
            for ((code, weight), share) in line.weights.iter().zip(line.shares_cents.values()) {
                table += &format!(
                    "{};{};{};{code};{weight};{share}\r\n",
                    cell(&line.item),
                    cell(&line.key),
                    line.amount_cents
                );
            }
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::options::Options;
    use crate::billing::{import, sharing};
    use crate::costs::Measure;
    use crate::model::{PersonId, TenantId};

    /// A database sorts codes as its language does.
    #[test]
    fn whatever_the_order_of_the_members_each_has_its_own_lines() {
        let member = |code: &str, population: u64| Weighed {
            tenant: TenantId::of_member(code),
            code: code.into(),
            name: code.into(),
            kind: "commune".into(),
            siren: "219600178".into(),
            measure: Measure { population, coefficient_percent: 100, days: 365, ..Measure::default() },
            measured_to: None,
        };
        let items = "poste;libellé;catégorie;réalisé;clés\nI1;A;INFRA;10;POPULATION\n";
        let year = Year {
            year: 2027,
            coefficients: BTreeMap::new(),
            prepared_by: PersonId(uuid::Uuid::nil()),
            prepared_at: "2028-01-01T00:00:00Z".parse().unwrap(),
            items: import::items(items).unwrap(),
            credits: Vec::new(),
            caps: Vec::new(),
            options: Options::default(),
        };
        let members = [member("ab", 700), member("a-b", 300)];
        let outcome = sharing::outcome(&year, &members).unwrap();
        let kept = of(&year, 1, &members, &outcome).unwrap();
        for (code, share) in [("a-b", 300), ("ab", 700)] {
            let statement = kept.statements().into_iter().find(|of| of.member == code).unwrap();
            let line = &statement.lines[0];
            assert_eq!(
                (statement.of.share_cents, line.share_cents, line.weight),
                (share, share, share as u64 * 36_500)
            );
        }
        assert!(kept.summary().contains(";a-b;10950000;300\r\n"), "{}", kept.summary());
    }
}
