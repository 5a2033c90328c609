//! The gate's own statements: the tenant, the journal's end, a job asked for.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, PgConnection, PgPool};
use uuid::Uuid;

use super::Error;
use super::journal::Rows;
use crate::model::TenantId;

/// The only place where a tenant is named to PostgreSQL; it holds until the transaction ends. One message begins
/// the transaction and names the tenant: a deposit has a score of them.
pub(super) fn begin(how: Begin, tenant: TenantId, statement_max: Option<Duration>) -> AssertSqlSafe<String> {
    let begin = match how {
        Begin::Read => "begin isolation level repeatable read read only",
        Begin::Write => "begin isolation level read committed",
    };
    let limit = statement_max
        .map(|most| format!(", set_config('statement_timeout', '{}', true)", most.as_millis().max(1)));
    // A UUID's text has no quote, nor has a number's.
    let (tenant, limit) = (tenant.as_uuid(), limit.unwrap_or_default());
    AssertSqlSafe(format!("{begin}; select set_config('archive.tenant', '{tenant}', true){limit}"))
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

/// Adds entries at the end of the journal, the last of which becomes its head; nothing without any.
pub(super) async fn append_events(conn: &mut PgConnection, rows: &Rows) -> Result<(), Error> {
    let (Some(seq), Some(hash), Some(at)) = (rows.seq.last(), rows.hash.last(), rows.at.last()) else {
        return Ok(());
    };
    sqlx::query!(
        "with head as (update journal_head set seq = $8, hash = $9, at = $10)
         insert into event (seq, at, event_type, outcome, object, entry, hash)
         select e.seq, e.at, e.event_type, e.outcome, e.object, e.entry, e.hash
         from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::timestamptz[])
              as e (seq, event_type, outcome, object, entry, hash, at)",
        &rows.seq,
        &rows.event_type,
        &rows.outcome,
        &rows.object,
        &rows.entry,
        &rows.hash,
        &rows.at,
        seq,
        hash,
        at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The word of a kind of jobs, and whether they may wait.
#[derive(Clone, Copy)]
pub(super) struct JobKind {
    pub word: &'static str,
    pub background: bool,
}

pub(super) async fn enqueue(
    conn: &mut PgConnection,
    kind: JobKind,
    subject: Uuid,
    run_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into technical.job (kind, background, subject, run_at, created_at) values ($1, $2, $3, $4, $5)
         on conflict (tenant_id, kind, subject) do nothing",
        kind.word,
        kind.background,
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
    kind: JobKind,
    subject: Uuid,
    run_at: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into technical.job (tenant_id, kind, background, subject, run_at, created_at)
         values ($1, $2, $3, $4, $5, now())
         on conflict (tenant_id, kind, subject) do nothing",
        tenant.as_uuid(),
        kind.word,
        kind.background,
        subject,
        run_at
    )
    .execute(conn)
    .await?;
    Ok(())
}
