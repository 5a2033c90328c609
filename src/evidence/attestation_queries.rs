//! Rows of attestations, and of what was asked.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::attestation::Attestation;
use crate::db::{Error, TenantRead, TenantTx};
use crate::model::{ArchiveId, TransferId};
use crate::proof::attestation::{Kind, Member};
use crate::proof::journal_copy::Kept;

/// A demand for an attestation of integrity.
#[derive(Clone, Debug)]
pub struct Request {
    pub asked_at: DateTime<Utc>,
    /// As in the journal: `person:<uuid>`.
    pub asked_by: String,
    /// `None`: the copies are being read.
    pub ended_at: Option<DateTime<Utc>>,
    /// Why none was issued.
    pub refusal: Option<String>,
}

struct Row {
    attestation_id: Uuid,
    number: String,
    kind: String,
    transfer_id: Uuid,
    archive_id: Option<Uuid>,
    issued_at: DateTime<Utc>,
    statement: String,
    sha256: Vec<u8>,
    proof: Option<String>,
}

impl TryFrom<Row> for Attestation {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            kind: Kind::from_word(&row.kind).ok_or_else(|| Error::row("attestation", &row.kind))?,
            attestation_id: row.attestation_id,
            number: row.number,
            transfer_id: TransferId(row.transfer_id),
            archive_id: row.archive_id.map(ArchiveId),
            issued_at: row.issued_at,
            statement: row.statement,
            sha256: row.sha256,
            proof: row.proof,
        })
    }
}

pub(super) async fn member(tx: &mut TenantRead) -> Result<Member, Error> {
    let member = sqlx::query_as!(Member, "select code, name from member").fetch_optional(tx.conn()).await?;
    member.ok_or(Error::UnknownTenant)
}

pub(super) async fn insert(tx: &mut TenantTx, new: &Attestation) -> Result<(), Error> {
    sqlx::query!(
        "insert into attestation (attestation_id, number, kind, transfer_id, archive_id, issued_at, statement, sha256)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        new.attestation_id,
        new.number,
        new.kind.word(),
        new.transfer_id.0,
        new.archive_id.map(|id| id.0),
        new.issued_at,
        new.statement,
        new.sha256
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn find(tx: &mut TenantRead, id: Uuid) -> Result<Option<Attestation>, Error> {
    let row = sqlx::query_as!(
        Row,
        "select attestation_id, number, kind, transfer_id, archive_id, issued_at, statement, sha256, proof
         from attestation where attestation_id = $1",
        id
    );
    row.fetch_optional(tx.conn()).await?.map(Attestation::try_from).transpose()
}

pub(super) async fn find_numbered(tx: &mut TenantRead, number: &str) -> Result<Option<Attestation>, Error> {
    let row = sqlx::query_as!(
        Row,
        "select attestation_id, number, kind, transfer_id, archive_id, issued_at, statement, sha256, proof
         from attestation where number = $1",
        number
    );
    row.fetch_optional(tx.conn()).await?.map(Attestation::try_from).transpose()
}

pub(super) async fn last_of(tx: &mut TenantRead, kind: Kind) -> Result<Option<Attestation>, Error> {
    let row = sqlx::query_as!(
        Row,
        "select attestation_id, number, kind, transfer_id, archive_id, issued_at, statement, sha256, proof
         from attestation where kind = $1 order by issued_at desc, attestation_id desc limit 1",
        kind.word()
    );
    row.fetch_optional(tx.conn()).await?.map(Attestation::try_from).transpose()
}

/// Newest first.
pub(super) async fn of_transfer(tx: &mut TenantRead, id: TransferId) -> Result<Vec<Attestation>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "select attestation_id, number, kind, transfer_id, archive_id, issued_at, statement, sha256, proof
         from attestation where transfer_id = $1 order by issued_at desc, number desc limit 100",
        id.0
    );
    rows.fetch_all(tx.conn()).await?.into_iter().map(Attestation::try_from).collect()
}

