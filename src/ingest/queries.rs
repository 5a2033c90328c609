//! The register of transfers, their messages and accessions: one statement a function.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::findings_json;
use crate::db::{self, TenantRead, TenantTx};
use crate::model::{
    Agent, ArchiveId, Channel, Finding, MachineId, PersonId, SedaVersion, Transfer, TransferId, TransferState,
};

struct TransferRow {
    transfer_id: Uuid,
    state: String,
    person_id: Option<Uuid>,
    machine_id: Option<Uuid>,
    file_name: String,
    size_bytes: i64,
    digest: Vec<u8>,
    received_at: DateTime<Utc>,
    attempt: i32,
    seda_version: Option<String>,
    message_identifier: Option<String>,
    transferring_agency: Option<String>,
    agreement_identifier: Option<String>,
    title: Option<String>,
    unit_count: Option<i32>,
    object_count: Option<i32>,
    findings: serde_json::Value,
    decided_at: Option<DateTime<Utc>>,
    archive_id: Option<Uuid>,
    closed_at: Option<DateTime<Utc>>,
}

impl From<TransferRow> for Transfer {
    fn from(row: TransferRow) -> Self {
        Transfer {
            transfer_id: TransferId(row.transfer_id),
            state: TransferState::from_word(&row.state).expect("the enum of the schema"),
            person_id: row.person_id.map(PersonId),
            machine_id: row.machine_id.map(MachineId),
            file_name: row.file_name,
            size_bytes: row.size_bytes as u64,
            digest: row.digest,
            received_at: row.received_at,
            attempt: row.attempt as u32,
            seda_version: row.seda_version,
            message_identifier: row.message_identifier,
            transferring_agency: row.transferring_agency,
            agreement_identifier: row.agreement_identifier,
            title: row.title,
            unit_count: row.unit_count.map(|n| n as u32),
            object_count: row.object_count.map(|n| n as u32),
            findings: findings_json::read(&row.findings),
            decided_at: row.decided_at,
            archive_id: row.archive_id.map(ArchiveId),
            closed_at: row.closed_at,
        }
    }
}

/// The transfer, if this tenant has it.
pub async fn find_transfer(tx: &mut TenantRead, id: TransferId) -> Result<Option<Transfer>, db::Error> {
    let row = sqlx::query_as!(
        TransferRow,
        r#"select transfer_id, state::text as "state!", person_id, machine_id, file_name, size_bytes, digest,
                  received_at, attempt, seda_version, message_identifier, transferring_agency,
                  agreement_identifier, title, unit_count, object_count, findings, decided_at, archive_id, closed_at
           from transfer where transfer_id = $1"#,
        id.0
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(Transfer::from))
}

/// Which transfers a page shows.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// In this state only.
    pub state: Option<TransferState>,
    /// Under these agreements only (or not yet read, and sent by `machine`).
    pub agreements: Option<Vec<String>>,
    pub machine: Option<MachineId>,
    /// Deposited by this person only.
    pub person: Option<PersonId>,
}

/// Place in a list sorted by reception, newest first: what came last on the page before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct After {
    pub received_at: DateTime<Utc>,
    pub transfer_id: TransferId,
}

/// At most `most` transfers, newest first.
pub async fn transfers_page(
    tx: &mut TenantRead,
    filter: &Filter,
    after: Option<After>,
    most: u32,
) -> Result<Vec<Transfer>, db::Error> {
    let rows = sqlx::query_as!(
        TransferRow,
        r#"select transfer_id, state::text as "state!", person_id, machine_id, file_name, size_bytes, digest,
                  received_at, attempt, seda_version, message_identifier, transferring_agency,
                  agreement_identifier, title, unit_count, object_count, findings, decided_at, archive_id, closed_at
           from transfer
           where ($1::text is null or state = $1::text::transfer_state)
             and ($2::text[] is null or agreement_identifier = any($2) or machine_id = $3)
             and ($4::uuid is null or person_id = $4)
             and ($5::timestamptz is null or (received_at, transfer_id) < ($5, $6))
           order by received_at desc, transfer_id desc
           limit $7"#,
        filter.state.map(TransferState::word),
        filter.agreements.as_deref(),
        filter.machine.map(|id| id.0),
        filter.person.map(|id| id.0),
        after.map(|after| after.received_at),
        after.map(|after| after.transfer_id.0),
        i64::from(most)
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(Transfer::from).collect())
}

