//! `chartrier usage`: the usage of each member found again from its journal alone, beside what was measured each night. 0 when every
//! figure is the same, 1 when one is not, each difference told.

use std::process::ExitCode;

use serde_json::json;

use super::{Failure, runtime};
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::registry;
use crate::usage::recount::{Difference, Recount, What, recount};

/// Differences told of a member.
const TOLD_MAX: usize = 20;

/// `chartrier usage`'s arguments.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Une collectivité, par son code ; sans elle, toutes.
    #[arg(long)]
    member: Option<String>,
    /// Une ligne de JSON par collectivité.
    #[arg(long)]
    json: bool,
}

/// Does it.
pub(super) fn run(config: Config, arguments: &Arguments) -> Result<ExitCode, Failure> {
    runtime()?.block_on(async {
        let app = App::open(config, Clock::system()).await?;
        let outcome = compared(&app, arguments).await;
        app.close().await?;
        outcome
    })
}

async fn compared(app: &App, arguments: &Arguments) -> Result<ExitCode, Failure> {
    let mut members = registry::queries::members(&mut app.db.technical().await?).await?;
    if let Some(code) = &arguments.member {
        members.retain(|member| member.code == *code);
        if members.is_empty() {
            return Err(format!("aucune collectivité de code « {code} »").into());
        }
    }
    let mut is_right = true;
    for member in members {
        let found = recount(&app.db, member.tenant).await?;
        is_right &= found.is_right();
        match arguments.json {
            true => println!("{}", as_json(&member.code, &found)),
            false => tell(&member.code, &found),
        }
    }
    Ok(if is_right { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn tell(code: &str, found: &Recount) {
    if found.unsaid > 0 {
        println!(
            "{code} : {} prises en charge, d'avant, ne disent pas leur taille ; rien n'est comparé",
            found.unsaid
        );
        return;
    }
    println!(
        "{code} : {} écarts sur {} chiffres, {} jours, {} entrées de journal{}",
        found.differences.len(),
        found.figures,
        found.days,
        found.entries,
        if found.has_moved {
            " ; des copies ont changé de site, celles-ci ne sont pas comparées"
        } else {
            ""
        }
    );
    for of in found.differences.iter().take(TOLD_MAX) {
        println!(
            "  {} {}, {} : mesuré {} octets en {} archives, le journal dit {} en {}",
            of.day,
            of.agreement,
            what(of),
            of.measured.bytes,
            of.measured.archives,
            of.recounted.bytes,
            of.recounted.archives
        );
    }
}

fn what(of: &Difference) -> String {
    match &of.what {
        What::Held => "conservé".into(),
        What::Came => "reçu".into(),
        What::Copies(site) => format!("copies de {site}"),
    }
}

fn as_json(code: &str, found: &Recount) -> serde_json::Value {
    json!({
        "member": code,
        "right": found.is_right(),
        "days": found.days,
        "entries": found.entries,
        "figures": found.figures,
        "unsaid": found.unsaid,
        "differences": found.differences.iter().map(|of| json!({
            "day": of.day.to_string(),
            "agreement": of.agreement,
            "what": what(of),
            "measured_bytes": of.measured.bytes,
            "recounted_bytes": of.recounted.bytes,
        })).collect::<Vec<_>>(),
    })
}
