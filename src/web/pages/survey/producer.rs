//! One who is asked: what they answered, the paper typed for them, a link to hand over, and what the pilot noted.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::form::{self, Questions};
use super::{by, day, id_of, is_number, is_wrong, place, shell, trail};
use crate::survey::notes::{BODY_CHARS_MAX, NotKept, Note, THEMES};
use crate::survey::reply::Typed;
use crate::survey::{Campaign, Channel, Kept, NotDone, Producer};
use crate::survey::{answer_queries, campaign_queries, note_queries, producer_queries};
use crate::web::callers::Pilot;
use crate::web::pages::fields::{Fields, first};
use crate::web::pages::shell::{Account, Fact, FieldError, Link, Shell, answer, answer_to_correct, go_to};
use crate::web::pages::words;
use crate::web::{Problem, State, problems};

/// `GET /pilotage/recensements/{id}/producteurs/{siren}`.
#[derive(Template)]
#[template(path = "survey/producer.html")]
pub struct ProducerPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub csrf: String,
    pub notice: Option<&'static str>,
    /// A link just made, whole.
    pub link: Option<String>,
    pub address: String,
    pub name: String,
    pub facts: Vec<Fact>,
    pub is_open: bool,
    pub answer: Vec<Fact>,
    pub questions: Questions,
    /// The date that the paper bears.
    pub date: String,
    pub notes: Vec<NoteLine>,
    /// Under which the next one is kept, once.
    pub note_id: Uuid,
    /// Each theme, and whether it is chosen.
    pub themes: Vec<(&'static str, bool)>,
    pub body: String,
    pub body_chars_max: usize,
    pub errors: Vec<FieldError>,
}

impl ProducerPage {
    fn is_wrong(&self, field: &str) -> bool {
        is_wrong(&self.errors, field)
    }
}

/// A note.
pub struct NoteLine {
    pub title: String,
    pub body: String,
}

/// All that the page is made of.
pub struct Found {
    pub campaign: Campaign,
    pub producer: Producer,
    pub answer: Option<Kept>,
    pub notes: Vec<Note>,
    /// A fresh identifier.
    pub id: Uuid,
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
    Saisi,
    Note,
}

type Asked = web::Path<(String, String)>;

/// `GET /pilotage/recensements/{id}/producteurs/{siren}`.
pub async fn show(
    person: Pilot,
    asked: Asked,
    said: web::Query<Said>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let mut page = page(Account::of(&person), &found(&state, &asked).await?);
    page.notice = said.fait.map(|done| match done {
        Done::Saisi => "La réponse sur papier est enregistrée.",
        Done::Note => "La note est gardée.",
    });
    Ok(answer(&page))
}

async fn found(state: &State, (id, siren): &(String, String)) -> Result<Found, Problem> {
    let id = id_of(id)?;
    if !is_number(siren) {
        return Err(problems::not_found());
    }
    let mut tx = state.db.technical().await?;
    let campaign = campaign_queries::campaign(&mut tx, id).await?.ok_or_else(problems::not_found)?;
    let producer = producer_queries::producer(&mut tx, id, siren).await?.ok_or_else(problems::not_found)?;
    Ok(Found {
        campaign,
        producer,
        answer: answer_queries::answer(&mut tx, id, siren).await?,
        notes: note_queries::notes(&mut tx, id, siren).await?,
        id: state.clock.fresh_id(),
    })
}

/// The page of one who is asked.
pub fn page(account: Account, found: &Found) -> ProducerPage {
    let (campaign, producer, kept) = (&found.campaign, &found.producer, found.answer.as_ref());
    let note = |note: &Note| NoteLine {
        title: format!("{}, le {}, par {}", note.theme, words::moment(note.at).words, note.by),
        body: note.body.clone(),
    };
    let mut trail = trail(Some(campaign));
    trail.push(Link::new("Producteurs", format!("{}/producteurs", place(campaign.id))));
    ProducerPage {
        csrf: account.csrf.clone(),
        shell: shell(account, format!("{}, {}", producer.name, campaign.name)),
        trail,
        notice: None,
        link: None,
        address: format!("{}/producteurs/{}", place(campaign.id), producer.siren),
        name: producer.name.clone(),
        facts: facts(producer),
        is_open: campaign.stage.is_open(),
        answer: kept.map(answered).unwrap_or_default(),
        questions: Questions::of(&kept.map_or_else(Typed::default, |kept| kept.reply.typed())),
        date: String::new(),
        notes: found.notes.iter().map(note).collect(),
        note_id: found.id,
        themes: THEMES.map(|theme| (theme, false)).into(),
        body: String::new(),
        body_chars_max: BODY_CHARS_MAX,
        errors: Vec::new(),
    }
}

