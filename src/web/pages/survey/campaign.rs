//! A campaign: where it stands, what can be done, its figures, the order of the domains, what was imported and by whom.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::entries::not_followed;
use super::figures::{FiguresView, OrderView, frozen, view};
use super::{badge, day, id_of, is_wrong, place, shell, trail};
use crate::survey::campaign::{Import, Progress, Step};
use crate::survey::campaign_queries as queries;
use crate::survey::exports::{Figures, figures};
use crate::survey::note_queries::priorities;
use crate::survey::priority::{Frozen, Ranked, Weights, rank};
use crate::survey::{Campaign, DOMAINS};
use crate::web::callers::Pilot;
use crate::web::pages::shell::{Account, Badge, Fact, FieldError, Link, Shell, answer};
use crate::web::pages::words;
use crate::web::{Problem, State, problems};

/// `GET /pilotage/recensements/{id}`.
#[derive(Template)]
#[template(path = "survey/campaign.html")]
pub struct CampaignPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub csrf: String,
    pub notice: Option<String>,
    pub address: String,
    pub name: String,
    pub stage: Badge,
    pub is_draft: bool,
    pub is_open: bool,
    pub is_final: bool,
    /// The act that leads on from a closed campaign: its address and words.
    pub next: Option<(&'static str, &'static str)>,
    pub reminders: u32,
    /// No letter leaves this service.
    pub is_mute: bool,
    pub facts: Vec<Fact>,
    /// Those interested and not followed yet, when there are: « 3 intéressés ».
    pub interested: Option<String>,
    pub figures: Option<FiguresView>,
    pub priorities: Priorities,
    pub imports: Vec<ImportLine>,
    pub steps: Vec<String>,
    pub faults: Vec<String>,
    pub errors: Vec<FieldError>,
}

/// The form of the order, what it gives now, and what was frozen.
pub struct Priorities {
    /// Under which the note is kept, once.
    pub id: Uuid,
    pub a: String,
    pub b: String,
    /// The field's name, the domain, the weight.
    pub law: Vec<(String, &'static str, String)>,
    pub tried: Vec<Ranked>,
    pub frozen: Vec<OrderView>,
}

/// A file that was imported.
pub struct ImportLine {
    pub title: String,
    pub sha512: String,
}

/// All that the page is made of.
pub struct Found {
    pub campaign: Campaign,
    pub progress: Progress,
    pub figures: Figures,
    pub frozen: Vec<Frozen>,
    pub imports: Vec<Import>,
    pub steps: Vec<Step>,
    /// Interested, and not among the entries.
    pub interested: u64,
    /// A fresh identifier.
    pub id: Uuid,
    pub writes: bool,
}

/// What the page before has to say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    fait: Option<Done>,
    /// Letters, lines added, lines changed.
    lettres: Option<u64>,
    ajouts: Option<u64>,
    changes: Option<u64>,
}

/// What was done.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Done {
    Cree,
    Connu,
    Ouvert,
    Relance,
    Clos,
    Analyse,
    Restitue,
    Deja,
    Importe,
    Fige,
    Inscrit,
}

/// `GET /pilotage/recensements/{id}`.
pub async fn show(
    person: Pilot,
    asked: web::Path<String>,
    said: web::Query<Said>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = id_of(&asked)?;
    let mut page = page(Account::of(&person), &found(&state, id).await?);
    page.notice = said.fait.map(|done| notice(done, &said));
    Ok(answer(&page))
}

fn notice(done: Done, said: &Said) -> String {
    let letters = words::count(said.lettres.unwrap_or_default(), "courriel part", "courriels partent");
    match done {
        Done::Cree => "Le recensement est préparé. Importez les producteurs, puis ouvrez-le.".into(),
        Done::Connu => "Un recensement porte déjà ce nom : le voici.".into(),
        Done::Ouvert => format!("Le recensement est ouvert : {letters}, chacun avec un lien personnel."),
        Done::Relance => format!("La relance est faite : {letters}, à ceux qui n’ont pas répondu."),
        Done::Clos => "Le recensement est clos : plus aucune réponse n’est prise.".into(),
        Done::Analyse => "L’analyse est arrêtée.".into(),
        Done::Restitue => "La restitution est notée.".into(),
        Done::Deja => "C’était déjà fait.".into(),
        Done::Importe => format!(
            "Le tableau est importé : {}, {} ; {letters}.",
            words::count(said.ajouts.unwrap_or_default(), "ligne nouvelle", "lignes nouvelles"),
            words::count(said.changes.unwrap_or_default(), "ligne changée", "lignes changées")
        ),
        Done::Fige => "L’ordre est figé dans une note.".into(),
        Done::Inscrit => format!(
            "{} parmi les entrées, à l’étape « Intéressé ».",
            words::count(
                said.ajouts.unwrap_or_default(),
                "producteur est inscrit",
                "producteurs sont inscrits"
            )
        ),
    }
}

