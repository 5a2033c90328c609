//! The gate's own statements: the tenant, the journal's end, a job asked for.

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, PgConnection, PgPool};
use uuid::Uuid;

use super::Error;
use super::journal::Rows;
use crate::model::TenantId;

/// The only place where a tenant is named to PostgreSQL; it holds until the transaction ends. One message begins
/// the transaction and names the tenant: a deposit has a score of them.
pub(super) fn begin(how: Begin, tenant: TenantId) -> AssertSqlSafe<String> {
    let begin = match how {
        Begin::Read => "begin isolation level repeatable read read only",
        Begin::Write => "begin isolation level read committed",
    };
    // A UUID's text has no quote.
    AssertSqlSafe(format!("{begin}; select set_config('archive.tenant', '{}', true)", tenant.as_uuid()))
}

/// What a transaction may do.
#[derive(Clone, Copy)]
pub(super) enum Begin {
    Read,
    Write,
}

/// PostgreSQL's version as it numbers itself: 150018 is 15.18.
pub(super) async fn server_version(pool: &PgPool) -> Result<i32, Error> {
    let version =
        sqlx::query_scalar!(r#"select current_setting('server_version_num')::integer as "version!""#);
    Ok(version.fetch_one(pool).await?)
}

/// Versions of the migrations applied.
pub(super) async fn applied_migrations(pool: &PgPool) -> Result<Vec<i64>, Error> {
    let versions =
        sqlx::query_scalar!(r#"select version as "version!" from applied_migrations() as version"#);
    Ok(versions.fetch_all(pool).await?)
}

pub(super) async fn ping(pool: &PgPool) -> Result<(), Error> {
    sqlx::query!("select 1 as one").fetch_one(pool).await?;
    Ok(())
}

/// The end of a journal.
pub(super) struct JournalHead {
    pub code: String,
    pub seq: i64,
    pub hash: Vec<u8>,
    pub at: DateTime<Utc>,
}

/// Whoever holds the head appends; the others wait.
pub(super) async fn lock_journal_head(conn: &mut PgConnection) -> Result<Option<JournalHead>, Error> {
    let head = sqlx::query_as!(
        JournalHead,
        "select m.code, h.seq, h.hash, h.at
         from journal_head h join member m using (tenant_id)
         for update of h"
    );
    Ok(head.fetch_optional(conn).await?)
}

pub(super) async fn append_events(conn: &mut PgConnection, rows: &Rows) -> Result<(), Error> {
    sqlx::query!(
        "insert into event (seq, at, event_type, outcome, object, entry, hash)
         select e.seq, e.at, e.event_type, e.outcome, e.object, e.entry, e.hash
         from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::timestamptz[])
              as e (seq, event_type, outcome, object, entry, hash, at)",
        &rows.seq,
        &rows.event_type,
        &rows.outcome,
        &rows.object,
        &rows.entry,
        &rows.hash,
        &rows.at
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn move_journal_head(
    conn: &mut PgConnection,
    seq: i64,
    hash: &[u8],
    at: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!("update journal_head set seq = $1, hash = $2, at = $3", seq, hash, at).execute(conn).await?;
    Ok(())
}

pub(super) async fn enqueue(
    conn: &mut PgConnection,
    kind: &str,
    subject: Uuid,
    run_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into technical.job (kind, subject, run_at, created_at) values ($1, $2, $3, $4)
         on conflict (tenant_id, kind, subject) do nothing",
        kind,
        subject,
        run_at,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn enqueue_for(
    conn: &mut PgConnection,
    tenant: TenantId,
    kind: &str,
    subject: Uuid,
    run_at: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into technical.job (tenant_id, kind, subject, run_at, created_at) values ($1, $2, $3, $4, now())
         on conflict (tenant_id, kind, subject) do nothing",
        tenant.as_uuid(),
        kind,
        subject,
        run_at
    )
    .execute(conn)
    .await?;
    Ok(())
}
