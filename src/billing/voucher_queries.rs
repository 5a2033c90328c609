//! The rows of pieces: one statement a function.

use chrono::{DateTime, Utc};

use super::vouchers::{Brought, Content, OF_ITEM_MAX, Voucher};
use crate::db::{Error, Technical};
use crate::model::PersonId;

/// What a row says besides what was brought.
pub(super) struct Row<'a> {
    pub sha512: &'a [u8],
    pub file_name: &'a str,
    pub media_type: &'static str,
    pub by: PersonId,
    pub at: DateTime<Utc>,
}

/// Nobody else attaches a piece to the year until the end of this transaction.
pub(super) async fn hold_year(tx: &mut Technical, year: i32) -> Result<(), Error> {
    let Ok(year) = i16::try_from(year) else { return Ok(()) };
    sqlx::query!("select year from platform.bill_year where year = $1 for update", year)
        .fetch_optional(tx.conn())
        .await?;
    Ok(())
}

/// Whether it is there from now on: an item that has all it may have takes no other.
pub(super) async fn insert(tx: &mut Technical, brought: &Brought<'_>, row: &Row<'_>) -> Result<bool, Error> {
    let Ok(year) = i16::try_from(brought.year) else { return Ok(false) };
    let done = sqlx::query!(
        "insert into platform.bill_voucher (year, item, sha512, file_name, media_type, content, added_by, added_at)
         select $1, $2, $3, $4, $5, $6, $7, $8
         where (select count(*) from platform.bill_voucher where year = $1 and item = $2 and sha512 <> $3) < $9
         on conflict (year, item, sha512) do update set withdrawn_at = null",
        year,
        brought.item,
        row.sha512,
        row.file_name,
        row.media_type,
        brought.bytes,
        row.by.0,
        row.at,
        OF_ITEM_MAX as i64
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() > 0)
}

pub(super) async fn withdraw(
    tx: &mut Technical,
    (year, item): (i32, &str),
    sha512: &[u8],
    at: DateTime<Utc>,
) -> Result<bool, Error> {
    let Ok(year) = i16::try_from(year) else { return Ok(false) };
    let done = sqlx::query!(
        "update platform.bill_voucher set withdrawn_at = $4
         where year = $1 and item = $2 and sha512 = $3 and withdrawn_at is null",
        year,
        item,
        sha512,
        at
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() > 0)
}

/// Those attached to the items of a year, each with its item, in the order they came.
pub(super) async fn of_year(tx: &mut Technical, year: i16) -> Result<Vec<(String, Voucher)>, Error> {
    let rows = sqlx::query!(
        r#"select item, file_name, sha512, octet_length(content) as "bytes!" from platform.bill_voucher
           where year = $1 and withdrawn_at is null order by added_at, sha512"#,
        year
    );
    let voucher =
        |file_name, sha512, bytes: i32| Voucher { file_name, sha512, bytes: bytes.unsigned_abs().into() };
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    Ok(rows.map(|row| (row.item, voucher(row.file_name, row.sha512, row.bytes))).collect())
}

pub(super) async fn content(tx: &mut Technical, year: i32, sha512: &[u8]) -> Result<Option<Content>, Error> {
    let Ok(year) = i16::try_from(year) else { return Ok(None) };
    let content = sqlx::query_as!(
        Content,
        "select file_name, media_type, content from platform.bill_voucher where year = $1 and sha512 = $2 limit 1",
        year,
        sha512
    );
    Ok(content.fetch_optional(tx.conn()).await?)
}
