//! The member's agreements: what each asks, in words, its versions, who may use it; suspended and opened by the administrator.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Months, NaiveDate, Utc};
use serde::Deserialize;
use uuid::Uuid;

use crate::identity::PersonCaller;
use crate::membership::agreements::{self, Unchanged};
use crate::membership::profiles::By;
use crate::model::{Acceptance, Agreement, AgreementId, DepositLimit, Role, Signing};
use crate::registry::queries::CameUnder;
use crate::registry::{self, terms_queries};
use crate::web::callers::{AgreementKeeper, ProfileReader};
use crate::web::pages::calendar;
use crate::web::pages::ingest::list::{self, Names};
use crate::web::pages::shell::{Account, At, Badge, Fact, FieldError, Link, Section, Shell, answer, go_to};
use crate::web::pages::words;
use crate::web::{Problem, State, Who, problems};

/// `GET /accords`.
#[derive(Template)]
#[template(path = "agreements/list.html")]
pub struct ListPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub lines: Vec<Line>,
    pub can_prepare: bool,
}

/// An agreement in the list.
pub struct Line {
    pub address: String,
    pub name: String,
    pub identifier: String,
    pub accepted: &'static str,
    /// The last deposit taken in charge, in words.
    pub last: String,
    /// How many in a year.
    pub deposits: String,
    pub state: Badge,
}

/// `GET /accords/{id}`.
#[derive(Template)]
#[template(path = "agreements/agreement.html")]
pub struct AgreementPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub csrf: String,
    pub notice: Option<&'static str>,
    pub name: String,
    pub address: String,
    pub state: Badge,
    pub facts: Vec<Fact>,
    pub machines: Vec<String>,
    pub versions: Vec<VersionLine>,
    /// Said to whoever may do it.
    pub can_keep: bool,
    pub can_validate: bool,
    pub is_open: bool,
    /// What is expected by the calendar: value, words, whether it is chosen; days granted; first day.
    pub periods: Vec<(&'static str, &'static str, bool)>,
    pub within_days: String,
    pub since: String,
    pub errors: Vec<FieldError>,
}

/// A version of the terms.
pub struct VersionLine {
    pub version: u32,
    pub since: At,
    pub digest: String,
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
    Ouvert,
    Prepare,
    Calendrier,
    Valide,
    Sien,
}

/// The page of an agreement.
pub fn address(id: AgreementId) -> String {
    format!("/accords/{id}")
}

fn badge(agreement: &Agreement) -> Badge {
    if agreement.is_draft {
        Badge { label: "En préparation", tone: "moving", icon: "clock" }
    } else if agreement.active {
        Badge { label: "Ouvert", tone: "kept", icon: "check" }
    } else {
        Badge { label: "Suspendu", tone: "waiting", icon: "clock" }
    }
}

/// `GET /accords`.
pub async fn show(person: ProfileReader, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let mut tx = state.db.read(person.tenant).await?;
    let agreements = registry::queries::agreements(&mut tx).await?;
    let today = state.clock.today();
    let since = today.checked_sub_months(Months::new(12)).unwrap_or(today);
    let came = registry::queries::came_under(&mut tx, since).await?;
    drop(tx);
    let mut page = list(Account::of(&person), &agreements, &came);
    page.can_prepare = Who::AgreementKeeper.admits(&person.roles);
    Ok(answer(&page))
}

/// The page of these agreements and of what came under each: those that wait for something first.
pub fn list(account: Account, agreements: &[Agreement], came: &BTreeMap<String, CameUnder>) -> ListPage {
    let mut sorted: Vec<&Agreement> = agreements.iter().collect();
    sorted.sort_by_key(|agreement| (!agreement.is_draft, !agreement.active));
    let of = |agreement: &Agreement| came.get(&agreement.identifier).copied().unwrap_or_default();
    let day = |day: NaiveDate| words::lexical_date(&day.to_string());
    let line = |agreement: &Agreement| Line {
        last: of(agreement).last.map_or_else(|| "aucun".into(), day),
        deposits: words::number(of(agreement).deposits),
        address: address(agreement.agreement_id),
        name: agreement.name.clone(),
        identifier: agreement.identifier.clone(),
        accepted: accepted(agreement.acceptance),
        state: badge(agreement),
    };
    ListPage {
        shell: Shell {
            title: "Accords de versement".into(),
            account: Some(account),
            section: Section::Profiles,
            top: false,
        },
        trail: vec![Link::new("Profils", "/profils")],
        lines: sorted.into_iter().map(line).collect(),
        can_prepare: false,
    }
}

