//! Where each entry stands, what it waits for, what the year admits, what is left of the committees' decisions: on one sheet.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::{Datelike, NaiveDate};
use uuid::Uuid;

use super::committees::{DecisionLine, decision_line};
use super::{PLACE, day, shell, when};
use crate::model::MEMBER_KINDS;
use crate::model::numbers::is_siren;
use crate::onboarding::committees::{self, Decision};
use crate::onboarding::stage::{Stage, reached};
use crate::onboarding::{Entry, Step, entries, queries};
use crate::web::callers::Pilot;
use crate::web::pages::fields::{Fields, first};
use crate::web::pages::form::Form;
use crate::web::pages::pilot::kind;
use crate::web::pages::shell::{Account, FieldError, Link, Shell, answer, answer_to_correct, go_to};
use crate::web::{Problem, State};

/// Most that may be installed in a year.
const CAPACITY_MAX: i16 = 1_000;

/// `GET /pilotage/entrees`.
#[derive(Template)]
#[template(path = "entries/steering.html")]
pub struct SteeringPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub csrf: String,
    pub today: String,
    /// How many stand at each stage, in order; none where nobody stands.
    pub stages: Vec<(&'static str, usize)>,
    /// Those under way, then those in production or gone, whom nothing waits for.
    pub lines: Vec<EntryLine>,
    pub settled: Vec<EntryLine>,
    pub years: Vec<YearLine>,
    pub decisions: Vec<DecisionLine>,
    pub kinds: Vec<(&'static str, &'static str, bool)>,
    /// What was typed.
    pub siren: String,
    pub name: String,
    pub population: String,
    pub year: String,
    pub capacity: String,
    pub errors: Vec<FieldError>,
}

/// An entry.
pub struct EntryLine {
    pub address: String,
    pub name: String,
    pub kind: &'static str,
    pub stage: &'static str,
    pub since: String,
    pub next: &'static str,
}

/// A year's installations.
pub struct YearLine {
    pub year: i32,
    pub installed: usize,
    pub capacity: String,
    pub is_full: bool,
}

impl SteeringPage {
    fn is_wrong(&self, field: &str) -> bool {
        self.errors.iter().any(|error| error.field == field)
    }
}

/// What the page shows.
pub struct Known {
    pub entries: Vec<Entry>,
    pub steps: BTreeMap<Uuid, Vec<Step>>,
    pub capacities: BTreeMap<i32, u32>,
    pub decisions: Vec<Decision>,
}

/// `GET /pilotage/entrees`.
pub async fn show(person: Pilot, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    Ok(answer(&found(&person, &state).await?))
}

async fn found(person: &Pilot, state: &State) -> Result<SteeringPage, Problem> {
    let mut tx = state.db.technical().await?;
    let known = Known {
        entries: queries::entries(&mut tx).await?,
        steps: queries::steps(&mut tx).await?,
        capacities: queries::capacities(&mut tx).await?,
        decisions: committees::decisions(&mut tx).await?,
    };
    Ok(page(Account::of(person), &known, state.clock.today()))
}

/// The page of these entries.
pub fn page(account: Account, known: &Known, today: NaiveDate) -> SteeringPage {
    let nothing = Vec::new();
    let steps = |entry: &Entry| known.steps.get(&entry.id).unwrap_or(&nothing);
    let stands = |entry: &Entry| reached(steps(entry), today);
    let count = |stage: Stage| known.entries.iter().filter(|entry| stands(entry).0 == stage).count();
    let line = |entry: &Entry| {
        let (stage, since) = stands(entry);
        EntryLine {
            address: format!("{PLACE}/{}", entry.id),
            name: entry.name.clone(),
            kind: kind(&entry.kind),
            stage: stage.label(),
            since: since.map(when).unwrap_or_default(),
            next: next(stage),
        }
    };
    let (lines, settled) = known.entries.iter().map(line).partition(|line: &EntryLine| !line.next.is_empty());
    let open = known.decisions.iter().filter(|decision| decision.state.is_open());
    SteeringPage {
        csrf: account.csrf.clone(),
        shell: shell(account, "Entrées".into()),
        trail: super::trail()[..1].to_vec(),
        today: day(today),
        stages: Stage::ALL
            .into_iter()
            .map(|stage| (stage.label(), count(stage)))
            .filter(|(_, of)| *of > 0)
            .collect(),
        lines,
        settled,
        years: years(known, today),
        decisions: open.map(|decision| decision_line(decision, today)).collect(),
        kinds: MEMBER_KINDS.into_iter().map(|word| (word, kind(word), word == "commune")).collect(),
        siren: String::new(),
        name: String::new(),
        population: String::new(),
        year: today.year().to_string(),
        capacity: String::new(),
        errors: Vec::new(),
    }
}

