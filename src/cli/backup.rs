//! `chartrier backup` and `restore`: the database kept elsewhere, and put back as it stood at a moment.

use std::path::Path;
use std::process::ExitCode;

use chrono::{DateTime, Utc};

use super::{Failure, runtime};
use crate::app;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::cluster::{self, Restored};
use crate::db::{self, Db, dump};
use crate::recovery::{Backup, insert_backup};

/// What may be said to `restore`.
#[derive(clap::Args)]
pub struct RestoreArguments {
    /// Le moment à retrouver, par exemple 2027-03-01T08:00:00Z ; sans lui, le plus tard possible.
    #[arg(long, value_parser = moment)]
    at: Option<DateTime<Utc>>,
}

fn moment(text: &str) -> Result<DateTime<Utc>, String> {
    let read = DateTime::parse_from_rfc3339(text);
    read.map(|at| at.to_utc()).map_err(|_| "une date comme 2027-03-01T08:00:00Z est attendue".into())
}

const NO_FOLDER: &str = "le réglage backup.folder est vide : donnez-lui un dossier sur un autre disque";

/// Takes a base of the program's own PostgreSQL, or a dump of another.
pub(super) fn backup(config: Config) -> Result<ExitCode, Failure> {
    let (backup, archive) = config.backup.clone().zip(app::archive(&config)).ok_or(NO_FOLDER)?;
    let clock = Clock::system();
    runtime()?.block_on(async {
        let (settings, cluster) = app::database(&config).await?;
        let (kept, began_at) = (backup.kept, clock.now());
        let Some(cluster) = cluster else {
            let database = settings.clone();
            let dumping = move || dump::dump(&database, &backup.folder, kept, began_at);
            let path = tokio::task::spawn_blocking(dumping).await??;
            let size_bytes = std::fs::metadata(&path)?.len();
            note(&settings, &clock, "dump", began_at, &path, size_bytes).await?;
            println!("Base copiée et relue : {} ({size_bytes} octets)", path.display());
            return Ok(ExitCode::SUCCESS);
        };
        let ended = clock.clone();
        let base = tokio::task::spawn_blocking(move || {
            let base = cluster.back_up(&archive, kept, || ended.now());
            (cluster, base)
        });
        let (cluster, base) = base.await?;
        let base = base?;
        note(&settings, &clock, "base", began_at, &base.path, base.size_bytes).await?;
        tokio::task::spawn_blocking(move || cluster.stop()).await??;
        println!(
            "Base copiée et relue : {} ({} octets en {:.1} s, {} plus anciennes retirées)",
            base.path.display(),
            base.size_bytes,
            base.took.as_secs_f64(),
            base.removed
        );
        Ok(ExitCode::SUCCESS)
    })
}

/// Takes note of a backup, for the operator's page. A database whose schema is older than this program is backed up all the
/// same.
async fn note(
    settings: &db::Settings,
    clock: &Clock,
    kind: &str,
    began_at: DateTime<Utc>,
    path: &Path,
    size_bytes: u64,
) -> Result<(), Failure> {
    let db = match Db::connect(settings, clock.clone()).await {
        Err(db::Error::SchemaBehind) => return Ok(()),
        connected => connected?,
    };
    let backup = Backup {
        began_at,
        ended_at: clock.now(),
        kind: kind.to_owned(),
        path: path.display().to_string(),
        size_bytes: i64::try_from(size_bytes).unwrap_or(i64::MAX),
    };
    let mut tx = db.technical().await?;
    insert_backup(&mut tx, &backup).await?;
    tx.commit().await?;
    db.close().await;
    Ok(())
}

/// Puts the program's own PostgreSQL back as it stood at a moment.
pub(super) fn restore(config: Config, arguments: &RestoreArguments) -> Result<ExitCode, Failure> {
    if config.database_url.is_some() {
        return Err(
            "la base est celle d'un autre serveur (database.url) : restaurez-la avec ses propres outils \
                    (docs/operations.md)"
                .into(),
        );
    }
    let archive = app::archive(&config).ok_or(NO_FOLDER)?;
    let now = Clock::system().now();
    let restoring = cluster::restore(&config.data, &archive, arguments.at, now);
    let Restored { base, aside, took } = runtime()?.block_on(restoring)?;
    println!("Base restaurée à partir de {} en {:.1} s.", base.display(), took.as_secs_f64());
    if let Some(aside) = aside {
        println!("Celle qui était là est gardée : {}", aside.display());
    }
    println!(
        "Lancez maintenant « chartrier rebuild --from SITE », qui rend au catalogue ce qui est venu depuis."
    );
    Ok(ExitCode::SUCCESS)
}
