//! Media migrations in the rows: what is left to copy or to destroy is asked of the copies themselves.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::super::queries::{Archived, due};
use super::{Moving, Step};
use crate::db::{Error, TenantRead, TenantTx};

/// The member's set of sites, locked until the transaction ends; `None`: every site that the settings know.
pub(super) async fn lock_set(tx: &mut TenantTx) -> Result<Option<Vec<String>>, Error> {
    let sites = sqlx::query_scalar!("select sites from member for update").fetch_optional(tx.conn()).await?;
    sites.ok_or(Error::UnknownTenant)
}

/// The member's set from now on.
pub(super) async fn set_sites(tx: &mut TenantTx, sites: &[String]) -> Result<(), Error> {
    sqlx::query!("update member set sites = $1", sites).execute(tx.conn()).await?;
    Ok(())
}

pub(super) async fn is_under_way(tx: &mut TenantRead) -> Result<bool, Error> {
    let is =
        sqlx::query_scalar!(r#"select exists (select from media_migration where state <> 'done') as "is!""#);
    Ok(is.fetch_one(tx.conn()).await?)
}

/// Whether an archive has no copy on the site.
pub(super) async fn lacks_copies(tx: &mut TenantRead, site: &str) -> Result<bool, Error> {
    let lacks = sqlx::query_scalar!(
        r#"select exists (select from archive a
                          where not exists (select from copy c where c.tenant_id = a.tenant_id
                                            and c.archive_id = a.archive_id and c.site = $1)) as "lacks!""#,
        site
    );
    Ok(lacks.fetch_one(tx.conn()).await?)
}

/// Whether the site is being emptied: its copies are read no more.
pub async fn is_leaving(tx: &mut TenantRead, site: &str) -> Result<bool, Error> {
    let is = sqlx::query_scalar!(
        r#"select exists (select from media_migration where site = $1 and state = 'destroying') as "is!""#,
        site
    );
    Ok(is.fetch_one(tx.conn()).await?)
}

/// The member's migration under way.
pub async fn active(tx: &mut TenantRead) -> Result<Option<Uuid>, Error> {
    let id = sqlx::query_scalar!("select media_migration_id from media_migration where state <> 'done'");
    Ok(id.fetch_optional(tx.conn()).await?)
}

