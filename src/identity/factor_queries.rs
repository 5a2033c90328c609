//! Second factors and codes on paper: one statement a function.

use chrono::{DateTime, Utc};

use crate::db::{Error, Technical, TenantTx};
use crate::model::PersonId;

/// The sealed secret of an enrolment begun in a session.
pub(super) async fn pending(tx: &mut Technical, session: &[u8; 32]) -> Result<Option<Vec<u8>>, Error> {
    let pending =
        sqlx::query_scalar!("select totp_pending from technical.session where session_hash = $1", session);
    Ok(pending.fetch_optional(tx.conn()).await?.flatten())
}

pub(super) async fn set_pending(tx: &mut Technical, session: &[u8; 32], sealed: &[u8]) -> Result<(), Error> {
    sqlx::query!("update technical.session set totp_pending = $2 where session_hash = $1", session, sealed)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The session has shown a second factor now; an enrolment begun in it is over.
pub(super) async fn show_factor(
    tx: &mut Technical,
    session: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "update technical.session set factor_at = $2, totp_pending = null where session_hash = $1",
        session,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The person's sealed secret, once enrolled.
pub(super) async fn factor_of(tx: &mut Technical, person: PersonId) -> Result<Option<Vec<u8>>, Error> {
    let sealed =
        sqlx::query_scalar!("select totp_sealed from platform.person where person_id = $1", person.0);
    Ok(sealed.fetch_optional(tx.conn()).await?.flatten())
}

/// Takes a step that no code was accepted of, nor of a later one; whether it did.
pub(super) async fn take_step(tx: &mut Technical, person: PersonId, step: i64) -> Result<bool, Error> {
    let done = sqlx::query!(
        "update platform.person set totp_step = $2 where person_id = $1 and totp_step < $2",
        person.0,
        step
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

/// The person's second factor becomes this one, whose code of this step was just shown.
pub(super) async fn set_factor(
    tx: &mut TenantTx,
    person: PersonId,
    (sealed, step): (&[u8], i64),
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "update platform.person set totp_sealed = $2, totp_step = $3, totp_since = $4 where person_id = $1",
        person.0,
        sealed,
        step,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The person's codes on paper become these.
pub(super) async fn set_recovery_codes(
    tx: &mut TenantTx,
    person: PersonId,
    hashes: &[Vec<u8>],
) -> Result<(), Error> {
    sqlx::query!("delete from platform.recovery_code where person_id = $1", person.0)
        .execute(tx.conn())
        .await?;
    sqlx::query!(
        "insert into platform.recovery_code (person_id, code_hash) select $1, unnest($2::bytea[])",
        person.0,
        hashes
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Uses a code on paper, once; whether it was one that nobody had used.
pub(super) async fn use_recovery_code(
    tx: &mut TenantTx,
    person: PersonId,
    hash: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "update platform.recovery_code set used_at = $3
         where person_id = $1 and code_hash = $2 and used_at is null",
        person.0,
        hash,
        now
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

pub(super) async fn recovery_codes_left(tx: &mut Technical, person: PersonId) -> Result<i64, Error> {
    let left = sqlx::query_scalar!(
        r#"select count(*) as "left!" from platform.recovery_code where person_id = $1 and used_at is null"#,
        person.0
    );
    Ok(left.fetch_one(tx.conn()).await?)
}
