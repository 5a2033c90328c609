//! Time stamps of seals, row by row.

use chrono::{DateTime, Utc};

use crate::db::{Error, Technical};
use crate::model::TenantId;

/// A token as kept.
#[derive(Clone, Debug)]
pub struct KeptToken {
    pub number: i64,
    pub ordinal: i16,
    pub authority: String,
    pub is_demonstration: bool,
    pub algorithm: String,
    pub token: Vec<u8>,
    pub stamped_at: DateTime<Utc>,
    pub signer: String,
    pub certificate_ends: DateTime<Utc>,
}

/// A head that has no token: number, note, when it was sealed.
pub struct Unstamped {
    pub number: i64,
    pub note: String,
    pub at: DateTime<Utc>,
}

/// The platform's seals without a token after the one numbered `after`, oldest first.
pub async fn unstamped(
    tx: &mut Technical,
    platform: TenantId,
    after: i64,
    most: i64,
) -> Result<Vec<Unstamped>, Error> {
    let rows = sqlx::query_as!(
        Unstamped,
        "select s.number, s.note, s.at from platform.seal s
         where s.number > $2
           and not exists (select from platform.token t where t.tenant_id = $1 and t.number = s.number)
         order by s.number limit $3",
        platform.as_uuid(),
        after,
        most
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}

/// Tokens of a log's seal, in the order they were given.
pub async fn tokens_of(tx: &mut Technical, tenant: TenantId, number: i64) -> Result<Vec<KeptToken>, Error> {
    let rows = sqlx::query_as!(
        KeptToken,
        "select number, ordinal, authority, is_demonstration, algorithm, token, stamped_at, signer, certificate_ends
         from platform.token where tenant_id = $1 and number = $2 order by ordinal",
        tenant.as_uuid(),
        number
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}

/// Seals of any log whose last token's certificate ends before `limit`, those that end first before the others.
pub async fn ending(
    tx: &mut Technical,
    limit: DateTime<Utc>,
    most: i64,
) -> Result<Vec<(TenantId, i64)>, Error> {
    let rows = sqlx::query!(
        r#"select tenant_id, number from platform.token group by tenant_id, number
           having max(certificate_ends) < $1 order by max(certificate_ends), tenant_id, number limit $2"#,
        limit,
        most
    );
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    Ok(rows.map(|row| (TenantId::from_row(row.tenant_id), row.number)).collect())
}

/// Logs that have a token.
pub async fn stamped_logs(tx: &mut Technical) -> Result<Vec<TenantId>, Error> {
    let tenants = sqlx::query_scalar!("select distinct tenant_id from platform.token order by 1");
    Ok(tenants.fetch_all(tx.conn()).await?.into_iter().map(TenantId::from_row).collect())
}

/// Keeps a token; nothing when another process kept one in its place.
pub async fn insert_token(tx: &mut Technical, tenant: TenantId, kept: &KeptToken) -> Result<bool, Error> {
    let done = sqlx::query!(
        "insert into platform.token (tenant_id, number, ordinal, authority, is_demonstration, algorithm, token, stamped_at,
                signer, certificate_ends)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing",
        tenant.as_uuid(),
        kept.number,
        kept.ordinal,
        kept.authority,
        kept.is_demonstration,
        kept.algorithm,
        kept.token,
        kept.stamped_at,
        kept.signer,
        kept.certificate_ends
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Tokens of a log that a site has not; those under whose name it holds other bytes come last.
pub async fn unpublished(
    tx: &mut Technical,
    tenant: TenantId,
    site: &str,
    most: i64,
) -> Result<Vec<(i64, i16, Vec<u8>)>, Error> {
    let rows = sqlx::query!(
        "select number, ordinal, token from platform.token
         where tenant_id = $1 and not published @> array[$2::text]
         order by contradicted @> array[$2::text], number, ordinal limit $3",
        tenant.as_uuid(),
        site,
        most
    );
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    Ok(rows.map(|row| (row.number, row.ordinal, row.token)).collect())
}

/// Says that a site has a token.
pub async fn note_token_published(
    tx: &mut Technical,
    tenant: TenantId,
    (number, ordinal): (i64, i16),
    site: &str,
) -> Result<(), Error> {
    sqlx::query!(
        "update platform.token
         set published = array_append(published, $4), contradicted = array_remove(contradicted, $4)
         where tenant_id = $1 and number = $2 and ordinal = $3 and not published @> array[$4::text]",
        tenant.as_uuid(),
        number,
        ordinal,
        site
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Says that a site holds other bytes under a token's name; whether that is news.
pub async fn note_token_contradicted(
    tx: &mut Technical,
    tenant: TenantId,
    (number, ordinal): (i64, i16),
    site: &str,
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "update platform.token set contradicted = array_append(contradicted, $4)
         where tenant_id = $1 and number = $2 and ordinal = $3 and not contradicted @> array[$4::text]",
        tenant.as_uuid(),
        number,
        ordinal,
        site
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Sites that hold other bytes under the name of some token: how many tokens, and the first seal of them.
pub async fn contradicted(tx: &mut Technical) -> Result<Vec<(String, i64, i64)>, Error> {
    let rows = sqlx::query!(
        r#"select site as "site!", count(*) as "tokens!", min(number) as "first!"
           from platform.token, unnest(contradicted) site group by site order by site"#
    );
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    Ok(rows.map(|row| (row.site, row.tokens, row.first)).collect())
}

/// Number of the last seal that has a token.
pub async fn last_stamped(tx: &mut Technical, tenant: TenantId) -> Result<Option<i64>, Error> {
    let number = sqlx::query_scalar!(
        "select number from platform.token where tenant_id = $1 order by number desc limit 1",
        tenant.as_uuid()
    );
    Ok(number.fetch_optional(tx.conn()).await?)
}
