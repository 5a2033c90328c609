//! Rows of one archive as a rebuild makes them again: its transfer, its messages, what it weighs, whom it is under.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use uuid::Uuid;

use crate::db::{Error, TenantRead, TenantTx};
use crate::package::accession::Accession;
use crate::proof::attestation::Statement;
use crate::proof::digest::sha256;
use crate::proof::journal_copy::Kept;

/// Identifier of the agreement of this name, made suspended when the member has none: what its file says comes later.
pub(super) async fn agreement(tx: &mut TenantTx, accession: &Accession, party: Uuid) -> Result<Uuid, Error> {
    sqlx::query!(
        "insert into agreement (agreement_id, identifier, name, state, archival_agency, acceptance, transfer_bytes_max)
         values ($1, $2, $2, 'suspended', $3, 'archivist', 1)
         on conflict (tenant_id, identifier) do nothing",
        accession.agreement_id,
        accession.agreement,
        party
    )
    .execute(tx.conn())
    .await?;
    let id =
        sqlx::query_scalar!("select agreement_id from agreement where identifier = $1", accession.agreement);
    Ok(id.fetch_one(tx.conn()).await?)
}

/// Identifier of the agreement of this name, if the member has it.
pub(super) async fn find_agreement(tx: &mut TenantRead, identifier: &str) -> Result<Option<Uuid>, Error> {
    let id = sqlx::query_scalar!("select agreement_id from agreement where identifier = $1", identifier);
    Ok(id.fetch_optional(tx.conn()).await?)
}

/// Identifier of the archival agency of this name, made when the member has none: what its file says comes later.
pub(super) async fn party(tx: &mut TenantTx, fresh: Uuid, identifier: &str) -> Result<Uuid, Error> {
    sqlx::query!(
        "insert into party (party_id, identifier, name, archival) values ($1, $2, $2, true)
         on conflict (tenant_id, identifier) do nothing",
        fresh,
        identifier
    )
    .execute(tx.conn())
    .await?;
    let id = sqlx::query_scalar!("select party_id from party where identifier = $1", identifier);
    Ok(id.fetch_one(tx.conn()).await?)
}

/// A transfer taken in charge, as its archive says it was.
pub(super) struct TakenInCharge<'a> {
    pub accession: &'a Accession,
    pub channel: &'a str,
    pub person_id: Option<Uuid>,
    pub machine_id: Option<Uuid>,
    pub file_name: &'a str,
    pub digest: Vec<u8>,
    pub received_at: DateTime<Utc>,
    pub attempt: u32,
    pub archival_profile: Option<&'a str>,
    pub profile_version: Option<u32>,
    pub object_count: usize,
    pub expanded_bytes: u64,
    pub findings: Value,
    pub examined_at: Option<DateTime<Utc>>,
    pub decided_at: Option<DateTime<Utc>>,
    pub decided_by: Option<Uuid>,
    pub closed_at: DateTime<Utc>,
    pub agreement_terms: Option<&'a str>,
    pub remark: Option<&'a str>,
    pub virus: Option<Value>,
    pub signatures: Option<Value>,
}

