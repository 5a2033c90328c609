//! Is the program alive, and can it work? For the supervisor and the reverse proxy.
//!
//! Never says why in its answer: causes are in the log. The one thing to know: readiness is looked at no more
//! than once in [`FRESH`], however often it is asked.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::{HttpResponse, web};
use chrono::TimeDelta;
use serde_json::json;
use tokio::sync::Mutex;

use super::State;
use crate::db::jobs;
use crate::storage::Standing;

/// How long a report serves.
const FRESH: Duration = Duration::from_secs(2);
/// A job due for longer than this says that nobody works.
pub const STUCK_MINUTES: i64 = 15;

/// The last report.
#[derive(Clone, Default)]
pub struct Readiness(Arc<Mutex<Option<(Instant, Report)>>>);

/// What was found.
#[derive(Clone, Debug)]
pub struct Report {
    /// The database answers.
    pub database: bool,
    /// The sites and the quarantine; none when they could not be looked at.
    pub places: Vec<Standing>,
    /// Jobs are being done.
    pub jobs: bool,
}

impl Readiness {
    /// The last report while it is fresh, else a new one; many who ask at once share it.
    pub async fn report(&self, state: &State) -> Report {
        let mut last = self.0.lock().await;
        match &*last {
            Some((at, report)) if at.elapsed() < FRESH => report.clone(),
            _ => {
                let report = look(state).await;
                *last = Some((Instant::now(), report.clone()));
                report
            }
        }
    }
}

impl Report {
    /// Every place takes bytes.
    pub fn sites(&self) -> bool {
        !self.places.is_empty() && self.places.iter().all(|place| place.fault.is_none())
    }
}

/// `GET /health/live`: the process answers.
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "live" }))
}

/// `GET /health/ready`: the database answers, every site takes bytes, jobs are being done.
pub async fn ready(readiness: web::Data<Readiness>, state: web::Data<State>) -> HttpResponse {
    let report = readiness.report(&state).await;
    let word = |well: bool| if well { "ok" } else { "failing" };
    let well = report.database && report.sites() && report.jobs;
    let body = json!({
        "status": if well { "ready" } else { "not_ready" },
        "checks": {
            "database": word(report.database), "sites": word(report.sites()), "jobs": word(report.jobs),
        },
    });
    if well { HttpResponse::Ok().json(body) } else { HttpResponse::ServiceUnavailable().json(body) }
}

async fn look(state: &State) -> Report {
    let logged = |what: &str, error: &dyn std::fmt::Display| tracing::error!(%error, "not ready: {what}");
    let database = state.db.ping().await.inspect_err(|error| logged("database", error)).is_ok();
    let storage = state.storage.clone();
    let places = tokio::task::spawn_blocking(move || storage.stand()).await;
    let places = places.inspect_err(|error| logged("sites", error)).unwrap_or_default();
    for fault in places.iter().filter_map(|place| place.fault.as_ref()) {
        logged("sites", fault);
    }
    let late = state.clock.now() - TimeDelta::minutes(STUCK_MINUTES);
    let jobs = match jobs::counts(&state.db, state.clock.now()).await {
        Ok(counts) => counts.due_since.is_none_or(|since| since > late),
        Err(_) => false,
    };
    Report { database, places, jobs }
}
