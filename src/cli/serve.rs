//! `chartrier serve`, `work`, `migrate`.

use std::process::ExitCode;

use super::{Failure, runtime};
use crate::app::{self, App};
use crate::clock::Clock;
use crate::config::Config;
use crate::db;

/// Runs the doors until told to stop.
pub(super) fn serve(config: Config, web: bool, work: bool) -> Result<ExitCode, Failure> {
    let runtime = runtime()?;
    let outcome = runtime.block_on(async {
        let running = App::open(config, Clock::system()).await?.start(web, work)?;
        if running.app.config.antivirus.is_none() {
            tracing::warn!("aucun antivirus n'est configuré : les versements ne sont pas analysés");
        }
        let metrics = running.metrics_address;
        match running.address {
            Some(address) => tracing::info!(%address, %metrics, "le service répond"),
            None => tracing::info!(%metrics, "le travail de fond commence"),
        }
        Ok(Box::pin(running.until_told()).await?)
    });
    // A thread that reads or writes a large file is not waited for: it leaves what a crash would.
    runtime.shutdown_background();
    outcome
}

/// Brings the schema up to date.
pub(super) fn migrate(config: Config) -> Result<ExitCode, Failure> {
    runtime()?.block_on(async {
        let (settings, cluster) = app::database(&config).await?;
        db::migrate(&settings).await?;
        drop(cluster);
        println!("Le schéma de la base est à jour.");
        Ok(ExitCode::SUCCESS)
    })
}
