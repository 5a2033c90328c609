//! The pilot's desk: every member with its convention, its quota, its deposits, its last days; the suspension of a member's deposits.
//!
//! Shows no title and no archive: the pilot leads the service, and opens nothing of it (norms §8).

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::{Days, NaiveDate};
use serde::Deserialize;

use crate::membership::suspension::{self, Unchanged, months_left};
use crate::model::{CONVENTION_FIELDS, Closed, Convention, Suspension};
use crate::registry::convention_queries::{self, Overview};
use crate::usage::{self, DayTotal};
use crate::web::callers::Pilot;
use crate::web::pages::shell::{
    Account, Badge, Fact, FieldError, Link, Section, Shell, answer, answer_to_correct, go_to,
};
use crate::web::pages::usage::{DAYS, LastDays, last_days};
use crate::web::pages::words;
use crate::web::{Problem, State, problems};

/// `GET /pilotage`.
#[derive(Template)]
#[template(path = "pilot/members.html")]
pub struct MembersPage {
    pub shell: Shell,
    /// What is to be looked at, in sentences.
    pub alerts: Vec<String>,
    pub lines: Vec<Line>,
    pub held: String,
}

/// A member.
pub struct Line {
    pub address: String,
    pub name: String,
    pub kind: &'static str,
    pub convention: String,
    pub held: String,
    pub percent: u64,
    pub state: Badge,
}

/// `GET /pilotage/{code}`.
#[derive(Template)]
#[template(path = "pilot/member.html")]
pub struct MemberPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub csrf: String,
    pub notice: Option<&'static str>,
    pub name: String,
    pub address: String,
    pub state: Badge,
    pub closed: Option<String>,
    pub facts: Vec<Fact>,
    pub conventions: Vec<ConventionCard>,
    pub usage: LastDays,
    /// Deposits are suspended, or will be.
    pub suspended: Option<String>,
    pub today: String,
    pub reason: String,
    pub from: String,
    pub errors: Vec<FieldError>,
}

impl MemberPage {
    fn is_wrong(&self, field: &str) -> bool {
        self.errors.iter().any(|error| error.field == field)
    }
}

/// A convention as the page tells it.
pub struct ConventionCard {
    pub identifier: String,
    pub id: String,
    pub state: &'static str,
    pub facts: Vec<Fact>,
    pub fields: Vec<Fact>,
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
    Suspendu,
    Repris,
}

/// The form of a suspension.
#[derive(Deserialize)]
pub struct Suspending {
    #[serde(default)]
    motif: String,
    #[serde(default)]
    depuis: String,
}

/// The page of a member.
pub fn address(code: &str) -> String {
    format!("/pilotage/{code}")
}

/// `GET /pilotage`.
pub async fn show(person: Pilot, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let overviews = convention_queries::overviews(&mut state.db.technical().await?).await?;
    Ok(answer(&members(Account::of(&person), &overviews, state.clock.today())))
}

/// The page of these members.
pub fn members(account: Account, overviews: &[Overview], today: NaiveDate) -> MembersPage {
    let held: u64 = overviews.iter().map(|overview| overview.bytes_held).sum();
    MembersPage {
        shell: Shell { title: "Pilotage".into(), account: Some(account), section: Section::Pilot, top: true },
        alerts: overviews.iter().flat_map(|overview| alerts(overview, today)).collect(),
        lines: overviews.iter().map(|overview| line(overview, today)).collect(),
        held: words::size(held),
    }
}

/// What is to be looked at of a member, in sentences.
pub fn alerts(overview: &Overview, today: NaiveDate) -> Vec<String> {
    let name = &overview.name;
    let mut alerts = Vec::new();
    let convention = overview.standing.convention.as_ref();
    let until = convention.and_then(|convention| convention.valid_until);
    if let Some((until, months)) = until.and_then(|until| Some((until, months_left(today, until)?))) {
        let until = words::lexical_date(&until.to_string());
        alerts.push(format!("{name} : la convention prend fin le {until}, dans {months} mois au plus."));
    }
    match overview.standing.closed_on(today) {
        Some(Closed::NoConvention) => alerts.push(format!("{name} : aucune convention en vigueur.")),
        Some(Closed::ConventionOutOfDates(_)) => {
            alerts.push(format!("{name} : la convention n’est pas dans ses dates."));
        }
        _ => {}
    }
    if percent(overview) >= 80 {
        alerts.push(format!("{name} : {} % du quota occupés.", percent(overview)));
    }
    alerts
}

