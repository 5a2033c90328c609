//! `chartrier costs difference` and `chartrier costs hosting`: what another key, another member or another way of hosting would change.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::answer::Answer;
use crate::costs::hosting::{Gap, Way, compare};
use crate::costs::{Cents, amount};

/// `chartrier costs hosting`'s arguments: totals over the years, as the convention states them.
#[derive(Debug, clap::Args)]
pub struct Hosting {
    /// Ce que coûterait son propre service sur toute la durée, en euros
    #[arg(long, value_name = "EUROS", value_parser = euros)]
    own: Cents,
    /// Jours de travail par an, seul
    #[arg(long, value_name = "JOURS")]
    own_days: u16,
    /// Ce que coûte le service mutualisé sur toute la durée, en euros
    #[arg(long, value_name = "EUROS", value_parser = euros)]
    shared: Cents,
    /// Jours de travail par an, avec le service mutualisé
    #[arg(long, value_name = "JOURS")]
    shared_days: u16,
    /// Années comparées
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..=50))]
    years: u8,
    /// Coût d'un jour de travail, en euros : sans lui, les euros et les jours restent à part
    #[arg(long, value_name = "EUROS", value_parser = euros)]
    day_cost: Option<Cents>,
}

/// `174000`, `174000,50`.
fn euros(text: &str) -> Result<Cents, String> {
    let cents = amount::read(text).filter(|cents| *cents >= 0);
    cents.ok_or_else(|| "un montant en euros, comme 174000 ou 174000,50".to_owned())
}

/// Both ways beside each other; percents with two figures, of one's own.
pub(super) fn hosting(of: &Hosting) -> Value {
    let own = Way { euros: of.own, days_a_year: of.own_days.into() };
    let shared = Way { euros: of.shared, days_a_year: of.shared_days.into() };
    let years = i64::from(of.years);
    let compared = compare(own, shared, years, of.day_cost);
    let mut answer = json!({
        "years": years,
        "euros": { "own_cents": own.euros, "shared_cents": shared.euros, "gap_cents": compared.euros.amount,
                   "gap_percent": percent(compared.euros) },
        "euros_a_year": { "own_cents": own.euros / years, "shared_cents": shared.euros / years },
        "days_a_year": { "own": own.days_a_year, "shared": shared.days_a_year, "gap": compared.days_a_year.amount,
                         "gap_percent": percent(compared.days_a_year) },
        "days": compared.days,
    });
    if let Some((own, shared, gap)) = compared.valued {
        answer["with_days"] = json!({ "own_cents": own, "shared_cents": shared, "gap_cents": gap.amount,
                                      "gap_percent": percent(gap) });
    }
    answer
}

fn percent(gap: Gap) -> Option<String> {
    let hundredths = gap.percent_hundredths?;
    let sign = if hundredths < 0 { "-" } else { "" };
    Some(format!("{sign}{}.{:02}", hundredths.unsigned_abs() / 100, hundredths.unsigned_abs() % 100))
}

/// What each member would bear more, or less; those who come or go bear all of theirs.
pub(super) fn difference(before: &Answer, after: &Answer) -> Value {
    let (one, other) = (before.borne(), after.borne());
    let codes: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    let of = |amounts: &BTreeMap<String, Cents>, code: &String| amounts.get(code).copied();
    let mut members = serde_json::Map::new();
    for code in codes {
        let (was, would) = (of(&one, code), of(&other, code));
        let delta = would.unwrap_or_default() - was.unwrap_or_default();
        members
            .insert(code.clone(), json!({ "before_cents": was, "after_cents": would, "delta_cents": delta }));
    }
    json!({ "total_before_cents": before.total(), "total_after_cents": after.total(),
            "total_delta_cents": after.total() - before.total(), "members": members })
}
