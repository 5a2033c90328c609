//! Runs that name objects again, what they change, and the formats that a member holds.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Run;
use super::risk::Held;
use crate::db::{self, TenantRead, TenantTx};
use crate::model::{FormatRisk, NamedFormat, PersonId};

/// An object to be named.
pub(super) struct ToName {
    pub object_id: Uuid,
    pub archive_id: Uuid,
    pub content_path: String,
    pub file_name: String,
    pub puid: Option<String>,
    pub basis: Option<String>,
}

/// An object that was named.
pub(super) struct Renamed {
    pub object_id: Uuid,
    pub puid: Option<String>,
    pub name: Option<String>,
    pub version: Option<String>,
    pub mime: Option<String>,
    pub basis: &'static str,
}

/// How far a batch brings a run.
pub(super) struct Step {
    pub after: Uuid,
    pub looked_at: u64,
    pub changed: u64,
    pub unreadable: u64,
    pub ended_at: Option<DateTime<Utc>>,
}

/// Begins a run; `false` when one is under way.
pub(super) async fn insert_run(
    tx: &mut TenantTx,
    id: Uuid,
    signatures: &str,
    by: &str,
    at: DateTime<Utc>,
) -> Result<bool, db::Error> {
    let inserted = sqlx::query!(
        "insert into format_run (run_id, signatures, started_at, started_by, after) values ($1, $2, $3, $4, $5)
         on conflict (tenant_id) where ended_at is null do nothing",
        id,
        signatures,
        at,
        by,
        Uuid::nil()
    );
    Ok(inserted.execute(tx.conn()).await?.rows_affected() == 1)
}

/// The last object that a run under way has looked at.
pub(super) async fn cursor(tx: &mut TenantRead, run: Uuid) -> Result<Option<Uuid>, db::Error> {
    let after =
        sqlx::query_scalar!("select after from format_run where run_id = $1 and ended_at is null", run);
    Ok(after.fetch_optional(tx.conn()).await?)
}

/// The same, and nobody moves it before this transaction ends.
pub(super) async fn lock_cursor(tx: &mut TenantTx, run: Uuid) -> Result<Option<Uuid>, db::Error> {
    let after = sqlx::query_scalar!(
        "select after from format_run where run_id = $1 and ended_at is null for update",
        run
    );
    Ok(after.fetch_optional(tx.conn()).await?)
}

