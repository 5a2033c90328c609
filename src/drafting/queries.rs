//! Rows of deposits being prepared: one statement a function, on a technical table, for a draft is no archive event.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::draft::{By, Draft, Sheet};
use super::file_queries::with_files;
use crate::db::{Error, Technical};
use crate::model::{CopySaid, PersonId, TenantId, TransferId};

pub(super) struct DraftRow {
    pub draft_id: Uuid,
    pub person_id: Uuid,
    pub agreement: String,
    pub copy_said: Option<String>,
    pub answers: serde_json::Value,
    pub message_identifier: String,
    pub resumes: Option<Uuid>,
    pub used_at: DateTime<Utc>,
    pub sending_since: Option<DateTime<Utc>>,
    pub transfer_id: Option<Uuid>,
}

impl TryFrom<DraftRow> for Draft {
    type Error = Error;

    fn try_from(row: DraftRow) -> Result<Self, Error> {
        let answers: BTreeMap<String, Sheet> =
            serde_json::from_value(row.answers).map_err(|error| Error::row("deposit_draft", error))?;
        Ok(Draft {
            draft_id: row.draft_id,
            person: PersonId(row.person_id),
            agreement: row.agreement,
            copy: row.copy_said.as_deref().and_then(CopySaid::from_word),
            answers,
            message_identifier: row.message_identifier,
            resumes: row.resumes.map(TransferId),
            used_at: row.used_at,
            sending_since: row.sending_since,
            transfer_id: row.transfer_id.map(TransferId),
            files: Vec::new(),
        })
    }
}

pub(super) async fn insert(tx: &mut Technical, by: &By, draft: &Draft) -> Result<(), Error> {
    sqlx::query!(
        "insert into technical.deposit_draft
             (tenant_id, draft_id, person_id, agreement, copy_said, answers, message_identifier, resumes, made_at, used_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
        by.tenant.as_uuid(),
        draft.draft_id,
        by.person.0,
        draft.agreement,
        draft.copy.map(CopySaid::word),
        json(&draft.answers)?,
        draft.message_identifier,
        draft.resumes.map(|id| id.0),
        draft.used_at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The person's own draft; nobody changes it before the transaction ends.
pub(super) async fn lock(tx: &mut Technical, by: &By, id: Uuid) -> Result<Option<Draft>, Error> {
    let row = sqlx::query_as!(
        DraftRow,
        "select draft_id, person_id, agreement, copy_said, answers, message_identifier, resumes, used_at, sending_since,
                transfer_id
         from technical.deposit_draft where tenant_id = $1 and draft_id = $2 and person_id = $3 for update",
        by.tenant.as_uuid(),
        id,
        by.person.0
    );
    let Some(row) = row.fetch_optional(tx.conn()).await? else { return Ok(None) };
    with_files(tx, by.tenant, row.try_into()?).await.map(Some)
}

/// The person's own draft.
pub(super) async fn find(tx: &mut Technical, by: &By, id: Uuid) -> Result<Option<Draft>, Error> {
    let row = sqlx::query_as!(
        DraftRow,
        "select draft_id, person_id, agreement, copy_said, answers, message_identifier, resumes, used_at, sending_since,
                transfer_id
         from technical.deposit_draft where tenant_id = $1 and draft_id = $2 and person_id = $3",
        by.tenant.as_uuid(),
        id,
        by.person.0
    );
    let Some(row) = row.fetch_optional(tx.conn()).await? else { return Ok(None) };
    with_files(tx, by.tenant, row.try_into()?).await.map(Some)
}

/// The person's drafts that are not sent, last used first, without their files.
pub(super) async fn open_of(tx: &mut Technical, by: &By, count: i64) -> Result<Vec<Draft>, Error> {
    let rows = sqlx::query_as!(
        DraftRow,
        "select draft_id, person_id, agreement, copy_said, answers, message_identifier, resumes, used_at, sending_since,
                transfer_id
         from technical.deposit_draft where tenant_id = $1 and person_id = $2 and transfer_id is null
         order by used_at desc limit $3",
        by.tenant.as_uuid(),
        by.person.0,
        count
    );
    rows.fetch_all(tx.conn()).await?.into_iter().map(Draft::try_from).collect()
}

/// What was answered of the whole and of its folders.
pub(super) async fn set_answers(
    tx: &mut Technical,
    by: &By,
    draft: &Draft,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "update technical.deposit_draft set answers = $3, copy_said = $4, used_at = $5
         where tenant_id = $1 and draft_id = $2",
        by.tenant.as_uuid(),
        draft.draft_id,
        json(&draft.answers)?,
        draft.copy.map(CopySaid::word),
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Somebody works on it.
pub(super) async fn touch(
    tx: &mut Technical,
    tenant: TenantId,
    draft: Uuid,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "update technical.deposit_draft set used_at = $3 where tenant_id = $1 and draft_id = $2",
        tenant.as_uuid(),
        draft,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// It is being sent since then; or not any more.
pub(super) async fn set_sending(
    tx: &mut Technical,
    tenant: TenantId,
    draft: Uuid,
    since: Option<DateTime<Utc>>,
) -> Result<(), Error> {
    sqlx::query!(
        "update technical.deposit_draft set sending_since = $3, used_at = coalesce($3, used_at)
         where tenant_id = $1 and draft_id = $2 and transfer_id is null",
        tenant.as_uuid(),
        draft,
        since
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn delete(tx: &mut Technical, tenant: TenantId, draft: Uuid) -> Result<(), Error> {
    sqlx::query!(
        "delete from technical.deposit_draft where tenant_id = $1 and draft_id = $2",
        tenant.as_uuid(),
        draft
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Those that nobody used for long: unsent since `unsent`, sent since `sent`; how many.
pub(super) async fn delete_old(
    tx: &mut Technical,
    tenant: TenantId,
    (unsent, sent): (DateTime<Utc>, DateTime<Utc>),
) -> Result<u64, Error> {
    let done = sqlx::query!(
        "delete from technical.deposit_draft
         where tenant_id = $1 and used_at < case when transfer_id is null then $2::timestamptz else $3::timestamptz end",
        tenant.as_uuid(),
        unsent,
        sent
    );
    Ok(done.execute(tx.conn()).await?.rows_affected())
}

pub(super) fn json(value: &impl serde::Serialize) -> Result<serde_json::Value, Error> {
    serde_json::to_value(value).map_err(|error| Error::row("deposit_draft", error))
}
