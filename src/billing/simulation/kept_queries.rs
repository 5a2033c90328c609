//! Simulations' rows: one statement a function.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::db::{Error, Technical};
use crate::model::PersonId;

/// Simulations that are listed: the last.
const LISTED: i64 = 100;

pub(super) async fn insert(
    tx: &mut Technical,
    (id, name, content): (Uuid, &str, &str),
    (by, now): (PersonId, DateTime<Utc>),
) -> Result<(), Error> {
    sqlx::query!(
        "insert into platform.simulation (simulation_id, name, content, made_at, made_by) values ($1, $2, $3, $4, $5)",
        id,
        name,
        content,
        now,
        by.0
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn list(tx: &mut Technical) -> Result<Vec<(Uuid, String, DateTime<Utc>)>, Error> {
    let rows = sqlx::query!(
        "select simulation_id, name, made_at from platform.simulation order by made_at desc, simulation_id limit $1",
        LISTED
    );
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    Ok(rows.map(|row| (row.simulation_id, row.name, row.made_at)).collect())
}

pub(super) async fn one(
    tx: &mut Technical,
    id: Uuid,
) -> Result<Option<(String, String, DateTime<Utc>)>, Error> {
    let row =
        sqlx::query!("select name, content, made_at from platform.simulation where simulation_id = $1", id);
    Ok(row.fetch_optional(tx.conn()).await?.map(|row| (row.name, row.content, row.made_at)))
}

pub(super) async fn delete(tx: &mut Technical, id: Uuid) -> Result<(), Error> {
    sqlx::query!("delete from platform.simulation where simulation_id = $1", id).execute(tx.conn()).await?;
    Ok(())
}
