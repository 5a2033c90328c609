//! What the member's numbers look like, kind by kind, with an example of the next one; changed by the archivist.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::Datelike;
use serde::Deserialize;

use crate::identity::PersonCaller;
use crate::membership::numbering::{self, Unchanged};
use crate::membership::profiles::By;
use crate::model::numbering::PATTERN_CHARS_MAX;
use crate::model::{NumberKind, Numbered, Role};
use crate::registry;
use crate::registry::numbering_queries::{self, Known};
use crate::web::callers::{Archivist, ProfileReader};
use crate::web::pages::shell::{Account, FieldError, Link, Section, Shell, answer, answer_to_correct, go_to};
use crate::web::pages::words;
use crate::web::{Problem, State, Who, problems};

/// `GET /numerotation`.
#[derive(Template)]
#[template(path = "numbering/numbering.html")]
pub struct NumberingPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub csrf: String,
    pub notice: Option<&'static str>,
    /// An archivist changes them.
    pub can_set: bool,
    pub chars_max: usize,
    pub kinds: Vec<KindCard>,
    pub errors: Vec<FieldError>,
}

impl NumberingPage {
    fn is_wrong(&self, field: &str) -> bool {
        self.errors.iter().any(|error| error.field == field)
    }
}

/// A kind of numbers.
pub struct KindCard {
    pub word: &'static str,
    pub label: &'static str,
    pub pattern: String,
    pub default: &'static str,
    pub next: String,
    /// What is to be known of it.
    pub note: Option<&'static str>,
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
    Change,
}

/// The form of one kind.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    #[serde(default)]
    genre: String,
    #[serde(default)]
    modele: String,
    #[serde(rename = "csrf")]
    _csrf: Option<String>,
}

/// What the examples are made of.
pub struct Shown {
    pub code: String,
    pub year: i32,
    /// Identifier of an agreement of the member.
    pub agreement: Option<String>,
    pub last: Vec<(NumberKind, i64)>,
}

/// `GET /numerotation`.
pub async fn show(
    person: ProfileReader,
    said: web::Query<Said>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let mut page = found(&person, &state).await?;
    page.notice = said.fait.map(|Done::Change| {
        "Le modèle est changé : il vaut dès le prochain numéro. Les numéros déjà donnés restent ce qu’ils sont."
    });
    Ok(answer(&page))
}

async fn found(person: &PersonCaller, state: &State) -> Result<NumberingPage, Problem> {
    let year = state.clock.today().year();
    let mut tx = state.db.read(person.tenant).await?;
    let known = numbering_queries::in_force(&mut tx).await?;
    let member = registry::queries::find_member(&mut tx).await?.ok_or_else(problems::not_found)?;
    let agreements = registry::queries::agreements(&mut tx).await?;
    let last = numbering_queries::last_ranks(&mut tx, year).await?;
    drop(tx);
    let agreement = agreements.into_iter().next().map(|agreement| agreement.identifier);
    let shown = Shown { code: member.code, year, agreement, last };
    let can_set = Who::Archivist.admits(&person.roles);
    Ok(page(Account::of(person), can_set, known.into_iter().map(|(known, _)| known), &shown))
}

/// The page of these patterns.
pub fn page(
    account: Account,
    can_set: bool,
    known: impl Iterator<Item = Known>,
    shown: &Shown,
) -> NumberingPage {
    NumberingPage {
        csrf: account.csrf.clone(),
        shell: Shell {
            title: "Numérotation".into(),
            account: Some(account),
            section: Section::Profiles,
            top: false,
        },
        trail: vec![Link::new("Profils", "/profils")],
        notice: None,
        can_set,
        chars_max: PATTERN_CHARS_MAX,
        kinds: known.map(|known| card(&known, shown)).collect(),
        errors: Vec::new(),
    }
}

fn card(known: &Known, shown: &Shown) -> KindCard {
    let last = shown.last.iter().find(|(kind, _)| *kind == known.kind).map_or(0, |(_, last)| *last);
    let next = Numbered {
        code: &shown.code,
        year: shown.year,
        rank: last + 1,
        agreement: shown.agreement.as_deref(),
    };
    KindCard {
        word: known.kind.word(),
        label: known.kind.label(),
        pattern: known.written.clone(),
        default: known.kind.default_pattern(),
        next: known.pattern.write(&next),
        note: match known.kind {
            NumberKind::Cote => {
                Some("La cote est donnée au service versant dans la réponse à son versement.")
            }
            NumberKind::Bordereau => Some("Aucune élimination n’est encore numérotée."),
            NumberKind::Accuse | NumberKind::Attestation => None,
        },
    }
}

/// `POST /numerotation`.
pub async fn set(
    person: Archivist,
    form: web::Form<Setting>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let kind = NumberKind::from_word(&form.genre).ok_or_else(problems::not_found)?;
    let by = By { tenant: person.tenant, person: person.person_id, role: Role::Archivist };
    let written = form.modele.trim();
    match numbering::set(&state.db, &state.clock, by, kind, written).await? {
        Ok(()) => Ok(go_to("/numerotation?fait=change")),
        Err(Unchanged::AlreadySo) => Ok(go_to("/numerotation")),
        Err(Unchanged::Wrong(reason)) => {
            let mut page = found(&person, &state).await?;
            let sentence = format!("{} : {}.", kind.label(), words::sentence(&reason));
            page.errors = vec![FieldError { field: kind.word(), sentence }];
            page.kinds
                .iter_mut()
                .filter(|card| card.word == kind.word())
                .for_each(|card| card.pattern = written.into());
            Ok(answer_to_correct(&page))
        }
    }
}
