//! Transfers that await a decision, in one member: one statement a function.

use std::collections::HashSet;

use super::awaiting::{Awaiting, Waiting};
use crate::db::{self, Technical, TenantRead};
use crate::model::{PersonId, Scope, TenantId, TransferId};

/// Transfers counted one by one in a member.
const COUNTED_MAX: i64 = 10_000;

/// The members in which something awaits somebody's decision.
pub(super) async fn members(tx: &mut Technical) -> Result<HashSet<TenantId>, db::Error> {
    let rows = sqlx::query_scalar!(r#"select members_awaiting() as "tenant_id!""#);
    Ok(rows.fetch_all(tx.conn()).await?.into_iter().map(TenantId::from_row).collect())
}

/// How many, what they weigh, of how many something was remarked.
pub(super) async fn count(tx: &mut TenantRead, scope: &Scope) -> Result<Awaiting, db::Error> {
    let row = sqlx::query!(
        r#"select count(*) as "count!", count(*) filter (where remarked) as "remarked!",
                  coalesce(sum(object_count), 0)::bigint as "files!",
                  coalesce(sum(expanded_bytes), 0)::bigint as "bytes!"
           from (select object_count, expanded_bytes, findings <> '[]' as remarked from transfer
                 where state = 'examined' and decided_by is null
                   and ($1::jsonb is null or reached($1, agreement_identifier, originating_agency, person_id, archive_id))
                 limit $2) waiting"#,
        scope.ways(),
        COUNTED_MAX
    )
    .fetch_one(tx.conn())
    .await?;
    let number = i64::unsigned_abs;
    Ok(Awaiting {
        count: number(row.count),
        remarked: number(row.remarked),
        files: number(row.files),
        bytes: number(row.bytes),
        first: Vec::new(),
    })
}

/// The first of them, gravest first, then oldest.
pub(super) async fn first(tx: &mut TenantRead, scope: &Scope, most: u32) -> Result<Vec<Waiting>, db::Error> {
    let rows = sqlx::query!(
        r#"select t.transfer_id, t.received_at, t.object_count, t.expanded_bytes, t.file_kinds, t.person_id,
                  coalesce(nullif(trim(t.title), ''), t.file_name) as "title!",
                  jsonb_array_length(t.findings) as "remarks!",
                  coalesce(p.name, t.transferring_agency) as sender
           from transfer t
           left join party p on p.tenant_id = t.tenant_id and p.identifier = t.transferring_agency
           where t.state = 'examined' and t.decided_by is null
             and ($1::jsonb is null or reached($1, t.agreement_identifier, t.originating_agency, t.person_id, t.archive_id))
           order by t.findings = '[]', t.received_at, t.transfer_id
           limit $2"#,
        scope.ways(),
        i64::from(most)
    )
    .fetch_all(tx.conn())
    .await?;
    let waiting = rows.into_iter().map(|row| {
        let kinds =
            serde_json::from_value(row.file_kinds).map_err(|error| db::Error::row("transfer", error))?;
        Ok(Waiting {
            transfer_id: TransferId(row.transfer_id),
            title: row.title,
            received_at: row.received_at,
            sender: row.sender,
            files: row.object_count.unwrap_or(0).unsigned_abs().into(),
            bytes: row.expanded_bytes.unwrap_or(0).unsigned_abs(),
            kinds,
            remarks: row.remarks.unsigned_abs().into(),
            depositor: row.person_id.map(PersonId),
        })
    });
    waiting.collect()
}