/// Which of our messages about a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageKind {
    Acknowledgement,
    Reply,
}

impl MessageKind {
    /// The word in rows.
    pub fn word(self) -> &'static str {
        match self {
            MessageKind::Acknowledgement => "acknowledgement",
            MessageKind::Reply => "reply",
        }
    }
}

/// The XML of a message, once it has been made.
pub async fn find_message(
    tx: &mut TenantRead,
    id: TransferId,
    kind: MessageKind,
) -> Result<Option<String>, db::Error> {
    let body = sqlx::query_scalar!(
        "select body from message where transfer_id = $1 and kind = $2",
        id.0,
        kind.word()
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(body)
}

/// What reception writes.
pub struct NewTransfer<'a> {
    pub transfer_id: TransferId,
    pub channel: Channel,
    pub agent: Agent,
    pub file_name: &'a str,
    pub size_bytes: u64,
    pub digest: &'a [u8],
    pub received_at: DateTime<Utc>,
}

/// Enters a received transfer; `false` when the same bytes are already here, alive.
pub async fn insert_transfer(tx: &mut TenantTx, new: &NewTransfer<'_>) -> Result<bool, db::Error> {
    let (person, machine) = match new.agent {
        Agent::Person(id) => (Some(id.0), None),
        Agent::Machine(id) => (None, Some(id.0)),
        Agent::Service | Agent::Operator => (None, None),
    };
    let done = sqlx::query!(
        "insert into transfer (transfer_id, state, channel, person_id, machine_id, file_name, size_bytes, digest,
                               received_at)
         values ($1, 'received', $2, $3, $4, $5, $6, $7, $8)
         on conflict (tenant_id, digest) where state <> 'refused' do nothing",
        new.transfer_id.0,
        new.channel.word(),
        person,
        machine,
        new.file_name,
        new.size_bytes as i64,
        new.digest,
        new.received_at
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The latest transfer of these bytes.
pub async fn find_by_digest(tx: &mut TenantRead, digest: &[u8]) -> Result<Option<TransferId>, db::Error> {
    let id = sqlx::query_scalar!(
        "select transfer_id from transfer where digest = $1 order by received_at desc, transfer_id desc limit 1",
        digest
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(id.map(TransferId))
}

/// Locks the transfer's row and tells its state and whether an archivist has accepted it.
pub async fn lock_transfer(
    tx: &mut TenantTx,
    id: TransferId,
) -> Result<Option<(TransferState, Option<PersonId>)>, db::Error> {
    let row = sqlx::query!(
        r#"select state::text as "state!", decided_by from transfer where transfer_id = $1 for update"#,
        id.0
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| {
        let state = TransferState::from_word(&row.state).expect("the enum of the schema");
        (state, row.decided_by.map(PersonId))
    }))
}

/// Who accepted an examined transfer, if somebody has.
pub async fn decided_by(tx: &mut TenantRead, id: TransferId) -> Result<Option<PersonId>, db::Error> {
    let by = sqlx::query_scalar!("select decided_by from transfer where transfer_id = $1", id.0)
        .fetch_optional(tx.conn())
        .await?;
    Ok(by.flatten().map(PersonId))
}

/// What reading the manifest taught.
pub struct Examined<'a> {
    pub version: Option<SedaVersion>,
    pub message_identifier: Option<&'a str>,
    pub transferring_agency: Option<&'a str>,
    pub agreement: Option<&'a str>,
    pub title: Option<&'a str>,
    pub unit_count: Option<usize>,
    pub object_count: Option<usize>,
    pub expanded_bytes: u64,
    pub findings: &'a [Finding],
}

