//! Numbers of many members, as their readings wrote them: no archive is named.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::standing::{Canaries, Damage, MemberSite, Migration, SiteStanding};
use crate::db::{Error, Technical};
use crate::model::TenantId;

/// Every site that the settings know or where a copy is, by name. Canaries are no member's: they are not counted
/// among copies and incidents.
pub(super) async fn sites(
    tx: &mut Technical,
    known: &[String],
    late: DateTime<Utc>,
    canaries: TenantId,
) -> Result<Vec<SiteStanding>, Error> {
    let mut sites: BTreeMap<String, SiteStanding> = BTreeMap::new();
    let sums = sqlx::query!(
        r#"select site, sum(copies)::bigint as "copies!", sum(fresh)::bigint as "fresh!", min(oldest_at) as oldest_at,
                  sum(missing)::bigint as "missing!", sum(incidents)::bigint as "incidents!", sum(no_good_copy)::bigint as "no_good_copy!",
                  sum(orphans)::bigint as "orphans!"
           from platform.site_check where tenant_id <> $1 group by site"#,
        canaries.as_uuid()
    );
    for row in sums.fetch_all(tx.conn()).await? {
        let standing = SiteStanding {
            known: known.contains(&row.site),
            copies: row.copies.unsigned_abs(),
            fresh: row.fresh.unsigned_abs(),
            oldest_at: row.oldest_at,
            missing: row.missing.unsigned_abs(),
            incidents: row.incidents.unsigned_abs(),
            no_good_copy: row.no_good_copy.unsigned_abs(),
            orphans: row.orphans.unsigned_abs(),
            site: row.site.clone(),
            ..SiteStanding::default()
        };
        sites.insert(row.site, standing);
    }
    // Told from the members, not from what was read: a reading that never began is seen too.
    let samples = sqlx::query!(
        r#"select s.site as "site!", count(m.tenant_id) as "members!",
                  min(coalesce(c.sampled_at, m.created_at)) as since,
                  count(m.tenant_id) filter (where coalesce(c.sampled_at, m.created_at) < $2) as "late!"
           from unnest($1::text[]) as s (site)
           left join member m on m.sites is null or s.site = any(m.sites)
           left join platform.site_check c on c.tenant_id = m.tenant_id and c.site = s.site
           group by s.site"#,
        known,
        late
    );
    for row in samples.fetch_all(tx.conn()).await? {
        let standing = sites.entry(row.site.clone()).or_default();
        standing.site = row.site;
        standing.known = true;
        standing.members = row.members.unsigned_abs();
        standing.sampled_since = row.since;
        standing.late = row.late.unsigned_abs();
    }
    let absences = sqlx::query!("select site, since from platform.site_absence where ended_at is null");
    for row in absences.fetch_all(tx.conn()).await? {
        if let Some(standing) = sites.get_mut(&row.site) {
            standing.away_since = Some(row.since);
        }
    }
    Ok(sites.into_values().collect())
}

/// Damage done to canaries, since ever; `code`: of the tenant whose archives they are.
pub(super) async fn canaries(tx: &mut Technical, code: &str, latest: i64) -> Result<Canaries, Error> {
    let sums = sqlx::query!(
        r#"select (select created_at from member where code = $1) as made_at, max(done_at) as last_done_at,
                  count(found_at) as "found!",
                  percentile_cont(0.5) within group (order by extract(epoch from found_at - done_at)::float8)
                      as median_seconds,
                  max(extract(epoch from found_at - done_at)::float8) as longest_seconds
           from platform.canary_damage where done_at is not null"#,
        code
    )
    .fetch_one(tx.conn())
    .await?;
    let unfound = sqlx::query_as!(
        Damage,
        r#"select site, manner, done_at as "done_at!", found_at, mended_at from platform.canary_damage
           where done_at is not null and found_at is null and mended_at is null order by done_at"#
    )
    .fetch_all(tx.conn())
    .await?;
    let latest = sqlx::query_as!(
        Damage,
        r#"select site, manner, done_at as "done_at!", found_at, mended_at from platform.canary_damage
           where done_at is not null and found_at is not null order by found_at desc limit $1"#,
        latest
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(Canaries {
        made_at: sums.made_at,
        last_done_at: sums.last_done_at,
        unfound,
        found: sums.found.unsigned_abs(),
        median_seconds: sums.median_seconds.map(whole),
        longest_seconds: sums.longest_seconds.map(whole),
        latest,
    })
}

/// Media migrations under way, oldest first.
pub(super) async fn migrations(tx: &mut Technical) -> Result<Vec<Migration>, Error> {
    let rows = sqlx::query!(
        "select m.name, p.site, p.state, p.archives, p.archives_left, p.size_bytes, p.asked_at, p.last_error
         from platform.media_migration p join member m using (tenant_id)
         where p.state <> 'done' order by p.asked_at"
    );
    let migrations = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| Migration {
        member: row.name,
        site: row.site,
        state: row.state,
        archives: row.archives.unsigned_abs(),
        archives_left: row.archives_left.unsigned_abs(),
        size_bytes: row.size_bytes.unsigned_abs(),
        asked_at: row.asked_at,
        last_error: row.last_error,
    });
    Ok(migrations.collect())
}

/// One member's copies, site by site.
pub(super) async fn member_sites(tx: &mut Technical, tenant: TenantId) -> Result<Vec<MemberSite>, Error> {
    let rows = sqlx::query!(
        "select site, copies, fresh, oldest_at, sampled_at from platform.site_check
         where tenant_id = $1 order by site",
        tenant.as_uuid()
    );
    let sites = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| MemberSite {
        site: row.site,
        copies: row.copies.unsigned_abs(),
        fresh: row.fresh.unsigned_abs(),
        oldest_at: row.oldest_at,
        sampled_at: row.sampled_at,
    });
    Ok(sites.collect())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "seconds between two dates of a row"
)]
fn whole(seconds: f64) -> u64 {
    seconds.max(0.0) as u64
}
