//! Sites that are away: one row an absence, whatever the number of archives.

use chrono::{DateTime, Utc};

use crate::db::{Error, Technical};

/// The site is away; `true`: it was not known to be.
pub(super) async fn open_absence(
    tx: &mut Technical,
    site: &str,
    reason: &str,
    at: DateTime<Utc>,
) -> Result<bool, Error> {
    let is_new = sqlx::query_scalar!(
        r#"insert into platform.site_absence as known (site, since, seen_at, reason) values ($1, $2, $2, $3)
           on conflict (site) where ended_at is null
           do update set seen_at = excluded.seen_at, reason = excluded.reason
           returning (known.since = $2) as "is_new!""#,
        site,
        at,
        reason
    );
    Ok(is_new.fetch_one(tx.conn()).await?)
}

/// The site answers; `true`: it was away.
pub(super) async fn close_absence(tx: &mut Technical, site: &str, at: DateTime<Utc>) -> Result<bool, Error> {
    let closed = sqlx::query!(
        "update platform.site_absence set ended_at = $2 where site = $1 and ended_at is null",
        site,
        at
    );
    Ok(closed.execute(tx.conn()).await?.rows_affected() > 0)
}
