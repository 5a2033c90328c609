//! Uploads under way: one statement a function, on a technical table, for a piece more or less is no archive event.

use chrono::{DateTime, Utc};

use super::uploads::{NewUpload, Upload};
use super::{Depositor, acknowledge};
use crate::db::{Error, Technical, TenantRead};
use crate::model::{Agent, Channel, CopySaid, MachineId, PersonId, TenantId, TransferId};

pub(super) async fn insert(
    tx: &mut Technical,
    from: &Depositor,
    new: &NewUpload<'_>,
    (now, expires_at): (DateTime<Utc>, DateTime<Utc>),
) -> Result<(), Error> {
    let (machine, person) = match from.agent {
        Agent::Machine(id) => (Some(id.0), None),
        Agent::Person(id, _) => (None, Some(id.0)),
        Agent::Service | Agent::Operator => (None, None),
    };
    let file_name = super::receive::plain_file_name(new.file_name);
    let key_hash = new.key.map(super::uploads::kept_key);
    sqlx::query!(
        "insert into technical.upload (tenant_id, upload_id, door, machine_id, person_id, file_name, key_hash, copy_said,
                                       reply_to, message_identifier, transferring_agency, bytes_total, pieces_total,
                                       opened_at, expires_at, metadata)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        from.tenant.as_uuid(),
        new.id.0,
        from.channel.word(),
        machine,
        person,
        file_name,
        key_hash.as_ref().map(|hash| hash.as_slice()),
        from.copy.map(CopySaid::word),
        new.reply_to,
        new.header.map(|header| header.message_identifier.as_str()),
        new.header.and_then(|header| header.transferring_agency.as_deref()),
        new.bytes_total.map(|bytes| bytes as i64),
        new.pieces_total.map(|pieces| pieces as i32),
        now,
        expires_at,
        new.metadata
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The upload of this identifier, while it has not expired.
pub(super) async fn find(
    tx: &mut Technical,
    tenant: TenantId,
    id: TransferId,
    now: DateTime<Utc>,
) -> Result<Option<Upload>, Error> {
    let row = sqlx::query!(
        "select door, machine_id, person_id, file_name, key_hash, copy_said, reply_to, bytes_total, bytes_received,
                pieces_total, pieces_received, last_piece_at, expires_at, transfer_id, metadata
         from technical.upload where tenant_id = $1 and upload_id = $2 and expires_at > $3",
        tenant.as_uuid(),
        id.0,
        now
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| Upload {
        tenant,
        id,
        door: Channel::from_word(&row.door).unwrap_or(Channel::Api),
        machine: row.machine_id.map(MachineId),
        person: row.person_id.map(PersonId),
        file_name: row.file_name,
        key_hash: row.key_hash,
        copy: row.copy_said.as_deref().and_then(CopySaid::from_word),
        reply_to: row.reply_to,
        bytes_total: row.bytes_total.map(|bytes| bytes as u64),
        bytes_received: row.bytes_received as u64,
        pieces_total: row.pieces_total.map(|pieces| pieces as u32),
        pieces_received: row.pieces_received as u32,
        last_piece_at: row.last_piece_at as u64,
        expires_at: row.expires_at,
        transfer_id: row.transfer_id.map(TransferId),
        metadata: row.metadata,
    }))
}

/// How many this machine or person has under way.
pub(super) async fn count_open(
    tx: &mut Technical,
    from: &Depositor,
    now: DateTime<Utc>,
) -> Result<u64, Error> {
    let (machine, person) = match from.agent {
        Agent::Machine(id) => (Some(id.0), None),
        Agent::Person(id, _) => (None, Some(id.0)),
        Agent::Service | Agent::Operator => (None, None),
    };
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from technical.upload
           where tenant_id = $1 and transfer_id is null and expires_at > $2
             and machine_id is not distinct from $3 and person_id is not distinct from $4"#,
        from.tenant.as_uuid(),
        now,
        machine,
        person
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(count as u64)
}

