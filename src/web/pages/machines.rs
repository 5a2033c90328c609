//! The connectors of a member, in the hands of its administrator: settings to copy, last calls, secret changed with an overlap, keys,
//! certificates, agreements, paused and opened; and the deposits that were expected and did not come.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::connector_settings::{self as settings, Group, Setting};
use super::connector_words as said;
use super::connectors::{Choice, buses, forms};
use super::fields::{Fields, all};
use super::shell::{Account, At, Badge, FieldError, Link, Section, Shell, answer, answer_to_correct, go_to};
use super::words;
use crate::ingest::visibility;
use crate::membership::calls::{Noted, calls_of};
use crate::membership::connectors::Bus;
use crate::membership::expected::{Missed, open_alerts};
use crate::membership::machines::{self, Keeper, Known, OVERLAP_DAYS, Unchanged, machines_of};
use crate::membership::profiles::By;
use crate::membership::readiness::{Check, could_deposit};
use crate::model::{Agreement, MachineId, Role};
use crate::registry;
use crate::web::callers::MachineKeeper;
use crate::web::{Problem, State, problems};

/// `GET /applications`.
#[derive(Template)]
#[template(path = "machines/list.html")]
pub struct ListPage {
    pub shell: Shell,
    pub lines: Vec<Line>,
    /// Deposits that were expected and did not come.
    pub missed: Vec<String>,
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
    pub secret: Vec<Setting>,
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
    pub settings: Vec<Setting>,
    pub groups: Vec<Group>,
    /// Its secret does not open the As@lae door, by which it deposits.
    pub is_too_old: bool,
    pub buses: Vec<Choice>,
    pub forms: Vec<Choice>,
    pub calls: Vec<CallLine>,
    /// Once it was asked for.
    pub checks: Vec<CheckLine>,
    pub could_deposit: bool,
    pub errors: Vec<FieldError>,
    known: Known,
}

/// A call.
pub struct CallLine {
    pub at: At,
    pub what: &'static str,
    pub outcome: Badge,
    pub identifier: Option<String>,
    /// The page of the transfer that it was about.
    pub transfer: Option<String>,
    pub detail: String,
}

/// Something that was looked at.
pub struct CheckLine {
    pub state: Badge,
    pub said: String,
    /// Empty when it is well.
    pub todo: String,
}

/// What the registers say of a machine.
pub struct Told<'a> {
    pub known: &'a Known,
    /// Of the member.
    pub agreements: &'a [Agreement],
    pub calls: &'a [Noted],
    /// Whoever looks sees transfers.
    pub sees_transfers: bool,
    pub public_url: &'a str,
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
    let mut tx = state.db.read(person.tenant).await?;
    let (known, missed) = (machines_of(&mut tx).await?, open_alerts(&mut tx).await?);
    Ok(answer(&list_page(Account::of(&person), &known, &missed)))
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
    page.tell(&secret);
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

pub(super) async fn ended(
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

/// The page of a machine as it is.
pub(super) async fn machine_page(
    person: &MachineKeeper,
    state: &State,
    id: MachineId,
) -> Result<MachinePage, Problem> {
    let mut tx = state.db.read(person.tenant).await?;
    let known = machines_of(&mut tx).await?;
    let known = known.iter().find(|known| known.machine_id == id).ok_or_else(problems::not_found)?;
    let told = Told {
        known,
        agreements: &registry::queries::agreements(&mut tx).await?,
        calls: &calls_of(&mut tx, id).await?,
        sees_transfers: visibility::followed_by(person).is_some(),
        public_url: &state.settings.public_url,
    };
    Ok(page(Account::of(person), &told))
}

/// The list.
pub fn list_page(account: Account, known: &[Known], missed: &[Missed]) -> ListPage {
    let lines = known.iter().map(|one| Line {
        address: address(one.machine_id),
        name: one.name.clone(),
        client_id: one.client_id.clone(),
        agreements: one.agreements.join(", "),
        used: used(one),
        is_closed: one.is_closed,
    });
    let shell =
        Shell { title: "Connecteurs".into(), account: Some(account), section: Section::People, top: false };
    ListPage { shell, lines: lines.collect(), missed: missed.iter().map(said::missed).collect() }
}

/// A connector's page.
pub fn page(account: Account, told: &Told<'_>) -> MachinePage {
    let known = told.known;
    let agreements = told
        .agreements
        .iter()
        .map(|one| (one.identifier.clone(), one.name.clone(), known.agreements.contains(&one.identifier)));
    MachinePage {
        csrf: account.csrf.clone(),
        shell: Shell {
            title: known.name.clone(),
            account: Some(account),
            section: Section::People,
            top: false,
        },
        trail: vec![Link::new("Personnes", "/personnes"), Link::new("Connecteurs", "/applications")],
        notice: None,
        secret: Vec::new(),
        name: known.name.clone(),
        client_id: known.client_id.clone(),
        tiers: known.tiers.clone(),
        address: address(known.machine_id),
        used: used(known),
        former: known.former_until.map(|until| words::moment(until).words),
        overlap_days: OVERLAP_DAYS,
        has_keys: known.has_keys,
        certificates: known.certificates.join("\n"),
        agreements: agreements.collect(),
        is_closed: known.is_closed,
        settings: settings::of_machine(known, told.public_url),
        groups: settings::of_agreements(known, told.agreements),
        is_too_old: !known.has_basic && known.bus != Some(Bus::Api),
        buses: buses(known.bus),
        forms: forms(known.replies),
        calls: told.calls.iter().map(|noted| call(noted, told.sees_transfers)).collect(),
        checks: Vec::new(),
        could_deposit: false,
        errors: Vec::new(),
        known: known.clone(),
    }
}

impl MachinePage {
    /// Shows a secret just made.
    pub fn tell(&mut self, secret: &str) {
        self.secret = settings::of_secret(&self.known, secret);
    }

    /// Shows what was looked at.
    pub fn checked(&mut self, checks: &[Check]) {
        let line = |check: &Check| {
            let (said, todo) = said::check(check);
            CheckLine { state: said::gravity(check.gravity()), said, todo }
        };
        self.checks = checks.iter().map(line).collect();
        self.could_deposit = could_deposit(checks);
    }
}

fn call(noted: &Noted, sees_transfers: bool) -> CallLine {
    let transfer = noted.transfer.filter(|_| sees_transfers);
    CallLine {
        at: words::moment(noted.at),
        what: said::what(noted.what),
        outcome: said::outcome(noted),
        identifier: noted.message_identifier.clone(),
        transfer: transfer.map(|id| format!("/versements/{id}")),
        detail: noted.detail.clone(),
    }
}

/// When and how it was last used.
fn used(known: &Known) -> String {
    let how = match known.used_by.as_deref() {
        Some("former secret" | "former basic") => ", avec l’ancien secret",
        Some("assertion") => ", par une clé",
        Some("certificate") => ", par un certificat",
        _ => "",
    };
    known.used_at.map_or("jamais".into(), |at| format!("{}{how}", words::moment(at).words))
}

pub(super) fn by(person: &MachineKeeper) -> Keeper {
    Keeper::Person(By { tenant: person.tenant, person: person.person_id, role: Role::MemberAdmin })
}

fn address(id: MachineId) -> String {
    format!("/applications/{id}")
}
