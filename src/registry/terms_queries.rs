//! Versions of the terms of agreements: each kept for ever, found by its digest.

use chrono::{DateTime, Utc};

use super::terms;
use crate::db::{Error, TenantRead, TenantTx};
use crate::model::{Agreement, AgreementId, TransferId};

/// Keeps the terms of an agreement as one more version, unless they are those of the last one.
pub async fn keep(tx: &mut TenantTx, agreement: &Agreement, at: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "insert into agreement_version (agreement_id, version, digest, terms, since)
         select $1, coalesce(last.version, 0) + 1, $2, $3, $4
         from (select 1) as one
         left join lateral (select version, digest from agreement_version
                            where agreement_id = $1 order by version desc limit 1) last on true
         where last.digest is distinct from $2",
        agreement.agreement_id.0,
        terms::version(agreement),
        terms::terms(agreement),
        at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The version of its agreement's terms that a transfer was judged under: its number, and since when.
pub async fn of_transfer(
    tx: &mut TenantRead,
    transfer: TransferId,
) -> Result<Option<(u32, DateTime<Utc>)>, Error> {
    let row = sqlx::query!(
        "select v.version, v.since
         from transfer t join agreement a on a.tenant_id = t.tenant_id and a.identifier = t.agreement_identifier
         join agreement_version v
           on v.tenant_id = a.tenant_id and v.agreement_id = a.agreement_id and v.digest = t.agreement_terms
         where t.transfer_id = $1
         order by v.version desc limit 1",
        transfer.0
    );
    Ok(row.fetch_optional(tx.conn()).await?.map(|row| (row.version.unsigned_abs(), row.since)))
}

/// Every version of an agreement's terms, the last first: its number, since when, its digest.
pub async fn versions(
    tx: &mut TenantRead,
    agreement: AgreementId,
) -> Result<Vec<(u32, DateTime<Utc>, String)>, Error> {
    let rows = sqlx::query!(
        "select version, since, digest from agreement_version where agreement_id = $1 order by version desc",
        agreement.0
    );
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    Ok(rows.map(|row| (row.version.unsigned_abs(), row.since, row.digest)).collect())
}
