//! Links by which passwords are set: one statement a function.

use chrono::{DateTime, Utc};

use super::link::LinkHolder;
use crate::db::{Error, Technical, TenantTx};
use crate::model::PersonId;

pub(super) async fn insert_link(
    tx: &mut TenantTx,
    hash: &[u8; 32],
    person: PersonId,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into platform.password_link (link_hash, person_id, made_at, expires_at) values ($1, $2, $3, $4)",
        hash,
        person.0,
        now,
        expires_at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn delete_links(tx: &mut TenantTx, person: PersonId) -> Result<(), Error> {
    sqlx::query!("delete from platform.password_link where person_id = $1", person.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Uses a link; whether it was there and served still.
pub(super) async fn take_link(tx: &mut TenantTx, hash: &[u8; 32], now: DateTime<Utc>) -> Result<bool, Error> {
    let done = sqlx::query!(
        "delete from platform.password_link where link_hash = $1 and expires_at > $2",
        hash,
        now
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

pub(super) async fn holder_of(
    tx: &mut Technical,
    hash: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<Option<LinkHolder>, Error> {
    let row = sqlx::query!(
        "select p.person_id, p.login, p.display_name
         from platform.password_link l join platform.person p using (person_id)
         where l.link_hash = $1 and l.expires_at > $2 and p.disabled_at is null",
        hash,
        now
    );
    let row = row.fetch_optional(tx.conn()).await?;
    Ok(row.map(|row| LinkHolder {
        person_id: PersonId(row.person_id),
        login: row.login,
        display_name: row.display_name,
    }))
}

/// The one open account of this login, else of this address.
pub(super) async fn person_named(tx: &mut Technical, name: &str) -> Result<Option<PersonId>, Error> {
    let found = sqlx::query_scalar!(
        "select person_id from platform.person
         where disabled_at is null and (login = $1 or lower(email) = $1)
         order by login <> $1 limit 2",
        name
    );
    let found = found.fetch_all(tx.conn()).await?;
    let by_login = sqlx::query_scalar!("select person_id from platform.person where login = $1", name)
        .fetch_optional(tx.conn())
        .await?;
    Ok(match (found.as_slice(), by_login) {
        ([first, ..], Some(by_login)) if *first == by_login => Some(PersonId(by_login)),
        ([only], None) => Some(PersonId(*only)),
        _ => None,
    })
}

pub(super) async fn set_password(tx: &mut TenantTx, person: PersonId, hash: &str) -> Result<(), Error> {
    sqlx::query!("update platform.person set password_hash = $2 where person_id = $1", person.0, hash)
        .execute(tx.conn())
        .await?;
    Ok(())
}
