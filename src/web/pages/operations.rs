//! The operator's page: background work, what was set aside of it, the sites and the database.
//!
//! Never shows a title or a content: a job is told by its kind, its member and an identifier. Relaunching one
//! is no event of the archive: the job itself will leave its own.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::places::{self, PlaceLine, SiteLine};
use super::preservation::{self, Keeping};
use super::safety::{self, RehearsalLine, Safety};
use super::shell::{Account, At, Badge, Fact, Section, Shell, answer, go_to};
use super::{viruses, words};
use crate::db::jobs::{self, Counts, SetAside};
use crate::mail::{self, Troubles};
use crate::preservation::{
    JOB_ATTEST, JOB_CHECK_SITE, JOB_LIST_SITE, JOB_MIGRATE, JOB_REPAIR_SITE, Overview,
};
use crate::sealing::Alert;
use crate::web::callers::Operator;
use crate::web::health::{self, Readiness, Report};
use crate::web::{Problem, State, scanner};
use crate::{catalog, ingest, pronom, recovery};

/// `GET /exploitation`.
#[derive(Template)]
#[template(path = "operations/operations.html")]
pub struct OperationsPage {
    pub shell: Shell,
    pub csrf: String,
    /// What the act just done came to.
    pub notice: Option<&'static str>,
    /// Deposits cannot be kept now.
    pub failing: bool,
    /// What somebody should look at, in sentences.
    pub troubles: Vec<String>,
    pub counts: Vec<Fact>,
    pub set_aside: Vec<SetAsideLine>,
    /// Said when not all of them are shown.
    pub more: Option<String>,
    pub places: Vec<PlaceLine>,
    pub sites: Vec<SiteLine>,
    /// How copies are read again.
    pub keeping: Keeping,
    /// How the virus scanner stands, and what is known of it.
    pub scanner: (Badge, Vec<Fact>),
    /// What the sites were found to be when the program started.
    pub warnings: Vec<String>,
    /// What brings the service back.
    pub safety: Vec<Fact>,
    pub rehearsals: Vec<RehearsalLine>,
}

/// A job set aside.
pub struct SetAsideLine {
    pub job_id: i64,
    pub work: String,
    /// The transfer it was for.
    pub subject: String,
    pub member: String,
    pub attempts: String,
    pub error: String,
    pub asked: At,
}

/// What was found, before it is put in words.
pub struct Found<'a> {
    pub report: &'a Report,
    pub counts: Counts,
    /// What jobs wait for outside, and how many.
    pub waiting: &'a [(String, u64)],
    pub set_aside: &'a [SetAside],
    pub overview: &'a Overview,
    pub warnings: &'a [String],
    pub scanner: &'a scanner::Report,
    pub safety: &'a Safety,
    pub letters: &'a Troubles,
    pub seals: &'a [Alert],
    pub now: DateTime<Utc>,
}

/// What the page before has to say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    relance: Option<Resumed>,
}

/// What came of a relaunch.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Resumed {
    Faite,
    Inutile,
}

/// Jobs set aside shown, oldest first.
const SHOWN: u32 = 100;
/// `GET /exploitation`.
pub async fn show(
    person: Operator,
    said: web::Query<Said>,
    readiness: web::Data<Readiness>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let report = readiness.report(&state).await;
    let counts = jobs::counts(&state.db, state.clock.now()).await?;
    let set_aside = jobs::set_aside(&state.db, SHOWN).await?;
    let overview = state.preservation.overview().await?;
    let (waiting, scanner) = (jobs::waiting(&state.db).await?, scanner::look(&state).await);
    let safety = safety::look(&state).await?;
    let letters = mail::troubles(&mut state.db.technical().await?).await?;
    let seals = state.sealing.standing().await?.alerts;
    let found = Found {
        report: &report,
        counts,
        waiting: &waiting,
        set_aside: &set_aside,
        overview: &overview,
        warnings: state.storage.warnings(),
        scanner: &scanner,
        safety: &safety,
        letters: &letters,
        seals: &seals,
        now: state.clock.now(),
    };
    Ok(answer(&page(Account::of(&person), &found, said.relance)))
}

/// `POST /exploitation/travaux/{id}/relance`. A job that is no longer set aside was relaunched by somebody
/// quicker, or is done: the page says so.
pub async fn resume(
    person: Operator,
    id: web::Path<i64>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    if !jobs::resume(&state.db, *id, state.clock.now()).await? {
        return Ok(go_to("/exploitation?relance=inutile"));
    }
    tracing::info!(job.id = *id, person.id = %person.person_id, "a job set aside was relaunched");
    Ok(go_to("/exploitation?relance=faite"))
}

/// The page of what was found.
pub fn page(account: Account, found: &Found<'_>, resumed: Option<Resumed>) -> OperationsPage {
    let (set_aside, shown) = (found.counts.set_aside, found.set_aside.len() as u64);
    OperationsPage {
        csrf: account.csrf.clone(),
        shell: Shell {
            title: "Exploitation".into(),
            account: Some(account),
            section: Section::Operations,
            top: true,
        },
        notice: resumed.map(|resumed| match resumed {
            Resumed::Faite => "Le travail est relancé : il est repris comme s’il était nouveau.",
            Resumed::Inutile => "Ce travail n’est plus mis de côté : il a été relancé, ou il est terminé.",
        }),
        failing: !(found.report.database && found.report.sites()),
        troubles: troubles(found),
        counts: standing(&found.counts),
        set_aside: found.set_aside.iter().map(line).collect(),
        more: (set_aside > shown)
            .then(|| format!("Les {} plus anciens sont montrés, sur {}.", shown, words::number(set_aside))),
        places: places::lines(found.report),
        sites: places::sites(found.report),
        keeping: preservation::keeping(found.overview),
        scanner: viruses::standing(found.scanner),
        warnings: found.warnings.iter().map(|warning| sentence(warning)).collect(),
        safety: safety::facts(found.safety),
        rehearsals: safety::lines(found.safety),
    }
}

