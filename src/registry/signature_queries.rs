//! Signature files of PRONOM, kept as they were imported.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::signatures::{Files, Version};
use crate::db::{Error, Technical};
use crate::model::PersonId;

/// The version in force; `None` before any was imported.
pub async fn find_in_force(tx: &mut Technical) -> Result<Option<Uuid>, Error> {
    let id = sqlx::query_scalar!(
        "select signatures_id from platform.format_signatures order by imported_at desc, signatures_id desc limit 1"
    );
    Ok(id.fetch_optional(tx.conn()).await?)
}

/// The bytes of a version.
pub async fn find_files(tx: &mut Technical, id: Uuid) -> Result<Option<Files>, Error> {
    let files = sqlx::query_as!(
        Files,
        "select signatures, containers from platform.format_signatures where signatures_id = $1",
        id
    );
    Ok(files.fetch_optional(tx.conn()).await?)
}

/// Every version imported, the last first, at most a hundred.
pub async fn versions(tx: &mut Technical) -> Result<Vec<Version>, Error> {
    let rows = sqlx::query!(
        r#"select s.version, s.signatures_sha512, s.containers_sha512, s.format_count, s.left_out, s.imported_at,
                  p.display_name as "imported_by?"
           from platform.format_signatures s left join platform.person p on p.person_id = s.imported_by
           order by s.imported_at desc, s.signatures_id desc limit 100"#
    );
    let versions = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| Version {
        version: row.version,
        signatures_sha512: row.signatures_sha512,
        containers_sha512: row.containers_sha512,
        format_count: row.format_count.unsigned_abs(),
        left_out: row.left_out.unsigned_abs(),
        imported_at: row.imported_at,
        imported_by: row.imported_by,
    });
    Ok(versions.collect())
}

/// Puts a version in force.
pub async fn insert(
    tx: &mut Technical,
    id: Uuid,
    files: &Files,
    version: &Version,
    by: Option<PersonId>,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into platform.format_signatures (signatures_id, version, signatures, signatures_sha512, containers,
                                                 containers_sha512, format_count, left_out, imported_at, imported_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        id,
        version.version,
        files.signatures,
        version.signatures_sha512,
        files.containers,
        version.containers_sha512,
        version.format_count as i32,
        version.left_out as i32,
        at,
        by.map(|by| by.0)
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
