//! `chartrier sites`: how the sites stand; a site that joins a member's set, or leaves it.
//!
//! It asks, and the worker does: `status` shows how far it went.

use std::process::ExitCode;

use super::{Failure, runtime};
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::model::{Agent, TenantId};
use crate::preservation::{Migration, Refusal, SiteStanding};
use crate::registry;

/// Says how sites, readings and migrations stand; 1 when there is something to look at.
pub(super) fn status(config: Config) -> Result<ExitCode, Failure> {
    with_app(config, async |app| {
        let overview = app.preservation.overview().await?;
        overview.sites.iter().for_each(say_site);
        overview.migrations.iter().for_each(say_migration);
        for alert in &overview.alerts {
            println!("! {alert}");
        }
        Ok(if overview.alerts.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
    })
}

/// Asks that a site join a member's set; 1 when it cannot.
pub(super) fn add(config: Config, member: &str, site: &str) -> Result<ExitCode, Failure> {
    with_app(config, async |app| {
        let tenant = find(app, member).await?;
        answer(app.preservation.add_site(Agent::Operator, tenant, site).await?, "ajouté", site)
    })
}

/// Asks that a site leave a member's set; 1 when it cannot.
pub(super) fn retire(config: Config, member: &str, site: &str) -> Result<ExitCode, Failure> {
    with_app(config, async |app| {
        let tenant = find(app, member).await?;
        answer(app.preservation.retire_site(Agent::Operator, tenant, site).await?, "retiré", site)
    })
}

fn with_app(
    config: Config,
    command: impl AsyncFnOnce(&App) -> Result<ExitCode, Failure>,
) -> Result<ExitCode, Failure> {
    runtime()?.block_on(async {
        let app = App::open(config, Clock::system()).await?;
        let outcome = command(&app).await;
        app.close().await?;
        outcome
    })
}

async fn find(app: &App, code: &str) -> Result<TenantId, Failure> {
    let members = registry::queries::members(&mut app.db.technical().await?).await?;
    let member = members.into_iter().find(|member| member.code == code);
    member.map(|member| member.tenant).ok_or_else(|| format!("aucune collectivité « {code} »").into())
}

fn answer(outcome: Result<(), Refusal>, done: &str, site: &str) -> Result<ExitCode, Failure> {
    match outcome {
        Ok(()) => {
            println!(
                "Le site {site} est {done} : le travail de fond s'en charge, « chartrier sites status » dit où il en est."
            );
            Ok(ExitCode::SUCCESS)
        }
        Err(refusal) => {
            println!("Refusé : {refusal}.");
            Ok(ExitCode::from(1))
        }
    }
}

fn say_site(site: &SiteStanding) {
    let day = |at: chrono::DateTime<chrono::Utc>| {
        at.with_timezone(&chrono_tz::Europe::Paris).format("%d/%m/%Y %H:%M")
    };
    let sampled = site.sampled_since.map_or("jamais".to_owned(), |at| day(at).to_string());
    println!(
        "{} : {} copies, {} relues dans le cycle, dernier échantillon {sampled}, {} incidents{}",
        site.site,
        site.copies,
        site.fresh,
        site.incidents,
        site.away_since.map_or(String::new(), |at| format!(", hors d'atteinte depuis le {}", day(at)))
    );
}

fn say_migration(migration: &Migration) {
    let what = if migration.state == "copying" { "ajout" } else { "retrait" };
    println!(
        "{} : {what} du site {} ({}) : {} archives faites, {} restent, {} octets{}",
        migration.member,
        migration.site,
        migration.state,
        migration.archives,
        migration.archives_left,
        migration.size_bytes,
        migration.last_error.as_ref().map_or(String::new(), |error| format!(" ; arrêté : {error}"))
    );
}
