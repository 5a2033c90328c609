//! Which copies a day reads, and how a member's copies on a site stand.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::queries::due;
use super::reading::Due;
use crate::db::{self, TenantRead};

/// Copies on a site drawn for the sample: those whose number under `seed` is at most `below`, after an archive. Copies
/// under repair are read by it.
pub(super) async fn sample_page(
    tx: &mut TenantRead,
    site: &str,
    (seed, below): (i64, i64),
    after: Uuid,
    most: i64,
) -> Result<Vec<Due>, db::Error> {
    let rows = sqlx::query!(
        "select c.archive_id, a.inventory_sha512, a.transfer_id,
                (select t.closed_at from transfer t
                 where t.tenant_id = a.tenant_id and t.transfer_id = a.transfer_id) as closed_at
         from copy c join archive a using (tenant_id, archive_id)
         where c.site = $1 and c.archive_id > $2 and hashtextextended(c.archive_id::text, $3) <= $4
           and not exists (select from incident i where i.tenant_id = c.tenant_id and i.archive_id = c.archive_id
                           and i.site = c.site and i.state <> 'repaired')
         order by c.archive_id limit $5",
        site,
        after,
        seed,
        below,
        most
    );
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    rows.map(|row| due(row.archive_id, row.inventory_sha512, (row.transfer_id, row.closed_at))).collect()
}

/// The number, under `seed`, of the last of `size` copies drawn on a site; `None` when there is no copy.
pub(super) async fn draw(
    tx: &mut TenantRead,
    site: &str,
    seed: i64,
    size: i64,
) -> Result<Option<i64>, db::Error> {
    let drawn = sqlx::query_scalar!(
        "select max(drawn.number) from (
             select hashtextextended(archive_id::text, $2) as number from copy where site = $1 order by 1 limit $3
         ) drawn",
        site,
        seed,
        size
    );
    Ok(drawn.fetch_one(tx.conn()).await?)
}

/// Copies on a site not read since `before`, the oldest reading first.
pub(super) async fn oldest_page(
    tx: &mut TenantRead,
    site: &str,
    before: DateTime<Utc>,
    most: i64,
) -> Result<Vec<Due>, db::Error> {
    let rows = sqlx::query!(
        "select c.archive_id, a.inventory_sha512, a.transfer_id,
                (select t.closed_at from transfer t
                 where t.tenant_id = a.tenant_id and t.transfer_id = a.transfer_id) as closed_at
         from copy c join archive a using (tenant_id, archive_id)
         where c.site = $1 and c.verified_at < $2
           and not exists (select from incident i where i.tenant_id = c.tenant_id and i.archive_id = c.archive_id
                           and i.site = c.site and i.state <> 'repaired')
         order by c.verified_at, c.archive_id limit $3",
        site,
        before,
        most
    );
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    rows.map(|row| due(row.archive_id, row.inventory_sha512, (row.transfer_id, row.closed_at))).collect()
}

/// Copies on a site not read within the days that their agreement promises, the oldest reading first.
pub(super) async fn promised_page(
    tx: &mut TenantRead,
    site: &str,
    now: DateTime<Utc>,
    most: i64,
) -> Result<Vec<Due>, db::Error> {
    let rows = sqlx::query!(
        "select c.archive_id, a.inventory_sha512, a.transfer_id,
                (select t.closed_at from transfer t
                 where t.tenant_id = a.tenant_id and t.transfer_id = a.transfer_id) as closed_at
         from agreement g
         join archive a on a.tenant_id = g.tenant_id and a.agreement_id = g.agreement_id
         join copy c on c.tenant_id = a.tenant_id and c.archive_id = a.archive_id
         where g.conditions ->> 'reading_days' is not null and c.site = $1
           and c.verified_at < $2::timestamptz - make_interval(days => (g.conditions ->> 'reading_days')::integer)
           and not exists (select from incident i where i.tenant_id = c.tenant_id and i.archive_id = c.archive_id
                           and i.site = c.site and i.state <> 'repaired')
         order by c.verified_at, c.archive_id limit $3",
        site,
        now,
        most
    );
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    rows.map(|row| due(row.archive_id, row.inventory_sha512, (row.transfer_id, row.closed_at))).collect()
}

/// A member's copies on a site, together.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Held {
    pub copies: i64,
    /// Read since the cycle began.
    pub fresh: i64,
    pub oldest_at: Option<DateTime<Utc>>,
    /// Archives without a copy there, when the site is of the member's set.
    pub missing: i64,
    pub incidents: i64,
    pub no_good_copy: i64,
}

/// Counts a member's copies on a site.
pub(super) async fn held(
    tx: &mut TenantRead,
    site: &str,
    cycle_began: DateTime<Utc>,
) -> Result<Held, db::Error> {
    let held = sqlx::query_as!(
        Held,
        r#"select count(*) as "copies!", count(*) filter (where verified_at >= $2) as "fresh!",
                  min(verified_at) as oldest_at,
                  case when (select sites is null or $1 = any(sites) from member)
                       then (select count(*) from archive) - count(*) else 0 end as "missing!",
                  (select count(*) from incident where site = $1 and state <> 'repaired') as "incidents!",
                  (select count(*) from incident where site = $1 and state = 'no_good_copy') as "no_good_copy!"
           from copy where site = $1"#,
        site,
        cycle_began
    );
    Ok(held.fetch_one(tx.conn()).await?)
}