pub(super) async fn entry(tx: &mut TenantRead, object: &str) -> Result<Option<String>, Error> {
    let entry = sqlx::query_scalar!(
        "select entry from event where object = $1 and event_type = 'ATTESTATION' and outcome = 'OK'
         order by seq limit 1",
        object
    );
    Ok(entry.fetch_optional(tx.conn()).await?)
}

/// Texts of those that entries of the journal declare, after the one numbered `after` and up to `last`, in their order.
pub(super) async fn declared(tx: &mut TenantRead, after: i64, last: i64) -> Result<Vec<Kept>, Error> {
    let rows = sqlx::query_as!(
        Kept,
        "select a.attestation_id as id, a.statement as text
         from event e join attestation a on a.tenant_id = e.tenant_id and a.number = substr(e.object, 13)
         where e.event_type = 'ATTESTATION' and e.seq > $1 and e.seq <= $2 order by e.seq",
        after,
        last
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}

/// An attestation that waits for its proof.
#[derive(Clone, Debug)]
pub struct ToComplete {
    pub attestation_id: Uuid,
    pub number: String,
    pub kind: Kind,
    pub transfer_id: TransferId,
    /// Who deposited, at the portal, and is to be told.
    pub person: Option<Uuid>,
    /// Number of its entry in the journal.
    pub seq: i64,
}

pub(super) async fn to_complete(
    tx: &mut TenantRead,
    after: i64,
    most: i64,
) -> Result<Vec<ToComplete>, Error> {
    let rows = sqlx::query!(
        "select a.attestation_id, a.number, a.kind, a.transfer_id, e.seq,
                case when a.is_rebuilt then null else t.person_id end as person_id
         from attestation a
         join transfer t using (tenant_id, transfer_id)
         join event e on e.tenant_id = a.tenant_id and e.object = 'attestation:' || a.number
         where a.completed_at is null and e.event_type = 'ATTESTATION' and e.seq > $1
         order by e.seq limit $2",
        after,
        most
    );
    let rows = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| {
        Ok(ToComplete {
            kind: Kind::from_word(&row.kind).ok_or_else(|| Error::row("attestation", &row.kind))?,
            attestation_id: row.attestation_id,
            number: row.number,
            transfer_id: TransferId(row.transfer_id),
            person: row.person_id,
            seq: row.seq,
        })
    });
    rows.collect()
}

pub(super) async fn keep_proof(
    tx: &mut TenantTx,
    id: Uuid,
    proof: &str,
    at: DateTime<Utc>,
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "update attestation set proof = $2, completed_at = $3 where attestation_id = $1 and completed_at is null",
        id,
        proof,
        at
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

pub(super) async fn insert_request(
    tx: &mut TenantTx,
    archive: ArchiveId,
    by: &str,
    at: DateTime<Utc>,
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "insert into integrity_request (archive_id, asked_at, asked_by) values ($1, $2, $3)
         on conflict (tenant_id, archive_id) do update
         set asked_at = excluded.asked_at, asked_by = excluded.asked_by, ended_at = null, refusal = null
         where integrity_request.ended_at is not null",
        archive.0,
        at,
        by
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

pub(super) async fn end_request(
    tx: &mut TenantTx,
    archive: ArchiveId,
    at: DateTime<Utc>,
    refusal: Option<&str>,
) -> Result<(), Error> {
    sqlx::query!(
        "update integrity_request set ended_at = $2, refusal = $3 where archive_id = $1",
        archive.0,
        at,
        refusal
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The last demand for this archive.
pub async fn find_request(tx: &mut TenantRead, archive: ArchiveId) -> Result<Option<Request>, Error> {
    let request = sqlx::query_as!(
        Request,
        "select asked_at, asked_by, ended_at, refusal from integrity_request where archive_id = $1",
        archive.0
    );
    Ok(request.fetch_optional(tx.conn()).await?)
}
