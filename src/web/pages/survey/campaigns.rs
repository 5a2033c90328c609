//! The campaigns, and the form that makes one.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::{ALL, badge, by, day, is_wrong, place, shell, trail};
use crate::survey::Campaign;
use crate::survey::campaign::{NAME_CHARS_MAX, NotMade};
use crate::survey::campaign_queries::campaigns;
use crate::web::callers::Pilot;
use crate::web::pages::fields::{Fields, first};
use crate::web::pages::shell::{Account, Badge, FieldError, Link, Shell, answer, answer_to_correct, go_to};
use crate::web::{Problem, State};

/// `GET /pilotage/recensements`.
#[derive(Template)]
#[template(path = "survey/campaigns.html")]
pub struct CampaignsPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub csrf: String,
    pub address: &'static str,
    pub campaigns: Vec<Line>,
    pub name: String,
    pub name_chars_max: usize,
    pub answer_by: String,
    pub errors: Vec<FieldError>,
}

impl CampaignsPage {
    fn is_wrong(&self, field: &str) -> bool {
        is_wrong(&self.errors, field)
    }
}

/// A campaign.
pub struct Line {
    pub address: String,
    pub name: String,
    pub answer_by: String,
    pub stage: Badge,
}

/// `GET /pilotage/recensements`.
pub async fn show(person: Pilot, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let known = campaigns(&mut state.db.technical().await?).await?;
    Ok(answer(&page(Account::of(&person), &known)))
}

/// The page of these campaigns.
pub fn page(account: Account, known: &[Campaign]) -> CampaignsPage {
    let line = |campaign: &Campaign| Line {
        address: place(campaign.id),
        name: campaign.name.clone(),
        answer_by: day(campaign.answer_by),
        stage: badge(campaign.stage),
    };
    CampaignsPage {
        csrf: account.csrf.clone(),
        shell: shell(account, "Recensements".into()),
        trail: trail(None)[..1].to_vec(),
        address: ALL,
        campaigns: known.iter().map(line).collect(),
        name: String::new(),
        name_chars_max: NAME_CHARS_MAX,
        answer_by: String::new(),
        errors: Vec::new(),
    }
}

/// `POST /pilotage/recensements`.
pub async fn create(person: Pilot, fields: Fields, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let (name, answer_by) = (first(&fields, "nom"), first(&fields, "avant"));
    let wrong = match answer_by.parse() {
        Err(_) => ("avant", "Donnez le jour avant lequel les réponses sont attendues."),
        Ok(date) => match state.surveys.create(by(&person), &name, date).await? {
            Ok(id) => return Ok(go_to(&format!("{}?fait=cree", place(id)))),
            Err(NotMade::Known(id)) => return Ok(go_to(&format!("{}?fait=connu", place(id)))),
            Err(NotMade::NameWrong) => ("nom", "Donnez un nom, de 120 caractères au plus."),
            Err(NotMade::DatePassed) => {
                ("avant", "Ce jour est passé : donnez aujourd’hui, ou un jour à venir.")
            }
        },
    };
    let known = campaigns(&mut state.db.technical().await?).await?;
    let mut page = page(Account::of(&person), &known);
    (page.name, page.answer_by) = (name, answer_by);
    page.errors = vec![FieldError { field: wrong.0, sentence: wrong.1.into() }];
    Ok(answer_to_correct(&page))
}
