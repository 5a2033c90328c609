//! What moves a transfer from a state to the next, and what its bytes in quarantine are kept for.

use chrono::{DateTime, Utc};

use super::places::Places;
use super::{coverage, findings_json};
use crate::db::{self, TenantRead, TenantTx};
use crate::model::{
    ArchiveId, FileKinds, Finding, PersonId, SedaVersion, Signatures, TransferId, TransferState,
    VirusCoverage,
};

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

/// What reading the manifest taught.
pub struct Examined<'a> {
    pub version: Option<SedaVersion>,
    pub message_identifier: Option<&'a str>,
    pub transferring_agency: Option<&'a str>,
    pub agreement: Option<&'a str>,
    pub originating_agency: Option<&'a str>,
    pub profile: Option<&'a str>,
    /// Of that profile, the version the manifest was checked against.
    pub profile_version: Option<u32>,
    /// The version of the agreement's terms that it was judged under.
    pub terms: Option<&'a str>,
    pub title: Option<&'a str>,
    pub unit_count: Option<usize>,
    pub object_count: Option<usize>,
    pub expanded_bytes: u64,
    pub manifest_sha512: Option<&'a [u8]>,
    pub virus: &'a VirusCoverage,
    /// When files bear some.
    pub signatures: Option<&'a Signatures>,
    pub findings: &'a [Finding],
    pub kinds: &'a FileKinds,
    pub places: &'a Places,
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
             archival_profile = $12, profile_version = $13, virus = $14, signatures = $15, agreement_terms = $16,
             originating_agency = $17, manifest_sha512 = coalesce($18, manifest_sha512),
             file_kinds = $19, finding_places = $20,
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
        at,
        seen.profile,
        seen.profile_version.map(|n| n as i32),
        coverage::write(seen.virus),
        seen.signatures.map(|signatures| serde_json::to_value(signatures).expect("strings and numbers")),
        seen.terms,
        seen.originating_agency,
        seen.manifest_sha512,
        serde_json::to_value(seen.kinds).expect("words and numbers"),
        serde_json::to_value(seen.places).expect("strings and numbers")
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

/// Who accepted an examined transfer, if somebody has.
pub async fn decided_by(tx: &mut TenantRead, id: TransferId) -> Result<Option<PersonId>, db::Error> {
    let by = sqlx::query_scalar!("select decided_by from transfer where transfer_id = $1", id.0)
        .fetch_optional(tx.conn())
        .await?;
    Ok(by.flatten().map(PersonId))
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
        "update transfer set state = 'taken_in_charge', closed_at = $2, waiting_sites = '{}', waiting_since = null
         where transfer_id = $1 and state in ('sealed', 'awaiting_replication')",
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

/// Identifiers of transfers whose bytes must still be in quarantine.
pub async fn quarantined(tx: &mut TenantRead) -> Result<Vec<TransferId>, db::Error> {
    let ids = sqlx::query_scalar!(
        "select transfer_id from transfer
         where state in ('received', 'examined', 'sealed', 'awaiting_replication')
            or (state = 'refused' and quarantine_purged_at is null)"
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(ids.into_iter().map(TransferId).collect())
}

/// The transfer waits for sites that could not take their copy; the sites it waited for before, none when it did not.
pub async fn set_awaiting_replication(
    tx: &mut TenantTx,
    id: TransferId,
    sites: &[String],
    at: DateTime<Utc>,
) -> Result<Vec<String>, db::Error> {
    let before = sqlx::query_scalar!(
        "with before as (select waiting_sites from transfer where transfer_id = $1)
         update transfer set state = 'awaiting_replication', waiting_sites = $2,
                waiting_since = coalesce(waiting_since, $3)
         where transfer_id = $1 and state in ('sealed', 'awaiting_replication')
         returning (select waiting_sites from before) as \"sites!\"",
        id.0,
        sites,
        at
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(before.unwrap_or_default())
}

/// How many transfers wait for a site, counted up to `most`.
pub async fn count_awaiting_replication(tx: &mut TenantRead, most: u32) -> Result<u32, db::Error> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!"
           from (select from transfer where state = 'awaiting_replication' limit $1) waiting"#,
        i64::from(most)
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Sites on which the member's archives are kept; all there are when it names none.
pub async fn member_sites(tx: &mut TenantRead) -> Result<Option<Vec<String>>, db::Error> {
    let sites = sqlx::query_scalar!("select sites from member").fetch_optional(tx.conn()).await?;
    Ok(sites.flatten())
}

/// Sites on which the catalogue has a copy of an archive.
pub async fn copy_sites(tx: &mut TenantRead, archive: ArchiveId) -> Result<Vec<String>, db::Error> {
    let sites = sqlx::query_scalar!("select site from copy where archive_id = $1 order by site", archive.0)
        .fetch_all(tx.conn())
        .await?;
    Ok(sites)
}