fn accepted(acceptance: Acceptance) -> &'static str {
    match acceptance {
        Acceptance::Automatic => "Prise en charge automatique",
        Acceptance::Archivist => "Un archiviste se prononce",
    }
}

/// `GET /accords/{id}`.
pub async fn agreement(
    person: ProfileReader,
    id: web::Path<Uuid>,
    said: web::Query<Said>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let mut page = agreement_page(&person, &state, AgreementId(*id)).await?;
    page.notice = said.fait.map(|done| match done {
        Done::Suspendu => {
            "L’accord est suspendu : les versements qui le nomment sont refusés jusqu’à sa réouverture."
        }
        Done::Ouvert => "L’accord est de nouveau ouvert aux versements.",
        Done::Prepare => "L’accord est préparé : l’archiviste le valide, puis on pourra verser.",
        Done::Calendrier => "Le calendrier est enregistré : il sert dès le prochain passage, dans l’heure.",
        Done::Valide => "L’accord est validé : on peut verser.",
        Done::Sien => "Vous avez préparé cet accord : un autre archiviste le valide.",
    });
    Ok(answer(&page))
}

/// The page of an agreement as it is.
pub(super) async fn agreement_page(
    person: &PersonCaller,
    state: &State,
    id: AgreementId,
) -> Result<AgreementPage, Problem> {
    let mut tx = state.db.read(person.tenant).await?;
    let agreements = registry::queries::agreements(&mut tx).await?;
    let found = agreements.into_iter().find(|agreement| agreement.agreement_id == id);
    let agreement = found.ok_or_else(problems::not_found)?;
    let versions = terms_queries::versions(&mut tx, agreement.agreement_id).await?;
    let machines = registry::queries::machines_under(&mut tx, agreement.agreement_id).await?;
    let names = list::names(&mut tx).await?;
    drop(tx);
    let can_keep = Who::AgreementKeeper.admits(&person.roles) && !agreement.is_draft;
    let can_validate = Who::Archivist.admits(&person.roles) && agreement.is_draft;
    let told = Told { agreement: &agreement, versions, machines, names: &names, can_keep, can_validate };
    Ok(page(Account::of(person), told))
}

/// What the registers say of an agreement.
pub struct Told<'a> {
    pub agreement: &'a Agreement,
    /// Number, since when, digest; the last first.
    pub versions: Vec<(u32, DateTime<Utc>, String)>,
    /// Names of the applications that may use it.
    pub machines: Vec<String>,
    pub names: &'a Names,
    pub can_keep: bool,
    pub can_validate: bool,
}

/// The page.
pub fn page(account: Account, told: Told<'_>) -> AgreementPage {
    let agreement = told.agreement;
    AgreementPage {
        csrf: account.csrf.clone(),
        shell: Shell {
            title: agreement.name.clone(),
            account: Some(account),
            section: Section::Profiles,
            top: false,
        },
        trail: vec![Link::new("Profils", "/profils"), Link::new("Accords de versement", "/accords")],
        notice: None,
        name: agreement.name.clone(),
        address: address(agreement.agreement_id),
        state: badge(agreement),
        facts: facts(agreement, told.names),
        machines: told.machines,
        versions: told
            .versions
            .into_iter()
            .map(|(version, since, digest)| VersionLine { version, since: words::moment(since), digest })
            .collect(),
        can_keep: told.can_keep,
        can_validate: told.can_validate,
        is_open: agreement.active,
        periods: calendar::periods(agreement.conditions.expected.map(|expected| expected.every)),
        within_days: agreement
            .conditions
            .expected
            .map_or_else(|| "5".into(), |expected| expected.within_days.to_string()),
        since: agreement.conditions.expected.map(|expected| expected.since.to_string()).unwrap_or_default(),
        errors: Vec::new(),
    }
}

