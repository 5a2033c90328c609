//! Agreements, found by the names that the file gives them; the parties and profiles they list.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::file::{Agreement, Validity};
use crate::db::{Error, TenantRead, TenantTx};
use crate::model::{Conditions, DepositLimit, FormatPolicy, LargeFiles, PersonId, VirusCheck, WhenAmiss};

pub(super) async fn find_agreement(
    tx: &mut TenantRead,
    identifier: &str,
) -> Result<Option<(Uuid, Agreement)>, Error> {
    let row = sqlx::query!(
        r#"select a.agreement_id, a.identifier, a.name, a.acceptance, a.transfer_bytes_max, a.valid_from,
                  a.valid_until, a.state, a.profile_imposed, a.tolerances, a.virus, a.virus_large,
                  a.formats, a.format_unknown, a.format_differs, a.limits, a.conditions,
                  p.identifier as archival_agency,
                  array(select f.identifier from agreement_profile af join profile f using (tenant_id, profile_id)
                        where af.tenant_id = a.tenant_id and af.agreement_id = a.agreement_id
                        order by f.identifier collate "C") as "profiles!"
           from agreement a join party p on p.tenant_id = a.tenant_id and p.party_id = a.archival_agency
           where a.identifier = $1"#,
        identifier
    );
    let Some(row) = row.fetch_optional(tx.conn()).await? else { return Ok(None) };
    let agreement = Agreement {
        identifier: row.identifier,
        name: row.name,
        acceptance: row.acceptance,
        archival_agency: row.archival_agency,
        transferring: admitted(tx, row.agreement_id, "transferring").await?,
        originating: admitted(tx, row.agreement_id, "originating").await?,
        transfer_bytes_max: row.transfer_bytes_max,
        profiles: Some(row.profiles),
        profile_imposed: Some(row.profile_imposed),
        tolerances: row.tolerances,
        virus: VirusCheck::from_word(&row.virus).ok_or_else(|| Error::row("agreement", &row.virus))?,
        virus_large: LargeFiles::from_word(&row.virus_large)
            .ok_or_else(|| Error::row("agreement", &row.virus_large))?,
        formats: FormatPolicy {
            accepted: row.formats,
            unknown: WhenAmiss::from_word(&row.format_unknown)
                .ok_or_else(|| Error::row("agreement", &row.format_unknown))?,
            differs: WhenAmiss::from_word(&row.format_differs)
                .ok_or_else(|| Error::row("agreement", &row.format_differs))?,
        },
        limits: serde_json::from_value(row.limits).map_err(|error| Error::row("agreement", error))?,
        conditions: serde_json::from_value(row.conditions).map_err(|error| Error::row("agreement", error))?,
        validity: Validity { from: row.valid_from, until: row.valid_until },
        state: row.state,
    };
    Ok(Some((row.agreement_id, agreement)))
}

async fn admitted(tx: &mut TenantRead, agreement: Uuid, part: &str) -> Result<Vec<String>, Error> {
    let identifiers = sqlx::query_scalar!(
        r#"select p.identifier from agreement_party ap join party p using (tenant_id, party_id)
           where ap.agreement_id = $1 and ap.part = $2 order by p.identifier collate "C""#,
        agreement,
        part
    );
    Ok(identifiers.fetch_all(tx.conn()).await?)
}

