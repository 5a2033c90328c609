//! The register of transfers and their messages: one statement a function. What moves a transfer on is in
//! `state_queries`, what an acceptance consumes in `seal_queries`.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{coverage, findings_json};
use crate::db::{self, TenantRead, TenantTx};
use crate::model::{
    Agent, ArchiveId, Channel, CopySaid, MachineId, PersonId, Scope, Signatures, Transfer, TransferId,
    TransferState,
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
    originating_agency: Option<String>,
    archival_profile: Option<String>,
    profile_version: Option<i32>,
    title: Option<String>,
    unit_count: Option<i32>,
    object_count: Option<i32>,
    findings: serde_json::Value,
    decided_at: Option<DateTime<Utc>>,
    archive_id: Option<Uuid>,
    closed_at: Option<DateTime<Utc>>,
    virus: Option<serde_json::Value>,
    copy_said: Option<String>,
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
            originating_agency: row.originating_agency,
            archival_profile: row.archival_profile,
            profile_version: row.profile_version.map(|n| n as u32),
            title: row.title,
            unit_count: row.unit_count.map(|n| n as u32),
            object_count: row.object_count.map(|n| n as u32),
            findings: findings_json::read(&row.findings),
            decided_at: row.decided_at,
            archive_id: row.archive_id.map(ArchiveId),
            closed_at: row.closed_at,
            virus: row.virus.as_ref().map(coverage::read),
            copy: row.copy_said.as_deref().and_then(CopySaid::from_word),
        }
    }
}

/// The transfer, if this tenant has it.
pub async fn find_transfer(tx: &mut TenantRead, id: TransferId) -> Result<Option<Transfer>, db::Error> {
    let row = sqlx::query_as!(
        TransferRow,
        r#"select transfer_id, state::text as "state!", person_id, machine_id, file_name, size_bytes, digest,
                  received_at, attempt, seda_version, message_identifier, transferring_agency,
                  agreement_identifier, originating_agency, archival_profile, profile_version, title, unit_count, object_count, findings,
                  decided_at, archive_id, closed_at, virus, copy_said
           from transfer where transfer_id = $1"#,
        id.0
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(Transfer::from))
}

/// The electronic signatures found in a transfer, if it bears some.
pub async fn find_signatures(tx: &mut TenantRead, id: TransferId) -> Result<Option<Signatures>, db::Error> {
    let found = sqlx::query_scalar!("select signatures from transfer where transfer_id = $1", id.0)
        .fetch_optional(tx.conn())
        .await?;
    let read = |json| {
        serde_json::from_value(json)
            .map_err(|error| db::Error::Row { table: "transfer", reason: error.to_string() })
    };
    found.flatten().map(read).transpose()
}