fn facts(producer: &Producer) -> Vec<Fact> {
    let mut facts = vec![Fact::new("SIREN", &producer.siren), Fact::new("Type", producer.kind.label())];
    let population = producer.population.map(|number| words::number(number.into()));
    facts.extend(population.map(|number| Fact::new("Population", number)));
    let email = producer.email.as_deref().unwrap_or("Aucune : réponse sur papier, ou lien à remettre");
    facts.push(Fact::new("Adresse électronique", email));
    if !producer.contact.is_empty() {
        facts.push(Fact::new("Contact", &producer.contact));
    }
    facts
}

fn answered(kept: &Kept) -> Vec<Fact> {
    let reply = &kept.reply;
    let question = |yes: bool, domains: &[String], other: &str| match (yes, other) {
        (false, _) => "Non".to_owned(),
        (true, "") => format!("Oui : {}", domains.join(", ")),
        (true, other) => format!("Oui : {} ({other})", domains.join(", ")),
    };
    let came = match kept.channel {
        Channel::Link => format!("Par le lien, le {}", words::moment(kept.entered_at).words),
        Channel::Paper => {
            format!(
                "Sur papier, du {}, saisie le {}",
                day(kept.answered_on),
                words::moment(kept.entered_at).words
            )
        }
    };
    let interested = match reply.interested {
        None => "Question non posée",
        Some(true) => "Oui",
        Some(false) => "Non",
    };
    vec![
        Fact::new("Archive déjà", question(reply.already, &reply.already_in, &reply.already_other)),
        Fact::new(
            "Projet dans les 24 mois",
            question(reply.planned, &reply.planned_in, &reply.planned_other),
        ),
        Fact::new("Intéressé par un SAE mutualisé", interested),
        Fact::new("Réponse", came),
        Fact::new("Modifications", words::number(kept.changes.into())),
    ]
}

/// `POST /pilotage/recensements/{id}/producteurs/{siren}/reponse`.
pub async fn enter(
    person: Pilot,
    asked: Asked,
    fields: Fields,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let mut page = page(Account::of(&person), &found(&state, &asked).await?);
    let typed = form::typed(&fields);
    page.date = first(&fields, "date");
    let mut wrong = |field, sentence: String| page.errors.push(FieldError { field, sentence });
    let date = page.date.parse().ok();
    if date.is_none() {
        wrong("date", "Donnez la date que porte la réponse.".into());
    }
    match (typed.reply(true), date) {
        (Ok(reply), Some(date)) => {
            let at = (id_of(&asked.0)?, asked.1.as_str());
            match state.surveys.enter_paper(by(&person), at, &reply, date).await? {
                Ok(()) => return Ok(go_to(&format!("{}?fait=saisi", page.address))),
                Err(NotDone::Unknown) => return Err(problems::not_found()),
                Err(NotDone::Older(later)) => {
                    wrong("date", format!("Une réponse plus récente, du {}, est déjà là.", day(later)));
                }
                Err(why) => wrong("date", words::sentence(&format!("{why}."))),
            }
        }
        (Err(faults), _) => page.errors.extend(form::errors(&faults)),
        (Ok(_), None) => {}
    }
    page.questions = Questions::of(&typed);
    Ok(answer_to_correct(&page))
}

/// `POST /pilotage/recensements/{id}/producteurs/{siren}/notes`.
pub async fn note(
    person: Pilot,
    asked: Asked,
    fields: Fields,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let mut page = page(Account::of(&person), &found(&state, &asked).await?);
    let (theme, body) = (first(&fields, "theme"), first(&fields, "texte"));
    let id = first(&fields, "note").parse().unwrap_or(page.note_id);
    let at = (id_of(&asked.0)?, asked.1.as_str());
    let error = match state.surveys.note(by(&person), at, id, (&theme, &body)).await? {
        Ok(()) => return Ok(go_to(&format!("{}?fait=note", page.address))),
        Err(NotKept::Producer(_)) => return Err(problems::not_found()),
        Err(NotKept::Theme) => FieldError { field: "theme", sentence: "Choisissez un thème.".into() },
        Err(NotKept::Body) => FieldError {
            field: "texte",
            sentence: format!("Écrivez la note, de {BODY_CHARS_MAX} caractères au plus."),
        },
    };
    page.themes = THEMES.map(|known| (known, known == theme)).into();
    (page.body, page.errors) = (body, vec![error]);
    Ok(answer_to_correct(&page))
}

/// `POST /pilotage/recensements/{id}/producteurs/{siren}/lien`.
pub async fn link(person: Pilot, asked: Asked, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let mut page = page(Account::of(&person), &found(&state, &asked).await?);
    match state.surveys.link_to_hand_over(id_of(&asked.0)?, &asked.1).await? {
        Ok(link) => page.link = Some(format!("{}/recensement/{link}", state.settings.public_url)),
        Err(NotDone::Unknown) => return Err(problems::not_found()),
        Err(why) => {
            let sentence = words::sentence(&format!("{why}."));
            page.errors = vec![FieldError { field: "lien", sentence }];
            return Ok(answer_to_correct(&page));
        }
    }
    Ok(answer(&page))
}
