//! A member, its parties and agreements, found by the names that its file gives them.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::file::{Agreement, Member, Party, Validity};
use crate::db::{Error, TenantRead, TenantTx};
use crate::proof::journal::BEFORE_FIRST;

/// The member as it stands.
pub(super) struct FoundMember {
    pub name: String,
    pub kind: String,
    pub siren: String,
    pub department: String,
    pub bytes_max: i64,
}

pub(super) async fn find_member(tx: &mut TenantRead) -> Result<Option<FoundMember>, Error> {
    let member = sqlx::query_as!(
        FoundMember,
        "select m.name, m.kind, m.siren, m.department, q.bytes_max from member m join quota q using (tenant_id)"
    );
    Ok(member.fetch_optional(tx.conn()).await?)
}

pub(super) async fn insert_member(
    tx: &mut TenantTx,
    member: &Member,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into member (code, name, kind, siren, department, created_at) values ($1, $2, $3, $4, $5, $6)",
        member.code,
        member.name,
        member.kind,
        member.siren,
        member.department,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn insert_quota(tx: &mut TenantTx, bytes_max: i64) -> Result<(), Error> {
    sqlx::query!("insert into quota (bytes_max) values ($1)", bytes_max).execute(tx.conn()).await?;
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
        "update member set name = $1, kind = $2, siren = $3, department = $4",
        member.name,
        member.kind,
        member.siren,
        member.department
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn update_quota(tx: &mut TenantTx, bytes_max: i64) -> Result<(), Error> {
    sqlx::query!("update quota set bytes_max = $1", bytes_max).execute(tx.conn()).await?;
    Ok(())
}

pub(super) async fn find_party(
    tx: &mut TenantRead,
    identifier: &str,
) -> Result<Option<(Uuid, Party)>, Error> {
    let row = sqlx::query!(
        "select party_id, identifier, name, siret, archival, transferring, originating, valid_from, valid_until
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
        };
        (row.party_id, party)
    }))
}

pub(super) async fn insert_party(tx: &mut TenantTx, id: Uuid, party: &Party) -> Result<(), Error> {
    sqlx::query!(
        "insert into party (party_id, identifier, name, siret, archival, transferring, originating,
                            valid_from, valid_until)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id,
        party.identifier,
        party.name,
        party.siret,
        party.parts.contains("archival"),
        party.parts.contains("transferring"),
        party.parts.contains("originating"),
        party.validity.from,
        party.validity.until
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn update_party(tx: &mut TenantTx, id: Uuid, party: &Party) -> Result<(), Error> {
    sqlx::query!(
        "update party set name = $2, siret = $3, archival = $4, transferring = $5, originating = $6,
                          valid_from = $7, valid_until = $8
         where party_id = $1",
        id,
        party.name,
        party.siret,
        party.parts.contains("archival"),
        party.parts.contains("transferring"),
        party.parts.contains("originating"),
        party.validity.from,
        party.validity.until
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn find_agreement(
    tx: &mut TenantRead,
    identifier: &str,
) -> Result<Option<(Uuid, Agreement)>, Error> {
    let row = sqlx::query!(
        r#"select a.agreement_id, a.identifier, a.name, a.acceptance, a.transfer_bytes_max, a.valid_from,
                  a.valid_until, a.state, a.profile_imposed, p.identifier as archival_agency,
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