pub(super) async fn insert_agreement(
    tx: &mut TenantTx,
    id: Uuid,
    agreement: &Agreement,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into agreement (agreement_id, identifier, name, state, valid_from, valid_until, archival_agency,
                                acceptance, transfer_bytes_max)
         values ($1, $2, $3, $4, $5, $6, (select party_id from party where identifier = $7), $8, $9)",
        id,
        agreement.identifier,
        agreement.name,
        agreement.state,
        agreement.validity.from,
        agreement.validity.until,
        agreement.archival_agency,
        agreement.acceptance,
        agreement.transfer_bytes_max
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn update_agreement(
    tx: &mut TenantTx,
    id: Uuid,
    agreement: &Agreement,
) -> Result<(), Error> {
    sqlx::query!(
        "update agreement
         set name = $2, state = $3, valid_from = $4, valid_until = $5,
             archival_agency = (select party_id from party where identifier = $6), acceptance = $7,
             transfer_bytes_max = $8
         where agreement_id = $1",
        id,
        agreement.name,
        agreement.state,
        agreement.validity.from,
        agreement.validity.until,
        agreement.archival_agency,
        agreement.acceptance,
        agreement.transfer_bytes_max
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The parties admitted in this part become those named, no more and no less.
pub(super) async fn set_admitted(
    tx: &mut TenantTx,
    agreement: Uuid,
    part: &str,
    identifiers: &[String],
) -> Result<(), Error> {
    sqlx::query!(
        "delete from agreement_party where agreement_id = $1 and part = $2
           and party_id not in (select party_id from party where identifier = any($3))",
        agreement,
        part,
        identifiers
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "insert into agreement_party (agreement_id, party_id, part)
         select $1, party_id, $2 from party where identifier = any($3)
         on conflict do nothing",
        agreement,
        part,
        identifiers
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The profiles an agreement lists become those named, no more and no less.
pub(super) async fn set_listed(
    tx: &mut TenantTx,
    agreement: Uuid,
    identifiers: &[String],
) -> Result<(), Error> {
    sqlx::query!(
        "delete from agreement_profile where agreement_id = $1
           and profile_id not in (select profile_id from profile where identifier = any($2))",
        agreement,
        identifiers
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "insert into agreement_profile (agreement_id, profile_id)
         select $1, profile_id from profile where identifier = any($2)
         on conflict do nothing",
        agreement,
        identifiers
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Whether transfers under the agreement must declare one of its profiles.
pub(super) async fn set_imposed(tx: &mut TenantTx, agreement: Uuid, imposed: bool) -> Result<(), Error> {
    sqlx::query!("update agreement set profile_imposed = $2 where agreement_id = $1", agreement, imposed)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The extensions that transfers under the agreement may use become those named.
pub(super) async fn set_tolerances(
    tx: &mut TenantTx,
    agreement: Uuid,
    tolerances: &[String],
) -> Result<(), Error> {
    sqlx::query!("update agreement set tolerances = $2 where agreement_id = $1", agreement, tolerances)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// What transfers under the agreement owe to the virus scanner becomes this.
pub(super) async fn set_virus(tx: &mut TenantTx, id: Uuid, agreement: &Agreement) -> Result<(), Error> {
    let (virus, large) = (agreement.virus.word(), agreement.virus_large.word());
    sqlx::query!(
        "update agreement set virus = $2, virus_large = $3 where agreement_id = $1",
        id,
        virus,
        large
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What the agreement asks of formats becomes this.
pub(super) async fn set_formats(tx: &mut TenantTx, id: Uuid, agreement: &Agreement) -> Result<(), Error> {
    let policy = &agreement.formats;
    sqlx::query!(
        "update agreement set formats = $2, format_unknown = $3, format_differs = $4 where agreement_id = $1",
        id,
        &policy.accepted,
        policy.unknown.word(),
        policy.differs.word()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Open to deposits, or suspended.
pub(super) async fn set_state(tx: &mut TenantTx, id: Uuid, state: &str) -> Result<(), Error> {
    sqlx::query!("update agreement set state = $2 where agreement_id = $1", id, state)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// What else it asks.
pub(super) async fn set_conditions(
    tx: &mut TenantTx,
    id: Uuid,
    conditions: &Conditions,
) -> Result<(), Error> {
    let conditions = serde_json::to_value(conditions).expect("strings");
    sqlx::query!("update agreement set conditions = $2 where agreement_id = $1", id, conditions)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// What may be deposited in a time.
pub(super) async fn set_limits(tx: &mut TenantTx, id: Uuid, limits: &[DepositLimit]) -> Result<(), Error> {
    let limits = serde_json::to_value(limits).expect("strings and numbers");
    sqlx::query!("update agreement set limits = $2 where agreement_id = $1", id, limits)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Every agreement's row, locked until the transaction ends: two bindings never cross.
pub(super) async fn lock_agreements(tx: &mut TenantTx) -> Result<(), Error> {
    sqlx::query!("select agreement_id from agreement order by agreement_id for update")
        .fetch_all(tx.conn())
        .await?;
    Ok(())
}

/// An agreement and who prepared it.
pub(super) struct Prepared {
    pub identifier: String,
    pub state: String,
    pub prepared_by: Option<Uuid>,
}

pub(super) async fn prepared(tx: &mut TenantRead, agreement: Uuid) -> Result<Option<Prepared>, Error> {
    let prepared = sqlx::query_as!(
        Prepared,
        "select identifier, state, prepared_by from agreement where agreement_id = $1",
        agreement
    );
    Ok(prepared.fetch_optional(tx.conn()).await?)
}

pub(super) async fn set_prepared(tx: &mut TenantTx, agreement: Uuid, by: PersonId) -> Result<(), Error> {
    sqlx::query!("update agreement set prepared_by = $2 where agreement_id = $1", agreement, by.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub(super) async fn set_validated(
    tx: &mut TenantTx,
    agreement: Uuid,
    by: PersonId,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "update agreement set state = 'active', validated_by = $2, validated_at = $3 where agreement_id = $1",
        agreement,
        by.0,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Agreements in preparation that this person did not prepare.
pub(super) async fn drafts_for(tx: &mut TenantRead, person: PersonId) -> Result<u64, Error> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from agreement
           where state = 'draft' and prepared_by is distinct from $1"#,
        person.0
    );
    Ok(count.fetch_one(tx.conn()).await?.unsigned_abs())
}
