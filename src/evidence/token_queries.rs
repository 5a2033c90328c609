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

/// The platform's seals without a token, oldest first.
pub async fn unstamped(tx: &mut Technical, platform: TenantId, most: i64) -> Result<Vec<Unstamped>, Error> {
    let rows = sqlx::query_as!(
        Unstamped,
        "select s.number, s.note, s.at from platform.seal s
         where not exists (select from platform.token t where t.tenant_id = $1 and t.number = s.number)
         order by s.number limit $2",
        platform.as_uuid(),
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

/// Seals whose last token's certificate ends before `limit`.
pub async fn ending(
    tx: &mut Technical,
    tenant: TenantId,
    limit: DateTime<Utc>,
    most: i64,
) -> Result<Vec<i64>, Error> {
    let numbers = sqlx::query_scalar!(
        r#"select number as "number!" from platform.token where tenant_id = $1
           group by number having max(certificate_ends) < $2 order by number limit $3"#,
        tenant.as_uuid(),
        limit,
        most
    );
    Ok(numbers.fetch_all(tx.conn()).await?)
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

/// Tokens of a log that some of `sites` have not.
pub async fn unpublished(
    tx: &mut Technical,
    tenant: TenantId,
    site: &str,
    most: i64,
) -> Result<Vec<(i64, i16, Vec<u8>)>, Error> {
    let rows = sqlx::query!(
        "select number, ordinal, token from platform.token
         where tenant_id = $1 and not published @> array[$2::text] order by number, ordinal limit $3",
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
        "update platform.token set published = array_append(published, $4)
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

/// How stamping stands: since when a head waits, why, when it was last tried.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stamping {
    pub waiting_since: Option<DateTime<Utc>>,
    pub reason: Option<String>,
    pub tried_at: Option<DateTime<Utc>>,
}

/// How stamping stands.
pub async fn stamping(tx: &mut Technical) -> Result<Stamping, Error> {
    let row = sqlx::query_as!(Stamping, "select waiting_since, reason, tried_at from platform.stamping");
    Ok(row.fetch_one(tx.conn()).await?)
}

/// Says how stamping stands.
pub async fn note_stamping(tx: &mut Technical, stamping: &Stamping) -> Result<(), Error> {
    sqlx::query!(
        "update platform.stamping set waiting_since = $1, reason = $2, tried_at = $3",
        stamping.waiting_since,
        stamping.reason,
        stamping.tried_at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
