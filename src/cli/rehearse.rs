//! `chartrier rehearse`: one member rebuilt from one site into an instance of its own, and compared. 1 when it is not the
//! same.

use std::process::ExitCode;

use super::{Failure, rebuild, runtime};
use crate::app::{self, App};
use crate::clock::Clock;
use crate::config::Config;
use crate::model::TenantId;
use crate::recovery::{Recovery, Rehearsing};

/// What may be said to the command.
#[derive(clap::Args)]
pub struct Arguments {
    /// La collectivité, par son code.
    #[arg(long, value_name = "CODE")]
    member: String,
    /// Le site dont les objets sont lus ; sans lui, le dernier des réglages.
    #[arg(long, value_name = "SITE")]
    from: Option<String>,
    /// Ne relit que ce dont le catalogue est fait.
    #[arg(long)]
    quick: bool,
}

/// Where the instance is made, under the data folder.
const FOLDER: &str = "rehearsal";

/// Rehearses, and says what was found.
pub(super) fn rehearse(config: Config, arguments: &Arguments) -> Result<ExitCode, Failure> {
    runtime()?.block_on(async {
        let app = App::open(config, Clock::system()).await?;
        let outcome = one_member(&app, arguments).await;
        app.close().await?;
        outcome
    })
}

async fn one_member(app: &App, arguments: &Arguments) -> Result<ExitCode, Failure> {
    let (running, cluster) = app::database(&app.config).await?;
    let recovery = Recovery::new(app.db.clone(), app.storage.clone(), app.clock.clone());
    let last = app.storage.sites().last().map(str::to_owned);
    let rehearsing = Rehearsing {
        tenant: TenantId::of_member(&arguments.member),
        site: arguments.from.clone().or(last).unwrap_or_default(),
        whole: !arguments.quick,
        running: &running,
        folder: &app.config.data.join(FOLDER),
    };
    let rehearsal = recovery.rehearse(&rehearsing, &mut rebuild::tell).await;
    drop(cluster);
    let rehearsal = rehearsal?;
    println!("{}", rebuild::summary(&rehearsal.rebuilt));
    println!(
        "Répétition à partir de {} : {} octets d'archives, {} lignes comparées, en {:.1} s",
        rehearsing.site,
        rehearsal.rebuilt.size_bytes,
        rehearsal.rows,
        rehearsal.took.as_secs_f64()
    );
    for difference in &rehearsal.differences {
        println!("  différence : {difference}");
    }
    if !rehearsal.differences.is_empty() {
        return Ok(ExitCode::from(1));
    }
    println!("Ce qui est reconstruit est ce qui est en service.");
    Ok(ExitCode::SUCCESS)
}