/// The background work of the whole service, in words.
pub fn standing(counts: &Counts) -> Vec<Fact> {
    let fact = |label: &str, value: u64| Fact::new(label, words::number(value));
    let mut facts = vec![
        fact("En cours", counts.running),
        fact("En attente", counts.due),
        fact("Prévus plus tard", counts.later),
        fact("Mis de côté après des échecs", counts.set_aside),
        fact("Travaux de fond, qui peuvent attendre", counts.background),
    ];
    if let Some(since) = counts.due_since {
        facts.push(Fact::new("Attente la plus ancienne", words::moment(since).words));
    }
    facts
}

fn line(job: &SetAside) -> SetAsideLine {
    SetAsideLine {
        job_id: job.job_id,
        work: work(&job.kind),
        subject: job.subject.to_string(),
        member: job.member_name.clone(),
        attempts: words::count(job.attempts.into(), "essai", "essais"),
        error: job.last_error.clone(),
        asked: words::moment(job.created_at),
    }
}

/// What a job does, in words.
fn work(kind: &str) -> String {
    match kind {
        ingest::JOB_INGEST => "Contrôle et prise en charge d’un versement".into(),
        ingest::JOB_SEAL => "Prise en charge d’un versement accepté".into(),
        ingest::JOB_PURGE => "Effacement des fichiers d’un versement refusé".into(),
        pronom::JOB_NAME_AGAIN => "Nouvelle identification des formats d’une collectivité".into(),
        JOB_CHECK_SITE => "Relecture des copies d’un site".into(),
        catalog::JOB_COMMUNICATED => "Relecture d’une archive consultée".into(),
        catalog::JOB_DOUBTED => "Relecture d’une archive dont une copie est douteuse".into(),
        JOB_ATTEST => "Attestation d’intégrité d’une archive".into(),
        JOB_LIST_SITE => "Inventaire d’un site".into(),
        JOB_MIGRATE => "Ajout ou retrait d’un site".into(),
        JOB_REPAIR_SITE => "Réparation des copies d’un site".into(),
        recovery::JOB_COPY => "Copie du journal sur les sites".into(),
        unknown => format!("Travail inconnu de cette version : {unknown}"),
    }
}

/// Words of a log line as a sentence.
fn sentence(words: &str) -> String {
    let mut rest = words.chars();
    let first = rest.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", rest.as_str())
}

fn troubles(found: &Found<'_>) -> Vec<String> {
    let Found { report, counts, .. } = found;
    let mut troubles = Vec::new();
    if !report.database {
        troubles.push("La base de données ne répond pas : rien ne peut être reçu ni lu.".into());
    }
    if report.places.is_empty() {
        troubles.push("Les sites n’ont pas pu être examinés.".into());
    }
    troubles.extend(report.places.iter().filter_map(places::trouble));
    if !report.jobs {
        troubles.push(format!(
            "Un travail attend depuis plus de {} minutes : le programme qui fait les travaux semble arrêté.",
            health::STUCK_MINUTES
        ));
    }
    troubles.extend(viruses::trouble(found.scanner));
    for (cause, jobs) in found.waiting.iter().filter(|(cause, _)| cause != ingest::WAITS_FOR_SCANNER) {
        let jobs = words::count(*jobs, "versement accepté attend", "versements acceptés attendent");
        troubles.push(format!(
            "{jobs} le {cause} : chacun est repris de lui-même, chaque minute, sans rien perdre."
        ));
    }
    if counts.set_aside > 0 {
        let jobs = words::count(counts.set_aside, "travail est mis", "travaux sont mis");
        troubles.push(format!("{jobs} de côté, à relancer une fois la cause corrigée."));
    }
    troubles.extend(found.overview.alerts.iter().map(ToString::to_string));
    troubles.extend(found.seals.iter().map(ToString::to_string));
    troubles.extend(safety::troubles(found.safety, found.now));
    troubles.extend(letters(found.letters));
    troubles
}

/// Letters that the relay does not take; what they tell is at the portal all the same.
fn letters(letters: &Troubles) -> Option<String> {
    let (delayed, given_up) = (letters.delayed, letters.given_up);
    let told = match (delayed, given_up) {
        (0, 0) => return None,
        (delayed, 0) => {
            words::count(delayed, "courriel attend", "courriels attendent") + " le relais de messagerie"
        }
        (0, given_up) => words::count(given_up, "courriel n’a", "courriels n’ont") + " pas pu être envoyés",
        (delayed, given_up) => format!(
            "{} le relais de messagerie, {} pas pu être envoyés",
            words::count(delayed, "courriel attend", "courriels attendent"),
            words::count(given_up, "autre n’a", "autres n’ont")
        ),
    };
    let said = letters.last_error.as_deref().unwrap_or_default();
    Some(format!("{told}. Il répond : « {said} ». Vérifiez les réglages [mail]."))
}
