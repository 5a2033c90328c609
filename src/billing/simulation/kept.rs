//! Simulations kept, seen again, given up.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Content, kept_queries};
use crate::clock::Clock;
use crate::db::{Db, Error};
use crate::model::PersonId;

/// A simulation that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub id: Uuid,
    pub name: String,
    pub made_at: DateTime<Utc>,
    pub content: Content,
}

/// Keeps a simulation; its identifier.
pub async fn keep(
    db: &Db,
    clock: &Clock,
    by: PersonId,
    name: &str,
    content: &Content,
) -> Result<Uuid, Error> {
    let (id, content) = (clock.fresh_id(), serde_json::json!(content).to_string());
    let mut tx = db.technical().await?;
    kept_queries::insert(&mut tx, (id, name, &content), (by, clock.now())).await?;
    tx.commit().await?;
    Ok(id)
}

/// Identifier, name and moment of each, the last first.
pub async fn list(db: &Db) -> Result<Vec<(Uuid, String, DateTime<Utc>)>, Error> {
    kept_queries::list(&mut db.technical().await?).await
}

/// One of them.
pub async fn see(db: &Db, id: Uuid) -> Result<Option<Kept>, Error> {
    let found = kept_queries::one(&mut db.technical().await?, id).await?;
    found
        .map(|(name, content, made_at)| {
            let content = serde_json::from_str(&content).map_err(|error| Error::row("simulation", error))?;
            Ok(Kept { id, name, made_at, content })
        })
        .transpose()
}

/// Gives one up.
pub async fn delete(db: &Db, id: Uuid) -> Result<(), Error> {
    let mut tx = db.technical().await?;
    kept_queries::delete(&mut tx, id).await?;
    tx.commit().await
}
