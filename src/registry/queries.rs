//! Members, parties and agreements, read.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use uuid::Uuid;

use super::{Member, Quota};
use crate::db::{Error, Technical, TenantRead};
use crate::model::{
    Acceptance, Agreement, AgreementId, FormatPolicy, LargeFiles, MachineId, Party, PartyId, PersonId, Scope,
    TenantId, VirusCheck, Way, WhenAmiss,
};

/// Every member, by code: who to loop over, one transaction each. The platform's own canaries are no member's.
pub async fn members(tx: &mut Technical) -> Result<Vec<Member>, Error> {
    let rows = sqlx::query!(
        "select tenant_id, code, name, kind, siren, department, own_stamps from member where kind <> 'temoins' order by code"
    );
    let members = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| Member {
        tenant: TenantId::from_row(row.tenant_id),
        code: row.code,
        name: row.name,
        kind: row.kind,
        siren: row.siren,
        department: row.department,
        own_stamps: row.own_stamps,
    });
    Ok(members.collect())
}

/// The member whose rows these are.
pub async fn find_member(tx: &mut TenantRead) -> Result<Option<Member>, Error> {
    let row = sqlx::query!("select tenant_id, code, name, kind, siren, department, own_stamps from member");
    Ok(row.fetch_optional(tx.conn()).await?.map(|row| Member {
        tenant: TenantId::from_row(row.tenant_id),
        code: row.code,
        name: row.name,
        kind: row.kind,
        siren: row.siren,
        department: row.department,
        own_stamps: row.own_stamps,
    }))
}

/// What the member may hold, and holds.
pub async fn find_quota(tx: &mut TenantRead) -> Result<Option<Quota>, Error> {
    let row = sqlx::query!(
        "select bytes_max, bytes_soft, bytes_held, archives_held, objects_max, objects_held, deposits_per_day from quota"
    );
    Ok(row.fetch_optional(tx.conn()).await?.map(|row| Quota {
        bytes_max: row.bytes_max.unsigned_abs(),
        bytes_soft: row.bytes_soft.map(i64::unsigned_abs),
        bytes_held: row.bytes_held.unsigned_abs(),
        archives_held: row.archives_held.unsigned_abs(),
        objects_max: row.objects_max.map(i64::unsigned_abs),
        objects_held: row.objects_held.unsigned_abs(),
        deposits_per_day: row.deposits_per_day.map(i64::unsigned_abs),
    }))
}

struct PartyRow {
    party_id: Uuid,
    identifier: String,
    name: String,
    siret: Option<String>,
    archival: bool,
    transferring: bool,
    originating: bool,
    valid_from: Option<NaiveDate>,
    valid_until: Option<NaiveDate>,
    successor: Option<String>,
}

impl From<PartyRow> for Party {
    fn from(row: PartyRow) -> Self {
        Party {
            party_id: PartyId(row.party_id),
            identifier: row.identifier,
            name: row.name,
            siret: row.siret,
            archival: row.archival,
            transferring: row.transferring,
            originating: row.originating,
            valid_from: row.valid_from,
            valid_until: row.valid_until,
            successor: row.successor,
        }
    }
}

/// The parties that manifests name so, those the register has, in no order.
pub async fn find_parties(tx: &mut TenantRead, identifiers: &[String]) -> Result<Vec<Party>, Error> {
    let rows = sqlx::query_as!(
        PartyRow,
        "select party_id, identifier, name, siret, archival, transferring, originating, valid_from, valid_until, successor
         from party where identifier = any($1)",
        identifiers
    );
    Ok(rows.fetch_all(tx.conn()).await?.into_iter().map(Party::from).collect())
}

/// Every party of the member, by name.
pub async fn parties(tx: &mut TenantRead) -> Result<Vec<Party>, Error> {
    let rows = sqlx::query_as!(
        PartyRow,
        "select party_id, identifier, name, siret, archival, transferring, originating, valid_from, valid_until, successor
         from party order by name, identifier"
    );
    Ok(rows.fetch_all(tx.conn()).await?.into_iter().map(Party::from).collect())
}

/// The agreement that manifests name so, with the parties it admits.
pub async fn find_agreement(tx: &mut TenantRead, identifier: &str) -> Result<Option<Agreement>, Error> {
    Ok(select_agreements(tx, Some(identifier)).await?.pop())
}

/// Every agreement of the member, by name.
pub async fn agreements(tx: &mut TenantRead) -> Result<Vec<Agreement>, Error> {
    select_agreements(tx, None).await
}

/// What was taken in charge under an agreement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CameUnder {
    /// The day of the last deposit.
    pub last: Option<NaiveDate>,
    /// Deposits since the day asked about.
    pub deposits: u64,
}

/// What was taken in charge under each agreement that something came under, by its identifier: the last day, and how many since a day.
pub async fn came_under(tx: &mut TenantRead, since: NaiveDate) -> Result<BTreeMap<String, CameUnder>, Error> {
    let rows = sqlx::query!(
        r#"select a.identifier, max(u.day) as last, coalesce(sum(u.transfers) filter (where u.day >= $1), 0)::bigint as "deposits!"
           from agreement a join agreement_usage u using (tenant_id, agreement_id) group by a.identifier"#,
        since
    );
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    Ok(rows
        .map(|row| (row.identifier, CameUnder { last: row.last, deposits: row.deposits.unsigned_abs() }))
        .collect())
}

