//! The simulations, and the forms that make one.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{PLACE, forms, shell, trail};
use crate::billing::measures::of_year;
use crate::billing::simulation::change::{Change, tried};
use crate::billing::simulation::{self, Content, trend};
use crate::billing::snapshot::Snapshot;
use crate::billing::{import, queries};
use crate::db;
use crate::model::MEMBER_KINDS;
use crate::web::callers::Pilot;
use crate::web::pages::fields::{Fields, first};
use crate::web::pages::form::Form;
use crate::web::pages::pilot::kind;
use crate::web::pages::shell::{Account, FieldError, Link, Shell, answer, answer_to_correct, go_to};
use crate::web::pages::words;
use crate::web::{Problem, State};

/// `GET /pilotage/simulations`.
#[derive(Template)]
#[template(path = "simulations/list.html")]
pub struct SimulationsPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub csrf: String,
    pub kept: Vec<(Link, String)>,
    pub kinds: Vec<(&'static str, &'static str)>,
    pub typed: Vec<(String, String)>,
    pub faults: Vec<String>,
    pub errors: Vec<FieldError>,
}

impl SimulationsPage {
    fn is_wrong(&self, field: &str) -> bool {
        self.errors.iter().any(|error| error.field == field)
    }

    fn typed(&self, field: &str) -> &str {
        self.typed.iter().find(|(name, _)| name == field).map_or("", |(_, value)| value)
    }

    /// The form that was sent, to be shown open.
    fn is_open(&self, genre: &str) -> bool {
        self.typed("genre") == genre
    }
}

/// `GET /pilotage/simulations`.
pub async fn show(person: Pilot, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    Ok(answer(&page(Account::of(&person), &simulation::list(&state.db).await?)))
}

/// The page of these simulations.
pub fn page(account: Account, kept: &[(Uuid, String, DateTime<Utc>)]) -> SimulationsPage {
    let line = |(id, name, at): &(Uuid, String, DateTime<Utc>)| {
        (Link::new(name.clone(), format!("{PLACE}/{id}")), words::moment(*at).words)
    };
    SimulationsPage {
        csrf: account.csrf.clone(),
        shell: shell(account, "Simulations".into()),
        trail: trail()[..1].to_vec(),
        kept: kept.iter().map(line).collect(),
        kinds: MEMBER_KINDS.into_iter().map(|word| (word, kind(word))).collect(),
        typed: [("annees", "5"), ("sorte", "commune")]
            .map(|(name, value)| (name.into(), value.into()))
            .into(),
        faults: Vec::new(),
        errors: Vec::new(),
    }
}

/// `POST /pilotage/simulations`: one more.
pub async fn make(person: Pilot, fields: Fields, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let mut form = Form::of(&fields);
    let name = form.text("nom", true);
    let content = match first(&fields, "genre").as_str() {
        "changement" => match forms::change(&mut form).filter(|_| form.errors.is_empty()) {
            Some((year, change)) => changed(&mut form, &state, year, &change).await?,
            None => None,
        },
        "prevision" => forecast(&mut form, &state).await?,
        _ => forms::hosting(&mut form),
    };
    if let Some(content) = content.filter(|_| form.errors.is_empty()) {
        let id = simulation::keep(&state.db, &state.clock, person.person_id, &name, &content).await?;
        return Ok(go_to(&format!("{PLACE}/{id}")));
    }
    let mut page = page(Account::of(&person), &simulation::list(&state.db).await?);
    (page.errors, page.faults) = (form.errors, form.faults);
    page.shell.title = "Simulations, à reprendre".into();
    page.typed = fields.to_vec();
    Ok(answer_to_correct(&page))
}

async fn changed(
    form: &mut Form<'_>,
    state: &State,
    year: i32,
    change: &Change,
) -> Result<Option<Content>, Problem> {
    let Some(prepared) = queries::year(&mut state.db.technical().await?, year).await? else {
        form.wrong("annee", "Cet exercice n’est pas préparé.");
        return Ok(None);
    };
    let members = of_year(&state.db, &prepared).await?;
    match tried(&prepared, &members, change) {
        Ok(rows) => Ok(Some(Content::Change { year, said: said(change), rows })),
        Err(why) => {
            form.wrong("annee", &words::sentence(&format!("{why}.")));
            Ok(None)
        }
    }
}

/// A change, in words.
fn said(change: &Change) -> Vec<String> {
    let newcomer = change.newcomer.as_ref().map(|new| {
        format!(
            "Une collectivité de plus : {}, {} habitants, {} jours.",
            new.name,
            words::number(new.measure.population),
            new.measure.days
        )
    });
    let keys = change
        .parts
        .iter()
        .map(|(item, parts)| format!("Le poste {item} par {}.", import::parts_words(parts)));
    let items = change.items.iter().map(|item| {
        format!(
            "Le poste {} à {}, par {}.",
            item.item,
            words::euros(item.amount()),
            import::parts_words(&item.parts)
        )
    });
    let caps = change.caps.as_ref().map(|caps| format!("D’autres bornes : {} tranches.", caps.len()));
    newcomer.into_iter().chain(keys).chain(items).chain(caps).collect()
}

/// The year after those closed, each by its last closing.
async fn forecast(form: &mut Form<'_>, state: &State) -> Result<Option<Content>, Problem> {
    let mut tx = state.db.technical().await?;
    let mut last = std::collections::BTreeMap::new();
    last.extend(queries::closings_known(&mut tx).await?);
    let mut closings: Vec<Snapshot> = Vec::new();
    for (year, version) in last.into_iter().rev().take(trend::YEARS_MAX) {
        let kept = queries::snapshot(&mut tx, year, version).await?.unwrap_or_default();
        closings.push(serde_json::from_str(&kept).map_err(|error| db::Error::row("bill_closing", error))?);
    }
    closings.reverse();
    match trend::forecast(&closings) {
        Ok(Some(found)) => {
            let trend::Forecast { year, from, categories, rows } = found;
            Ok(Some(Content::Forecast { year, from, categories, rows }))
        }
        Ok(None) => {
            form.wrong("nom", "Aucun exercice n’est clos : il n’y a pas encore de tendance.");
            Ok(None)
        }
        Err(why) => {
            form.wrong("nom", &words::sentence(&format!("{why}.")));
            Ok(None)
        }
    }
}
