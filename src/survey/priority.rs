//! The order in which domains are taken up: a × already + b × planned + what the law weighs, and that order frozen in a note.
//!
//! The one thing to know: a frozen order keeps what it was computed from; another one is another note.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Analysis, By, DOMAINS, Error, NotDone, Surveys, campaign_queries, note_queries};
use crate::db;

/// Largest coefficient, and largest weight: past it a digit was typed twice.
pub const NUMBER_MAX: u64 = 10_000;

/// What mentions and the law count for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// Of a mention by who archives already.
    pub a: u64,
    /// Of a mention by who means to.
    pub b: u64,
    /// By domain.
    pub law: BTreeMap<String, u64>,
}

/// A domain in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ranked {
    pub domain: String,
    pub already: u64,
    pub planned: u64,
    pub law: u64,
    pub score: u64,
}

/// The order, with what it was computed from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    pub weights: Weights,
    pub answers: u64,
    pub invited: u64,
    /// No answer came after it.
    pub is_final: bool,
    /// Highest first.
    pub ranked: Vec<Ranked>,
}

/// An order that was frozen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frozen {
    pub order: Order,
    pub at: DateTime<Utc>,
    pub by: String,
}

impl Default for Weights {
    /// A project weighs as much as two archives that are kept already; the law weighs where a format or a channel is imposed
    /// (accounts, acts sent to the State, public contracts), then where years of personal files are owed.
    fn default() -> Self {
        let law = DOMAINS.map(|domain| {
            let weight = match domain {
                "Finances" | "Actes" | "Marchés publics" => 30,
                "Ressources humaines" | "Social" | "Santé" => 20,
                _ => 0,
            };
            (domain.to_owned(), weight)
        });
        Self { a: 1, b: 2, law: law.into() }
    }
}

/// Puts the domains in order; equals in that of [`DOMAINS`].
pub fn rank(analysis: &Analysis, weights: &Weights) -> Vec<Ranked> {
    let of = |name: &str| {
        let domain = analysis.domains.iter().find(|domain| domain.name == name);
        let (already, planned) = domain.map_or((0, 0), |domain| (domain.already.count, domain.planned.count));
        let law = weights.law.get(name).copied().unwrap_or_default();
        let score = weights
            .a
            .saturating_mul(already)
            .saturating_add(weights.b.saturating_mul(planned))
            .saturating_add(law);
        Ranked { domain: name.to_owned(), already, planned, law, score }
    };
    let mut ranked: Vec<Ranked> = DOMAINS.into_iter().map(of).collect();
    ranked.sort_by_key(|domain| std::cmp::Reverse(domain.score));
    ranked
}

impl Surveys {
    /// Freezes the order that these weights give, once under its identifier.
    pub async fn freeze(
        &self,
        by: By,
        campaign: Uuid,
        id: Uuid,
        weights: Weights,
    ) -> Result<Result<(), NotDone>, Error> {
        let mut tx = self.db.technical().await?;
        let Some(held) = campaign_queries::hold_campaign(&mut tx, campaign).await? else {
            return Ok(Err(NotDone::Unknown));
        };
        if held.opened_at.is_none() {
            return Ok(Err(NotDone::NotNow(held.stage)));
        }
        let figures = super::exports::figures(&mut tx, campaign).await?;
        let order = Order {
            ranked: rank(&figures.whole, &weights),
            weights,
            answers: figures.whole.answers,
            invited: figures.invited,
            is_final: held.stage.is_final(),
        };
        let content =
            serde_json::to_string(&order).map_err(|error| db::Error::row("survey_priority", error))?;
        note_queries::insert_priority(&mut tx, campaign, (id, &content), by.person, self.clock.now()).await?;
        tx.commit().await?;
        Ok(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survey::{Answer, analyse};

    #[test]
    fn domains_are_ordered_by_mentions_and_law() {
        let answer = Answer {
            already: true,
            already_in: vec!["Routes".into()],
            planned: true,
            planned_in: vec!["Santé".into(), "Autre".into()],
            ..Answer::default()
        };
        let analysis = analyse(&[answer], Some(1)).unwrap();
        let mut weights = Weights { a: 3, b: 2, law: [("Autre".to_owned(), 1)].into() };
        let told = |weights: &Weights| -> Vec<(String, u64)> {
            rank(&analysis, weights).into_iter().take(4).map(|of| (of.domain, of.score)).collect()
        };
        let of = |name: &str, score| (name.to_owned(), score);
        assert_eq!(told(&weights), [of("Autre", 3), of("Routes", 3), of("Santé", 2), of("Finances", 0)]);
        weights.law.insert("Finances".into(), u64::MAX);
        assert_eq!(told(&weights)[0], of("Finances", u64::MAX));
        assert_eq!(Weights::default().law.len(), DOMAINS.len());
    }
}