/// Moves a run on.
pub(super) async fn advance(tx: &mut TenantTx, run: Uuid, step: &Step) -> Result<(), db::Error> {
    sqlx::query!(
        "update format_run set after = $2, looked_at = looked_at + $3, changed = changed + $4,
                               unreadable = unreadable + $5, ended_at = $6
         where run_id = $1",
        run,
        step.after,
        step.looked_at as i64,
        step.changed as i64,
        step.unreadable as i64,
        step.ended_at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The run begun last.
pub(super) async fn last_run(tx: &mut TenantRead) -> Result<Option<Run>, db::Error> {
    let row = sqlx::query!(
        "select run_id, signatures, started_at, looked_at, changed, unreadable, ended_at from format_run
         order by started_at desc, run_id desc limit 1"
    );
    Ok(row.fetch_optional(tx.conn()).await?.map(|row| Run {
        run_id: row.run_id,
        signatures: row.signatures,
        started_at: row.started_at,
        looked_at: row.looked_at.unsigned_abs(),
        changed: row.changed.unsigned_abs(),
        unreadable: row.unreadable.unsigned_abs(),
        ended_at: row.ended_at,
    }))
}

/// Objects after the given one that other signatures than these have named, or none, by identifier.
pub(super) async fn page(
    tx: &mut TenantRead,
    after: Uuid,
    signatures: &str,
    most: i64,
) -> Result<Vec<ToName>, db::Error> {
    let page = sqlx::query_as!(
        ToName,
        "select object_id, archive_id, content_path, file_name, puid, format_basis as basis
         from binary_object where object_id > $1 and format_signatures is distinct from $2
         order by object_id limit $3",
        after,
        signatures,
        most
    );
    Ok(page.fetch_all(tx.conn()).await?)
}

/// Writes what these signatures say of objects.
pub(super) async fn set_named(
    tx: &mut TenantTx,
    renamed: &[Renamed],
    signatures: &str,
) -> Result<(), db::Error> {
    fn all<'a, T>(renamed: &'a [Renamed], of: impl Fn(&'a Renamed) -> T) -> Vec<T> {
        renamed.iter().map(of).collect()
    }
    sqlx::query!(
        "update binary_object o
         set puid = n.puid, format_name = n.name, format_version = n.version, format_mime = n.mime,
             format_basis = n.basis, format_signatures = $7
         from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
              as n (object_id, puid, name, version, mime, basis)
         where o.object_id = n.object_id",
        &all(renamed, |one| one.object_id),
        &all(renamed, |one| one.puid.as_deref()) as &[Option<&str>],
        &all(renamed, |one| one.name.as_deref()) as &[Option<&str>],
        &all(renamed, |one| one.version.as_deref()) as &[Option<&str>],
        &all(renamed, |one| one.mime.as_deref()) as &[Option<&str>],
        &all(renamed, |one| one.basis) as &[&str],
        signatures
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Formats that a member holds, the most bytes first; at most `most`.
pub(super) async fn held(tx: &mut TenantRead, signatures: &str, most: i64) -> Result<Vec<Held>, db::Error> {
    let rows = sqlx::query_as!(
        HeldRow,
        r#"select h.puid, h.objects as "objects!", h.bytes as "bytes!", h.looked as "looked!", h.otherwise as "otherwise!",
                  r.risk as "risk?", f.format_name as "format_name?", f.format_version as "format_version?",
                  f.format_mime as "format_mime?"
           from (select puid, format_basis is not null as looked, count(*) as objects,
                        coalesce(sum(size_bytes), 0)::bigint as bytes,
                        count(*) filter (where format_signatures is distinct from $2) as otherwise
                 from binary_object group by puid, format_basis is not null) h
           left join format_risk r on r.puid = h.puid
           left join lateral (select o.format_name, o.format_version, o.format_mime from binary_object o
                              where o.puid = h.puid limit 1) f on true
           order by h.bytes desc, h.puid limit $1"#,
        most,
        signatures
    );
    Ok(rows.fetch_all(tx.conn()).await?.into_iter().map(Held::from).collect())
}

struct HeldRow {
    puid: Option<String>,
    objects: i64,
    bytes: i64,
    looked: bool,
    otherwise: i64,
    risk: Option<String>,
    format_name: Option<String>,
    format_version: Option<String>,
    format_mime: Option<String>,
}

impl From<HeldRow> for Held {
    fn from(row: HeldRow) -> Self {
        Held {
            format: row.puid.map(|puid| NamedFormat {
                puid,
                name: row.format_name.unwrap_or_default(),
                version: row.format_version.unwrap_or_default(),
                mime: row.format_mime.unwrap_or_default(),
            }),
            is_looked_at: row.looked,
            objects: row.objects.unsigned_abs(),
            size_bytes: row.bytes.unsigned_abs(),
            otherwise: row.otherwise.unsigned_abs(),
            given: row.risk.and_then(|word| FormatRisk::from_word(&word)),
        }
    }
}

/// What the member thinks of a format from now on.
pub(super) async fn set_risk(
    tx: &mut TenantTx,
    puid: &str,
    risk: FormatRisk,
    by: PersonId,
    at: DateTime<Utc>,
) -> Result<(), db::Error> {
    sqlx::query!(
        "insert into format_risk (puid, risk, set_at, set_by) values ($1, $2, $3, $4)
         on conflict (tenant_id, puid) do update set risk = $2, set_at = $3, set_by = $4",
        puid,
        risk.word(),
        at,
        by.0
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The risk that the member gave to a format.
pub(super) async fn find_risk(tx: &mut TenantRead, puid: &str) -> Result<Option<FormatRisk>, db::Error> {
    let word = sqlx::query_scalar!("select risk from format_risk where puid = $1", puid);
    Ok(word.fetch_optional(tx.conn()).await?.and_then(|word| FormatRisk::from_word(&word)))
}

/// Whether the member holds an object of this format.
pub(super) async fn is_held(tx: &mut TenantRead, puid: &str) -> Result<bool, db::Error> {
    let held =
        sqlx::query_scalar!(r#"select exists (select from binary_object where puid = $1) as "held!""#, puid);
    Ok(held.fetch_one(tx.conn()).await?)
}
