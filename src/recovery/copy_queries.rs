//! How far each site's copy of each journal goes.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::db::{Error, Technical, TenantRead};

/// How far a copy goes.
pub(super) struct Copied {
    pub tenant_id: Uuid,
    pub site: String,
    pub seq: i64,
    /// Newest migration of the schema that the register's copy is of.
    pub register_schema: i64,
}

/// A copy that lags behind.
pub(super) struct Behind {
    pub tenant_id: Uuid,
    pub site: String,
    pub since: DateTime<Utc>,
}

/// Every copy.
pub(super) async fn copies(tx: &mut Technical) -> Result<Vec<Copied>, Error> {
    let rows =
        sqlx::query_as!(Copied, "select tenant_id, site, seq, register_schema from technical.journal_copy");
    Ok(rows.fetch_all(tx.conn()).await?)
}

/// Copies that have lagged behind since before this moment, longest first.
pub(super) async fn behind(tx: &mut Technical, before: DateTime<Utc>) -> Result<Vec<Behind>, Error> {
    let rows = sqlx::query_as!(
        Behind,
        r#"select tenant_id, site, behind_since as "since!" from technical.journal_copy
           where behind_since < $1 order by behind_since, tenant_id, site limit 1000"#,
        before
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}

/// Takes note that a copy lags behind, since now unless it did already.
pub(super) async fn note_behind(
    tx: &mut Technical,
    tenant: Uuid,
    site: &str,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into technical.journal_copy as c (tenant_id, site, seq, behind_since) values ($1, $2, 0, $3)
         on conflict (tenant_id, site) do update set behind_since = coalesce(c.behind_since, excluded.behind_since)",
        tenant,
        site,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Takes note of how far a copy goes now.
pub(super) async fn note_copied(
    tx: &mut Technical,
    tenant: Uuid,
    site: &str,
    (seq, register_schema): (i64, i64),
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into technical.journal_copy (tenant_id, site, seq, register_schema, copied_at)
         values ($1, $2, $3, $4, $5)
         on conflict (tenant_id, site) do update
         set seq = excluded.seq, register_schema = excluded.register_schema, copied_at = excluded.copied_at,
             behind_since = null",
        tenant,
        site,
        seq,
        register_schema,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Whether an entry after this one may have changed the register.
pub(super) async fn register_changed(tx: &mut TenantRead, after: i64) -> Result<bool, Error> {
    let changed = sqlx::query_scalar!(
        r#"select exists (select from event where seq > $1
                          and event_type in ('PARAMETRAGE', 'MIGRATION_SUPPORT', 'RECONSTRUCTION')) as "changed!""#,
        after
    );
    Ok(changed.fetch_one(tx.conn()).await?)
}