/// The transfer's row; one that had not come as far is brought there.
pub(super) async fn put_transfer(tx: &mut TenantTx, of: TakenInCharge<'_>) -> Result<(), Error> {
    let manifest_sha512 = hex::decode(&of.accession.manifest.sha512).ok().filter(|digest| !digest.is_empty());
    sqlx::query!(
        "insert into transfer (transfer_id, state, channel, person_id, machine_id, file_name, size_bytes, digest,
             received_at, attempt, seda_version, message_identifier, transferring_agency, agreement_identifier,
             archival_profile, profile_version, title, unit_count, object_count, expanded_bytes, findings, examined_at,
             decided_at, decided_by, archive_id, closed_at, virus, signatures, agreement_terms, originating_agency, manifest_sha512,
             decision_words)
         values ($1, 'taken_in_charge', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
                 $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31)
         on conflict (tenant_id, transfer_id) do update
         set state = excluded.state, attempt = excluded.attempt, seda_version = excluded.seda_version,
             message_identifier = excluded.message_identifier, transferring_agency = excluded.transferring_agency,
             agreement_identifier = excluded.agreement_identifier, archival_profile = excluded.archival_profile,
             profile_version = excluded.profile_version, title = excluded.title, unit_count = excluded.unit_count,
             object_count = excluded.object_count, expanded_bytes = excluded.expanded_bytes,
             findings = excluded.findings, examined_at = excluded.examined_at, decided_at = excluded.decided_at,
             decided_by = excluded.decided_by, archive_id = excluded.archive_id, closed_at = excluded.closed_at,
             virus = excluded.virus, signatures = excluded.signatures,
             agreement_terms = excluded.agreement_terms, originating_agency = excluded.originating_agency,
             manifest_sha512 = excluded.manifest_sha512, decision_words = excluded.decision_words,
             quarantine_until = null, waiting_sites = '{}', waiting_since = null
         where transfer.state <> 'taken_in_charge'",
        of.accession.transfer_id,
        of.channel,
        of.person_id,
        of.machine_id,
        of.file_name,
        of.accession.received_size_bytes as i64,
        of.digest,
        of.received_at,
        of.attempt as i32,
        of.accession.seda_version,
        of.accession.message_identifier,
        of.accession.transferring_agency,
        of.accession.agreement,
        of.archival_profile,
        of.profile_version.map(|version| version as i32),
        of.accession.title,
        of.accession.unit_count as i32,
        of.object_count as i32,
        of.expanded_bytes as i64,
        of.findings,
        of.examined_at,
        of.decided_at,
        of.decided_by,
        of.accession.archive_id,
        of.closed_at,
        of.virus,
        of.signatures,
        of.agreement_terms,
        of.accession.originating_agency,
        manifest_sha512,
        of.remark
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// An attestation, when what it is about is there and it is not; rows entered, and whether its number is there after all.
pub(super) async fn put_attestation(
    tx: &mut TenantTx,
    kept: &Kept,
    statement: &Statement,
    transfer: Uuid,
    archive: Option<Uuid>,
) -> Result<(u64, bool), Error> {
    let digest = sha256(kept.text.as_bytes());
    let done = sqlx::query!(
        "insert into attestation
             (attestation_id, number, kind, transfer_id, archive_id, issued_at, statement, sha256, is_rebuilt)
         select $1, $2, $3, $4, $5, $6::text::timestamptz, $7, $8, true
         where exists (select from transfer t where t.transfer_id = $4)
           and ($5::uuid is null or exists (select from archive a where a.archive_id = $5))
         on conflict do nothing",
        kept.id,
        statement.number,
        statement.kind.word(),
        transfer,
        archive,
        statement.issued_at,
        kept.text,
        digest.as_slice()
    );
    let done = done.execute(tx.conn()).await?.rows_affected();
    let known = sqlx::query_scalar!(
        r#"select exists (select from attestation where number = $1) as "known!""#,
        statement.number
    );
    Ok((done, known.fetch_one(tx.conn()).await?))
}

/// A message that we sent about a transfer.
pub(super) async fn put_message(
    tx: &mut TenantTx,
    fresh: Uuid,
    transfer: Uuid,
    kind: &str,
    identifier: &str,
    body: &str,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into message (message_id, transfer_id, kind, identifier, body, created_at)
         values ($1, $2, $3, $4, $5, $6) on conflict (tenant_id, transfer_id, kind) do nothing",
        fresh,
        transfer,
        kind,
        identifier,
        body,
        at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Numbers of this kind and year go on after this one, if they do not already.
pub(super) async fn number_after(tx: &mut TenantTx, kind: &str, year: i32, last: i64) -> Result<(), Error> {
    sqlx::query!(
        "insert into numbering (kind, year, last) values ($1, $2, $3)
         on conflict (tenant_id, kind, year) do update set last = greatest(numbering.last, excluded.last)",
        kind,
        year,
        last
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What was accepted under its agreement on the day of its taking in charge grows by one archive.
pub(super) async fn count(
    tx: &mut TenantTx,
    of: &Accession,
    day: NaiveDate,
    bytes: u64,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into agreement_usage as u (agreement_id, day, transfers, objects, bytes) values ($1, $2, 1, $3, $4)
         on conflict (tenant_id, agreement_id, day) do update
         set transfers = u.transfers + 1, objects = u.objects + excluded.objects, bytes = u.bytes + excluded.bytes",
        of.agreement_id,
        day,
        of.objects.len() as i64,
        bytes as i64
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What the member holds grows by one archive, whatever its quota says: the archive is there.
pub(super) async fn hold(tx: &mut TenantTx, of: &Accession, bytes: u64) -> Result<(), Error> {
    sqlx::query!(
        "update quota set bytes_held = bytes_held + $1, archives_held = archives_held + 1, objects_held = objects_held + $2",
        bytes as i64,
        of.objects.len() as i64
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
