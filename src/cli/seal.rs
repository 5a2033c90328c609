//! `chartrier seal`: the journals sealed now. 1 when one is not what was sealed before; 2 when one could not be sealed.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::{Failure, runtime};
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::model::{Agent, TenantId};
use crate::registry;

/// What is sealed.
#[derive(Args)]
pub(super) struct Arguments {
    /// Une seule collectivité, par son code ; sans elle, toutes.
    #[arg(long)]
    member: Option<String>,
    /// Ne scelle rien : relit chaque journal depuis sa première entrée, et chacun de ses scellements.
    #[arg(long)]
    check: bool,
    /// Une ligne JSON par journal.
    #[arg(long)]
    json: bool,
}

/// Seals the journals chosen, then the platform's log, and publishes them.
pub(super) fn seal(config: Config, arguments: &Arguments) -> Result<ExitCode, Failure> {
    runtime()?.block_on(async {
        let app = App::open(config, Clock::system()).await?;
        let outcome = seal_all(&app, arguments).await;
        app.close().await?;
        outcome
    })
}

async fn seal_all(app: &App, arguments: &Arguments) -> Result<ExitCode, Failure> {
    let members = registry::queries::members(&mut app.db.technical().await?).await?;
    let chosen: Vec<_> = members
        .into_iter()
        .filter(|member| arguments.member.as_ref().is_none_or(|code| *code == member.code))
        .map(|member| (member.tenant, member.code))
        .collect();
    if let (Some(code), true) = (&arguments.member, chosen.is_empty()) {
        return Err(format!("aucune collectivité de code « {code} »").into());
    }
    if arguments.check {
        return Ok(check(app, &chosen, arguments.json).await);
    }
    let mut exit = 0;
    for (log, outcome) in app.sealing().seal_now(&chosen, Agent::Operator).await {
        match outcome {
            Ok(sealed) if arguments.json => {
                let root = format!("sha256:{}", hex::encode(sealed.root));
                println!(
                    "{}",
                    json!({ "log": log, "seal": sealed.number, "size": sealed.size, "root": root })
                );
            }
            Ok(sealed) => {
                let root = hex::encode(&sealed.root[..8]);
                println!("{log} : scellement {}, {} entrées, racine {root}…", sealed.number, sealed.size);
            }
            Err(error) => {
                exit = if error.is_of_log() && exit != 2 { 1 } else { 2 };
                eprintln!("{log} : {error}");
            }
        }
    }
    Ok(ExitCode::from(exit))
}

async fn check(app: &App, members: &[(TenantId, String)], json: bool) -> ExitCode {
    let mut exit = 0;
    for (tenant, code) in members {
        match app.sealing().check(*tenant, code).await {
            Ok(checked) if json => {
                println!("{}", json!({ "log": code, "entries": checked.entries, "seals": checked.seals }));
            }
            Ok(checked) => {
                println!(
                    "{code} : {} entrées, {} scellements, tels que scellés",
                    checked.entries, checked.seals
                );
            }
            Err(error) => {
                exit = if error.is_of_log() && exit != 2 { 1 } else { 2 };
                eprintln!("{code} : {error}");
            }
        }
    }
    ExitCode::from(exit)
}