/// A campaign, with all that its page tells.
pub(super) async fn found(state: &State, id: Uuid) -> Result<Found, Problem> {
    let interested = not_followed(state, id).await?.len() as u64;
    let mut tx = state.db.technical().await?;
    let campaign = queries::campaign(&mut tx, id).await?.ok_or_else(problems::not_found)?;
    Ok(Found {
        campaign,
        progress: queries::progress(&mut tx, id).await?,
        figures: figures(&mut tx, id).await?,
        frozen: priorities(&mut tx, id).await?,
        imports: queries::imports(&mut tx, id).await?,
        steps: queries::steps(&mut tx, id).await?,
        interested,
        id: state.clock.fresh_id(),
        writes: state.surveys.writes(),
    })
}

/// The page of a campaign.
pub fn page(account: Account, found: &Found) -> CampaignPage {
    use crate::survey::Stage::{Analysed, Closed};
    let campaign = &found.campaign;
    let import = |import: &Import| {
        let what = if import.of_producers { "producteurs" } else { "réponses sur papier" };
        let lines = words::count(import.lines, "ligne", "lignes");
        let at = words::moment(import.at).words;
        ImportLine {
            title: format!("{at}, par {} : {what}, {lines}", import.by),
            sha512: hex::encode(&import.sha512),
        }
    };
    let step =
        |step: &Step| format!("{} : {}, par {}", words::moment(step.at).words, step.stage.label(), step.by);
    CampaignPage {
        csrf: account.csrf.clone(),
        shell: shell(account, campaign.name.clone()),
        trail: trail(None),
        notice: None,
        address: place(campaign.id),
        name: campaign.name.clone(),
        stage: badge(campaign.stage),
        is_draft: campaign.opened_at.is_none(),
        is_open: campaign.stage.is_open(),
        is_final: campaign.stage.is_final(),
        next: match campaign.stage {
            Closed => Some(("analyse", "Arrêter l’analyse")),
            Analysed => Some(("restitution", "Noter la restitution")),
            _ => None,
        },
        reminders: campaign.reminders,
        is_mute: !found.writes,
        facts: facts(campaign, &found.progress),
        interested: (found.interested > 0).then(|| words::count(found.interested, "intéressé", "intéressés")),
        figures: campaign.opened_at.map(|_| view(&found.figures)),
        priorities: Priorities::of(found, &Weights::default()),
        imports: found.imports.iter().map(import).collect(),
        steps: found.steps.iter().map(step).collect(),
        faults: Vec::new(),
        errors: Vec::new(),
    }
}

fn facts(campaign: &Campaign, progress: &Progress) -> Vec<Fact> {
    let mut facts = vec![
        Fact::new("Réponses attendues avant le", day(campaign.answer_by)),
        Fact::new("Producteurs invités", words::number(progress.invited)),
        Fact::new("Sans adresse électronique", words::number(progress.without_email)),
    ];
    let mut moment = |label: &str, at: Option<chrono::DateTime<chrono::Utc>>| {
        facts.extend(at.map(|at| Fact::new(label, words::moment(at).words)));
    };
    moment("Ouvert le", campaign.opened_at);
    moment("Clos le", campaign.closed_at);
    if campaign.opened_at.is_some() {
        facts.push(Fact::new("Réponses", words::number(progress.answered)));
        facts.push(Fact::new("dont sur papier", words::number(progress.on_paper)));
        facts.push(Fact::new("Relances", words::number(campaign.reminders.into())));
    }
    facts
}

impl Priorities {
    /// The order that these weights give, and what was frozen.
    pub fn of(found: &Found, weights: &Weights) -> Self {
        let law = |(place, domain): (usize, &'static str)| {
            let weight = weights.law.get(domain).copied().unwrap_or_default();
            (format!("poids{place}"), domain, weight.to_string())
        };
        Self {
            id: found.id,
            a: weights.a.to_string(),
            b: weights.b.to_string(),
            law: DOMAINS.into_iter().enumerate().map(law).collect(),
            tried: rank(&found.figures.whole, weights),
            frozen: found.frozen.iter().map(frozen).collect(),
        }
    }
}

impl CampaignPage {
    /// The page says so from its title on.
    pub fn to_correct(&mut self, faults: Vec<String>) {
        self.faults = faults;
        self.shell.title = format!("À reprendre : {}", self.shell.title);
    }

    fn is_wrong(&self, field: &str) -> bool {
        is_wrong(&self.errors, field)
    }
}
