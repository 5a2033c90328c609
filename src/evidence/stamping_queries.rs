//! How stamping stands: what waits, when authorities are asked again, what is to be renewed and is not.

use chrono::{DateTime, Utc};

use crate::db::{Error, Technical};

/// How stamping stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stamping {
    /// Since when a head waits.
    pub waiting_since: Option<DateTime<Utc>>,
    /// Why the last attempt gave no token.
    pub reason: Option<String>,
    pub tried_at: Option<DateTime<Utc>>,
    /// Attempts in a row that gave none.
    pub failures: i32,
    /// Authorities are not asked again before.
    pub next_at: Option<DateTime<Utc>>,
    /// Tokens that should be renewed and are not.
    pub renewal: Option<Renewal>,
}

/// Tokens whose certificate ends soon, and that no authority renews.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renewal {
    pub since: DateTime<Utc>,
    pub reason: String,
    /// When the first certificate of them ends.
    pub ends: DateTime<Utc>,
}

/// How stamping stands.
pub async fn stamping(tx: &mut Technical) -> Result<Stamping, Error> {
    let row = sqlx::query!(
        "select waiting_since, reason, tried_at, failures, next_at, renewal_since, renewal_reason, renewal_ends
         from platform.stamping"
    );
    let row = row.fetch_one(tx.conn()).await?;
    let renewal = row.renewal_since.zip(row.renewal_ends).map(|(since, ends)| Renewal {
        since,
        reason: row.renewal_reason.unwrap_or_default(),
        ends,
    });
    Ok(Stamping {
        waiting_since: row.waiting_since,
        reason: row.reason,
        tried_at: row.tried_at,
        failures: row.failures,
        next_at: row.next_at,
        renewal,
    })
}

/// Says how stamping stands.
pub async fn note_stamping(tx: &mut Technical, stamping: &Stamping) -> Result<(), Error> {
    let renewal = stamping.renewal.as_ref();
    sqlx::query!(
        "update platform.stamping
         set waiting_since = $1, reason = $2, tried_at = $3, failures = $4, next_at = $5,
             renewal_since = $6, renewal_reason = $7, renewal_ends = $8",
        stamping.waiting_since,
        stamping.reason,
        stamping.tried_at,
        stamping.failures,
        stamping.next_at,
        renewal.map(|renewal| renewal.since),
        renewal.map(|renewal| renewal.reason.as_str()),
        renewal.map(|renewal| renewal.ends)
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What an authority last answered to a renewal.
#[derive(Clone, Debug)]
pub struct RenewalRequest {
    pub authority: String,
    pub asked_at: DateTime<Utc>,
    /// End of the certificate that signed its token; `None`: it gave none.
    pub certificate_ends: Option<DateTime<Utc>>,
}

/// What the authorities last answered to renewals.
pub async fn renewal_requests(tx: &mut Technical) -> Result<Vec<RenewalRequest>, Error> {
    let rows = sqlx::query_as!(
        RenewalRequest,
        "select authority, asked_at, certificate_ends from platform.renewal_request"
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}

/// Remembers what an authority answered to a renewal.
pub async fn note_renewal_request(tx: &mut Technical, request: &RenewalRequest) -> Result<(), Error> {
    sqlx::query!(
        "insert into platform.renewal_request (authority, asked_at, certificate_ends) values ($1, $2, $3)
         on conflict (authority) do update set asked_at = $2, certificate_ends = $3",
        request.authority,
        request.asked_at,
        request.certificate_ends
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