fn percent(overview: &Overview) -> u64 {
    let held = u128::from(overview.bytes_held) * 100;
    held.checked_div(u128::from(overview.bytes_max)).map_or(0, |percent| percent.min(999) as u64)
}

fn line(overview: &Overview, today: NaiveDate) -> Line {
    let convention = match &overview.standing.convention {
        Some(convention) => match convention.valid_until {
            Some(until) => {
                format!("{}, jusqu’au {}", convention.identifier, words::lexical_date(&until.to_string()))
            }
            None => convention.identifier.clone(),
        },
        None => "Aucune".to_owned(),
    };
    Line {
        address: address(&overview.standing.code),
        name: overview.name.clone(),
        kind: kind(&overview.kind),
        convention,
        held: format!("{} sur {}", words::size(overview.bytes_held), words::size(overview.bytes_max)),
        percent: percent(overview),
        state: badge(overview.standing.closed_on(today).as_ref()),
    }
}

/// A kind of member, in words.
pub fn kind(word: &str) -> &'static str {
    match word {
        "departement" => "Département",
        "epci" => "Intercommunalité",
        "commune" => "Commune",
        "syndicat" => "Syndicat",
        "ccas" => "CCAS",
        "cdg" => "Centre de gestion",
        "sdis" => "SDIS",
        _ => "Autre",
    }
}

fn badge(closed: Option<&Closed>) -> Badge {
    match closed {
        None => Badge { label: "Verse", tone: "kept", icon: "check" },
        Some(Closed::Suspended(_)) => Badge { label: "Suspendue", tone: "refused", icon: "cross" },
        Some(Closed::NoConvention) => Badge { label: "Sans convention", tone: "waiting", icon: "clock" },
        Some(Closed::ConventionOutOfDates(_)) => {
            Badge { label: "Hors convention", tone: "waiting", icon: "clock" }
        }
        Some(Closed::Member) => Badge { label: "Close", tone: "waiting", icon: "clock" },
    }
}

/// `GET /pilotage/{code}`.
pub async fn member(
    person: Pilot,
    code: web::Path<String>,
    said: web::Query<Said>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let mut page = found(&person, &state, &code).await?;
    page.notice = said.fait.map(|done| match done {
        Done::Suspendu => {
            "Les versements sont suspendus à la date dite ; la collectivité est prévenue par courriel."
        }
        Done::Repris => "Les versements reprennent.",
    });
    Ok(answer(&page))
}

async fn found(person: &Pilot, state: &State, code: &str) -> Result<MemberPage, Problem> {
    let overviews = convention_queries::overviews(&mut state.db.technical().await?).await?;
    let overview = overviews.into_iter().find(|overview| overview.standing.code == code);
    let overview = overview.ok_or_else(problems::not_found)?;
    let today = state.clock.today();
    let mut tx = state.db.read(overview.tenant).await?;
    let conventions = convention_queries::conventions(&mut tx).await?;
    let days = usage::queries::days(&mut tx, today - Days::new(DAYS), today).await?;
    drop(tx);
    Ok(of_member(Account::of(person), &overview, &conventions, &days, today))
}

/// The page of a member.
pub fn of_member(
    account: Account,
    overview: &Overview,
    conventions: &[Convention],
    days: &[DayTotal],
    today: NaiveDate,
) -> MemberPage {
    let standing = &overview.standing;
    let closed = standing.closed_on(today);
    let suspended = standing.suspension.as_ref().map(|suspension| {
        format!("À compter du {} : {}", words::lexical_date(&suspension.from.to_string()), suspension.reason)
    });
    MemberPage {
        csrf: account.csrf.clone(),
        shell: Shell {
            title: overview.name.clone(),
            account: Some(account),
            section: Section::Pilot,
            top: false,
        },
        trail: vec![Link::new("Pilotage", "/pilotage")],
        notice: None,
        name: overview.name.clone(),
        address: address(&standing.code),
        state: badge(closed.as_ref()),
        closed: match closed {
            Some(Closed::NoConvention) => {
                Some("Sans convention en vigueur, aucun versement n’est possible. La lecture reste ouverte.".into())
            }
            Some(Closed::ConventionOutOfDates(_)) => {
                Some("La convention n’est pas dans ses dates : aucun versement n’est possible. La lecture reste ouverte.".into())
            }
            Some(Closed::Member) => Some("La collectivité n’existe pas à cette date.".into()),
            Some(Closed::Suspended(_)) | None => None,
        },
        facts: facts(overview),
        conventions: conventions.iter().enumerate().map(|(at, convention)| card(at, convention)).collect(),
        usage: last_days(&standing.code, days),
        suspended,
        today: today.to_string(),
        reason: String::new(),
        from: today.to_string(),
        errors: Vec::new(),
    }
}

