//! The register of attestations: each one numbered, digested and journaled in the transaction of what it declares.
//!
//! Never decides what may be declared: whoever issues has just done or read it. The one thing to know: the statement's exact
//! text is kept, and its digest is in the journal's entry, so the row can be lost and the declaration still be proved.

use chrono::{DateTime, Datelike, Utc};
use chrono_tz::Europe::Paris;
use uuid::Uuid;

use super::attestation_queries as queries;
use crate::db::{self, TenantRead, TenantTx};
use crate::model::{Agent, ArchiveId, Event, EventType, NumberKind, Outcome, TransferId};
use crate::proof::attestation::{self as form, Kind, Statement, event_object};
use crate::proof::digest::sha256;
use crate::proof::journal::timestamp;

pub use super::attestation_queries::{Request, ToComplete, find_request};

/// What is to be declared.
#[derive(Clone, Debug)]
pub struct Draft {
    pub kind: Kind,
    pub transfer_id: TransferId,
    pub archive_id: Option<ArchiveId>,
    pub transfer: form::Transfer,
    pub archive: Option<form::Archive>,
    pub controls: Vec<form::Control>,
    pub copies: Vec<form::Copy>,
    pub files: Vec<form::File>,
}

/// An attestation in the register.
#[derive(Clone, Debug)]
pub struct Attestation {
    pub attestation_id: Uuid,
    pub number: String,
    pub kind: Kind,
    pub transfer_id: TransferId,
    pub archive_id: Option<ArchiveId>,
    pub issued_at: DateTime<Utc>,
    /// Canonical JSON, exactly as digested.
    pub statement: String,
    pub sha256: Vec<u8>,
    /// JSON, once a seal covers its entry.
    pub proof: Option<String>,
}

/// The member for which attestations are issued.
pub async fn member(tx: &mut TenantRead) -> Result<form::Member, db::Error> {
    queries::member(tx).await
}

/// Enters an attestation and its event. Its number is taken from the member's series, which stays locked until the
/// transaction ends: call it last.
pub async fn issue(
    tx: &mut TenantTx,
    id: Uuid,
    by: Agent,
    at: DateTime<Utc>,
    member: form::Member,
    draft: Draft,
) -> Result<String, db::Error> {
    let year = at.with_timezone(&Paris).year();
    let number = db::next_number(tx, number_kind(draft.kind), year, None).await?;
    let statement = Statement {
        form: Statement::FORM,
        kind: draft.kind,
        number: number.clone(),
        issued_at: timestamp(at),
        member,
        transfer: draft.transfer,
        archive: draft.archive,
        controls: draft.controls,
        copies: draft.copies,
        files: draft.files,
    };
    let text = statement.text().map_err(|error| db::Error::row("attestation", error))?;
    let sha256 = sha256(text.as_bytes());
    let attestation = Attestation {
        attestation_id: id,
        number: number.clone(),
        kind: draft.kind,
        transfer_id: draft.transfer_id,
        archive_id: draft.archive_id,
        issued_at: at,
        statement: text,
        sha256: sha256.to_vec(),
        proof: None,
    };
    queries::insert(tx, &attestation).await?;
    let about = match draft.archive_id {
        Some(archive) => ("archive", archive.to_string()),
        None => ("transfert", draft.transfer_id.to_string()),
    };
    tx.record(Event {
        event_type: EventType::Attestation,
        outcome: Outcome::Ok,
        agent: by,
        object: event_object(&number),
        detail: vec![about, ("genre", draft.kind.word().into()), ("sha256", hex::encode(sha256))],
    });
    Ok(number)
}

/// How attestations of a kind are numbered.
pub fn number_kind(kind: Kind) -> NumberKind {
    match kind {
        Kind::Reception => NumberKind::Accuse,
        Kind::PriseEnCharge | Kind::Integrite => NumberKind::Attestation,
    }
}

/// The attestation, if the tenant has it.
pub async fn find(tx: &mut TenantRead, id: Uuid) -> Result<Option<Attestation>, db::Error> {
    queries::find(tx, id).await
}

/// The attestation of this number, if the tenant has it.
pub async fn find_numbered(tx: &mut TenantRead, number: &str) -> Result<Option<Attestation>, db::Error> {
    queries::find_numbered(tx, number).await
}

/// Those of a transfer, and of the archive it became, oldest first; a hundred at most, the last ones.
pub async fn of_transfer(tx: &mut TenantRead, id: TransferId) -> Result<Vec<Attestation>, db::Error> {
    let mut found = queries::of_transfer(tx, id).await?;
    found.reverse();
    Ok(found)
}

/// The exact text of the entry that declares it; `None` in a journal that was cut.
pub async fn entry(tx: &mut TenantRead, number: &str) -> Result<Option<String>, db::Error> {
    queries::entry(tx, &event_object(number)).await
}

/// The last one of this kind.
pub async fn last_of(tx: &mut TenantRead, kind: Kind) -> Result<Option<Attestation>, db::Error> {
    queries::last_of(tx, kind).await
}

/// Those without a proof whose entry comes after the one numbered `after`, in the order of their entries.
pub async fn to_complete(tx: &mut TenantRead, after: i64, most: i64) -> Result<Vec<ToComplete>, db::Error> {
    queries::to_complete(tx, after, most).await
}

/// Keeps the proof of one that has none; whether it had none.
pub async fn keep_proof(
    tx: &mut TenantTx,
    id: Uuid,
    proof: &str,
    at: DateTime<Utc>,
) -> Result<bool, db::Error> {
    queries::keep_proof(tx, id, proof, at).await
}

/// Asks for a reading of the archive's copies that ends in an attestation of integrity; `false`: one is on its way already.
pub async fn request_integrity(
    tx: &mut TenantTx,
    archive: ArchiveId,
    by: Agent,
    at: DateTime<Utc>,
) -> Result<bool, db::Error> {
    queries::insert_request(tx, archive, &by.to_string(), at).await
}

/// The reading is over; `refusal`: why nothing could be attested.
pub async fn end_request(
    tx: &mut TenantTx,
    archive: ArchiveId,
    at: DateTime<Utc>,
    refusal: Option<&str>,
) -> Result<(), db::Error> {
    queries::end_request(tx, archive, at, refusal).await
}
