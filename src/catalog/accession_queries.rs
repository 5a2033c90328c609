//! The register of accessions (registre des entrées): what was fixed when each transfer was accepted.

use chrono::{DateTime, Utc};

use crate::db::{self, TenantRead, TenantTx};
use crate::model::{ArchiveId, TransferId};

/// What seal fixed.
pub struct AccessionRow {
    pub archive_id: ArchiveId,
    pub cote: String,
    pub grant_date: DateTime<Utc>,
    pub reply: String,
    /// What PREMIS and the report of checks are made of.
    pub premis: String,
    pub record: String,
    /// The register's line (`metadata/transfer.json`); `None` when it was sealed before archives had it.
    pub transfer_record: Option<String>,
}

/// Enters an accession in the register.
pub async fn insert_accession(
    tx: &mut TenantTx,
    id: TransferId,
    row: &AccessionRow,
) -> Result<(), db::Error> {
    sqlx::query!(
        "insert into accession (transfer_id, archive_id, cote, grant_date, reply, premis, record, transfer_record)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id.0,
        row.archive_id.0,
        row.cote,
        row.grant_date,
        row.reply,
        row.premis,
        row.record,
        row.transfer_record
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What seal fixed for this transfer, if it has been sealed.
pub async fn find_accession(tx: &mut TenantRead, id: TransferId) -> Result<Option<AccessionRow>, db::Error> {
    let row = sqlx::query!(
        "select archive_id, cote, grant_date, reply, premis, record, transfer_record from accession where transfer_id = $1",
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
        transfer_record: row.transfer_record,
    }))
}
