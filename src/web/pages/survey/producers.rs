//! Who a campaign asks, a page of it: found by a number or a part of the name, answered or silent.

use actix_web::{HttpResponse, web};
use askama::Template;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::{id_of, is_number, place, shell, trail};
use crate::survey::campaign::{Asked, Filter};
use crate::survey::campaign_queries::campaign;
use crate::survey::{Campaign, Channel, producer_queries};
use crate::web::callers::Pilot;
use crate::web::pages::shell::{Account, Badge, Link, Shell, answer};
use crate::web::{Problem, State, problems};

/// Lines of a page.
const LINES: usize = 100;
/// Characters looked for.
const WORDS_CHARS_MAX: usize = 100;

/// `GET /pilotage/recensements/{id}/producteurs`.
#[derive(Template)]
#[template(path = "survey/producers.html")]
pub struct ProducersPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub address: String,
    pub words: String,
    /// The value of the choice, its words, whether it is made.
    pub choices: Vec<(&'static str, &'static str, bool)>,
    pub lines: Vec<Line>,
    pub next: Option<String>,
}

/// One who is asked.
pub struct Line {
    pub address: String,
    pub siren: String,
    pub name: String,
    pub kind: &'static str,
    pub has_email: bool,
    pub state: Badge,
}

/// What is asked for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Question {
    cherche: String,
    etat: String,
    apres: String,
}

/// `GET /pilotage/recensements/{id}/producteurs`.
pub async fn show(
    person: Pilot,
    named: web::Path<String>,
    question: web::Query<Question>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = id_of(&named)?;
    let words = question.cherche.trim().chars().filter(|c| !c.is_control()).take(WORDS_CHARS_MAX).collect();
    let answered = match question.etat.as_str() {
        "repondu" => Some(true),
        "attendu" => Some(false),
        _ => None,
    };
    let filter = Filter { words, answered };
    let after = if is_number(&question.apres) { question.apres.as_str() } else { "" };
    let mut tx = state.db.technical().await?;
    let campaign = campaign(&mut tx, id).await?.ok_or_else(problems::not_found)?;
    let asked = producer_queries::asked(&mut tx, id, &filter, (after, LINES as i64 + 1)).await?;
    Ok(answer(&page(Account::of(&person), &campaign, &filter, &asked)))
}

/// The page of these, the last of them being left for the next page when there are more than it holds.
pub fn page(account: Account, campaign: &Campaign, filter: &Filter, asked: &[Asked]) -> ProducersPage {
    let address = format!("{}/producteurs", place(campaign.id));
    let line = |asked: &Asked| Line {
        address: format!("{address}/{}", asked.siren),
        siren: asked.siren.clone(),
        name: asked.name.clone(),
        kind: asked.kind.label(),
        has_email: asked.has_email,
        state: match asked.channel {
            Some(Channel::Link) => Badge { label: "A répondu", tone: "kept", icon: "check" },
            Some(Channel::Paper) => Badge { label: "Sur papier", tone: "kept", icon: "file" },
            None => Badge { label: "Attendue", tone: "waiting", icon: "clock" },
        },
    };
    let state = match filter.answered {
        None => "",
        Some(true) => "repondu",
        Some(false) => "attendu",
    };
    let shown = &asked[..asked.len().min(LINES)];
    let last = shown.last().filter(|_| asked.len() > LINES);
    let words = utf8_percent_encode(&filter.words, NON_ALPHANUMERIC);
    let choice = |(value, label)| (value, label, value == state);
    ProducersPage {
        shell: shell(account, format!("Producteurs, {}", campaign.name)),
        trail: trail(Some(campaign)),
        words: filter.words.clone(),
        choices: [("", "Tous"), ("attendu", "Réponse attendue"), ("repondu", "Réponse reçue")]
            .map(choice)
            .into(),
        next: last.map(|last| format!("{address}?cherche={words}&etat={state}&apres={}", last.siren)),
        lines: shown.iter().map(line).collect(),
        address,
    }
}
