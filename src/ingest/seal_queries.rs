//! What an acceptance consumes: quota, number, identifier; and the accession it enters.

use chrono::{DateTime, Utc};

use crate::db::{self, TenantRead, TenantTx};
use crate::model::{ArchiveId, TransferId};

/// Whether another transfer was accepted under this identifier.
pub async fn identifier_is_consumed(
    tx: &mut TenantRead,
    transferring_agency: &str,
    message_identifier: &str,
    except: TransferId,
) -> Result<bool, db::Error> {
    let found = sqlx::query_scalar!(
        r#"select exists (
               select from transfer
               where transferring_agency = $1 and message_identifier = $2 and transfer_id <> $3
                 and state in ('sealed', 'awaiting_replication', 'taken_in_charge')) as "found!""#,
        transferring_agency,
        message_identifier,
        except.0
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(found)
}

/// The next number of a kind in a year; the row stays locked until the transaction ends.
pub async fn next_number(tx: &mut TenantTx, kind: &str, year: i32) -> Result<i64, db::Error> {
    let number = sqlx::query_scalar!(
        "insert into numbering (kind, year, last) values ($1, $2, 1)
         on conflict (tenant_id, kind, year) do update set last = numbering.last + 1
         returning last",
        kind,
        year
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(number)
}

/// Takes `bytes` from what is left to the member; `false` when there is not as much.
pub async fn reserve_quota(tx: &mut TenantTx, bytes: u64) -> Result<bool, db::Error> {
    let done = sqlx::query!(
        "update quota set bytes_held = bytes_held + $1, archives_held = archives_held + 1
         where bytes_held + $1 <= bytes_max",
        bytes as i64
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Bytes the member may still deposit; none without a quota.
pub async fn quota_left(tx: &mut TenantRead) -> Result<u64, db::Error> {
    let left = sqlx::query_scalar!(r#"select greatest(bytes_max - bytes_held, 0) as "left!" from quota"#)
        .fetch_optional(tx.conn())
        .await?;
    Ok(left.unwrap_or(0) as u64)
}

/// What seal fixed.
pub struct AccessionRow {
    pub archive_id: ArchiveId,
    pub cote: String,
    pub grant_date: DateTime<Utc>,
    pub reply: String,
    /// What `notes` fixed for PREMIS and the report of checks.
    pub premis: String,
    pub record: String,
}

/// Enters an accession in the register.
pub async fn insert_accession(
    tx: &mut TenantTx,
    id: TransferId,
    row: &AccessionRow,
) -> Result<(), db::Error> {
    sqlx::query!(
        "insert into accession (transfer_id, archive_id, cote, grant_date, reply, premis, record)
         values ($1, $2, $3, $4, $5, $6, $7)",
        id.0,
        row.archive_id.0,
        row.cote,
        row.grant_date,
        row.reply,
        row.premis,
        row.record
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What seal fixed for this transfer, if it has been sealed.
pub async fn find_accession(tx: &mut TenantRead, id: TransferId) -> Result<Option<AccessionRow>, db::Error> {
    let row = sqlx::query!(
        "select archive_id, cote, grant_date, reply, premis, record from accession where transfer_id = $1",
        id.0
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| AccessionRow {
        archive_id: ArchiveId(row.archive_id),
        cote: row.cote,
        grant_date: row.grant_date,
        reply: row.reply,
        premis: row.premis,
        record: row.record,
    }))
}
