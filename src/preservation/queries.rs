//! What the catalogue knows of copies, and what readings change of it.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::incident::{self, Occasion};
use super::reading::{Due, Marker, Reading};
use crate::db::{self, TenantRead, TenantTx};
use crate::model::ArchiveId;
use crate::storage::Fault;

/// An archive, and the sites on which the catalogue has a copy.
#[derive(Clone, Debug)]
pub(super) struct Archived {
    pub due: Due,
    pub cote: String,
    pub sites: Vec<String>,
}

/// At most `most` archives after the given one, by identifier; one of them only, when it is named.
pub(super) async fn archives_page(
    tx: &mut TenantRead,
    after: Uuid,
    only: Option<Uuid>,
    most: i64,
) -> Result<Vec<Archived>, db::Error> {
    let page = sqlx::query!(
        r#"select a.archive_id, a.cote, a.inventory_sha512, a.transfer_id,
                  (select t.closed_at from transfer t
                   where t.tenant_id = a.tenant_id and t.transfer_id = a.transfer_id) as closed_at,
                  array(select c.site from copy c where c.tenant_id = a.tenant_id and c.archive_id = a.archive_id
                        order by c.site) as "sites!"
           from archive a where a.archive_id > $1 and ($2::uuid is null or a.archive_id = $2)
           order by a.archive_id limit $3"#,
        after,
        only,
        most
    );
    let archived = page.fetch_all(tx.conn()).await?.into_iter().map(|row| {
        let due = due(row.archive_id, row.inventory_sha512, (row.transfer_id, row.closed_at))?;
        Ok(Archived { due, cote: row.cote, sites: row.sites })
    });
    archived.collect()
}

/// The archive that bears this cote.
pub(super) async fn archive_of_cote(tx: &mut TenantRead, cote: &str) -> Result<Option<ArchiveId>, db::Error> {
    let id = sqlx::query_scalar!("select archive_id from archive where cote = $1", cote);
    Ok(id.fetch_optional(tx.conn()).await?.map(ArchiveId))
}

/// Whether the member has this archive.
pub(super) async fn has_archive(tx: &mut TenantRead, archive: ArchiveId) -> Result<bool, db::Error> {
    let has = sqlx::query_scalar!(
        r#"select exists (select from archive where archive_id = $1) as "has!""#,
        archive.0
    );
    Ok(has.fetch_one(tx.conn()).await?)
}

/// Whether a copy of the archive has not been found right since then.
pub(super) async fn is_stale(
    tx: &mut TenantRead,
    archive: ArchiveId,
    since: DateTime<Utc>,
) -> Result<bool, db::Error> {
    let is = sqlx::query_scalar!(
        r#"select exists (select from copy where archive_id = $1 and verified_at < $2) as "is!""#,
        archive.0,
        since
    );
    Ok(is.fetch_one(tx.conn()).await?)
}

/// Incidents open on a site, and those of them that are wrong everywhere.
pub(super) async fn incidents_on(tx: &mut TenantRead, site: &str) -> Result<(i64, i64), db::Error> {
    let row = sqlx::query!(
        r#"select count(*) as "open!", count(*) filter (where state = 'no_good_copy') as "no_good_copy!"
           from incident where site = $1 and state <> 'repaired'"#,
        site
    );
    let row = row.fetch_one(tx.conn()).await?;
    Ok((row.open, row.no_good_copy))
}

/// Every site on which the catalogue has a copy of the member's, whatever their number.
pub(super) async fn sites_of_copies(tx: &mut TenantRead) -> Result<Vec<String>, db::Error> {
    let sites = sqlx::query_scalar!(
        r#"with recursive found as (
               (select site from copy order by tenant_id, site limit 1)
               union all
               select (select c.site from copy c where c.site > found.site order by c.tenant_id, c.site limit 1)
               from found where found.site is not null)
           select site as "site!" from found where site is not null"#
    );
    Ok(sites.fetch_all(tx.conn()).await?)
}

