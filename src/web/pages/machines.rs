//! The applications of a member, in the hands of its administrator: last use, secret changed with an overlap, keys, certificates,
//! agreements, closed and opened.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::fields::{Fields, all};
use super::shell::{Account, FieldError, Link, Section, Shell, answer, answer_to_correct, go_to};
use super::words;
use crate::membership::machines::{self, Keeper, Known, OVERLAP_DAYS, Unchanged, machines_of};
use crate::membership::profiles::By;
use crate::model::{MachineId, Role};
use crate::registry;
use crate::web::callers::MachineKeeper;
use crate::web::{Problem, State, problems};

/// `GET /applications`.
#[derive(Template)]
#[template(path = "machines/list.html")]
pub struct ListPage {
    pub shell: Shell,
    pub lines: Vec<Line>,
}

/// An application.
pub struct Line {
    pub address: String,
    pub name: String,
    pub client_id: String,
    pub agreements: String,
    pub used: String,
    pub is_closed: bool,
}

/// `GET /applications/{id}`.
#[derive(Template)]
#[template(path = "machines/machine.html")]
pub struct MachinePage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub csrf: String,
    pub notice: Option<&'static str>,
    /// A secret just made, told this once.
    pub secret: Option<String>,
    pub name: String,
    pub client_id: String,
    pub tiers: Option<String>,
    pub address: String,
    pub used: String,
    /// Until when the secret before serves.
    pub former: Option<String>,
    pub overlap_days: u32,
    pub has_keys: bool,
    pub certificates: String,
    /// Identifier, name, whether it is assigned.
    pub agreements: Vec<(String, String, bool)>,
    pub is_closed: bool,
    pub errors: Vec<FieldError>,
}

/// What the page before has to say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    fait: Option<Done>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Done {
    Change,
}

/// How long the secret before goes on serving.
#[derive(Deserialize)]
pub struct Rotating {
    jours: Option<u32>,
}

/// A text of the form.
#[derive(Deserialize)]
pub struct Given {
    #[serde(default)]
    texte: String,
}

/// `GET /applications`.
pub async fn show(person: MachineKeeper, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let known = machines_of(&mut state.db.read(person.tenant).await?).await?;
    Ok(answer(&list_page(Account::of(&person), &known)))
}

/// `GET /applications/{id}`.
pub async fn one(
    person: MachineKeeper,
    id: web::Path<Uuid>,
    said: web::Query<Said>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let mut page = machine_page(&person, &state, MachineId(*id)).await?;
    page.notice = said.fait.map(|Done::Change| "C’est changé, dès maintenant.");
    Ok(answer(&page))
}

/// `POST /applications/{id}/renouvellement`.
pub async fn rotate(
    person: MachineKeeper,
    id: web::Path<Uuid>,
    form: web::Form<Rotating>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let (id, days) = (MachineId(*id), form.jours.unwrap_or(OVERLAP_DAYS));
    let rotated = machines::rotate(&state.db, &state.clock, by(&person), id, days).await?;
    let secret = rotated.map_err(|_| problems::not_found())?;
    let mut page = machine_page(&person, &state, id).await?;
    page.secret = Some(secret);
    Ok(answer(&page))
}

/// `POST /applications/{id}/cles`.
pub async fn keys(
    person: MachineKeeper,
    id: web::Path<Uuid>,
    form: web::Form<Given>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = MachineId(*id);
    let done = machines::set_keys(&state.db, by(&person), id, &form.texte).await?;
    ended(&person, &state, id, done).await
}

/// `POST /applications/{id}/certificats`.
pub async fn certificates(
    person: MachineKeeper,
    id: web::Path<Uuid>,
    form: web::Form<Given>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = MachineId(*id);
    let done = machines::set_certificates(&state.db, by(&person), id, &form.texte).await?;
    ended(&person, &state, id, done).await
}

/// `POST /applications/{id}/accords`.
pub async fn assign(
    person: MachineKeeper,
    id: web::Path<Uuid>,
    fields: Fields,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = MachineId(*id);
    let chosen = all(&fields, "accord");
    let done = machines::assign(&state.db, by(&person), id, chosen).await?;
    ended(&person, &state, id, done).await
}

