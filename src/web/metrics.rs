//! `/metrics`, on an address of its own: what the process counted, the jobs and the virus scanner as they stand.

use actix_web::{HttpResponse, web};

use super::{State, scanner};
use crate::db::jobs;
use crate::ingest;
use crate::telemetry;

/// The metrics door's only address.
pub fn configure(app: &mut web::ServiceConfig) {
    app.route("/metrics", web::get().to(text));
}

async fn text(state: web::Data<State>) -> HttpResponse {
    match jobs::counts(&state.db, state.clock.now()).await {
        Ok(counts) => telemetry::jobs_stand(&[
            ("due", counts.due),
            ("later", counts.later),
            ("running", counts.running),
            ("set_aside", counts.set_aside),
        ]),
        // The rest is worth reading when the database is away.
        Err(error) => tracing::warn!(%error, "the jobs could not be counted"),
    }
    if let Ok(waiting) = jobs::waiting(&state.db).await {
        let sites = waiting.iter().filter(|(cause, _)| cause != ingest::WAITS_FOR_SCANNER);
        telemetry::jobs_stand(&[("waiting_for_a_site", sites.map(|(_, jobs)| jobs).sum())]);
    }
    let scanner = scanner::look(&state).await;
    if let Some(answers) = scanner.standing.answers() {
        telemetry::scanner_stands(answers, scanner.waiting, scanner.standing.age_days());
    }
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(telemetry::text())
}
