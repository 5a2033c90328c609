//! Entering an archive in the catalogue: rows in batches, one statement a batch, inside the caller's transaction.

mod objects;
mod units;

use chrono::{DateTime, Utc};
use uuid::Uuid;

pub use self::objects::{NewObject, insert_objects, insert_unit_objects};
pub use self::units::{NewLink, NewUnit, count_in_stretch, insert_unit_links, insert_units, stretch};
use crate::db::{self, TenantTx};
use crate::model::Rules;

/// Rows of one statement: large enough to forget the round trip, small enough to stay in memory.
pub const BATCH: usize = 2_000;

/// Rows from which an archive is large: the plans of the references to them are made again.
pub const LARGE: usize = 500;

/// An archive taken in charge.
pub struct NewArchive<'a> {
    pub archive_id: Uuid,
    pub transfer_id: Uuid,
    pub cote: &'a str,
    pub title: &'a str,
    pub agreement_id: Uuid,
    pub transferring_agency: &'a str,
    pub originating_agency: Option<&'a str>,
    pub size_bytes: u64,
    pub unit_count: u32,
    pub object_count: u32,
    pub taken_in_charge_at: DateTime<Utc>,
    /// Those that the message sets for all its units.
    pub rules: &'a Rules,
    /// Of the inventory that every copy must hold from now on (`migrations/0013_integrity.sql`).
    pub inventory_sha512: &'a [u8; 64],
}

/// Enters the archive itself.
pub async fn insert_archive(tx: &mut TenantTx, new: &NewArchive<'_>) -> Result<(), db::Error> {
    sqlx::query!(
        "insert into archive (archive_id, transfer_id, cote, title, agreement_id, transferring_agency,
                              originating_agency, size_bytes, unit_count, object_count, taken_in_charge_at,
                              inventory_sha512, rules)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        new.archive_id,
        new.transfer_id,
        new.cote,
        new.title,
        new.agreement_id,
        new.transferring_agency,
        new.originating_agency,
        new.size_bytes as i64,
        new.unit_count as i32,
        new.object_count as i32,
        new.taken_in_charge_at,
        new.inventory_sha512.as_slice(),
        serde_json::to_value(new.rules).expect("strings")
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Copies written and read again: the site and the place of each.
pub async fn insert_copies(
    tx: &mut TenantTx,
    archive_id: Uuid,
    copies: impl IntoIterator<Item = (&str, &str)>,
    verified_at: DateTime<Utc>,
) -> Result<(), db::Error> {
    let (sites, locations): (Vec<String>, Vec<String>) =
        copies.into_iter().map(|(site, location)| (site.to_owned(), location.to_owned())).unzip();
    sqlx::query!(
        "insert into copy (archive_id, site, location, verified_at)
         select $1, c.site, c.location, $4 from unnest($2::text[], $3::text[]) as c (site, location)",
        archive_id,
        &sites,
        &locations,
        verified_at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Has the plans of this connection made again. References are checked by plans made once, when the table may have been
/// nearly empty, and each way to its rows as good as another: a large archive would read the table whole for each of its
/// rows (12 s for 10 000 units).
pub async fn plan_again(tx: &mut TenantTx) -> Result<(), db::Error> {
    sqlx::query!("discard plans").execute(tx.conn()).await?;
    Ok(())
}
