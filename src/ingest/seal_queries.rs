//! What an acceptance consumes: quota, number, identifier; and the register's line of the transfer it accepts.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};

use super::quota::{Held, Room};
use crate::db::{self, TenantRead, TenantTx};
use crate::model::{AgreementId, Deposited, TransferId};
use crate::package::transfer::TransferRecord;

/// Whether another transfer was accepted under this identifier.
pub async fn identifier_is_consumed(
    tx: &mut TenantRead,
    transferring_agency: &str,
    message_identifier: &str,
    except: TransferId,
) -> Result<bool, db::Error> {
    let found = sqlx::query_scalar!(
        r#"select exists (
               select from transfer
               where transferring_agency = $1 and message_identifier = $2 and transfer_id <> $3
                 and state in ('sealed', 'awaiting_replication', 'taken_in_charge')) as "found!""#,
        transferring_agency,
        message_identifier,
        except.0
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(found)
}

/// Takes a deposit from what is left to the member, and counts it under its agreement; what the member holds then, or
/// nothing, and nothing is done, when there is not as much left. The member's other acceptances wait until the
/// transaction ends.
pub async fn reserve_quota(
    tx: &mut TenantTx,
    agreement: AgreementId,
    day: NaiveDate,
    coming: Deposited,
) -> Result<Option<Held>, db::Error> {
    let held = sqlx::query!(
        r#"with held as (
               update quota
               set bytes_held = bytes_held + $1, archives_held = archives_held + 1, objects_held = objects_held + $4,
                   deposits_on = $3,
                   deposits_count = case when deposits_on = $3 then deposits_count + 1 else 1 end
               where bytes_held + $1 <= bytes_max
                 and (objects_max is null or objects_held + $4 <= objects_max)
                 and (deposits_per_day is null
                      or case when deposits_on = $3 then deposits_count else 0 end < deposits_per_day)
               returning bytes_held, bytes_max, bytes_soft
           ), counted as (
               insert into agreement_usage as u (agreement_id, day, transfers, objects, bytes)
               select $2, $3, 1, $4, $1 from held
               on conflict (tenant_id, agreement_id, day) do update
               set transfers = u.transfers + 1, objects = u.objects + excluded.objects, bytes = u.bytes + excluded.bytes
           )
           select bytes_held, bytes_max, bytes_soft from held"#,
        coming.bytes as i64,
        agreement.0,
        day,
        coming.files as i64
    );
    let held = held.fetch_optional(tx.conn()).await?;
    Ok(held.map(|row| Held {
        bytes: row.bytes_held.unsigned_abs(),
        bytes_max: row.bytes_max.unsigned_abs(),
        bytes_soft: row.bytes_soft.map(i64::unsigned_abs),
    }))
}

/// What was accepted under an agreement from this day on; from the beginning without one.
pub async fn deposited(
    tx: &mut TenantRead,
    agreement: AgreementId,
    since: Option<NaiveDate>,
) -> Result<Deposited, db::Error> {
    let row = sqlx::query!(
        r#"select coalesce(sum(transfers), 0)::bigint as "transfers!", coalesce(sum(objects), 0)::bigint as "files!",
                  coalesce(sum(bytes), 0)::bigint as "bytes!"
           from agreement_usage where agreement_id = $1 and ($2::date is null or day >= $2)"#,
        agreement.0,
        since
    )
    .fetch_one(tx.conn())
    .await?;
    let number = i64::unsigned_abs;
    Ok(Deposited { transfers: number(row.transfers), files: number(row.files), bytes: number(row.bytes) })
}

/// What the member may still deposit on this day; nothing without a quota.
pub async fn room_left(tx: &mut TenantRead, day: NaiveDate) -> Result<Room, db::Error> {
    let left = sqlx::query!(
        // `greatest` passes over a null: a difference alone keeps it.
        r#"select greatest(bytes_max - bytes_held, 0) as "bytes!", objects_max - objects_held as objects,
                  deposits_per_day - case when deposits_on = $1 then deposits_count else 0 end as deposits,
                  bytes_soft - bytes_held as soft
           from quota"#,
        day
    )
    .fetch_optional(tx.conn())
    .await?;
    let not_less_than_none = |left: i64| u64::try_from(left).unwrap_or(0);
    Ok(left.map_or_else(Room::default, |row| Room {
        bytes: row.bytes.unsigned_abs(),
        objects: row.objects.map(not_less_than_none),
        deposits: row.deposits.map(not_less_than_none),
        soft_bytes: row.soft,
    }))
}

/// The register's line of a transfer, of its row as it stands now.
pub async fn transfer_record(tx: &mut TenantRead, id: TransferId) -> Result<TransferRecord, db::Error> {
    let row = sqlx::query!(
        "select t.channel, t.person_id, t.machine_id, t.file_name, t.received_at, t.attempt, t.expanded_bytes,
                t.archival_profile, t.profile_version, t.examined_at, t.decided_at, t.decided_by, t.virus,
                t.signatures, t.agreement_terms, t.decision_words,
                (select m.created_at from message m
                 where m.transfer_id = t.transfer_id and m.kind = 'acknowledgement') as acknowledged_at
         from transfer t where t.transfer_id = $1",
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    let moment = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Micros, true);
    Ok(TransferRecord {
        form: TransferRecord::FORM,
        transfer_id: id.0,
        channel: row.channel,
        person_id: row.person_id,
        machine_id: row.machine_id,
        file_name: row.file_name,
        received_at: moment(row.received_at),
        acknowledged_at: row.acknowledged_at.map(moment),
        attempt: row.attempt.unsigned_abs(),
        expanded_bytes: row.expanded_bytes.unwrap_or(0).unsigned_abs(),
        archival_profile: row.archival_profile,
        profile_version: row.profile_version.map(i32::unsigned_abs),
        examined_at: row.examined_at.map(moment),
        decided_at: row.decided_at.map(moment),
        decided_by: row.decided_by,
        virus: row.virus,
        signatures: row.signatures,
        agreement_terms: row.agreement_terms,
        remark: row.decision_words,
    })
}
