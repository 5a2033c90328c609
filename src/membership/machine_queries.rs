//! Machines and tiers: one statement a function.

use chrono::{DateTime, Utc};

use crate::db::{Error, Technical, TenantRead, TenantTx};
use crate::model::{MachineId, TenantId};

/// A machine of the member.
#[derive(Clone, Debug)]
pub struct Known {
    pub machine_id: MachineId,
    pub client_id: String,
    pub name: String,
    /// Code of the tiers whose connector it is.
    pub tiers: Option<String>,
    /// Identifiers.
    pub agreements: Vec<String>,
    pub used_at: Option<DateTime<Utc>>,
    pub used_by: Option<String>,
    pub rotated_at: Option<DateTime<Utc>>,
    /// The secret before serves until then.
    pub former_until: Option<DateTime<Utc>>,
    pub has_keys: bool,
    pub certificates: Vec<String>,
    pub is_closed: bool,
}

/// The machines of the member, by name.
pub async fn machines_of(tx: &mut TenantRead) -> Result<Vec<Known>, Error> {
    let rows = sqlx::query!(
        r#"select m.machine_id, m.client_id, m.name, m.tiers, u.used_at as "used_at?", u.used_by as "used_by?", m.rotated_at, m.former_until,
                  m.jwks is not null as "has_keys!", m.certificates, m.disabled_at,
                  array(select g.identifier from machine_agreement a join agreement g using (tenant_id, agreement_id)
                        where a.tenant_id = m.tenant_id and a.machine_id = m.machine_id order by 1) as "agreements!"
           from machine m left join technical.machine_use u using (tenant_id, machine_id)
           order by m.name, m.client_id"#
    );
    let known = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| Known {
        machine_id: MachineId(row.machine_id),
        client_id: row.client_id,
        name: row.name,
        tiers: row.tiers,
        agreements: row.agreements,
        used_at: row.used_at,
        used_by: row.used_by,
        rotated_at: row.rotated_at,
        former_until: row.former_until,
        has_keys: row.has_keys,
        certificates: row.certificates,
        is_closed: row.disabled_at.is_some(),
    });
    Ok(known.collect())
}

/// Another secret; the one before serves until then. Whether the member has that machine.
pub(super) async fn set_secret(
    tx: &mut TenantTx,
    machine: MachineId,
    hash: &str,
    former_until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "update machine set former_secret_hash = secret_hash, former_until = $3, secret_hash = $2, rotated_at = $4
         where machine_id = $1",
        machine.0,
        hash,
        former_until,
        now
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

pub(super) async fn set_keys(
    tx: &mut TenantTx,
    machine: MachineId,
    keys: Option<&serde_json::Value>,
) -> Result<bool, Error> {
    let done = sqlx::query!("update machine set jwks = $2 where machine_id = $1", machine.0, keys);
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

pub(super) async fn set_certificates(
    tx: &mut TenantTx,
    machine: MachineId,
    certificates: &[String],
) -> Result<bool, Error> {
    let done =
        sqlx::query!("update machine set certificates = $2 where machine_id = $1", machine.0, certificates);
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

pub(super) async fn set_open(
    tx: &mut TenantTx,
    machine: MachineId,
    closed_at: Option<DateTime<Utc>>,
) -> Result<bool, Error> {
    let done =
        sqlx::query!("update machine set disabled_at = $2 where machine_id = $1", machine.0, closed_at);
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

/// A connector: client identifier, name, hash of its secret, tiers.
pub(super) async fn insert_connector(
    tx: &mut TenantTx,
    machine: MachineId,
    (client_id, name, hash, tiers): (&str, &str, &str, &str),
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into machine (machine_id, client_id, name, secret_hash, created_at, tiers) values ($1, $2, $3, $4, $5, $6)",
        machine.0,
        client_id,
        name,
        hash,
        now,
        tiers
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn put_tiers(
    tx: &mut Technical,
    code: &str,
    name: &str,
    contact: &str,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into platform.tiers (code, name, contact, declared_at) values ($1, $2, $3, $4)
         on conflict (code) do update set name = excluded.name, contact = excluded.contact",
        code,
        name,
        contact,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Code, name and contact of each tiers.
pub async fn tiers(tx: &mut Technical) -> Result<Vec<(String, String, String)>, Error> {
    let rows = sqlx::query!("select code, name, contact from platform.tiers order by name, code");
    Ok(rows.fetch_all(tx.conn()).await?.into_iter().map(|row| (row.code, row.name, row.contact)).collect())
}

/// A connector of a tiers, in whichever member.
#[derive(Clone, Debug)]
pub struct Connector {
    pub tenant: TenantId,
    pub machine_id: MachineId,
    pub member: String,
    pub member_name: String,
    pub client_id: String,
    pub used_at: Option<DateTime<Utc>>,
    pub used_by: Option<String>,
    pub former_until: Option<DateTime<Utc>>,
    pub is_closed: bool,
}

/// The connectors of a tiers, by member.
pub async fn connectors(tx: &mut Technical, tiers: &str) -> Result<Vec<Connector>, Error> {
    let rows = sqlx::query!(
        r#"select c.tenant_id, c.machine_id, m.code, m.name, c.client_id, u.used_at as "used_at?", u.used_by as "used_by?",
                  c.former_until, c.disabled_at
           from machine c join member m using (tenant_id)
           left join technical.machine_use u using (tenant_id, machine_id)
           where c.tiers = $1 order by m.name, m.code"#,
        tiers
    );
    let connectors = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| Connector {
        tenant: TenantId::from_row(row.tenant_id),
        machine_id: MachineId(row.machine_id),
        member: row.code,
        member_name: row.name,
        client_id: row.client_id,
        used_at: row.used_at,
        used_by: row.used_by,
        former_until: row.former_until,
        is_closed: row.disabled_at.is_some(),
    });
    Ok(connectors.collect())
}
