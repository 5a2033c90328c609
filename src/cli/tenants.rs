//! `chartrier tenants plan` and `apply`: members as files.

use std::path::Path;
use std::process::ExitCode;

use super::{Failure, runtime};
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::membership::{self, Error, Taking};

/// Says, in words, what a folder of members would change.
pub(super) fn plan(config: Config, folder: &Path, taking: Taking) -> Result<ExitCode, Failure> {
    with_app(config, folder, async |app| {
        membership::plan(&app.db, &app.storage, folder, &app.clock, taking).await
    })
}

/// Applies a folder of members and says, in words, what changed.
pub(super) fn apply(config: Config, folder: &Path, taking: Taking) -> Result<ExitCode, Failure> {
    with_app(config, folder, async |app| {
        membership::apply(&app.db, &app.storage, folder, &app.clock, taking).await
    })
}

fn with_app(
    config: Config,
    folder: &Path,
    work: impl AsyncFnOnce(&App) -> Result<Vec<String>, Error>,
) -> Result<ExitCode, Failure> {
    runtime()?.block_on(async {
        let app = App::open(config, Clock::system()).await?;
        let outcome = async {
            if app.config.antivirus.is_none() {
                membership::refuse_without_virus_scanner(folder)?;
            }
            work(&app).await
        };
        let outcome = outcome.await;
        app.close().await?;
        match outcome {
            Ok(changes) if changes.is_empty() => println!("Rien à changer."),
            Ok(changes) => changes.iter().for_each(|change| println!("{change}")),
            Err(error) => {
                eprintln!("{error}");
                return Ok(ExitCode::from(1));
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// Gives members back as files.
pub(super) fn export(config: Config, folder: &Path, member: Option<&str>) -> Result<ExitCode, Failure> {
    runtime()?.block_on(async {
        let app = App::open(config, Clock::system()).await?;
        let outcome = membership::export::export(&app.db, folder, member).await;
        app.close().await?;
        match outcome {
            Ok(codes) => println!("{} : {}", folder.display(), codes.join(", ")),
            Err(error) => {
                eprintln!("{error}");
                return Ok(ExitCode::from(1));
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}
