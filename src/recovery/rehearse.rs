//! A rehearsal: one member rebuilt from one site into an instance of its own, thrown away once it was compared with what
//! runs, table by table.
//!
//! Never writes on a site but the copy of the journal, which it first brings up to date, nor in quarantine. What comes in
//! meanwhile is left aside: both sides are looked at as they stood when it began.

use std::collections::HashSet;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use super::rebuild::{Asked, Purpose, Rebuilt, Told};
use super::tables::{Source, TABLES, Table};
use super::{Error, Recovery, safety_queries};
use crate::db::cluster::Durability;
use crate::db::inspect::{Fingerprint, Inspection};
use crate::db::{self, Cluster, Db, Settings};
use crate::model::{Agent, Event, EventType, Outcome, TenantId};
use crate::proof::journal_copy::Head;

/// What is rehearsed, and where.
#[derive(Clone, Debug)]
pub struct Rehearsing<'a> {
    pub tenant: TenantId,
    pub site: String,
    /// Every byte of every object is read.
    pub whole: bool,
    /// The database that runs.
    pub running: &'a Settings,
    /// An instance is made there, and removed with the folder.
    pub folder: &'a Path,
}

/// What a rehearsal came to.
#[derive(Clone, Debug)]
pub struct Rehearsal {
    pub began_at: DateTime<Utc>,
    /// From an empty instance to a catalogue that answers.
    pub took: Duration,
    pub rebuilt: Rebuilt,
    /// Rows compared.
    pub rows: i64,
    /// What is not the same, in French; empty: the two are.
    pub differences: Vec<String>,
}

