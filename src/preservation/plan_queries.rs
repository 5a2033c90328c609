//! Where the readings stand, tenant by tenant and site by site; sites that are away. Rows of the platform: no
//! archive is named there but by the place reached.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::check_queries::Held;
use crate::db::{Error, Technical};
use crate::model::TenantId;

/// A tenant whose archives are kept: a member, or the platform with its canaries.
pub(super) struct Kept {
    pub tenant: TenantId,
    /// `None`: every site that the settings know.
    pub sites: Option<Vec<String>>,
}

/// Every tenant whose archives are kept.
pub(super) async fn kept(tx: &mut Technical) -> Result<Vec<Kept>, Error> {
    let rows = sqlx::query!("select tenant_id, sites from member order by code").fetch_all(tx.conn()).await?;
    let kept = rows.into_iter();
    Ok(kept.map(|row| Kept { tenant: TenantId::from_row(row.tenant_id), sites: row.sites }).collect())
}

/// A day's readings of a tenant's copies on a site, and how far they went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Day {
    pub day: NaiveDate,
    /// When it was to begin: what was read since is not read again.
    pub begins_at: DateTime<Utc>,
    pub seed: i64,
    /// `None`: not drawn yet.
    pub sample_below: Option<i64>,
    pub sample_after: Uuid,
    /// `None`: not counted yet.
    pub cycle_left: Option<i64>,
    pub read: i64,
    pub faulty: i64,
    pub size_bytes: i64,
    pub sampled_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    /// When the site was last compared with the rows.
    pub listed_at: Option<DateTime<Utc>>,
}

impl Day {
    /// Nothing is left of it.
    pub fn is_over(&self) -> bool {
        self.ended_at.is_some_and(|ended| ended >= self.begins_at)
    }

    /// Its sample has been read.
    pub fn is_sampled(&self) -> bool {
        self.sampled_at.is_some_and(|sampled| sampled >= self.begins_at)
    }
}

/// Every tenant and site that has a day, with it.
pub(super) async fn days(tx: &mut Technical) -> Result<Vec<(TenantId, String, Day)>, Error> {
    let rows = sqlx::query!(
        "select tenant_id, site, day, begins_at, seed, sample_below, sample_after, cycle_left, read, faulty,
                size_bytes, sampled_at, ended_at, listed_at
         from platform.site_check"
    );
    let days = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| {
        let day = Day {
            day: row.day,
            begins_at: row.begins_at,
            seed: row.seed,
            sample_below: row.sample_below,
            sample_after: row.sample_after,
            cycle_left: row.cycle_left,
            read: row.read,
            faulty: row.faulty,
            size_bytes: row.size_bytes,
            sampled_at: row.sampled_at,
            ended_at: row.ended_at,
            listed_at: row.listed_at,
        };
        (TenantId::from_row(row.tenant_id), row.site, day)
    });
    Ok(days.collect())
}

/// The day of a tenant on a site.
pub(super) async fn day(tx: &mut Technical, tenant: TenantId, site: &str) -> Result<Option<Day>, Error> {
    let day = sqlx::query_as!(
        Day,
        "select day, begins_at, seed, sample_below, sample_after, cycle_left, read, faulty, size_bytes, sampled_at,
                ended_at, listed_at
         from platform.site_check where tenant_id = $1 and site = $2",
        tenant.as_uuid(),
        site
    );
    Ok(day.fetch_optional(tx.conn()).await?)
}

/// A new day begins: nothing of it is read yet.
pub(super) async fn begin_day(
    tx: &mut Technical,
    tenant: TenantId,
    site: &str,
    (day, begins_at, seed): (NaiveDate, DateTime<Utc>, i64),
) -> Result<(), Error> {
    sqlx::query!(
        "insert into platform.site_check (tenant_id, site, day, begins_at, seed, sample_after)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (tenant_id, site)
         do update set day = $3, begins_at = $4, seed = $5, sample_below = null, sample_after = $6, cycle_left = null,
                       read = 0, faulty = 0, size_bytes = 0",
        tenant.as_uuid(),
        site,
        day,
        begins_at,
        seed,
        Uuid::nil()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Nothing of the tenant is on the site any more.
pub(super) async fn forget(tx: &mut Technical, tenant: TenantId, site: &str) -> Result<(), Error> {
    sqlx::query!(
        "delete from platform.site_check where tenant_id = $1 and site = $2",
        tenant.as_uuid(),
        site
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// How far the day went.
pub(super) async fn save_day(
    tx: &mut Technical,
    tenant: TenantId,
    site: &str,
    day: &Day,
) -> Result<(), Error> {
    sqlx::query!(
        "update platform.site_check
         set sample_below = $4, sample_after = $5, cycle_left = $6, read = $7, faulty = $8, size_bytes = $9,
             sampled_at = $10, ended_at = $11
         where tenant_id = $1 and site = $2 and day = $3",
        tenant.as_uuid(),
        site,
        day.day,
        day.sample_below,
        day.sample_after,
        day.cycle_left,
        day.read,
        day.faulty,
        day.size_bytes,
        day.sampled_at,
        day.ended_at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The site was compared with the rows; its orphans are counted.
pub(super) async fn save_listed(
    tx: &mut Technical,
    tenant: TenantId,
    site: &str,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "update platform.site_check s
         set listed_at = $3,
             orphans = (select count(*) from platform.orphan o where o.tenant_id = s.tenant_id and o.site = s.site)
         where s.tenant_id = $1 and s.site = $2",
        tenant.as_uuid(),
        site,
        at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What a member holds on a site, as counted now.
pub(super) async fn save_held(
    tx: &mut Technical,
    tenant: TenantId,
    site: &str,
    held: Held,
) -> Result<(), Error> {
    sqlx::query!(
        "update platform.site_check
         set copies = $3, fresh = $4, oldest_at = $5, incidents = $6, no_good_copy = $7, missing = $8
         where tenant_id = $1 and site = $2",
        tenant.as_uuid(),
        site,
        held.copies,
        held.fresh,
        held.oldest_at,
        held.incidents,
        held.no_good_copy,
        held.missing
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Incidents of a member on a site, as counted now.
pub(super) async fn save_incidents(
    tx: &mut Technical,
    tenant: TenantId,
    site: &str,
    (open, no_good_copy): (i64, i64),
) -> Result<(), Error> {
    sqlx::query!(
        "update platform.site_check set incidents = $3, no_good_copy = $4 where tenant_id = $1 and site = $2",
        tenant.as_uuid(),
        site,
        open,
        no_good_copy
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