fn facts(overview: &Overview) -> Vec<Fact> {
    let standing = &overview.standing;
    let mut facts = vec![
        Fact::new("Collectivité", kind(&overview.kind)),
        Fact::new(
            "Place occupée",
            format!(
                "{} sur {} ({} %)",
                words::size(overview.bytes_held),
                words::size(overview.bytes_max),
                percent(overview)
            ),
        ),
        Fact::new("Prises en charge", words::count(overview.archives_held, "versement", "versements")),
    ];
    let day = |day: Option<NaiveDate>| day.map(|day| words::lexical_date(&day.to_string()));
    if let Some(until) = day(standing.valid_until) {
        facts.push(Fact::new("A cessé d’exister", until));
    }
    if let Some(successor) = &standing.successor {
        facts.push(Fact::new("Lui succède", successor));
    }
    facts
}

fn card(at: usize, convention: &Convention) -> ConventionCard {
    let mut facts = vec![Fact::new("Régime", convention.regime.label())];
    let mut push = |label: &str, day: Option<NaiveDate>| {
        facts.extend(day.map(|day| Fact::new(label, words::lexical_date(&day.to_string()))));
    };
    let details = &convention.details;
    push("Signée", convention.signed_on);
    push("Début", convention.valid_from);
    push("Fin", convention.valid_until);
    push("Projet envoyé au contrôle", details.draft_sent_on);
    push("Avis reçu", details.opinion_on);
    push("Politique d’archivage signée", details.policy_signed_on);
    push("Déclaration", details.declaration_on);
    push("Dossier de mise en service envoyé", details.service_file_sent_on);
    push("Certification valable jusqu’au", details.certificate_until);
    facts.push(Fact::new("Préavis", words::count(convention.notice_months.into(), "mois", "mois")));
    let service = convention.archives_service.as_ref();
    facts.extend(service.map(|service| Fact::new("Service public d’archives", service)));
    let written = CONVENTION_FIELDS.iter().filter_map(|(name, label, _)| {
        Some(Fact { whole: true, ..Fact::new(*label, details.fields.get(*name)?) })
    });
    ConventionCard {
        identifier: convention.identifier.clone(),
        id: format!("convention-{at}"),
        state: convention.state.label(),
        facts,
        fields: written.collect(),
    }
}

/// `POST /pilotage/{code}/suspension`.
pub async fn suspend(
    person: Pilot,
    code: web::Path<String>,
    form: web::Form<Suspending>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let tenant = suspension::member_named(&state.db, &code).await?.ok_or_else(problems::not_found)?;
    let today = state.clock.today();
    let from: Option<NaiveDate> = form.depuis.parse().ok();
    let wrong = match from {
        None => Some(("depuis", "Donnez le jour à compter duquel les versements sont suspendus.")),
        Some(from) => {
            let suspension = Suspension { from, reason: form.motif.clone(), notified_on: today };
            match suspension::suspend(&state.db, &state.clock, person.person_id, tenant, suspension).await? {
                Ok(()) | Err(Unchanged::AlreadySo) => None,
                Err(Unchanged::ReasonMissing) => {
                    Some(("motif", "Dites pourquoi : la collectivité lira ce motif."))
                }
                Err(Unchanged::TooSoon) => {
                    Some(("depuis", "Ce jour est passé : donnez aujourd’hui, ou un jour à venir."))
                }
                Err(Unchanged::NotFound) => return Err(problems::not_found()),
            }
        }
    };
    let Some((field, sentence)) = wrong else {
        return Ok(go_to(&format!("{}?fait=suspendu", address(&code))));
    };
    let mut page = found(&person, &state, &code).await?;
    page.errors = vec![FieldError { field, sentence: sentence.into() }];
    (page.reason, page.from) = (form.motif.clone(), form.depuis.clone());
    Ok(answer_to_correct(&page))
}

/// `POST /pilotage/{code}/reprise`.
pub async fn resume(
    person: Pilot,
    code: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let tenant = suspension::member_named(&state.db, &code).await?.ok_or_else(problems::not_found)?;
    // Somebody may have been quicker: it is as it was wanted.
    let _ = suspension::resume(&state.db, person.person_id, tenant).await?;
    Ok(go_to(&format!("{}?fait=repris", address(&code))))
}