/// Dates the last good reading of copies.
pub(super) async fn set_verified(
    tx: &mut TenantTx,
    copies: &[(ArchiveId, &str)],
    at: DateTime<Utc>,
) -> Result<(), db::Error> {
    let (archives, sites) = columns(copies);
    sqlx::query!(
        "update copy c set verified_at = $3
         from unnest($1::uuid[], $2::text[]) as good (archive_id, site)
         where c.archive_id = good.archive_id and c.site = good.site",
        &archives,
        &sites,
        at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Opens an incident, or tells the one that is open what was found now; `true`: it was not open.
pub(super) async fn open_incident(
    tx: &mut TenantTx,
    id: Uuid,
    reading: &Reading,
    faults: &[Fault],
    occasion: Occasion,
    at: DateTime<Utc>,
) -> Result<bool, db::Error> {
    let is_new = sqlx::query_scalar!(
        r#"insert into incident (incident_id, archive_id, site, state, occasion, faults, fault_count, opened_at)
           values ($1, $2, $3, 'open', $4, $5, $6, $7)
           on conflict (tenant_id, archive_id, site) where state <> 'repaired'
           do update set faults = excluded.faults, fault_count = excluded.fault_count
           returning incident_id = $1 as "is_new!""#,
        id,
        reading.archive.0,
        reading.site,
        occasion.word(),
        &incident::in_words(faults),
        i32::try_from(faults.len()).unwrap_or(i32::MAX),
        at
    );
    Ok(is_new.fetch_one(tx.conn()).await?)
}

/// Closes the incidents of copies that were found right; those that were open.
pub(super) async fn close_incidents(
    tx: &mut TenantTx,
    copies: &[(ArchiveId, &str)],
    at: DateTime<Utc>,
) -> Result<Vec<(ArchiveId, String)>, db::Error> {
    let (archives, sites) = columns(copies);
    let closed = sqlx::query!(
        "update incident i set state = 'repaired', repaired_at = $3
         from unnest($1::uuid[], $2::text[]) as good (archive_id, site)
         where i.archive_id = good.archive_id and i.site = good.site and i.state <> 'repaired'
         returning i.archive_id, i.site",
        &archives,
        &sites,
        at
    );
    let closed = closed.fetch_all(tx.conn()).await?.into_iter();
    Ok(closed.map(|row| (ArchiveId(row.archive_id), row.site)).collect())
}

/// Code of the tenant's member.
pub(super) async fn member_code(tx: &mut TenantRead) -> Result<String, db::Error> {
    let code = sqlx::query_scalar!("select code from member").fetch_optional(tx.conn()).await?;
    code.ok_or(db::Error::UnknownTenant)
}

fn columns(copies: &[(ArchiveId, &str)]) -> (Vec<Uuid>, Vec<String>) {
    copies.iter().map(|(archive, site)| (archive.0, (*site).to_owned())).unzip()
}

/// `confirmed`: the transfer, and when it was taken in charge.
pub(super) fn due(
    archive: Uuid,
    inventory: Option<Vec<u8>>,
    confirmed: (Uuid, Option<DateTime<Utc>>),
) -> Result<Due, db::Error> {
    let inventory = inventory.map(|digest| {
        <[u8; 64]>::try_from(digest).map_err(|_| db::Error::row("archive", "inventory_sha512"))
    });
    let marker = confirmed.1.map(|at| Marker::of(confirmed.0, at));
    Ok(Due { archive: ArchiveId(archive), inventory: inventory.transpose()?, marker })
}

/// Sites on which the member's archives are kept; `None`: on all there are.
pub(super) async fn sites_wanted(tx: &mut TenantRead) -> Result<Option<Vec<String>>, db::Error> {
    let sites = sqlx::query_scalar!("select sites from member").fetch_optional(tx.conn()).await?;
    sites.ok_or(db::Error::UnknownTenant)
}

/// Transfer that the archive was, and when it was taken in charge.
pub(super) async fn taken_in_charge(
    tx: &mut TenantRead,
    archive: ArchiveId,
) -> Result<(Uuid, DateTime<Utc>), db::Error> {
    let row =
        sqlx::query!("select transfer_id, taken_in_charge_at from archive where archive_id = $1", archive.0);
    let row = row.fetch_optional(tx.conn()).await?.ok_or_else(|| db::Error::row("archive", "disparue"))?;
    Ok((row.transfer_id, row.taken_in_charge_at))
}
