//! What a migration has done, in the rows, and for those who look at every member.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Step;
use super::queries::find;
use crate::db::{Error, Technical, TenantRead, TenantTx};
use crate::model::{ArchiveId, TenantId};

pub(super) async fn insert_copy(
    tx: &mut TenantTx,
    archive: ArchiveId,
    site: &str,
    location: &str,
    at: DateTime<Utc>,
) -> Result<bool, Error> {
    let made = sqlx::query!(
        "insert into copy (archive_id, site, location, verified_at) values ($1, $2, $3, $4)
         on conflict (tenant_id, archive_id, site) do nothing",
        archive.0,
        site,
        location,
        at
    );
    Ok(made.execute(tx.conn()).await?.rows_affected() > 0)
}

pub(super) async fn delete_copy(tx: &mut TenantTx, archive: ArchiveId, site: &str) -> Result<bool, Error> {
    let gone = sqlx::query!("delete from copy where archive_id = $1 and site = $2", archive.0, site);
    Ok(gone.execute(tx.conn()).await?.rows_affected() > 0)
}

/// What was wrong with a copy that is no more.
pub(super) async fn withdraw_incident(
    tx: &mut TenantTx,
    archive: ArchiveId,
    site: &str,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "update incident set state = 'repaired', repaired_at = $3, withdrawn = true
         where archive_id = $1 and site = $2 and state <> 'repaired'",
        archive.0,
        site,
        at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn add_done(
    tx: &mut TenantTx,
    id: Uuid,
    archives: u64,
    size_bytes: u64,
) -> Result<(), Error> {
    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    sqlx::query!(
        "update media_migration set archives = archives + $2, size_bytes = size_bytes + $3
         where media_migration_id = $1",
        id,
        count(archives),
        count(size_bytes)
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn set_switched(tx: &mut TenantTx, id: Uuid, at: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "update media_migration set state = 'destroying', switched_at = $2
         where media_migration_id = $1 and state = 'verifying'",
        id,
        at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// It is over: archives and bytes moved; `None`: it was over.
pub(super) async fn finish(
    tx: &mut TenantTx,
    id: Uuid,
    at: DateTime<Utc>,
) -> Result<Option<(i64, i64)>, Error> {
    let row = sqlx::query!(
        "update media_migration set state = 'done', ended_at = $2
         where media_migration_id = $1 and state <> 'done' returning archives, size_bytes",
        id,
        at
    );
    Ok(row.fetch_optional(tx.conn()).await?.map(|row| (row.archives, row.size_bytes)))
}

/// A migration, for those who look at every member.
pub(super) struct Progress {
    site: String,
    state: String,
    archives: i64,
    left: i64,
    size_bytes: i64,
    asked_at: DateTime<Utc>,
}

pub(super) async fn progress(
    tx: &mut TenantRead,
    id: Uuid,
    known: &[String],
) -> Result<Option<Progress>, Error> {
    let moving = find(tx, id, known).await?;
    let row = sqlx::query!(
        "select site, state, archives, size_bytes, asked_at from media_migration where media_migration_id = $1",
        id
    );
    let Some(row) = row.fetch_optional(tx.conn()).await? else { return Ok(None) };
    let left = match moving.map(|moving| moving.step) {
        None => 0,
        Some(Step::Copying) => count_lacking(tx, &row.site).await?,
        Some(Step::Verifying | Step::Destroying) => count_copies(tx, &row.site).await?,
    };
    Ok(Some(Progress {
        site: row.site,
        state: row.state,
        archives: row.archives,
        left,
        size_bytes: row.size_bytes,
        asked_at: row.asked_at,
    }))
}

async fn count_lacking(tx: &mut TenantRead, site: &str) -> Result<i64, Error> {
    let left = sqlx::query_scalar!(
        r#"select (select count(*) from archive) - (select count(*) from copy where site = $1) as "left!""#,
        site
    );
    Ok(left.fetch_one(tx.conn()).await?)
}

async fn count_copies(tx: &mut TenantRead, site: &str) -> Result<i64, Error> {
    let left = sqlx::query_scalar!(r#"select count(*) as "left!" from copy where site = $1"#, site);
    Ok(left.fetch_one(tx.conn()).await?)
}

pub(super) async fn save_progress(
    tx: &mut Technical,
    tenant: TenantId,
    id: Uuid,
    progress: &Progress,
    failure: Option<&str>,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into platform.media_migration (tenant_id, media_migration_id, site, state, archives, archives_left,
                                               size_bytes, asked_at, seen_at, last_error)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (tenant_id, media_migration_id)
         do update set state = excluded.state, archives = excluded.archives, archives_left = excluded.archives_left,
                       size_bytes = excluded.size_bytes, seen_at = excluded.seen_at, last_error = excluded.last_error",
        tenant.as_uuid(),
        id,
        progress.site,
        progress.state,
        progress.archives,
        progress.left,
        progress.size_bytes,
        progress.asked_at,
        at,
        failure
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