/// Those under way of the same sender under the same identifier: another sending takes their place.
pub(super) async fn open_of(
    tx: &mut Technical,
    tenant: TenantId,
    machine: MachineId,
    header: &acknowledge::Header,
) -> Result<Vec<TransferId>, Error> {
    let ids = sqlx::query_scalar!(
        "select upload_id from technical.upload
         where tenant_id = $1 and machine_id = $2 and message_identifier = $3
           and transferring_agency is not distinct from $4 and transfer_id is null",
        tenant.as_uuid(),
        machine.0,
        header.message_identifier,
        header.transferring_agency
    );
    Ok(ids.fetch_all(tx.conn()).await?.into_iter().map(TransferId).collect())
}

/// A piece is on the disk: counted if nobody counted another meanwhile.
pub(super) async fn advance(
    tx: &mut Technical,
    upload: &Upload,
    bytes_received: u64,
    pieces: (u32, Option<u32>),
    expires_at: DateTime<Utc>,
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "update technical.upload set bytes_received = $4, pieces_received = $5, pieces_total = coalesce($6, pieces_total),
                last_piece_at = $3, expires_at = $8
         where tenant_id = $1 and upload_id = $2 and bytes_received = $3 and pieces_received = $7
           and transfer_id is null",
        upload.tenant.as_uuid(),
        upload.id.0,
        upload.bytes_received as i64,
        bytes_received as i64,
        pieces.0 as i32,
        pieces.1.map(|total| total as i32),
        upload.pieces_received as i32,
        expires_at
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

/// The length of one whose length was to be said later, once; the one that stands.
pub(super) async fn set_total(
    tx: &mut Technical,
    upload: &Upload,
    bytes_total: u64,
) -> Result<Option<u64>, Error> {
    let stands = sqlx::query_scalar!(
        "update technical.upload set bytes_total = coalesce(bytes_total, $3)
         where tenant_id = $1 and upload_id = $2 returning bytes_total",
        upload.tenant.as_uuid(),
        upload.id.0,
        bytes_total as i64
    );
    Ok(stands.fetch_optional(tx.conn()).await?.flatten().map(|bytes| bytes as u64))
}

/// What it became.
pub(super) async fn set_closed(
    tx: &mut Technical,
    upload: &Upload,
    transfer: TransferId,
) -> Result<(), Error> {
    sqlx::query!(
        "update technical.upload set transfer_id = $3 where tenant_id = $1 and upload_id = $2",
        upload.tenant.as_uuid(),
        upload.id.0,
        transfer.0
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn delete(tx: &mut Technical, tenant: TenantId, id: TransferId) -> Result<bool, Error> {
    let done = sqlx::query!(
        "delete from technical.upload where tenant_id = $1 and upload_id = $2",
        tenant.as_uuid(),
        id.0
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Some of the member's whose time is over, or that are whole and became nothing yet.
pub(super) async fn ended(
    tx: &mut Technical,
    tenant: TenantId,
    now: DateTime<Utc>,
) -> Result<Vec<TransferId>, Error> {
    let ids = sqlx::query_scalar!(
        "select upload_id from technical.upload
         where tenant_id = $1
           and (expires_at <= $2
                or transfer_id is null and (bytes_received = bytes_total or pieces_received = pieces_total))
         order by expires_at limit 1000",
        tenant.as_uuid(),
        now
    );
    Ok(ids.fetch_all(tx.conn()).await?.into_iter().map(TransferId).collect())
}

/// Those that the sweeper leaves alone.
pub(super) async fn under_way(tx: &mut TenantRead) -> Result<Vec<TransferId>, Error> {
    let ids = sqlx::query_scalar!("select upload_id from technical.upload where transfer_id is null");
    Ok(ids.fetch_all(tx.conn()).await?.into_iter().map(TransferId).collect())
}