fn facts(agreement: &Agreement, names: &Names) -> Vec<Fact> {
    let conditions = &agreement.conditions;
    let named = |identifiers: &[String]| {
        let each = identifiers.iter().map(|identifier| names.get(identifier).unwrap_or(identifier).as_str());
        each.collect::<Vec<_>>().join(", ")
    };
    let mut facts = vec![
        Fact::new("Identifiant", &agreement.identifier),
        Fact::new("Acceptation", accepted(agreement.acceptance)),
        Fact::new("Service d’archives", named(std::slice::from_ref(&agreement.archival_agency))),
        Fact::new("Services versants", named(&agreement.transferring_agencies)),
        Fact::new("Services producteurs", named(&agreement.originating_agencies)),
        Fact::new("Taille d’un versement", format!("{} au plus", words::size(agreement.transfer_bytes_max))),
        Fact::new("Âge", conditions.age.label()),
    ];
    let mut push = |label: &str, value: Option<String>| {
        facts.extend(value.filter(|value| !value.is_empty()).map(|value| Fact::new(label, value)));
    };
    let day = |day: Option<NaiveDate>| day.map(|day| words::lexical_date(&day.to_string()));
    push("Ouvert à compter du", day(agreement.valid_from));
    push("Jusqu’au", day(agreement.valid_until));
    push("Règle du tableau de gestion", conditions.typology.clone());
    push("Profils d’archivage", Some(agreement.profiles.join(", ")));
    push("Profil exigé", agreement.profile_imposed.then(|| "oui".into()));
    push("Formats acceptés", Some(agreement.formats.accepted.join(", ")));
    push("Empreintes admises", Some(conditions.digests.join(", ")));
    let signing = |signing: Signing| Some(signing.label().to_owned()).filter(|_| signing != Signing::Free);
    push("Signature du bordereau", signing(conditions.message_signature));
    push("Signature des documents", signing(conditions.document_signatures));
    push("Sites demandés", Some(conditions.sites.join(", ")));
    push(
        "Relecture des copies",
        conditions.reading_days.map(|days| format!("tous les {days} jours au plus")),
    );
    push("Numérisations", conditions.reliable_copy.then(|| "copie fiable exigée".into()));
    push("Limites", Some(agreement.limits.iter().map(limit).collect::<Vec<_>>().join(" ; ")));
    push("Versements attendus", conditions.expected.as_ref().map(calendar::words_of));
    let told = conditions.notify.len() as u64;
    push("Prévenus des décisions", (told > 0).then(|| words::count(told, "adresse", "adresses")));
    facts
}

fn limit(limit: &DepositLimit) -> String {
    let most = [
        limit.transfers.map(|most| words::count(most, "versement", "versements")),
        limit.files.map(|most| words::count(most, "fichier", "fichiers")),
        limit.bytes.map(words::size),
    ];
    format!("{} {}", most.into_iter().flatten().collect::<Vec<_>>().join(", "), limit.per.label())
}

/// `POST /accords/{id}/suspension`.
pub async fn suspend(
    person: AgreementKeeper,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    set(&person, AgreementId(*id), &state, false, "suspendu").await
}

/// `POST /accords/{id}/reouverture`.
pub async fn reopen(
    person: AgreementKeeper,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    set(&person, AgreementId(*id), &state, true, "ouvert").await
}

async fn set(
    person: &AgreementKeeper,
    id: AgreementId,
    state: &State,
    open: bool,
    done: &str,
) -> Result<HttpResponse, Problem> {
    let by = By { tenant: person.tenant, person: person.person_id, role: Role::MemberAdmin };
    match agreements::set_open(&state.db, &state.clock, by, id, open).await? {
        Err(Unchanged::NotFound) => Err(problems::not_found()),
        // Somebody was quicker.
        Ok(()) | Err(Unchanged::AlreadySo) => Ok(go_to(&format!("{}?fait={done}", address(id)))),
    }
}
