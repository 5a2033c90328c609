//! What the catalogue knows of copies.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::db::{self, TenantRead, TenantTx};

/// An archive, and the sites on which the catalogue has a copy.
pub(super) struct Archived {
    pub archive_id: Uuid,
    pub cote: String,
    pub sites: Vec<String>,
}

/// At most `most` archives after the given one, by identifier.
pub(super) async fn archives_page(
    tx: &mut TenantRead,
    after: Uuid,
    most: i64,
) -> Result<Vec<Archived>, db::Error> {
    let page = sqlx::query_as!(
        Archived,
        r#"select a.archive_id, a.cote,
                  array(select c.site from copy c where c.archive_id = a.archive_id order by c.site) as "sites!"
           from archive a where a.archive_id > $1 order by a.archive_id limit $2"#,
        after,
        most
    );
    Ok(page.fetch_all(tx.conn()).await?)
}

/// Dates the last good reading of copies, given as archive and site.
pub(super) async fn set_verified(
    tx: &mut TenantTx,
    copies: &[(Uuid, String)],
    at: DateTime<Utc>,
) -> Result<(), db::Error> {
    let (archives, sites): (Vec<Uuid>, Vec<String>) = copies.iter().cloned().unzip();
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

/// Code of the tenant's member.
pub(super) async fn member_code(tx: &mut TenantRead) -> Result<String, db::Error> {
    let code = sqlx::query_scalar!("select code from member").fetch_optional(tx.conn()).await?;
    code.ok_or(db::Error::UnknownTenant)
}
