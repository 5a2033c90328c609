//! The page of whoever has a link: the questions, the thanks, or that it is over. Without an account.
//!
//! Shows what this producer answered, and nothing of anybody else.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::day;
use super::form::{self, Questions};
use crate::survey::replies::Holder;
use crate::survey::reply::Typed;
use crate::survey::{Channel, NotDone};
use crate::web::pages::fields::Fields;
use crate::web::pages::shell::{FieldError, Section, Shell, answer as shown, answer_to_correct, go_to};
use crate::web::pages::words;
use crate::web::{Problem, State, Visitor, callers, problems};

/// `GET /recensement/{link}`.
#[derive(Template)]
#[template(path = "survey/answer.html")]
pub struct AnswerPage {
    pub shell: Shell,
    pub csrf: String,
    pub address: String,
    pub campaign: String,
    pub producer: String,
    pub answer_by: String,
    pub is_open: bool,
    /// The answer was just taken.
    pub thanks: bool,
    /// When and how it came.
    pub answered: Option<String>,
    pub questions: Questions,
    pub errors: Vec<FieldError>,
}

/// What the page before has to say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    fait: Option<Done>,
}

/// What was done.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Done {
    Merci,
}

/// `GET /recensement/{link}`.
pub async fn show(
    request: HttpRequest,
    visitor: Visitor,
    link: web::Path<String>,
    said: web::Query<Said>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let holder = state.surveys.holder(&link).await?.ok_or_else(problems::not_found)?;
    let mut page = page(token(&request, visitor).await?, &link, &holder);
    page.thanks = page.answered.is_some() && matches!(said.fait, Some(Done::Merci));
    Ok(shown(&page))
}

/// `POST /recensement/{link}`.
pub async fn answer(
    request: HttpRequest,
    visitor: Visitor,
    link: web::Path<String>,
    fields: Fields,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let holder = state.surveys.holder(&link).await?.ok_or_else(problems::not_found)?;
    let typed = form::typed(&fields);
    let errors = match typed.reply(false) {
        Ok(reply) => match state.surveys.answer(&link, &reply).await? {
            Ok(()) => return Ok(go_to(&format!("/recensement/{}?fait=merci", *link))),
            Err(NotDone::Unknown) => return Err(problems::not_found()),
            Err(_) => Vec::new(),
        },
        Err(wrong) => form::errors(&wrong),
    };
    let mut page = page(token(&request, visitor).await?, &link, &holder);
    if errors.is_empty() {
        // It was closed between the page and the answer, or before.
        page.is_open = false;
    } else {
        page.questions = Questions::of(&typed);
        page.to_correct(errors);
    }
    Ok(answer_to_correct(&page))
}

/// Whoever is logged in has the proof of their session; anybody else, that of their visit.
async fn token(request: &HttpRequest, visitor: Visitor) -> Result<String, Problem> {
    let session = callers::session_of(request).await?;
    Ok(session.map_or(visitor.csrf_token, |session| session.csrf_token))
}

impl AnswerPage {
    /// The page says so from its title on.
    pub fn to_correct(&mut self, errors: Vec<FieldError>) {
        self.errors = errors;
        self.shell.title = format!("À corriger : {}", self.shell.title);
    }
}

/// The page of whoever holds this link.
pub fn page(csrf: String, link: &str, holder: &Holder) -> AnswerPage {
    let kept = holder.answer.as_ref();
    AnswerPage {
        shell: Shell {
            title: format!("{}, réponse de {}", holder.campaign.name, holder.producer.name),
            account: None,
            section: Section::None,
            top: false,
        },
        csrf,
        address: format!("/recensement/{link}"),
        campaign: holder.campaign.name.clone(),
        producer: holder.producer.name.clone(),
        answer_by: day(holder.campaign.answer_by),
        is_open: holder.campaign.stage.is_open(),
        thanks: false,
        answered: kept.map(|kept| match kept.channel {
            Channel::Link => {
                format!("Votre réponse du {} est enregistrée.", words::moment(kept.entered_at).words)
            }
            Channel::Paper => {
                format!("Votre réponse sur papier, du {}, est enregistrée.", day(kept.answered_on))
            }
        }),
        questions: Questions::of(&kept.map_or_else(Typed::default, |kept| kept.reply.typed())),
        errors: Vec::new(),
    }
}
