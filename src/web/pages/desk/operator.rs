//! The operator's desk: sites and their copies, integrity and canaries, jobs and what was set aside, seals, alerts, versions, and when
//! each disk will be full.
//!
//! Sees no title: a job is told by its number.

use super::words::outlook;
use crate::db::jobs::{self, Counts};
use crate::preservation::{Overview, SiteOutlook, SiteStanding};
use crate::web::callers::Person;
use crate::web::health::{Readiness, Report};
use crate::web::pages::shell::{Badge, Fact};
use crate::web::pages::{operations, places, words};
use crate::web::{Problem, State, Who};

/// Alerts shown.
const SHOWN: usize = 12;

/// The desk.
pub struct OperatorDesk {
    pub alerts: Vec<String>,
    pub sites: Vec<SiteLine>,
    pub facts: Vec<Fact>,
    pub work: Vec<Fact>,
    pub versions: Vec<Fact>,
}

/// A site.
pub struct SiteLine {
    pub name: String,
    pub state: Badge,
    pub copies: String,
    /// Its free room.
    pub room: String,
    pub outlook: String,
}

/// What was read.
pub struct Found {
    pub report: Report,
    pub counts: Counts,
    pub overview: Overview,
    pub outlooks: Vec<SiteOutlook>,
    pub seals: Vec<String>,
    /// Of the signatures by which formats are named.
    pub signatures: Option<String>,
}

/// Looks, for an operator.
pub async fn look(
    state: &State,
    person: &Person,
    readiness: &Readiness,
) -> Result<Option<OperatorDesk>, Problem> {
    if !Who::Operator.admits(&person.roles) {
        return Ok(None);
    }
    let versions = state.pronom.versions().await?;
    Ok(Some(desk(&Found {
        report: readiness.report(state).await,
        counts: jobs::counts(&state.db, state.clock.now()).await?,
        overview: state.preservation.overview().await?,
        outlooks: state.preservation.room_outlooks().await?,
        seals: state.sealing.standing().await?.alerts.iter().map(ToString::to_string).collect(),
        signatures: versions.into_iter().next().map(|version| version.version),
    })))
}

/// The desk of what was found.
pub fn desk(found: &Found) -> OperatorDesk {
    let mut alerts: Vec<String> = found.report.places.iter().filter_map(places::trouble).collect();
    if found.counts.set_aside > 0 {
        let jobs = words::count(found.counts.set_aside, "travail est mis", "travaux sont mis");
        alerts.push(format!("{jobs} de côté, à relancer une fois la cause corrigée."));
    }
    alerts.extend(found.overview.alerts.iter().map(ToString::to_string));
    alerts.extend(found.seals.iter().cloned());
    alerts.truncate(SHOWN);
    OperatorDesk {
        alerts,
        sites: places::sites(&found.report).into_iter().map(|site| site_line(found, site)).collect(),
        facts: facts(found),
        work: operations::standing(&found.counts),
        versions: vec![
            Fact::new("Programme", env!("CARGO_PKG_VERSION")),
            Fact::new(
                "Signatures de formats",
                found.signatures.clone().unwrap_or_else(|| "celles du programme".into()),
            ),
        ],
    }
}

fn site_line(found: &Found, site: places::SiteLine) -> SiteLine {
    let standing = found.overview.sites.iter().find(|standing| standing.site == site.name);
    let measured = found.outlooks.iter().find(|outlook| outlook.site == site.name);
    let room = found.report.places.iter().find(|place| place.site.as_ref() == Some(&site.name));
    let room = room.and_then(|place| place.room);
    SiteLine {
        copies: standing.map_or_else(String::new, copies),
        room: room.map_or_else(|| "Le support ne dit pas sa place libre".into(), places::room),
        // A bucket has no disk that fills.
        outlook: match (room, measured) {
            (None, _) => String::new(),
            (Some(_), None) => outlook(crate::model::Outlook::Unknown, "La place libre est mesurée"),
            (Some(_), Some(measured)) => outlook(measured.outlook, "La place libre est mesurée"),
        },
        name: site.name,
        state: site.state,
    }
}

fn copies(standing: &SiteStanding) -> String {
    let copies = words::count(standing.copies, "copie", "copies");
    let fresh = words::count(standing.fresh, "relue dans les délais", "relues dans les délais");
    let wrong = words::count(standing.incidents, "incident ouvert", "incidents ouverts");
    format!("{copies}, {fresh}, {wrong}")
}

fn facts(found: &Found) -> Vec<Fact> {
    let canaries = &found.overview.canaries;
    let unfound = canaries.unfound.len() as u64;
    let found_in = match canaries.longest_seconds {
        Some(seconds) => format!(", trouvés en {} au plus", words::lapse(seconds)),
        None => String::new(),
    };
    let state = if unfound == 0 {
        "tous trouvés".to_owned()
    } else {
        words::count(unfound, "pas encore trouvé", "pas encore trouvés")
    };
    let incidents: u64 = found.overview.sites.iter().map(|site| site.incidents).sum();
    vec![
        Fact::new("Intégrité", words::count(incidents, "incident ouvert", "incidents ouverts")),
        Fact::new("Objets témoins", format!("{}{found_in} ; {state}", words::number(canaries.found))),
        Fact::new(
            "Scellements",
            if found.seals.is_empty() {
                "à jour".to_owned()
            } else {
                words::count(found.seals.len() as u64, "alerte", "alertes")
            },
        ),
    ]
}
