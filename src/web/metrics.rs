//! `/metrics`, on an address of its own: what the process counted, the jobs, the copies and the virus scanner as they
//! stand.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};

use super::{State, scanner};
use crate::db::jobs;
use crate::ingest;
use crate::preservation::{Alert, Overview};
use crate::sealing::{self, Standing};
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
            ("background", counts.background),
        ]),
        // The rest is worth reading when the database is away.
        Err(error) => tracing::warn!(%error, "the jobs could not be counted"),
    }
    match state.preservation.overview().await {
        Ok(overview) => copies_stand(&overview, state.clock.now()),
        Err(error) => tracing::warn!(%error, "the copies could not be counted"),
    }
    match state.sealing.standing().await {
        Ok(standing) => seals_stand(&standing, state.clock.now()),
        Err(error) => tracing::warn!(%error, "the seals could not be counted"),
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

fn seals_stand(standing: &Standing, now: DateTime<Utc>) {
    let count = |word: &&'static str| {
        (*word, standing.alerts.iter().filter(|alert| alert.word() == *word).count() as u64)
    };
    telemetry::alerts_stand(&sealing::Alert::WORDS.iter().map(count).collect::<Vec<_>>());
    let waits = standing.stamping.as_ref().and_then(|stamping| stamping.waiting_since);
    let seconds = waits.map_or(0, |since| u64::try_from((now - since).num_seconds()).unwrap_or(0));
    telemetry::stamp_waits(seconds);
}

fn copies_stand(overview: &Overview, now: DateTime<Utc>) {
    let since = |at: DateTime<Utc>| u64::try_from((now - at).num_seconds()).unwrap_or(0);
    for site in &overview.sites {
        telemetry::site_stands(&telemetry::Site {
            name: &site.site,
            copies: site.copies,
            fresh: site.fresh,
            wrong: site.incidents,
            no_good_copy: site.no_good_copy,
            orphans: site.orphans,
            sample_age_seconds: site.sampled_since.map_or(0, since),
            away: site.away_since.is_some(),
        });
    }
    let canaries = &overview.canaries;
    let last = canaries.latest.first().and_then(|damage| Some(damage.found_at? - damage.done_at));
    let seconds = [
        ("median", canaries.median_seconds.unwrap_or(0)),
        ("longest", canaries.longest_seconds.unwrap_or(0)),
        ("last", last.and_then(|last| u64::try_from(last.num_seconds()).ok()).unwrap_or(0)),
        ("oldest_unfound", canaries.unfound.first().map_or(0, |damage| since(damage.done_at))),
    ];
    telemetry::canaries_stand(canaries.found, canaries.unfound.len() as u64, &seconds);
    let count = |word: &&'static str| {
        (*word, overview.alerts.iter().filter(|alert| alert.word() == *word).count() as u64)
    };
    telemetry::alerts_stand(&Alert::WORDS.iter().map(count).collect::<Vec<_>>());
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::evidence::stamping_queries::Stamping;

    #[test]
    fn a_seal_that_waits_for_its_stamp_is_counted_and_an_alert_after_a_day() {
        let now = "2027-03-02T03:00:00Z".parse().unwrap();
        let since = now - TimeDelta::hours(25);
        let standing = Standing {
            logs: Vec::new(),
            stamping: Some(Stamping { waiting_since: Some(since), ..Stamping::default() }),
            contradicted: Vec::new(),
            witnesses: Vec::new(),
            alerts: vec![sealing::Alert::Unstamped { since, reason: String::new() }],
        };
        seals_stand(&standing, now);
        let text = telemetry::text();
        for line in [
            "chartrier_alerts{kind=\"seals_unstamped\"} 1",
            "chartrier_alerts{kind=\"stamps_not_renewed\"} 0",
            "chartrier_stamp_waiting_seconds 90000",
        ] {
            assert!(text.contains(line), "{line}");
        }
    }
}