/// Writes what the examination found, and the attempt's number under this identifier.
pub async fn write_examination(
    tx: &mut TenantTx,
    id: TransferId,
    at: DateTime<Utc>,
    seen: &Examined<'_>,
) -> Result<(), db::Error> {
    sqlx::query!(
        "update transfer t
         set seda_version = $2, message_identifier = $3, transferring_agency = $4, agreement_identifier = $5,
             title = $6, unit_count = $7, object_count = $8, expanded_bytes = $9, findings = $10, examined_at = $11,
             attempt = 1 + (select count(*) from transfer before
                            where before.message_identifier = $3
                              and before.transferring_agency is not distinct from $4
                              and before.state = 'refused' and before.transfer_id <> t.transfer_id)::integer
         where transfer_id = $1",
        id.0,
        seen.version.map(SedaVersion::number),
        seen.message_identifier,
        seen.transferring_agency,
        seen.agreement,
        seen.title,
        seen.unit_count.map(|n| n as i32),
        seen.object_count.map(|n| n as i32),
        seen.expanded_bytes as i64,
        findings_json::write(seen.findings),
        at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The transfer waits for an archivist.
pub async fn set_examined(tx: &mut TenantTx, id: TransferId) -> Result<(), db::Error> {
    sqlx::query!(
        "update transfer set state = 'examined' where transfer_id = $1 and state = 'received'",
        id.0
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// An archivist accepts an examined transfer; `false` when it is not waiting (any more).
pub async fn set_approved(
    tx: &mut TenantTx,
    id: TransferId,
    by: PersonId,
    at: DateTime<Utc>,
) -> Result<bool, db::Error> {
    let done = sqlx::query!(
        "update transfer set decided_at = $3, decided_by = $2
         where transfer_id = $1 and state = 'examined' and decided_by is null",
        id.0,
        by.0,
        at
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The transfer is refused; its bytes stay in quarantine until `keep_until`.
pub async fn set_refused(
    tx: &mut TenantTx,
    id: TransferId,
    findings: &[Finding],
    at: DateTime<Utc>,
    keep_until: DateTime<Utc>,
) -> Result<(), db::Error> {
    sqlx::query!(
        "update transfer set state = 'refused', findings = $2, decided_at = coalesce(decided_at, $3), closed_at = $3,
                             quarantine_until = $4
         where transfer_id = $1 and state in ('received', 'examined')",
        id.0,
        findings_json::write(findings),
        at,
        keep_until
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The transfer is accepted as this archive. A second acceptance under the same identifier breaks the
/// constraint `transfer_accepted_once`.
pub async fn set_sealed(
    tx: &mut TenantTx,
    id: TransferId,
    archive: ArchiveId,
    at: DateTime<Utc>,
) -> Result<(), db::Error> {
    sqlx::query!(
        "update transfer set state = 'sealed', archive_id = $2, decided_at = coalesce(decided_at, $3)
         where transfer_id = $1 and state in ('received', 'examined')",
        id.0,
        archive.0,
        at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The transfer is taken in charge.
pub async fn set_taken_in_charge(
    tx: &mut TenantTx,
    id: TransferId,
    at: DateTime<Utc>,
) -> Result<(), db::Error> {
    sqlx::query!(
        "update transfer set state = 'taken_in_charge', closed_at = $2 where transfer_id = $1 and state = 'sealed'",
        id.0,
        at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The bytes of a refused transfer have left the quarantine; `false` when that was known.
pub async fn set_purged(tx: &mut TenantTx, id: TransferId, at: DateTime<Utc>) -> Result<bool, db::Error> {
    let done = sqlx::query!(
        "update transfer set quarantine_purged_at = $2 where transfer_id = $1 and quarantine_purged_at is null",
        id.0,
        at
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Until when a refused transfer's bytes are kept; `None` when it is not refused, or already purged.
pub async fn quarantine_until(
    tx: &mut TenantRead,
    id: TransferId,
) -> Result<Option<DateTime<Utc>>, db::Error> {
    let until = sqlx::query_scalar!(
        "select quarantine_until from transfer
         where transfer_id = $1 and state = 'refused' and quarantine_purged_at is null",
        id.0
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(until.flatten())
}

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
                 and state in ('sealed', 'taken_in_charge')) as "found!""#,
        transferring_agency,
        message_identifier,
        except.0
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(found)
}

/// Keeps a message we send; a message of this kind already kept stays as it is.
pub async fn insert_message(
    tx: &mut TenantTx,
    message_id: Uuid,
    transfer: TransferId,
    kind: MessageKind,
    identifier: &str,
    body: &str,
    at: DateTime<Utc>,
) -> Result<(), db::Error> {
    sqlx::query!(
        "insert into message (message_id, transfer_id, kind, identifier, body, created_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (tenant_id, transfer_id, kind) do nothing",
        message_id,
        transfer.0,
        kind.word(),
        identifier,
        body,
        at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The next number of a kind in a year; the row stays locked until the transaction ends.
pub async fn next_number(tx: &mut TenantTx, kind: &str, year: i32) -> Result<i64, db::Error> {
    let number = sqlx::query_scalar!(
        "insert into numbering (kind, year, last) values ($1, $2, 1)
         on conflict (tenant_id, kind, year) do update set last = numbering.last + 1
         returning last",
        kind,
        year
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(number)
}

/// Takes `bytes` from what is left to the member; `false` when there is not as much.
pub async fn reserve_quota(tx: &mut TenantTx, bytes: u64) -> Result<bool, db::Error> {
    let done = sqlx::query!(
        "update quota set bytes_held = bytes_held + $1, archives_held = archives_held + 1
         where bytes_held + $1 <= bytes_max",
        bytes as i64
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Bytes the member may still deposit; none without a quota.
pub async fn quota_left(tx: &mut TenantRead) -> Result<u64, db::Error> {
    let left = sqlx::query_scalar!(r#"select greatest(bytes_max - bytes_held, 0) as "left!" from quota"#)
        .fetch_optional(tx.conn())
        .await?;
    Ok(left.unwrap_or(0) as u64)
}

/// The member's code, which begins its references.
pub async fn member_code(tx: &mut TenantRead) -> Result<String, db::Error> {
    let code = sqlx::query_scalar!("select code from member").fetch_one(tx.conn()).await?;
    Ok(code)
}

/// What seal fixed.
pub struct AccessionRow {
    pub archive_id: ArchiveId,
    pub cote: String,
    pub grant_date: DateTime<Utc>,
    pub reply: String,
    pub premis: String,
    pub record: String,
}

/// Enters an accession in the register.
pub async fn insert_accession(
    tx: &mut TenantTx,
    id: TransferId,
    row: &AccessionRow,
) -> Result<(), db::Error> {
    sqlx::query!(
        "insert into accession (transfer_id, archive_id, cote, grant_date, reply, premis, record)
         values ($1, $2, $3, $4, $5, $6, $7)",
        id.0,
        row.archive_id.0,
        row.cote,
        row.grant_date,
        row.reply,
        row.premis,
        row.record
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What seal fixed for this transfer, if it has been sealed.
pub async fn find_accession(tx: &mut TenantRead, id: TransferId) -> Result<Option<AccessionRow>, db::Error> {
    let row = sqlx::query!(
        "select archive_id, cote, grant_date, reply, premis, record from accession where transfer_id = $1",
        id.0
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| AccessionRow {
        archive_id: ArchiveId(row.archive_id),
        cote: row.cote,
        grant_date: row.grant_date,
        reply: row.reply,
        premis: row.premis,
        record: row.record,
    }))
}

/// Identifiers of transfers whose bytes must still be in quarantine.
pub async fn quarantined(tx: &mut TenantRead) -> Result<Vec<TransferId>, db::Error> {
    let ids = sqlx::query_scalar!(
        "select transfer_id from transfer
         where state in ('received', 'examined', 'sealed') or (state = 'refused' and quarantine_purged_at is null)"
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(ids.into_iter().map(TransferId).collect())
}
