//! Cosignatures of witnesses under the platform's heads, and heads of other logs that this service cosigned.

use chrono::{DateTime, Utc};

use crate::db::{Error, Technical};
use crate::proof::merkle::Hash;

/// A witness's line under a head of the platform's.
#[derive(Clone, Debug)]
pub struct Cosigned {
    pub witness: String,
    pub line: String,
    pub cosigned_at: DateTime<Utc>,
}

/// The cosignatures of a head.
pub async fn cosignatures(tx: &mut Technical, number: i64) -> Result<Vec<Cosigned>, Error> {
    let rows = sqlx::query_as!(
        Cosigned,
        "select witness, line, cosigned_at from platform.cosignature where number = $1 order by witness",
        number
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}

/// Keeps a cosignature; nothing when there is one of that witness already.
pub async fn insert_cosignature(tx: &mut Technical, number: i64, cosigned: &Cosigned) -> Result<(), Error> {
    sqlx::query!(
        "insert into platform.cosignature (number, witness, line, cosigned_at) values ($1, $2, $3, $4)
         on conflict do nothing",
        number,
        cosigned.witness,
        cosigned.line,
        cosigned.cosigned_at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Cosignatures that a site has not: number, witness, line.
pub async fn unpublished(
    tx: &mut Technical,
    site: &str,
    most: i64,
) -> Result<Vec<(i64, String, String)>, Error> {
    let rows = sqlx::query!(
        "select number, witness, line from platform.cosignature
         where not published @> array[$1::text] order by number, witness limit $2",
        site,
        most
    );
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    Ok(rows.map(|row| (row.number, row.witness, row.line)).collect())
}

/// Says that a site has a cosignature.
pub async fn note_published(tx: &mut Technical, number: i64, witness: &str, site: &str) -> Result<(), Error> {
    sqlx::query!(
        "update platform.cosignature set published = array_append(published, $3)
         where number = $1 and witness = $2 and not published @> array[$3::text]",
        number,
        witness,
        site
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// How a witness stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessState {
    pub witness: String,
    /// Leaves under the last head that it cosigned.
    pub size: i64,
    pub tried_at: DateTime<Utc>,
    /// What is wrong, in French, and since when.
    pub trouble: Option<String>,
    pub trouble_since: Option<DateTime<Utc>>,
    /// It saw another story than ours.
    pub forked: bool,
}

/// How the witnesses stand.
pub async fn states(tx: &mut Technical) -> Result<Vec<WitnessState>, Error> {
    let rows = sqlx::query_as!(
        WitnessState,
        "select witness, size, tried_at, trouble, trouble_since, forked from platform.witness_state order by witness"
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}

/// Says how a witness stands; the trouble lasts since it was first told.
pub async fn note_state(
    tx: &mut Technical,
    witness: &str,
    size: i64,
    (trouble, forked): (Option<&str>, bool),
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into platform.witness_state as w (witness, size, tried_at, trouble, trouble_since, forked)
         values ($1, $2, $3, $4, case when $4::text is not null then $3::timestamptz end, $5)
         on conflict (witness) do update
         set size = $2, tried_at = $3, trouble = $4, forked = $5,
             trouble_since = case when $4::text is not null then coalesce(w.trouble_since, $3::timestamptz) end",
        witness,
        size,
        now,
        trouble,
        forked
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The last head of a log that this service cosigned.
#[derive(Clone, Debug)]
pub struct Witnessed {
    pub size: i64,
    pub note: String,
}

/// The last head of this log that was cosigned.
pub async fn witnessed(tx: &mut Technical, origin: &str) -> Result<Option<Witnessed>, Error> {
    let row =
        sqlx::query_as!(Witnessed, "select size, note from platform.witnessed where origin = $1", origin);
    Ok(row.fetch_optional(tx.conn()).await?)
}

/// Takes a head for the last one, unless another process took one beyond `old` meanwhile; whether it did.
pub async fn advance(
    tx: &mut Technical,
    origin: &str,
    old: i64,
    (size, root): (i64, &Hash),
    note: &str,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "insert into platform.witnessed as w (origin, size, root, note, cosigned_at) values ($1, $3, $4, $5, $6)
         on conflict (origin) do update set size = $3, root = $4, note = $5, cosigned_at = $6 where w.size <= $2",
        origin,
        old,
        size,
        root,
        note,
        now
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}