/// Which transfers a page shows.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// In this state only.
    pub state: Option<TransferState>,
    /// Within it, or sent by `machine`.
    pub scope: Scope,
    pub machine: Option<MachineId>,
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
                  agreement_identifier, originating_agency, archival_profile, profile_version, title, unit_count, object_count, findings,
                  decided_at, archive_id, closed_at, virus, copy_said
           from transfer
           where ($1::text is null or state = $1::text::transfer_state)
             and ($2::jsonb is null or machine_id = $3
                  or reached($2, agreement_identifier, originating_agency, person_id, archive_id))
             -- A comparison that the index can begin at, the first page included.
             and (received_at, transfer_id)
                 < (coalesce($4::timestamptz, 'infinity'), coalesce($5::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
           order by received_at desc, transfer_id desc
           limit $6"#,
        filter.state.map(TransferState::word),
        filter.scope.ways(),
        filter.machine.map(|id| id.0),
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
    pub copy: Option<CopySaid>,
    /// What the manifest says, when it came apart.
    pub message_identifier: Option<&'a str>,
    pub transferring_agency: Option<&'a str>,
    pub manifest_sha512: Option<&'a [u8]>,
    pub reply_to: Option<&'a str>,
}

/// Enters a received transfer; none when the same bytes are already here, alive.
pub async fn insert_transfer(
    tx: &mut TenantTx,
    new: &NewTransfer<'_>,
) -> Result<Option<Transfer>, db::Error> {
    let (person, machine) = match new.agent {
        Agent::Person(id, _) => (Some(id.0), None),
        Agent::Machine(id) => (None, Some(id.0)),
        Agent::Service | Agent::Operator => (None, None),
    };
    let row = sqlx::query_as!(
        TransferRow,
        r#"insert into transfer (transfer_id, state, channel, person_id, machine_id, file_name, size_bytes, digest,
                               received_at, copy_said, message_identifier, transferring_agency, manifest_sha512,
                               reply_to)
         values ($1, 'received', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         on conflict (tenant_id, digest)
             where state in ('received', 'examined', 'sealed', 'awaiting_replication', 'taken_in_charge') do nothing
         returning transfer_id, state::text as "state!", person_id, machine_id, file_name, size_bytes, digest,
                   received_at, attempt, seda_version, message_identifier, transferring_agency,
                   agreement_identifier, originating_agency, archival_profile, profile_version, title, unit_count, object_count, findings,
                   decided_at, archive_id, closed_at, virus, copy_said"#,
        new.transfer_id.0,
        new.channel.word(),
        person,
        machine,
        new.file_name,
        new.size_bytes as i64,
        new.digest,
        new.received_at,
        new.copy.map(CopySaid::word),
        new.message_identifier,
        new.transferring_agency,
        new.manifest_sha512,
        new.reply_to
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(Transfer::from))
}

/// The latest transfer of these bytes.
pub async fn find_by_digest(tx: &mut TenantRead, digest: &[u8]) -> Result<Option<Transfer>, db::Error> {
    let row = sqlx::query_as!(
        TransferRow,
        r#"select transfer_id, state::text as "state!", person_id, machine_id, file_name, size_bytes, digest,
                  received_at, attempt, seda_version, message_identifier, transferring_agency,
                  agreement_identifier, originating_agency, archival_profile, profile_version, title, unit_count, object_count, findings,
                  decided_at, archive_id, closed_at, virus, copy_said
           from transfer where digest = $1 order by received_at desc, transfer_id desc limit 1"#,
        digest
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(Transfer::from))
}

/// No other transfer is entered under this identifier until `tx` ends.
pub(super) async fn lock_identifier(
    tx: &mut TenantTx,
    agency: Option<&str>,
    identifier: &str,
) -> Result<(), db::Error> {
    sqlx::query!(
        r#"select pg_advisory_xact_lock(hashtextextended(concat_ws(chr(31), current_tenant()::text, coalesce($1::text, ''), $2::text), 45))
               as "locked: ()""#,
        agency,
        identifier
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The transfer that stands under an identifier, with the digest of its manifest when that came apart.
pub(super) async fn find_standing(
    tx: &mut TenantRead,
    agency: Option<&str>,
    identifier: &str,
) -> Result<Option<(Transfer, Option<Vec<u8>>)>, db::Error> {
    let found = sqlx::query!(
        "select transfer_id, manifest_sha512 from transfer
         where message_identifier = $2 and transferring_agency is not distinct from $1 and state <> 'refused'
         order by received_at limit 1",
        agency,
        identifier
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(found) = found else { return Ok(None) };
    let transfer = find_transfer(tx, TransferId(found.transfer_id)).await?;
    Ok(transfer.map(|transfer| (transfer, found.manifest_sha512)))
}

/// The transfer that an identifier names for a machine, of those it follows: the one that stands, else the latest that was
/// refused. Without an agency, whatever its agency.
pub async fn find_named(
    tx: &mut TenantRead,
    (agency, identifier): (Option<&str>, &str),
    machine: MachineId,
    agreements: &[String],
) -> Result<Option<Transfer>, db::Error> {
    let found = sqlx::query_scalar!(
        "select transfer_id from transfer
         where message_identifier = $2 and ($1::text is null or transferring_agency = $1)
           and (machine_id = $3 or agreement_identifier = any($4))
         order by (state = 'refused'), received_at desc, transfer_id desc limit 1",
        agency,
        identifier,
        machine.0,
        agreements
    )
    .fetch_optional(tx.conn())
    .await?;
    match found {
        Some(id) => find_transfer(tx, TransferId(id)).await,
        None => Ok(None),
    }
}

/// Where the answers to a transfer are told of, beside the addresses of its agreement.
pub(super) async fn reply_to(tx: &mut TenantRead, id: TransferId) -> Result<Option<String>, db::Error> {
    let found = sqlx::query_scalar!("select reply_to from transfer where transfer_id = $1", id.0);
    Ok(found.fetch_optional(tx.conn()).await?.flatten())
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

/// The member's code, which begins its references.
pub async fn member_code(tx: &mut TenantRead) -> Result<String, db::Error> {
    let code = sqlx::query_scalar!("select code from member").fetch_one(tx.conn()).await?;
    Ok(code)
}