/// What an entry waits for.
pub fn next(stage: Stage) -> &'static str {
    match stage {
        Stage::Prospect => "Dire si elle est intéressée",
        Stage::Interested => "Prendre la délibération",
        Stage::Deliberation => "Signer la convention",
        Stage::Signed => "Installer",
        Stage::Installed => "Former",
        Stage::Trained => "Planifier les versements, faire accepter un versement d’essai",
        Stage::Planned => "Passer en production, une fois un versement d’essai accepté",
        Stage::Suspended => "Reprendre, ou restituer",
        Stage::Reversibility => "Achever la restitution",
        Stage::Production | Stage::Left => "",
    }
}

/// The years that somebody was installed in, or that admit some; this one always.
fn years(known: &Known, today: NaiveDate) -> Vec<YearLine> {
    let mut installed: BTreeMap<i32, usize> = known.capacities.keys().map(|year| (*year, 0)).collect();
    installed.entry(today.year()).or_default();
    for steps in known.steps.values() {
        let is_it = |step: &&Step| step.stage == Stage::Installed && !step.is_withdrawn;
        if let Some(step) = steps.iter().find(is_it) {
            *installed.entry(step.when.until().year()).or_default() += 1;
        }
    }
    let line = |(year, installed): (&i32, &usize)| {
        let capacity = known.capacities.get(year);
        YearLine {
            year: *year,
            installed: *installed,
            capacity: capacity.map_or_else(|| "non fixée".to_owned(), u32::to_string),
            is_full: capacity.is_some_and(|capacity| *installed >= *capacity as usize),
        }
    };
    installed.iter().rev().map(line).collect()
}

/// `POST /pilotage/entrees`: an entry more, or what a year admits.
pub async fn receive(
    person: Pilot,
    fields: Fields,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let errors = match first(&fields, "suite").as_str() {
        "capacite" => match capacity(&fields) {
            Ok((year, entries)) => {
                entries::admit(&state.db, year, entries).await?;
                return Ok(go_to(PLACE));
            }
            Err(errors) => errors,
        },
        _ => match entry(&fields, state.clock.fresh_id()) {
            Ok(entry) if entries::open(&state.db, &state.clock, person.person_id, &entry).await? => {
                return Ok(go_to(&format!("{PLACE}/{}", entry.id)));
            }
            Ok(_) => vec![FieldError { field: "siren", sentence: "Ce SIREN a déjà son entrée.".into() }],
            Err(errors) => errors,
        },
    };
    let mut page = found(&person, &state).await?;
    page.errors = errors;
    page.siren = first(&fields, "siren");
    page.name = first(&fields, "nom");
    page.population = first(&fields, "population");
    page.capacity = first(&fields, "capacite");
    let chosen = first(&fields, "sorte");
    page.kinds.iter_mut().for_each(|kind| kind.2 = kind.0 == chosen);
    Ok(answer_to_correct(&page))
}

fn entry(fields: &[(String, String)], id: Uuid) -> Result<Entry, Vec<FieldError>> {
    let mut form = Form::of(fields);
    let name = form.text("nom", true);
    let siren = |text: &str| {
        let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        is_siren(&plain).then_some(plain)
    };
    let siren = form.read("siren", siren, "Donnez les neuf chiffres du SIREN.");
    let kind = |text: &str| MEMBER_KINDS.into_iter().find(|kind| *kind == text);
    let kind = form.read("sorte", kind, "Choisissez une sorte de collectivité.");
    let population = |text: &str| match text {
        "" => Some(0),
        text => text.replace(char::is_whitespace, "").parse().ok().filter(|of| *of <= 99_999_999),
    };
    let population = form.read("population", population, "Donnez un nombre d’habitants.");
    match (siren, kind, population) {
        (Some(siren), Some(kind), Some(population)) if form.errors.is_empty() => {
            Ok(Entry { id, siren, name, kind: kind.into(), population })
        }
        _ => Err(form.errors),
    }
}

fn capacity(fields: &[(String, String)]) -> Result<(i16, i16), Vec<FieldError>> {
    let mut form = Form::of(fields);
    let year = |text: &str| text.parse().ok().filter(|year| (2000..=9998).contains(year));
    let year = form.read("annee", year, "Donnez l’année, en quatre chiffres.");
    let entries = |text: &str| text.parse().ok().filter(|of| (0..=CAPACITY_MAX).contains(of));
    let entries = form.read("capacite", entries, "Donnez un nombre d’installations.");
    year.zip(entries).ok_or(form.errors)
}
