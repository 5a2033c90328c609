//! Exceptional accesses, asked for by an operator and opened by the pilot; and a second factor taken away from whoever lost it.
//!
//! Shows neither of them any archive.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::shell::{Account, FieldError, Link, Section, Shell, answer, answer_to_correct, go_to};
use super::words;
use crate::identity::PersonCaller;
use crate::membership::accounts;
use crate::membership::glass::{self, Asked, Glass, HOURS_MAX, Unchanged};
use crate::membership::profiles::By;
use crate::membership::suspension::member_named;
use crate::model::{Role, TenantId};
use crate::registry;
use crate::web::callers::{Operator, Pilot};
use crate::web::{Problem, State, problems};

/// `GET /exploitation/acces`.
#[derive(Template)]
#[template(path = "operations/glass.html")]
pub struct AskPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub csrf: String,
    pub notice: Option<&'static str>,
    /// Code, name, whether it is chosen.
    pub members: Vec<(String, String, bool)>,
    pub request: String,
    pub reason: String,
    pub hours_max: u32,
    pub lines: Vec<Line>,
    pub errors: Vec<FieldError>,
}

/// `GET /pilotage/{code}/acces`.
#[derive(Template)]
#[template(path = "pilot/access.html")]
pub struct AccessPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub csrf: String,
    pub notice: Option<&'static str>,
    pub address: String,
    pub lines: Vec<Line>,
    pub login: String,
    pub errors: Vec<FieldError>,
}

/// An access.
pub struct Line {
    pub id: Uuid,
    pub member: String,
    pub who: String,
    pub asked: String,
    pub request: String,
    pub reason: String,
    pub hours: i16,
    pub state: String,
    pub can_open: bool,
    pub can_end: bool,
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
    Demande,
    Ouvert,
    Ferme,
    Retire,
}

/// What an operator asks for.
#[derive(Deserialize)]
pub struct Asking {
    #[serde(default)]
    collectivite: String,
    #[serde(default)]
    demande: String,
    #[serde(default)]
    motif: String,
    #[serde(default)]
    heures: u32,
}

/// The access that is decided of.
#[derive(Deserialize)]
pub struct Decided {
    acces: Uuid,
}

/// Somebody without their telephone.
#[derive(Deserialize)]
pub struct Lost {
    #[serde(default)]
    identifiant: String,
    #[serde(default)]
    verification: String,
}

/// `GET /exploitation/acces`.
pub async fn form(
    person: Operator,
    said: web::Query<Said>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let mut page = ask_page(&person, &state, "").await?;
    page.notice = said.fait.map(|_| "La demande est transmise au pilote du service.");
    Ok(answer(&page))
}

/// `POST /exploitation/acces`.
pub async fn ask(
    person: Operator,
    form: web::Form<Asking>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let tenant = member_named(&state.db, &form.collectivite).await?;
    let asked = Asked { request: form.demande.clone(), reason: form.motif.clone(), hours: form.heures };
    let outcome = match tenant {
        Some(tenant) => glass::ask(&state.db, &state.clock, person.person_id, tenant, asked).await?,
        None => Err(Unchanged::NotFound),
    };
    let (field, sentence) = match outcome {
        Ok(()) => return Ok(go_to("/exploitation/acces?fait=demande")),
        Err(Unchanged::RequestMissing) => {
            ("demande", "Donnez la référence de la demande écrite de la collectivité.")
        }
        Err(Unchanged::ReasonMissing) => ("motif", "Dites ce que vous devez faire."),
        Err(Unchanged::HoursWrong) => ("heures", "De une à quatre heures."),
        Err(_) => ("collectivite", "Choisissez la collectivité."),
    };
    let mut page = ask_page(&person, &state, &form.collectivite).await?;
    page.request.clone_from(&form.demande);
    page.reason.clone_from(&form.motif);
    page.errors = vec![FieldError { field, sentence: sentence.into() }];
    Ok(answer_to_correct(&page))
}

async fn ask_page(person: &Operator, state: &State, chosen: &str) -> Result<AskPage, Problem> {
    let mut tx = state.db.technical().await?;
    let members = registry::queries::members(&mut tx).await?;
    let lines = glass::all(&mut tx).await?;
    let members = members.into_iter().map(|member| {
        let is_chosen = member.code == chosen;
        (member.code, member.name, is_chosen)
    });
    Ok(operator_page(Account::of(person), members.collect(), &lines, state))
}

/// The operator's page.
fn operator_page(
    account: Account,
    members: Vec<(String, String, bool)>,
    all: &[Glass],
    state: &State,
) -> AskPage {
    let now = state.clock.now();
    AskPage {
        csrf: account.csrf.clone(),
        shell: Shell {
            title: "Accès exceptionnel".into(),
            account: Some(account),
            section: Section::Operations,
            top: false,
        },
        trail: vec![Link::new("Exploitation", "/exploitation")],
        notice: None,
        members,
        request: String::new(),
        reason: String::new(),
        hours_max: HOURS_MAX,
        lines: all.iter().map(|glass| line(glass, now, None)).collect(),
        errors: Vec::new(),
    }
}

