//! Backups taken and rehearsals made, as the operator is shown them.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::db::{Error, Technical};

/// A rehearsal, as it is kept.
#[derive(Clone, Debug)]
pub struct Rehearsal {
    pub tenant_id: Uuid,
    pub site: String,
    pub began_at: DateTime<Utc>,
    pub took_ms: i64,
    pub archive_count: i64,
    pub size_bytes: i64,
    /// In French; none: what was rebuilt is what was lost.
    pub differences: Vec<String>,
}

pub(super) async fn insert_rehearsal(tx: &mut Technical, of: &Rehearsal) -> Result<(), Error> {
    sqlx::query!(
        "insert into technical.rehearsal (tenant_id, site, began_at, took_ms, archive_count, size_bytes, differences)
         values ($1, $2, $3, $4, $5, $6, $7)",
        of.tenant_id,
        of.site,
        of.began_at,
        of.took_ms,
        of.archive_count,
        of.size_bytes,
        &of.differences
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The last rehearsals, newest first, with the member's name.
pub async fn last_rehearsals(tx: &mut Technical, most: u32) -> Result<Vec<(String, Rehearsal)>, Error> {
    let rows = sqlx::query!(
        "select m.name, r.tenant_id, r.site, r.began_at, r.took_ms, r.archive_count, r.size_bytes, r.differences
         from technical.rehearsal r join member m using (tenant_id)
         order by r.rehearsal_id desc limit $1",
        i64::from(most)
    );
    let rehearsal = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| {
        let rehearsal = Rehearsal {
            tenant_id: row.tenant_id,
            site: row.site,
            began_at: row.began_at,
            took_ms: row.took_ms,
            archive_count: row.archive_count,
            size_bytes: row.size_bytes,
            differences: row.differences,
        };
        (row.name, rehearsal)
    });
    Ok(rehearsal.collect())
}

/// A backup of the database that was taken and read again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    pub began_at: DateTime<Utc>,
    pub ended_at: DateTime<Utc>,
    /// `base` of the program's own server, or `dump` of another.
    pub kind: String,
    pub path: String,
    pub size_bytes: i64,
}

/// Takes note of a backup.
pub async fn insert_backup(tx: &mut Technical, of: &Backup) -> Result<(), Error> {
    sqlx::query!(
        "insert into technical.backup (began_at, ended_at, kind, path, size_bytes) values ($1, $2, $3, $4, $5)",
        of.began_at,
        of.ended_at,
        of.kind,
        of.path,
        of.size_bytes
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The last backup taken by this program.
pub async fn last_backup(tx: &mut Technical) -> Result<Option<Backup>, Error> {
    let backup = sqlx::query_as!(
        Backup,
        "select began_at, ended_at, kind, path, size_bytes from technical.backup order by backup_id desc limit 1"
    );
    Ok(backup.fetch_optional(tx.conn()).await?)
}