/// Identifiers of the agreements under which a machine may deposit.
pub async fn machine_agreements(tx: &mut TenantRead, machine: MachineId) -> Result<Vec<String>, Error> {
    let identifiers = sqlx::query_scalar!(
        "select a.identifier from machine_agreement ma join agreement a using (tenant_id, agreement_id)
         where ma.machine_id = $1 order by a.identifier",
        machine.0
    );
    Ok(identifiers.fetch_all(tx.conn()).await?)
}

/// How far a person deposits: under which agreements, of which producers; `None`: they hold no such role.
pub async fn depositing(tx: &mut TenantRead, person: PersonId) -> Result<Option<Scope>, Error> {
    let held = sqlx::query!(
        "select agreements, producers from assignment where person_id = $1 and role = 'depositor'",
        person.0
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(held.map(|held| {
        Scope::by(vec![Way { agreements: held.agreements, producers: held.producers, ..Way::default() }])
    }))
}

/// Names of the machines that may deposit under an agreement.
pub async fn machines_under(tx: &mut TenantRead, agreement: AgreementId) -> Result<Vec<String>, Error> {
    let names = sqlx::query_scalar!(
        "select m.name || ' (' || m.client_id || ')' as name
         from machine_agreement ma join machine m using (tenant_id, machine_id)
         where ma.agreement_id = $1 and m.disabled_at is null order by 1",
        agreement.0
    );
    Ok(names.fetch_all(tx.conn()).await?.into_iter().flatten().collect())
}

async fn select_agreements(tx: &mut TenantRead, identifier: Option<&str>) -> Result<Vec<Agreement>, Error> {
    let mut admitted = admitted_parties(tx, identifier).await?;
    let rows = sqlx::query!(
        r#"select a.agreement_id, a.identifier, a.name, a.state, a.valid_from, a.valid_until, a.acceptance,
                a.transfer_bytes_max, a.profile_imposed, a.tolerances, a.virus, a.virus_large,
                a.formats, a.format_unknown, a.format_differs, a.limits, a.conditions,
                p.identifier as archival_agency,
                array(select f.identifier from agreement_profile af join profile f using (tenant_id, profile_id)
                      where af.tenant_id = a.tenant_id and af.agreement_id = a.agreement_id
                      order by f.identifier) as "profiles!"
         from agreement a join party p on p.tenant_id = a.tenant_id and p.party_id = a.archival_agency
         where $1::text is null or a.identifier = $1
         order by a.name, a.identifier"#,
        identifier
    );
    let agreements = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| {
        let (transferring_agencies, originating_agencies) =
            admitted.remove(&row.agreement_id).unwrap_or_default();
        Ok(Agreement {
            agreement_id: AgreementId(row.agreement_id),
            identifier: row.identifier,
            name: row.name,
            active: row.state == "active",
            is_draft: row.state == "draft",
            valid_from: row.valid_from,
            valid_until: row.valid_until,
            archival_agency: row.archival_agency,
            transferring_agencies,
            originating_agencies,
            acceptance: acceptance(&row.acceptance)?,
            transfer_bytes_max: row.transfer_bytes_max.unsigned_abs(),
            profiles: row.profiles,
            profile_imposed: row.profile_imposed,
            tolerances: row.tolerances,
            virus: VirusCheck::from_word(&row.virus).ok_or_else(|| Error::row("agreement", &row.virus))?,
            virus_large: LargeFiles::from_word(&row.virus_large)
                .ok_or_else(|| Error::row("agreement", &row.virus_large))?,
            formats: FormatPolicy {
                accepted: row.formats,
                unknown: when_amiss(&row.format_unknown)?,
                differs: when_amiss(&row.format_differs)?,
            },
            limits: serde_json::from_value(row.limits).map_err(|error| Error::row("agreement", error))?,
            conditions: serde_json::from_value(row.conditions)
                .map_err(|error| Error::row("agreement", error))?,
        })
    });
    agreements.collect()
}

fn when_amiss(word: &str) -> Result<WhenAmiss, Error> {
    WhenAmiss::from_word(word).ok_or_else(|| Error::row("agreement", word))
}

fn acceptance(word: &str) -> Result<Acceptance, Error> {
    match word {
        "automatic" => Ok(Acceptance::Automatic),
        "archivist" => Ok(Acceptance::Archivist),
        other => Err(Error::row("agreement", other)),
    }
}

/// Identifiers of the transferring, then of the originating agencies.
type Admitted = (Vec<String>, Vec<String>);

async fn admitted_parties(
    tx: &mut TenantRead,
    identifier: Option<&str>,
) -> Result<HashMap<Uuid, Admitted>, Error> {
    let rows = sqlx::query!(
        "select ap.agreement_id, ap.part, p.identifier
         from agreement_party ap
         join party p using (tenant_id, party_id)
         join agreement a using (tenant_id, agreement_id)
         where $1::text is null or a.identifier = $1
         order by p.identifier",
        identifier
    );
    let mut admitted: HashMap<Uuid, Admitted> = HashMap::new();
    for row in rows.fetch_all(tx.conn()).await? {
        let (transferring, originating) = admitted.entry(row.agreement_id).or_default();
        if row.part == "transferring" { transferring } else { originating }.push(row.identifier);
    }
    Ok(admitted)
}