/// `GET /pilotage/{code}/acces`.
pub async fn show(
    person: Pilot,
    code: web::Path<String>,
    said: web::Query<Said>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let mut page = access_page(&person, &state, &code).await?;
    page.notice = said.fait.map(|done| match done {
        Done::Ouvert => "L’accès est ouvert ; la collectivité en est prévenue.",
        Done::Ferme => "L’accès est fermé.",
        Done::Demande => "La demande est enregistrée.",
        Done::Retire => {
            "Le second facteur est retiré : la personne enregistrera un téléphone à sa prochaine connexion."
        }
    });
    Ok(answer(&page))
}

/// `POST /pilotage/{code}/acces`.
pub async fn open(
    person: Pilot,
    code: web::Path<String>,
    form: web::Form<Decided>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let by = by(&person, member(&state, &code).await?);
    let outcome = glass::open(&state.db, &state.clock, by, form.acces).await?;
    decided(&person, &state, &code, outcome, "ouvert").await
}

/// `POST /pilotage/{code}/acces/fin`.
pub async fn end(
    person: Pilot,
    code: web::Path<String>,
    form: web::Form<Decided>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let by = by(&person, member(&state, &code).await?);
    let outcome = glass::end(&state.db, &state.clock, by, form.acces).await?;
    decided(&person, &state, &code, outcome, "ferme").await
}

async fn decided(
    person: &Pilot,
    state: &State,
    code: &str,
    outcome: Result<(), Unchanged>,
    done: &str,
) -> Result<HttpResponse, Problem> {
    match outcome {
        // Somebody was quicker: the page says what they decided.
        Ok(()) | Err(Unchanged::AlreadySo) => Ok(go_to(&format!("/pilotage/{code}/acces?fait={done}"))),
        Err(Unchanged::OwnRequest) => {
            let mut page = access_page(person, state, code).await?;
            let sentence = "Vous avez demandé cet accès : une autre personne doit l’ouvrir.".into();
            page.errors = vec![FieldError { field: "acces", sentence }];
            Ok(answer_to_correct(&page))
        }
        Err(_) => Err(problems::not_found()),
    }
}

/// `POST /pilotage/{code}/second-facteur`.
pub async fn take_factor(
    person: Pilot,
    code: web::Path<String>,
    form: web::Form<Lost>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let by = by(&person, member(&state, &code).await?);
    let taken =
        state.accounts.take_factor(&state.identity, by, &form.identifiant, &form.verification).await?;
    let (field, sentence) = match taken {
        Ok(()) => return Ok(go_to(&format!("/pilotage/{code}/acces?fait=retire"))),
        Err(accounts::Unchanged::CheckMissing) => {
            ("verification", "Dites comment vous avez vérifié son identité.")
        }
        Err(_) => ("identifiant", "Personne de cette collectivité n’a cet identifiant."),
    };
    let mut page = access_page(&person, &state, &code).await?;
    page.login.clone_from(&form.identifiant);
    page.errors = vec![FieldError { field, sentence: sentence.into() }];
    Ok(answer_to_correct(&page))
}

async fn member(state: &State, code: &str) -> Result<TenantId, Problem> {
    member_named(&state.db, code).await?.ok_or_else(problems::not_found)
}

fn by(person: &PersonCaller, tenant: TenantId) -> By {
    By { tenant, person: person.person_id, role: Role::Pilot }
}

async fn access_page(person: &Pilot, state: &State, code: &str) -> Result<AccessPage, Problem> {
    let tenant = member(state, code).await?;
    let lines = glass::of_member(&mut state.db.read(tenant).await?).await?;
    let account = Account::of(person);
    let now = state.clock.now();
    Ok(AccessPage {
        csrf: account.csrf.clone(),
        shell: Shell {
            title: "Accès et seconds facteurs".into(),
            account: Some(account),
            section: Section::Pilot,
            top: false,
        },
        trail: vec![
            Link::new("Pilotage", "/pilotage"),
            Link::new("Collectivité", format!("/pilotage/{code}")),
        ],
        notice: None,
        address: format!("/pilotage/{code}"),
        lines: lines.iter().map(|glass| line(glass, now, Some(person))).collect(),
        login: String::new(),
        errors: Vec::new(),
    })
}

fn line(glass: &Glass, now: chrono::DateTime<chrono::Utc>, pilot: Option<&Pilot>) -> Line {
    let state = match (glass.ended_at, glass.until) {
        (Some(_), None) => "refusé".to_owned(),
        (Some(at), Some(_)) => format!("fermé le {}", words::moment(at).words),
        (None, None) => "attend le pilote".to_owned(),
        (None, Some(until)) if until > now => format!("ouvert jusqu’au {}", words::moment(until).words),
        (None, Some(until)) => format!("terminé le {}", words::moment(until).words),
    };
    let waits = glass.until.is_none() && glass.ended_at.is_none();
    let is_open = glass.ended_at.is_none() && glass.until.is_some_and(|until| until > now);
    Line {
        id: glass.glass_id,
        member: glass.member.clone(),
        who: glass.asked_by_name.clone(),
        asked: words::moment(glass.asked_at).words,
        request: glass.request.clone(),
        reason: glass.reason.clone(),
        hours: glass.hours,
        state,
        can_open: waits && pilot.is_some_and(|pilot| pilot.person_id != glass.asked_by),
        can_end: pilot.is_some() && (waits || is_open),
    }
}