/// `POST /applications/{id}/fermeture`.
pub async fn close(
    person: MachineKeeper,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = MachineId(*id);
    let done = machines::set_open(&state.db, &state.clock, by(&person), id, false).await?;
    // What it holds opens nothing any more, at once.
    state.identity.end_tokens(person.tenant, id).await?;
    ended(&person, &state, id, done).await
}

/// `POST /applications/{id}/ouverture`.
pub async fn open(
    person: MachineKeeper,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = MachineId(*id);
    let done = machines::set_open(&state.db, &state.clock, by(&person), id, true).await?;
    ended(&person, &state, id, done).await
}

async fn ended(
    person: &MachineKeeper,
    state: &State,
    id: MachineId,
    done: Result<(), Unchanged>,
) -> Result<HttpResponse, Problem> {
    let (field, sentence) = match done {
        Ok(()) => return Ok(go_to(&format!("{}?fait=change", address(id)))),
        Err(Unchanged::NotFound) => return Err(problems::not_found()),
        Err(Unchanged::Keys(reason)) => ("cles", format!("{}.", words::sentence(reason))),
        Err(Unchanged::Certificate) => {
            ("certificats", "Une empreinte SHA-256 est faite de 64 chiffres et lettres de a à f.".to_owned())
        }
        Err(Unchanged::AgreementUnknown) => {
            ("accords", "Un accord coché n’existe plus : choisissez de nouveau.".to_owned())
        }
    };
    let mut page = machine_page(person, state, id).await?;
    page.errors = vec![FieldError { field, sentence }];
    Ok(answer_to_correct(&page))
}

async fn machine_page(person: &MachineKeeper, state: &State, id: MachineId) -> Result<MachinePage, Problem> {
    let mut tx = state.db.read(person.tenant).await?;
    let known = machines_of(&mut tx).await?;
    let known = known.iter().find(|known| known.machine_id == id).ok_or_else(problems::not_found)?;
    let agreements = registry::queries::agreements(&mut tx).await?;
    let agreements = agreements.into_iter().map(|one| {
        let assigned = known.agreements.contains(&one.identifier);
        (one.identifier, one.name, assigned)
    });
    Ok(page(Account::of(person), known, agreements.collect()))
}

/// The list.
pub fn list_page(account: Account, known: &[Known]) -> ListPage {
    let lines = known.iter().map(|one| Line {
        address: address(one.machine_id),
        name: one.name.clone(),
        client_id: one.client_id.clone(),
        agreements: one.agreements.join(", "),
        used: used(one),
        is_closed: one.is_closed,
    });
    let shell =
        Shell { title: "Applications".into(), account: Some(account), section: Section::People, top: false };
    ListPage { shell, lines: lines.collect() }
}

/// An application's page.
pub fn page(account: Account, known: &Known, agreements: Vec<(String, String, bool)>) -> MachinePage {
    MachinePage {
        csrf: account.csrf.clone(),
        shell: Shell {
            title: known.name.clone(),
            account: Some(account),
            section: Section::People,
            top: false,
        },
        trail: vec![Link::new("Personnes", "/personnes"), Link::new("Applications", "/applications")],
        notice: None,
        secret: None,
        name: known.name.clone(),
        client_id: known.client_id.clone(),
        tiers: known.tiers.clone(),
        address: address(known.machine_id),
        used: used(known),
        former: known.former_until.map(|until| words::moment(until).words),
        overlap_days: OVERLAP_DAYS,
        has_keys: known.has_keys,
        certificates: known.certificates.join("\n"),
        agreements,
        is_closed: known.is_closed,
        errors: Vec::new(),
    }
}

/// When and how it was last used.
fn used(known: &Known) -> String {
    let how = match known.used_by.as_deref() {
        Some("former secret") => ", avec l’ancien secret",
        Some("assertion") => ", par une clé",
        Some("certificate") => ", par un certificat",
        _ => "",
    };
    known.used_at.map_or("jamais".into(), |at| format!("{}{how}", words::moment(at).words))
}

fn by(person: &MachineKeeper) -> Keeper {
    Keeper::Person(By { tenant: person.tenant, person: person.person_id, role: Role::MemberAdmin })
}

fn address(id: MachineId) -> String {
    format!("/applications/{id}")
}
