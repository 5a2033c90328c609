//! The tiers de télétransmission, for the operator: each with its connectors, member by member, and when each was last used.
//!
//! Shows no title and no transfer.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Utc};

use super::shell::{Account, Link, Section, Shell, answer};
use super::words;
use crate::membership::machines::{Connector, connectors, tiers};
use crate::web::callers::Operator;
use crate::web::{Problem, State};

/// `GET /exploitation/tiers`.
#[derive(Template)]
#[template(path = "operations/tiers.html")]
pub struct TiersPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub cards: Vec<Card>,
}

/// A tiers.
pub struct Card {
    pub code: String,
    pub name: String,
    pub contact: String,
    /// How many connectors, how many used within the day, how many still by a secret that was changed.
    pub summary: String,
    pub lines: Vec<Line>,
}

/// A connector.
pub struct Line {
    pub member: String,
    pub client_id: String,
    pub used: String,
    /// What is to be looked at.
    pub note: Option<&'static str>,
}

/// `GET /exploitation/tiers`.
pub async fn show(person: Operator, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let now = state.clock.now();
    let mut tx = state.db.technical().await?;
    let mut cards = Vec::new();
    for (code, name, contact) in tiers(&mut tx).await? {
        let of = connectors(&mut tx, &code).await?;
        cards.push(card((code, name, contact), &of, now));
    }
    Ok(answer(&page(Account::of(&person), cards)))
}

/// The page.
pub fn page(account: Account, cards: Vec<Card>) -> TiersPage {
    TiersPage {
        shell: Shell {
            title: "Tiers de télétransmission".into(),
            account: Some(account),
            section: Section::Operations,
            top: false,
        },
        trail: vec![Link::new("Exploitation", "/exploitation")],
        cards,
    }
}

/// A tiers with its connectors.
pub fn card(
    (code, name, contact): (String, String, String),
    connectors: &[Connector],
    now: DateTime<Utc>,
) -> Card {
    let used_today = |one: &&Connector| one.used_at.is_some_and(|at| now - at < chrono::TimeDelta::days(1));
    let today = connectors.iter().filter(used_today).count() as u64;
    let former = connectors.iter().filter(|one| note(one) == Some(FORMER)).count() as u64;
    let mut summary = format!(
        "{}, {} depuis un jour",
        words::count(connectors.len() as u64, "connecteur", "connecteurs"),
        words::count(today, "employé", "employés")
    );
    if former > 0 {
        summary.push_str(&format!(
            ", {} l’ancien secret",
            words::count(former, "emploie encore", "emploient encore")
        ));
    }
    let lines = connectors.iter().map(|one| Line {
        member: one.member_name.clone(),
        client_id: one.client_id.clone(),
        used: one.used_at.map_or("jamais".into(), |at| words::moment(at).words),
        note: note(one),
    });
    Card { code, name, contact, summary, lines: lines.collect() }
}

const FORMER: &str = "emploie encore l’ancien secret";

fn note(one: &Connector) -> Option<&'static str> {
    if one.is_closed {
        return Some("fermé");
    }
    (one.used_by.as_deref() == Some("former secret")).then_some(FORMER)
}