/// A member as it stands.
struct Figures {
    tables: Vec<(&'static Table, Fingerprint)>,
    journal: Option<Head>,
    archives: Arc<HashSet<uuid::Uuid>>,
    sealed: i64,
}

impl Recovery {
    /// Rehearses, keeps the result, and leaves an entry in the member's journal.
    pub async fn rehearse(
        &self,
        rehearsing: &Rehearsing<'_>,
        tell: &mut (dyn FnMut(Told<'_>) + Send),
    ) -> Result<Rehearsal, Error> {
        let Rehearsing { tenant, running, folder, .. } = *rehearsing;
        self.copy_journal(tenant).await?;
        let began_at = self.clock.now();
        let code = self.code_of(tenant).await?;
        let before = figures(running, tenant, &code).await?;
        make_open(folder)?;
        let began = Instant::now();
        let cluster = Cluster::start_with(folder, Durability::EverythingLostAtAPowerCut, None).await?;
        let outcome = self.rebuild_elsewhere(rehearsing, &cluster, &before, tell).await;
        let took = began.elapsed();
        let after = match &outcome {
            Ok(_) => Some(figures(&settings(&cluster)?, tenant, &code).await),
            Err(_) => None,
        };
        super::blocking(move || Ok(cluster.stop()?)).await?;
        std::fs::remove_dir_all(folder)?;
        let rebuilt = outcome?;
        let Some(after) = after else { return Err(Error::Died) };
        let (rows, mut differences) = compare(&before, &after?);
        for (count, what) in [
            (rebuilt.faulty, "archives en défaut sur le site"),
            (rebuilt.unconfirmed, "archives sans confirmation sur le site"),
            (rebuilt.conflicts, "archives en double sur le site"),
        ] {
            differences.extend((count > 0).then(|| format!("{count} {what}")));
        }
        let rehearsal = Rehearsal { began_at, took, rebuilt, rows, differences };
        self.keep_rehearsal(rehearsing, &code, &rehearsal).await?;
        Ok(rehearsal)
    }

    async fn rebuild_elsewhere(
        &self,
        rehearsing: &Rehearsing<'_>,
        cluster: &Cluster,
        before: &Figures,
        tell: &mut (dyn FnMut(Told<'_>) + Send),
    ) -> Result<Rebuilt, Error> {
        let settings = settings(cluster)?;
        db::migrate(&settings).await?;
        let db = Db::connect(&settings, self.clock.clone()).await?;
        let elsewhere = Recovery::new(db.clone(), self.storage.clone(), self.clock.clone());
        let asked = Asked {
            site: rehearsing.site.clone(),
            whole: rehearsing.whole,
            purpose: Purpose::Rehearsal {
                archives: Arc::clone(&before.archives),
                journal: before.journal.clone(),
            },
        };
        let rebuilt = elsewhere.rebuild(&asked, rehearsing.tenant, tell).await;
        db.close().await;
        rebuilt
    }

    async fn keep_rehearsal(
        &self,
        rehearsing: &Rehearsing<'_>,
        code: &str,
        rehearsal: &Rehearsal,
    ) -> Result<(), Error> {
        let Rehearsal { began_at, took, rebuilt, differences, .. } = rehearsal;
        let took_ms = i64::try_from(took.as_millis()).unwrap_or(i64::MAX);
        let mut tx = self.db.technical().await?;
        let kept = safety_queries::Rehearsal {
            tenant_id: rehearsing.tenant.as_uuid(),
            site: rehearsing.site.clone(),
            began_at: *began_at,
            took_ms,
            archive_count: rebuilt.entered as i64,
            size_bytes: rebuilt.size_bytes as i64,
            differences: differences.clone(),
        };
        safety_queries::insert_rehearsal(&mut tx, &kept).await?;
        tx.commit().await?;
        let mut tx = self.db.write(rehearsing.tenant).await?;
        tx.record(Event {
            event_type: EventType::Reconstruction,
            outcome: if differences.is_empty() { Outcome::Ok } else { Outcome::Ko },
            agent: Agent::Operator,
            object: format!("member:{code}"),
            detail: vec![
                ("etape", "repetition".to_owned()),
                ("site", rehearsing.site.clone()),
                ("archives", rebuilt.entered.to_string()),
                ("millisecondes", took_ms.to_string()),
                ("differences", differences.len().to_string()),
            ],
        });
        Ok(tx.commit().await?)
    }

    async fn code_of(&self, tenant: TenantId) -> Result<String, Error> {
        let mut tx = self.db.read(tenant).await?;
        let code = super::queries::member_code(&mut tx).await?;
        code.ok_or(Error::Db(db::Error::UnknownTenant))
    }
}

/// A folder that PostgreSQL's user can walk to; what an interrupted rehearsal left there is removed.
fn make_open(folder: &Path) -> Result<(), Error> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    std::fs::create_dir_all(folder)?;
    Ok(std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755))?)
}

fn settings(cluster: &Cluster) -> Result<Settings, Error> {
    Settings::new(&cluster.address(), 4).map_err(|error| Error::Io(std::io::Error::other(error)))
}

/// A member's tables in figures, those that come back from a site.
async fn figures(settings: &Settings, tenant: TenantId, code: &str) -> Result<Figures, Error> {
    let mut inspection = Inspection::open(settings, tenant).await?;
    let mut tables = Vec::new();
    for table in
        TABLES.iter().filter(|table| table.source != Source::Nothing && table.source != Source::Files)
    {
        let but: Vec<&str> = table.but.iter().map(|(column, _)| *column).collect();
        tables.push((table, inspection.fingerprint(table.name, &but, table.only).await?));
    }
    let journal = inspection.journal().await?.map(|(seq, hash, at)| Head::new(code, seq, &hash, at));
    let archives = Arc::new(inspection.archives().await?.into_iter().collect());
    let sealed = inspection.sealed().await?;
    inspection.close().await;
    Ok(Figures { tables, journal, archives, sealed })
}

/// Rows compared, and what is not the same.
fn compare(before: &Figures, after: &Figures) -> (i64, Vec<String>) {
    let (mut rows, mut differences) = (0, Vec::new());
    for ((table, one), (_, other)) in before.tables.iter().zip(&after.tables) {
        rows += one.rows;
        // What a transfer under way weighs is held before its archive is there.
        let is_moving = table.name == "quota" && before.sealed > 0;
        if one != other && !is_moving {
            differences.push(match one.rows == other.rows {
                true => format!("{} : {} lignes, dont certaines diffèrent", table.name, one.rows),
                false => format!("{} : {} lignes, {} reconstruites", table.name, one.rows, other.rows),
            });
        }
    }
    (rows, differences)
}
