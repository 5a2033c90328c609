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

/// How long a report serves.
const FRESH: Duration = Duration::from_secs(2);
/// A job due for longer than this says that nobody works.
const STUCK_MINUTES: i64 = 15;

/// The last report.
#[derive(Clone, Default)]
pub struct Readiness(Arc<Mutex<Option<(Instant, Report)>>>);

#[derive(Clone, Copy)]
struct Report {
    database: bool,
    sites: bool,
    jobs: bool,
}

/// `GET /health/live`: the process answers.
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "live" }))
}

/// `GET /health/ready`: the database answers, every site takes bytes, jobs are being done.
pub async fn ready(readiness: web::Data<Readiness>, state: web::Data<State>) -> HttpResponse {
    let mut last = readiness.0.lock().await;
    let report = match *last {
        Some((at, report)) if at.elapsed() < FRESH => report,
        _ => {
            let report = look(&state).await;
            *last = Some((Instant::now(), report));
            report
        }
    };
    drop(last);
    let word = |well: bool| if well { "ok" } else { "failing" };
    let well = report.database && report.sites && report.jobs;
    let body = json!({
        "status": if well { "ready" } else { "not_ready" },
        "checks": {
            "database": word(report.database), "sites": word(report.sites), "jobs": word(report.jobs),
        },
    });
    if well { HttpResponse::Ok().json(body) } else { HttpResponse::ServiceUnavailable().json(body) }
}

async fn look(state: &State) -> Report {
    let logged = |what: &str, error: &dyn std::fmt::Display| tracing::error!(%error, "not ready: {what}");
    let database = state.db.ping().await.inspect_err(|error| logged("database", error)).is_ok();
    let storage = state.storage.clone();
    let sites = tokio::task::spawn_blocking(move || storage.try_sites()).await;
    let sites = match sites {
        Ok(tried) => tried.inspect_err(|error| logged("sites", error)).is_ok(),
        Err(error) => {
            logged("sites", &error);
            false
        }
    };
    let late = state.clock.now() - TimeDelta::minutes(STUCK_MINUTES);
    let jobs = match jobs::counts(&state.db, state.clock.now()).await {
        Ok(counts) => counts.due_since.is_none_or(|since| since > late),
        Err(_) => false,
    };
    Report { database, sites, jobs }
}
