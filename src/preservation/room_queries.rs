//! The room of sites, day by day: one statement a function.

use chrono::NaiveDate;

use super::room::Measured;
use crate::db::{Error, Technical};

/// A measure; the first of a day stands.
pub(super) async fn insert(tx: &mut Technical, of: &Measured) -> Result<(), Error> {
    let most = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
    sqlx::query!(
        "insert into platform.site_room (site, day, free_bytes, size_bytes) values ($1, $2, $3, $4)
         on conflict (site, day) do nothing",
        of.site,
        of.day,
        most(of.free_bytes),
        most(of.size_bytes)
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Measures of before this day go.
pub(super) async fn forget(tx: &mut Technical, before: NaiveDate) -> Result<(), Error> {
    sqlx::query!("delete from platform.site_room where day < $1", before).execute(tx.conn()).await?;
    Ok(())
}

/// From this day on, by site and day.
pub(super) async fn since(tx: &mut Technical, first: NaiveDate) -> Result<Vec<Measured>, Error> {
    let rows = sqlx::query!(
        "select site, day, free_bytes, size_bytes from platform.site_room where day >= $1 order by site, day",
        first
    );
    let measured = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| Measured {
        site: row.site,
        day: row.day,
        free_bytes: row.free_bytes.unsigned_abs(),
        size_bytes: row.size_bytes.unsigned_abs(),
    });
    Ok(measured.collect())
}
