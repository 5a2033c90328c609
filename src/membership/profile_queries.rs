//! Archive profiles made and changed.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::file::Grammar;
use crate::db::{Error, TenantTx};
use crate::model::{PersonId, ProfileId};

/// A profile as it stands, its row locked until the transaction ends.
pub(super) struct Found {
    pub profile_id: Uuid,
    pub identifier: String,
    pub name: String,
    pub notice: String,
    pub state: String,
    pub version: i32,
    pub sha512: Vec<u8>,
}

/// The profile of this identifier.
pub(super) async fn lock_named(tx: &mut TenantTx, identifier: &str) -> Result<Option<Found>, Error> {
    let profile = sqlx::query_as!(
        Found,
        "select p.profile_id, p.identifier, p.name, p.notice, p.state, p.version, v.sha512
         from profile p join profile_version v using (tenant_id, profile_id, version)
         where p.identifier = $1 for update of p",
        identifier
    );
    Ok(profile.fetch_optional(tx.conn()).await?)
}

/// The profile, if this tenant has it.
pub(super) async fn lock(tx: &mut TenantTx, id: ProfileId) -> Result<Option<Found>, Error> {
    let profile = sqlx::query_as!(
        Found,
        "select p.profile_id, p.identifier, p.name, p.notice, p.state, p.version, v.sha512
         from profile p join profile_version v using (tenant_id, profile_id, version)
         where p.profile_id = $1 for update of p",
        id.0
    );
    Ok(profile.fetch_optional(tx.conn()).await?)
}

/// A new profile; its first version must follow in the same transaction.
pub(super) async fn insert(
    tx: &mut TenantTx,
    id: Uuid,
    identifier: &str,
    name: &str,
    notice: &str,
    active: bool,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into profile (profile_id, identifier, name, notice, state, version)
         values ($1, $2, $3, $4, case when $5 then 'active' else 'inactive' end, 1)",
        id,
        identifier,
        name,
        notice,
        active
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// One more version.
pub(super) async fn insert_version(
    tx: &mut TenantTx,
    id: Uuid,
    version: i32,
    grammar: &Grammar,
    at: DateTime<Utc>,
    by: Option<PersonId>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into profile_version (profile_id, version, file_name, rng, size_bytes, sha512, seda_version,
                                      imported_at, imported_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id,
        version,
        grammar.file_name,
        grammar.rng,
        i32::try_from(grammar.rng.len()).unwrap_or(i32::MAX),
        &grammar.sha512,
        grammar.seda_version,
        at,
        by.map(|by| by.0)
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Its words, its state, its version in force.
pub(super) async fn update(
    tx: &mut TenantTx,
    id: Uuid,
    name: &str,
    notice: &str,
    active: bool,
    version: i32,
) -> Result<(), Error> {
    sqlx::query!(
        "update profile set name = $2, notice = $3, state = case when $4 then 'active' else 'inactive' end,
                            version = $5
         where profile_id = $1",
        id,
        name,
        notice,
        active,
        version
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
