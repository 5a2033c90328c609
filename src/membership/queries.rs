//! A member and its parties, found by the names that its file gives them.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::file::{Member, Party, Quota, Validity};
use crate::db::{Error, Technical, TenantRead, TenantTx};
use crate::model::{PersonId, Suspension};
use crate::proof::journal::BEFORE_FIRST;

/// The member as it stands.
pub(super) struct FoundMember {
    pub name: String,
    pub kind: String,
    pub siren: String,
    pub department: String,
    pub bytes_max: i64,
    pub bytes_soft: Option<i64>,
    pub objects_max: Option<i64>,
    pub deposits_per_day: Option<i64>,
    pub archives_held: i64,
    pub sites: Option<Vec<String>>,
    pub own_stamps: bool,
    pub population: Option<i32>,
    pub population_year: Option<i16>,
    pub valid_from: Option<NaiveDate>,
    pub valid_until: Option<NaiveDate>,
    pub successor: Option<String>,
    pub control: Option<String>,
}

pub(super) async fn find_member(tx: &mut TenantRead) -> Result<Option<FoundMember>, Error> {
    let member = sqlx::query_as!(
        FoundMember,
        "select m.name, m.kind, m.siren, m.department, q.bytes_max, q.bytes_soft,
                q.objects_max, q.deposits_per_day, q.archives_held, m.sites, m.own_stamps,
                m.population, m.population_year, m.valid_from, m.valid_until, m.successor, m.control
         from member m join quota q using (tenant_id)"
    );
    Ok(member.fetch_optional(tx.conn()).await?)
}

pub(super) async fn insert_member(
    tx: &mut TenantTx,
    member: &Member,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into member (code, name, kind, siren, department, created_at, sites, own_stamps, population,
                             population_year, valid_from, valid_until, successor, control)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        member.code,
        member.name,
        member.kind,
        member.siren,
        member.department,
        now,
        member.sites.as_deref(),
        member.own_stamps,
        member.population.map(|(inhabitants, _)| inhabitants),
        member.population.map(|(_, year)| year),
        member.validity.from,
        member.validity.until,
        member.successor,
        member.control
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn insert_quota(tx: &mut TenantTx, quota: Quota) -> Result<(), Error> {
    sqlx::query!(
        "insert into quota (bytes_max, bytes_soft, objects_max, deposits_per_day) values ($1, $2, $3, $4)",
        quota.bytes,
        quota.soft_bytes,
        quota.objects,
        quota.deposits_per_day
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn insert_journal_head(tx: &mut TenantTx, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!("insert into journal_head (seq, hash, at) values (0, $1, $2)", &BEFORE_FIRST, now)
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub(super) async fn update_member(tx: &mut TenantTx, member: &Member) -> Result<(), Error> {
    sqlx::query!(
        "update member set name = $1, kind = $2, siren = $3, department = $4, own_stamps = $5, population = $6,
                           population_year = $7, valid_from = $8, valid_until = $9, successor = $10, control = $11",
        member.name,
        member.kind,
        member.siren,
        member.department,
        member.own_stamps,
        member.population.map(|(inhabitants, _)| inhabitants),
        member.population.map(|(_, year)| year),
        member.validity.from,
        member.validity.until,
        member.successor,
        member.control
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn update_sites(tx: &mut TenantTx, sites: Option<&[String]>) -> Result<(), Error> {
    sqlx::query!("update member set sites = $1", sites).execute(tx.conn()).await?;
    Ok(())
}

/// What the pilot suspends, or nothing.
pub(super) async fn set_suspension(
    tx: &mut TenantTx,
    suspension: Option<(&Suspension, PersonId)>,
) -> Result<(), Error> {
    let (of, by) = suspension.unzip();
    sqlx::query!(
        "update member set suspended_from = $1, suspended_reason = $2, suspension_notified_on = $3, suspended_by = $4",
        of.map(|of| of.from),
        of.map(|of| of.reason.as_str()),
        of.map(|of| of.notified_on),
        by.map(|by| by.0)
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn update_quota(tx: &mut TenantTx, quota: Quota) -> Result<(), Error> {
    sqlx::query!(
        "update quota set bytes_max = $1, bytes_soft = $2, objects_max = $3, deposits_per_day = $4",
        quota.bytes,
        quota.soft_bytes,
        quota.objects,
        quota.deposits_per_day
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn find_party(
    tx: &mut TenantRead,
    identifier: &str,
) -> Result<Option<(Uuid, Party)>, Error> {
    let row = sqlx::query!(
        "select party_id, identifier, name, siret, archival, transferring, originating, valid_from, valid_until,
                successor
         from party where identifier = $1",
        identifier
    );
    Ok(row.fetch_optional(tx.conn()).await?.map(|row| {
        let parts = [
            ("archival", row.archival),
            ("transferring", row.transferring),
            ("originating", row.originating),
        ];
        let party = Party {
            identifier: row.identifier,
            name: row.name,
            siret: row.siret,
            parts: parts.into_iter().filter(|(_, has)| *has).map(|(part, _)| part.to_string()).collect(),
            validity: Validity { from: row.valid_from, until: row.valid_until },
            successor: row.successor,
        };
        (row.party_id, party)
    }))
}

pub(super) async fn insert_party(tx: &mut TenantTx, id: Uuid, party: &Party) -> Result<(), Error> {
    sqlx::query!(
        "insert into party (party_id, identifier, name, siret, archival, transferring, originating,
                            valid_from, valid_until, successor)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        id,
        party.identifier,
        party.name,
        party.siret,
        party.parts.contains("archival"),
        party.parts.contains("transferring"),
        party.parts.contains("originating"),
        party.validity.from,
        party.validity.until,
        party.successor
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn update_party(tx: &mut TenantTx, id: Uuid, party: &Party) -> Result<(), Error> {
    sqlx::query!(
        "update party set name = $2, siret = $3, archival = $4, transferring = $5, originating = $6,
                          valid_from = $7, valid_until = $8, successor = $9
         where party_id = $1",
        id,
        party.name,
        party.siret,
        party.parts.contains("archival"),
        party.parts.contains("transferring"),
        party.parts.contains("originating"),
        party.validity.from,
        party.validity.until,
        party.successor
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Code, name and number of archives of the members that hold some and are not named.
pub(super) async fn holding_but(
    tx: &mut Technical,
    named: &[String],
) -> Result<Vec<(String, String, i64)>, Error> {
    let rows = sqlx::query!(
        "select m.code, m.name, q.archives_held from member m join quota q using (tenant_id)
         where m.kind <> 'temoins' and q.archives_held > 0 and m.code <> all($1) order by m.code",
        named
    );
    Ok(rows
        .fetch_all(tx.conn())
        .await?
        .into_iter()
        .map(|row| (row.code, row.name, row.archives_held))
        .collect())
}