pub(super) async fn insert(
    tx: &mut TenantTx,
    id: Uuid,
    site: &str,
    state: &str,
    asked_at: DateTime<Utc>,
    switched_at: Option<DateTime<Utc>>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into media_migration (media_migration_id, site, state, asked_at, switched_at)
         values ($1, $2, $3, $4, $5)",
        id,
        site,
        state,
        asked_at,
        switched_at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The migration, while it is under way; `known`: the sites of the settings.
pub(super) async fn find(tx: &mut TenantRead, id: Uuid, known: &[String]) -> Result<Option<Moving>, Error> {
    let row = sqlx::query!(
        "select p.site, p.state, p.asked_at, p.switched_at, m.sites
         from media_migration p join member m using (tenant_id)
         where p.media_migration_id = $1 and p.state <> 'done'",
        id
    );
    let Some(row) = row.fetch_optional(tx.conn()).await? else { return Ok(None) };
    let step = Step::of(&row.state).ok_or_else(|| Error::row("media_migration", &row.state))?;
    let set = row.sites.unwrap_or_else(|| known.to_vec());
    let others = set.into_iter().filter(|site| *site != row.site).collect();
    let (asked_at, switched_at) = (row.asked_at, row.switched_at);
    Ok(Some(Moving { id, site: row.site, step, asked_at, switched_at, others }))
}

/// Archives without a copy on the site that joins.
pub(super) async fn lacking_page(
    tx: &mut TenantRead,
    moving: &Moving,
    after: Uuid,
    most: i64,
) -> Result<Vec<Archived>, Error> {
    let rows = sqlx::query!(
        r#"select a.archive_id, a.cote, a.inventory_sha512, a.transfer_id,
                  (select t.closed_at from transfer t
                   where t.tenant_id = a.tenant_id and t.transfer_id = a.transfer_id) as closed_at,
                  array(select c.site from copy c where c.tenant_id = a.tenant_id and c.archive_id = a.archive_id
                        order by c.site) as "sites!"
           from archive a
           where a.archive_id > $2
             and not exists (select from copy c where c.tenant_id = a.tenant_id and c.archive_id = a.archive_id
                             and c.site = $1)
           order by a.archive_id limit $3"#,
        moving.site,
        after,
        most
    );
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    rows.map(|row| {
        let due = due(row.archive_id, row.inventory_sha512, (row.transfer_id, row.closed_at))?;
        Ok(Archived { due, cote: row.cote, sites: row.sites })
    })
    .collect()
}

/// Archives with a copy on the site that leaves, of which two others were not found right since it was asked for.
pub(super) async fn unverified_page(
    tx: &mut TenantRead,
    moving: &Moving,
    after: Uuid,
    most: i64,
) -> Result<Vec<Archived>, Error> {
    let rows = sqlx::query!(
        r#"select a.archive_id, a.cote, a.inventory_sha512, a.transfer_id,
                  (select t.closed_at from transfer t
                   where t.tenant_id = a.tenant_id and t.transfer_id = a.transfer_id) as closed_at,
                  array(select c.site from copy c where c.tenant_id = a.tenant_id and c.archive_id = a.archive_id
                        order by c.site) as "sites!"
           from copy leaving join archive a using (tenant_id, archive_id)
           where leaving.site = $1 and leaving.archive_id > $2
             and (select count(*) from copy c
                  where c.tenant_id = a.tenant_id and c.archive_id = a.archive_id and c.site = any($3)
                    and c.verified_at >= $4
                    and not exists (select from incident i where i.tenant_id = c.tenant_id
                                    and i.archive_id = c.archive_id and i.site = c.site and i.state <> 'repaired')) < 2
           order by a.archive_id limit $5"#,
        moving.site,
        after,
        &moving.others,
        moving.asked_at,
        most
    );
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    rows.map(|row| {
        let due = due(row.archive_id, row.inventory_sha512, (row.transfer_id, row.closed_at))?;
        Ok(Archived { due, cote: row.cote, sites: row.sites })
    })
    .collect()
}

/// Archives with a copy on the site that leaves.
pub(super) async fn left_page(
    tx: &mut TenantRead,
    moving: &Moving,
    after: Uuid,
    most: i64,
) -> Result<Vec<Archived>, Error> {
    let rows = sqlx::query!(
        r#"select a.archive_id, a.cote, a.inventory_sha512, a.transfer_id,
                  (select t.closed_at from transfer t
                   where t.tenant_id = a.tenant_id and t.transfer_id = a.transfer_id) as closed_at,
                  array(select c.site from copy c where c.tenant_id = a.tenant_id and c.archive_id = a.archive_id
                        order by c.site) as "sites!"
           from copy leaving join archive a using (tenant_id, archive_id)
           where leaving.site = $1 and leaving.archive_id > $2
           order by a.archive_id limit $3"#,
        moving.site,
        after,
        most
    );
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    rows.map(|row| {
        let due = due(row.archive_id, row.inventory_sha512, (row.transfer_id, row.closed_at))?;
        Ok(Archived { due, cote: row.cote, sites: row.sites })
    })
    .collect()
}

/// Whether a transfer decided before the switch is still being written to the former set.
pub(super) async fn is_deposit_on_its_way(
    tx: &mut TenantRead,
    switched_at: DateTime<Utc>,
) -> Result<bool, Error> {
    let is = sqlx::query_scalar!(
        r#"select exists (select from transfer where state in ('sealed', 'awaiting_replication') and decided_at < $1) as "is!""#,
        switched_at
    );
    Ok(is.fetch_one(tx.conn()).await?)
}
