//! Rows of the files of deposits being prepared: one statement a function, on a technical table.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::draft::{By, Draft, DraftFile};
use super::queries::json;
use crate::db::{Error, Technical};
use crate::model::{TenantId, TransferId};

pub(super) async fn with_files(tx: &mut Technical, tenant: TenantId, draft: Draft) -> Result<Draft, Error> {
    let rows = sqlx::query!(
        "select file_id, rank, folder, name, bytes_total, bytes_received, modified_ms, sha512, puid, format_name, mime, answers
         from technical.deposit_draft_file where tenant_id = $1 and draft_id = $2 order by rank",
        tenant.as_uuid(),
        draft.draft_id
    );
    let mut files = Vec::new();
    for row in rows.fetch_all(tx.conn()).await? {
        files.push(DraftFile {
            file_id: row.file_id,
            rank: row.rank.unsigned_abs(),
            folder: row.folder,
            name: row.name,
            bytes_total: row.bytes_total.map(i64::unsigned_abs),
            bytes_received: row.bytes_received.unsigned_abs(),
            modified_ms: row.modified_ms,
            sha512: row.sha512,
            puid: row.puid,
            format_name: row.format_name,
            mime: row.mime,
            sheet: serde_json::from_value(row.answers)
                .map_err(|error| Error::row("deposit_draft_file", error))?,
        });
    }
    Ok(Draft { files, ..draft })
}

/// What was answered of a file.
pub(super) async fn set_answers(
    tx: &mut Technical,
    by: &By,
    draft: Uuid,
    file: &DraftFile,
) -> Result<(), Error> {
    sqlx::query!(
        "update technical.deposit_draft_file set answers = $4
         where tenant_id = $1 and draft_id = $2 and file_id = $3",
        by.tenant.as_uuid(),
        draft,
        file.file_id,
        json(&file.sheet)?
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// These files lie in this folder now, each under its name: none that another file has there.
pub(super) async fn set_places(
    tx: &mut Technical,
    tenant: TenantId,
    draft: Uuid,
    folder: &str,
    moved: &[(Uuid, String)],
) -> Result<(), Error> {
    let (ids, names): (Vec<Uuid>, Vec<String>) = moved.iter().cloned().unzip();
    sqlx::query!(
        "update technical.deposit_draft_file f set folder = $3, name = moved.name
         from unnest($4::uuid[], $5::text[]) as moved (file_id, name)
         where f.tenant_id = $1 and f.draft_id = $2 and f.file_id = moved.file_id",
        tenant.as_uuid(),
        draft,
        folder,
        &ids,
        &names
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn insert_file(
    tx: &mut Technical,
    tenant: TenantId,
    draft: Uuid,
    file: &DraftFile,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into technical.deposit_draft_file
             (tenant_id, draft_id, file_id, rank, folder, name, bytes_total, answers, modified_ms)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        tenant.as_uuid(),
        draft,
        file.file_id,
        i32::try_from(file.rank).unwrap_or(i32::MAX),
        file.folder,
        file.name,
        file.bytes_total.map(|bytes| bytes as i64),
        json(&file.sheet)?,
        file.modified_ms
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A piece is on the disk: counted if nobody counted another meanwhile.
pub(super) async fn advance(
    tx: &mut Technical,
    tenant: TenantId,
    (draft, file): (Uuid, Uuid),
    (from, to): (u64, u64),
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "update technical.deposit_draft_file set bytes_received = $5
         where tenant_id = $1 and draft_id = $2 and file_id = $3 and bytes_received = $4 and sha512 is null",
        tenant.as_uuid(),
        draft,
        file,
        from as i64,
        to as i64
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

/// All of it came; `false`: it is not there any more.
pub(super) async fn set_whole(
    tx: &mut Technical,
    tenant: TenantId,
    draft: Uuid,
    file: &DraftFile,
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "update technical.deposit_draft_file
         set bytes_total = $4, bytes_received = $4, sha512 = $5, puid = $6, format_name = $7, mime = $8
         where tenant_id = $1 and draft_id = $2 and file_id = $3",
        tenant.as_uuid(),
        draft,
        file.file_id,
        file.bytes_received as i64,
        file.sha512,
        file.puid,
        file.format_name,
        file.mime
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

pub(super) async fn delete_file(
    tx: &mut Technical,
    tenant: TenantId,
    (draft, file): (Uuid, Uuid),
) -> Result<(), Error> {
    sqlx::query!(
        "delete from technical.deposit_draft_file where tenant_id = $1 and draft_id = $2 and file_id = $3",
        tenant.as_uuid(),
        draft,
        file
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Bytes of all that the member's people gather and have not sent.
pub(super) async fn gathered_bytes(tx: &mut Technical, tenant: TenantId) -> Result<u64, Error> {
    let bytes = sqlx::query_scalar!(
        r#"select coalesce(sum(coalesce(f.bytes_total, f.bytes_received)), 0)::bigint as "bytes!"
           from technical.deposit_draft_file f join technical.deposit_draft d using (tenant_id, draft_id)
           where f.tenant_id = $1 and d.transfer_id is null"#,
        tenant.as_uuid()
    );
    Ok(bytes.fetch_one(tx.conn()).await?.unsigned_abs())
}

/// What bytes are kept for: files and manifests of drafts that are not sent.
pub(super) async fn kept(tx: &mut Technical, tenant: TenantId) -> Result<Vec<Uuid>, Error> {
    let ids = sqlx::query_scalar!(
        r#"select f.file_id as "id!" from technical.deposit_draft_file f
           join technical.deposit_draft d using (tenant_id, draft_id)
           where f.tenant_id = $1 and d.transfer_id is null
           union all
           select draft_id from technical.deposit_draft where tenant_id = $1 and transfer_id is null"#,
        tenant.as_uuid()
    );
    Ok(ids.fetch_all(tx.conn()).await?)
}

/// Of these bytes, those that the person deposited by a draft before, each with the day of its last deposit; what `resumes` was is
/// none of them.
pub(super) async fn deposited_before(
    tx: &mut Technical,
    by: &By,
    resumes: Option<TransferId>,
    digests: &[Vec<u8>],
) -> Result<Vec<(Vec<u8>, DateTime<Utc>)>, Error> {
    let rows = sqlx::query!(
        r#"select f.sha512 as "sha512!", max(d.used_at) as "at!" from technical.deposit_draft_file f
           join technical.deposit_draft d using (tenant_id, draft_id)
           where f.tenant_id = $1 and f.sha512 = any($2) and d.person_id = $3 and d.transfer_id is not null
             and d.transfer_id is distinct from $4
           group by 1"#,
        by.tenant.as_uuid(),
        digests,
        by.person.0,
        resumes.map(|id| id.0)
    );
    Ok(rows.fetch_all(tx.conn()).await?.into_iter().map(|row| (row.sha512, row.at)).collect())
}
