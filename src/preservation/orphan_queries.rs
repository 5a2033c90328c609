//! Objects that no row names.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::db::{Error, Technical, TenantRead};
use crate::model::TenantId;

/// Those of these objects that neither an archive, an accession nor a transfer names.
pub(super) async fn unnamed(tx: &mut TenantRead, objects: &[Uuid]) -> Result<Vec<Uuid>, Error> {
    let unnamed = sqlx::query_scalar!(
        r#"select o.id as "id!" from unnest($1::uuid[]) as o (id)
           where not exists (select from archive a where a.archive_id = o.id)
             and not exists (select from accession c where c.archive_id = o.id)
             and not exists (select from transfer t where t.archive_id = o.id)"#,
        objects
    );
    Ok(unnamed.fetch_all(tx.conn()).await?)
}

/// Those of these objects that were not known to be orphans.
pub(super) async fn unknown(
    tx: &mut Technical,
    tenant: TenantId,
    site: &str,
    objects: &[Uuid],
) -> Result<Vec<Uuid>, Error> {
    let unknown = sqlx::query_scalar!(
        r#"select o.id as "id!" from unnest($3::uuid[]) as o (id)
           where not exists (select from platform.orphan p
                             where p.tenant_id = $1 and p.site = $2 and p.archive_id = o.id)"#,
        tenant.as_uuid(),
        site,
        objects
    );
    Ok(unknown.fetch_all(tx.conn()).await?)
}

/// They were seen now.
pub(super) async fn see(
    tx: &mut Technical,
    tenant: TenantId,
    site: &str,
    objects: &[Uuid],
    at: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into platform.orphan (tenant_id, site, archive_id, found_at, seen_at)
         select $1, $2, o.id, $4, $4 from unnest($3::uuid[]) as o (id)
         on conflict (tenant_id, site, archive_id) do update set seen_at = excluded.seen_at",
        tenant.as_uuid(),
        site,
        objects,
        at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Forgets those that were not seen since; which ones.
pub(super) async fn delete_unseen(
    tx: &mut Technical,
    tenant: TenantId,
    site: &str,
    since: DateTime<Utc>,
) -> Result<Vec<Uuid>, Error> {
    let gone = sqlx::query_scalar!(
        "delete from platform.orphan where tenant_id = $1 and site = $2 and seen_at < $3 returning archive_id",
        tenant.as_uuid(),
        site,
        since
    );
    Ok(gone.fetch_all(tx.conn()).await?)
}

/// Those found before then.
pub(super) async fn older_than(
    tx: &mut Technical,
    tenant: TenantId,
    site: &str,
    before: DateTime<Utc>,
) -> Result<Vec<Uuid>, Error> {
    let old = sqlx::query_scalar!(
        "select archive_id from platform.orphan where tenant_id = $1 and site = $2 and found_at < $3
         order by archive_id limit 10000",
        tenant.as_uuid(),
        site,
        before
    );
    Ok(old.fetch_all(tx.conn()).await?)
}

pub(super) async fn delete(
    tx: &mut Technical,
    tenant: TenantId,
    site: &str,
    object: Uuid,
) -> Result<(), Error> {
    sqlx::query!(
        "delete from platform.orphan where tenant_id = $1 and site = $2 and archive_id = $3",
        tenant.as_uuid(),
        site,
        object
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
