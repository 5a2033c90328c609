//! Versions of the terms of agreements: each kept for ever, found by its digest.

use chrono::{DateTime, Utc};

use super::terms;
use crate::db::{Error, TenantRead, TenantTx};
use crate::model::Agreement;

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

/// The last version of an agreement's terms that has this digest: its number, and since when.
pub async fn find(
    tx: &mut TenantRead,
    identifier: &str,
    digest: &str,
) -> Result<Option<(u32, DateTime<Utc>)>, Error> {
    let row = sqlx::query!(
        "select v.version, v.since
         from agreement_version v join agreement a using (tenant_id, agreement_id)
         where a.identifier = $1 and v.digest = $2
         order by v.version desc limit 1",
        identifier,
        digest
    );
    Ok(row.fetch_optional(tx.conn()).await?.map(|row| (row.version.unsigned_abs(), row.since)))
}
