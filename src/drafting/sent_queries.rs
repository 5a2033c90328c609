//! Rows of deposits that were sent, and of the one that takes a refused one up again: one statement a function.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::draft::{By, Draft};
use super::file_queries::with_files;
use super::queries::DraftRow;
use crate::db::{Error, Technical, TenantRead};
use crate::model::{PersonId, TenantId, TransferId};

/// The draft that became this transfer.
pub(super) async fn of_transfer(
    tx: &mut Technical,
    by: &By,
    transfer: TransferId,
) -> Result<Option<Draft>, Error> {
    let row = sqlx::query_as!(
        DraftRow,
        "select draft_id, person_id, agreement, copy_said, answers, message_identifier, resumes, used_at, sending_since,
                transfer_id
         from technical.deposit_draft where tenant_id = $1 and transfer_id = $2 and person_id = $3",
        by.tenant.as_uuid(),
        transfer.0,
        by.person.0
    );
    let Some(row) = row.fetch_optional(tx.conn()).await? else { return Ok(None) };
    with_files(tx, by.tenant, row.try_into()?).await.map(Some)
}

/// The draft of this person that takes this transfer up again, while it is not sent.
pub(super) async fn resuming(
    tx: &mut Technical,
    by: &By,
    transfer: TransferId,
) -> Result<Option<Uuid>, Error> {
    let found = sqlx::query_scalar!(
        "select draft_id from technical.deposit_draft
         where tenant_id = $1 and resumes = $2 and person_id = $3 and transfer_id is null order by used_at desc limit 1",
        by.tenant.as_uuid(),
        transfer.0,
        by.person.0
    );
    Ok(found.fetch_optional(tx.conn()).await?)
}

/// Of these transfers, those that another takes up again, each with the last that does.
pub(super) async fn resumed(
    tx: &mut Technical,
    tenant: TenantId,
    transfers: &[Uuid],
) -> Result<HashMap<TransferId, TransferId>, Error> {
    let rows = sqlx::query!(
        r#"select distinct on (resumes) resumes as "refused!", transfer_id as "by!" from technical.deposit_draft
           where tenant_id = $1 and resumes = any($2) and transfer_id is not null order by resumes, used_at desc"#,
        tenant.as_uuid(),
        transfers
    );
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    Ok(rows.map(|row| (TransferId(row.refused), TransferId(row.by))).collect())
}

/// The refused transfer that this one takes up again, when it does.
pub(super) async fn resumes(
    tx: &mut Technical,
    tenant: TenantId,
    transfer: TransferId,
) -> Result<Option<TransferId>, Error> {
    let found = sqlx::query_scalar!(
        "select resumes from technical.deposit_draft where tenant_id = $1 and transfer_id = $2",
        tenant.as_uuid(),
        transfer.0
    );
    Ok(found.fetch_optional(tx.conn()).await?.flatten().map(TransferId))
}

/// Those sent under an agreement, by this person or, when none is named, by anybody of the member, the last first, without their files.
pub(super) async fn sent_under(
    tx: &mut Technical,
    tenant: TenantId,
    agreement: &str,
    person: Option<PersonId>,
    count: i64,
) -> Result<Vec<Draft>, Error> {
    let rows = sqlx::query_as!(
        DraftRow,
        "select draft_id, person_id, agreement, copy_said, answers, message_identifier, resumes, used_at, sending_since,
                transfer_id
         from technical.deposit_draft where tenant_id = $1 and agreement = $2 and transfer_id is not null
           and ($4::uuid is null or person_id = $4)
         order by used_at desc limit $3",
        tenant.as_uuid(),
        agreement,
        count,
        person.map(|person| person.0)
    );
    rows.fetch_all(tx.conn()).await?.into_iter().map(Draft::try_from).collect()
}

/// The person's last deposit under each agreement: the agreement and when.
pub(super) async fn last_by_agreement(
    tx: &mut Technical,
    by: &By,
) -> Result<Vec<(String, DateTime<Utc>)>, Error> {
    let rows = sqlx::query!(
        r#"select agreement, max(used_at) as "at!" from technical.deposit_draft
           where tenant_id = $1 and person_id = $2 and transfer_id is not null group by agreement order by 2 desc"#,
        by.tenant.as_uuid(),
        by.person.0
    );
    Ok(rows.fetch_all(tx.conn()).await?.into_iter().map(|row| (row.agreement, row.at)).collect())
}

/// What it became.
pub(super) async fn set_sent(
    tx: &mut Technical,
    tenant: TenantId,
    draft: Uuid,
    transfer: TransferId,
) -> Result<(), Error> {
    sqlx::query!(
        "update technical.deposit_draft set transfer_id = $3
         where tenant_id = $1 and draft_id = $2 and transfer_id is null and sending_since is not null
           and not exists (select from technical.deposit_draft other
                           where other.tenant_id = $1 and other.transfer_id = $3)",
        tenant.as_uuid(),
        draft,
        transfer.0
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Those of the member that are being sent, as far as anybody noted, without their files.
pub(super) async fn sending(tx: &mut Technical, tenant: TenantId) -> Result<Vec<Draft>, Error> {
    let rows = sqlx::query_as!(
        DraftRow,
        "select draft_id, person_id, agreement, copy_said, answers, message_identifier, resumes, used_at, sending_since,
                transfer_id
         from technical.deposit_draft where tenant_id = $1 and sending_since is not null and transfer_id is null",
        tenant.as_uuid()
    );
    rows.fetch_all(tx.conn()).await?.into_iter().map(Draft::try_from).collect()
}

/// The first transfer that the person deposited under this message identifier.
pub(super) async fn received_as(
    tx: &mut TenantRead,
    person: PersonId,
    message_identifier: &str,
) -> Result<Option<TransferId>, Error> {
    let found = sqlx::query_scalar!(
        "select transfer_id from transfer where message_identifier = $1 and person_id = $2 order by received_at limit 1",
        message_identifier,
        person.0
    );
    Ok(found.fetch_optional(tx.conn()).await?.map(TransferId))
}
