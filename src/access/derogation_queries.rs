//! Requests for a derogation, written and read.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::derogation::Request;
use crate::db::{self, TenantRead, TenantTx};
use crate::model::{PersonId, Scope, UnitId};

/// Makes one person's requests wait for one another, until the transaction ends.
pub(super) async fn one_at_a_time(tx: &mut TenantTx, person: PersonId) -> Result<(), db::Error> {
    let key = format!("derogation {person}");
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 0))", key).fetch_one(tx.conn()).await?;
    Ok(())
}

/// Enters a request; whether it is one: the same person's that waits for the same unit stays the only one.
pub(super) async fn insert(
    tx: &mut TenantTx,
    id: Uuid,
    unit: UnitId,
    person: PersonId,
    reason: &str,
    opens_on: Option<NaiveDate>,
    asked_at: DateTime<Utc>,
) -> Result<bool, db::Error> {
    let inserted = sqlx::query!(
        "insert into derogation_request (derogation_request_id, unit_id, person_id, reason, opens_on, asked_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (tenant_id, unit_id, person_id) where seen_at is null do nothing",
        id,
        unit.0,
        person.0,
        reason,
        opens_on,
        asked_at
    )
    .execute(tx.conn())
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// How many of this person's wait.
pub(super) async fn open_count_of(tx: &mut TenantRead, person: PersonId) -> Result<i64, db::Error> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from derogation_request where person_id = $1 and seen_at is null"#,
        person.0
    );
    Ok(count.fetch_one(tx.conn()).await?)
}

/// Whether this person's request for the unit waits.
pub(super) async fn is_open(tx: &mut TenantRead, person: PersonId, unit: UnitId) -> Result<bool, db::Error> {
    let open = sqlx::query_scalar!(
        r#"select exists (select from derogation_request
                          where unit_id = $1 and person_id = $2 and seen_at is null) as "open!""#,
        unit.0,
        person.0
    );
    Ok(open.fetch_one(tx.conn()).await?)
}

/// At most `most`, the newest first, after one, within the scope.
pub(super) async fn page(
    tx: &mut TenantRead,
    scope: &Scope,
    after: Option<(DateTime<Utc>, Uuid)>,
    most: u32,
) -> Result<Vec<Request>, db::Error> {
    let rows = sqlx::query!(
        r#"select d.derogation_request_id, d.unit_id, u.title, a.cote, p.display_name as "person?", d.reason, d.opens_on,
                  d.asked_at, d.seen_at
           from derogation_request d
           join unit u using (tenant_id, unit_id)
           join archive a using (tenant_id, archive_id)
           join agreement g using (tenant_id, agreement_id)
           left join platform.person p on p.person_id = d.person_id
           where ($1::timestamptz is null or (d.asked_at, d.derogation_request_id) < ($1, $2))
             and ($3::jsonb is null or reached($3, g.identifier, a.originating_agency,
                     (select t.person_id from transfer t where t.transfer_id = a.transfer_id), a.archive_id))
           order by d.asked_at desc, d.derogation_request_id desc
           limit $4"#,
        after.map(|(at, _)| at),
        after.map(|(_, id)| id),
        scope.ways(),
        i64::from(most)
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Request {
            derogation_request_id: row.derogation_request_id,
            unit_id: UnitId(row.unit_id),
            title: row.title,
            cote: row.cote,
            person: row.person.unwrap_or_else(|| "Personne oubliée".into()),
            reason: row.reason,
            opens_on: row.opens_on,
            asked_at: row.asked_at,
            seen_at: row.seen_at,
        })
        .collect())
}

/// How many wait to be seen, within the scope.
pub(super) async fn open_count(tx: &mut TenantRead, scope: &Scope) -> Result<u64, db::Error> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!"
           from derogation_request d
           join unit u using (tenant_id, unit_id)
           join archive a using (tenant_id, archive_id)
           join agreement g using (tenant_id, agreement_id)
           where d.seen_at is null
             and ($1::jsonb is null or reached($1, g.identifier, a.originating_agency,
                     (select t.person_id from transfer t where t.transfer_id = a.transfer_id), a.archive_id))"#,
        scope.ways()
    );
    Ok(count.fetch_one(tx.conn()).await? as u64)
}

/// The unit of a request within the scope, and whether it was seen.
pub(super) async fn find(
    tx: &mut TenantRead,
    scope: &Scope,
    id: Uuid,
) -> Result<Option<(UnitId, bool)>, db::Error> {
    let row = sqlx::query!(
        r#"select d.unit_id, d.seen_at is not null as "is_seen!"
           from derogation_request d
           join unit u using (tenant_id, unit_id)
           join archive a using (tenant_id, archive_id)
           join agreement g using (tenant_id, agreement_id)
           where d.derogation_request_id = $1
             and ($2::jsonb is null or reached($2, g.identifier, a.originating_agency,
                     (select t.person_id from transfer t where t.transfer_id = a.transfer_id), a.archive_id))"#,
        id,
        scope.ways()
    );
    Ok(row.fetch_optional(tx.conn()).await?.map(|row| (UnitId(row.unit_id), row.is_seen)))
}

/// Says it seen; whether it was not.
pub(super) async fn see(
    tx: &mut TenantTx,
    id: Uuid,
    by: PersonId,
    at: DateTime<Utc>,
) -> Result<bool, db::Error> {
    let seen = sqlx::query!(
        "update derogation_request set seen_at = $2, seen_by = $3
         where derogation_request_id = $1 and seen_at is null",
        id,
        at,
        by.0
    )
    .execute(tx.conn())
    .await?;
    Ok(seen.rows_affected() == 1)
}
