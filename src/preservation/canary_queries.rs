//! Rows of the canaries: their tenant's, and the damage done to them, which the platform keeps for ever.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::db::{Error, Technical, TenantRead, TenantTx};
use crate::model::ArchiveId;
use crate::proof::journal::BEFORE_FIRST;

/// Damage asked for.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub damage_id: Uuid,
    pub archive: ArchiveId,
    pub site: String,
    pub manner: String,
}

/// Damage done and not mended.
pub(super) struct Living {
    pub damage_id: Uuid,
    pub archive: ArchiveId,
    pub site: String,
    pub asked_at: DateTime<Utc>,
    pub done_at: DateTime<Utc>,
}

/// What the readings said of a damage.
pub(super) struct Seen {
    pub opened_at: DateTime<Utc>,
    /// By the sample or the cycle, and not because somebody asked.
    pub by_schedule: bool,
    pub repaired_at: Option<DateTime<Utc>>,
}

/// Whether the tenant of the canaries is there.
pub(super) async fn has_agreement(tx: &mut TenantRead) -> Result<bool, Error> {
    let has = sqlx::query_scalar!(r#"select exists (select from agreement) as "has!""#);
    Ok(has.fetch_one(tx.conn()).await?)
}

/// The tenant of the canaries and its journal; `false`: it was there.
pub(super) async fn insert_tenant(tx: &mut TenantTx, code: &str, at: DateTime<Utc>) -> Result<bool, Error> {
    let made = sqlx::query!(
        "insert into member (code, name, kind, siren, department, created_at)
         values ($1, 'Objets témoins du service', 'temoins', '', '', $2) on conflict (tenant_id) do nothing",
        code,
        at
    );
    if made.execute(tx.conn()).await?.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query!("insert into journal_head (seq, hash, at) values (0, $1, $2)", &BEFORE_FIRST, at)
        .execute(tx.conn())
        .await?;
    Ok(true)
}

/// The agreement that archives need; nobody deposits under it.
pub(super) async fn insert_agreement(tx: &mut TenantTx, party: Uuid, agreement: Uuid) -> Result<(), Error> {
    sqlx::query!(
        "insert into party (party_id, identifier, name, archival) values ($1, 'TEMOINS', 'Objets témoins', true)",
        party
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "insert into agreement (agreement_id, identifier, name, state, archival_agency, acceptance, transfer_bytes_max)
         values ($2, 'TEMOINS', 'Objets témoins', 'suspended', $1, 'archivist', 1)",
        party,
        agreement
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Their agreement.
pub(super) async fn agreement(tx: &mut TenantRead) -> Result<Uuid, Error> {
    let id = sqlx::query_scalar!("select agreement_id from agreement").fetch_optional(tx.conn()).await?;
    id.ok_or(Error::UnknownTenant)
}

/// The transfer that an archive needs, of the object's own digest; `false`: it was there.
pub(super) async fn insert_transfer(
    tx: &mut TenantTx,
    id: Uuid,
    digest: &[u8; 64],
    at: DateTime<Utc>,
) -> Result<bool, Error> {
    let made = sqlx::query!(
        "insert into transfer (transfer_id, state, channel, file_name, size_bytes, digest, received_at, closed_at)
         values ($1, 'taken_in_charge', 'api', 'temoin', 0, $2, $3, $3)
         on conflict (tenant_id, digest)
             where state in ('received', 'examined', 'sealed', 'awaiting_replication', 'taken_in_charge') do nothing",
        id,
        digest.as_slice(),
        at
    );
    Ok(made.execute(tx.conn()).await?.rows_affected() > 0)
}

/// Sites on which a canary has a copy.
pub(super) async fn sites_of(tx: &mut TenantRead, archive: ArchiveId) -> Result<Vec<String>, Error> {
    let sites = sqlx::query_scalar!("select site from copy where archive_id = $1 order by site", archive.0);
    Ok(sites.fetch_all(tx.conn()).await?)
}

/// The incident that a damage led to.
pub(super) async fn incident_of(tx: &mut TenantRead, damage: &Living) -> Result<Option<Seen>, Error> {
    let seen = sqlx::query_as!(
        Seen,
        r#"select opened_at, occasion in ('sample', 'cycle') as "by_schedule!", repaired_at
           from incident where archive_id = $1 and site = $2 and opened_at >= $3
           order by opened_at limit 1"#,
        damage.archive.0,
        damage.site,
        damage.asked_at
    );
    Ok(seen.fetch_optional(tx.conn()).await?)
}

/// Damage asked for, and not known to be done.
pub(super) async fn undone(tx: &mut Technical) -> Result<Option<Asked>, Error> {
    let row = sqlx::query!(
        "select damage_id, archive_id, site, manner from platform.canary_damage
         where done_at is null and mended_at is null order by asked_at limit 1"
    );
    Ok(row.fetch_optional(tx.conn()).await?.map(|row| Asked {
        damage_id: row.damage_id,
        archive: ArchiveId(row.archive_id),
        site: row.site,
        manner: row.manner,
    }))
}

/// How much damage was asked for since ever, and when the last.
pub(super) async fn history(tx: &mut Technical) -> Result<(u64, Option<DateTime<Utc>>), Error> {
    let row =
        sqlx::query!(r#"select count(*) as "count!", max(asked_at) as last from platform.canary_damage"#);
    let row = row.fetch_one(tx.conn()).await?;
    Ok((row.count.unsigned_abs(), row.last))
}

/// Canaries that are not whole.
pub(super) async fn damaged(tx: &mut Technical) -> Result<Vec<ArchiveId>, Error> {
    let ids = sqlx::query_scalar!("select archive_id from platform.canary_damage where mended_at is null");
    Ok(ids.fetch_all(tx.conn()).await?.into_iter().map(ArchiveId).collect())
}

/// Damage done and not mended.
pub(super) async fn living(tx: &mut Technical) -> Result<Vec<Living>, Error> {
    let rows = sqlx::query!(
        r#"select damage_id, archive_id, site, asked_at, done_at as "done_at!" from platform.canary_damage
           where mended_at is null and done_at is not null"#
    );
    let living = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| Living {
        damage_id: row.damage_id,
        archive: ArchiveId(row.archive_id),
        site: row.site,
        asked_at: row.asked_at,
        done_at: row.done_at,
    });
    Ok(living.collect())
}

/// Damage is about to be done; nothing when another process asked first.
pub(super) async fn ask(tx: &mut Technical, asked: &Asked, at: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "insert into platform.canary_damage (damage_id, archive_id, site, manner, asked_at)
         values ($1, $2, $3, $4, $5)",
        asked.damage_id,
        asked.archive.0,
        asked.site,
        asked.manner,
        at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// From now on the bytes are wrong.
pub(super) async fn set_done(tx: &mut Technical, id: Uuid, at: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!("update platform.canary_damage set done_at = $2 where damage_id = $1", id, at)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// What the readings have said of it.
pub(super) async fn set_seen(
    tx: &mut Technical,
    id: Uuid,
    found_at: Option<DateTime<Utc>>,
    mended_at: Option<DateTime<Utc>>,
) -> Result<(), Error> {
    sqlx::query!(
        "update platform.canary_damage set found_at = $2, mended_at = $3 where damage_id = $1",
        id,
        found_at,
        mended_at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
