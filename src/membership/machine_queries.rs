//! Machines and tiers: one statement a function.

use chrono::{DateTime, NaiveDate, Utc};

use super::connectors::Bus;
use crate::db::{Error, Technical, TenantRead, TenantTx};
use crate::model::{MachineId, ReplyForm, TenantId};

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
    /// Whether its secret opens the As@lae door: one made before that door does not.
    pub has_basic: bool,
    pub replies: ReplyForm,
    /// What it deposits through, as its administrator said.
    pub bus: Option<Bus>,
}

/// The machines of the member, by name.
pub async fn machines_of(tx: &mut TenantRead) -> Result<Vec<Known>, Error> {
    let rows = sqlx::query!(
        r#"select m.machine_id, m.client_id, m.name, m.tiers, u.used_at as "used_at?", u.used_by as "used_by?", m.rotated_at, m.former_until,
                  m.jwks is not null as "has_keys!", m.certificates, m.disabled_at,
                  m.basic_hash is not null as "has_basic!", m.reply_form, m.bus,
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
        has_basic: row.has_basic,
        replies: ReplyForm::from_word(&row.reply_form).unwrap_or_default(),
        bus: row.bus.as_deref().and_then(Bus::from_word),
    });
    Ok(known.collect())
}

/// Another secret; the one before serves until then. Whether the member has that machine.
pub(super) async fn set_secret(
    tx: &mut TenantTx,
    machine: MachineId,
    (hash, basic_hash): &(String, String),
    former_until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "update machine set former_secret_hash = secret_hash, former_basic_hash = basic_hash, former_until = $3,
                secret_hash = $2, basic_hash = $5, rotated_at = $4
         where machine_id = $1",
        machine.0,
        hash,
        former_until,
        now,
        basic_hash
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

/// A machine being made.
pub(super) struct Made<'a> {
    pub client_id: &'a str,
    pub name: &'a str,
    /// Of its secret.
    pub hash: &'a str,
    pub basic_hash: &'a str,
    pub tiers: Option<&'a str>,
    pub bus: Option<Bus>,
    pub replies: ReplyForm,
}

pub(super) async fn insert_machine(
    tx: &mut TenantTx,
    machine: MachineId,
    made: &Made<'_>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into machine (machine_id, client_id, name, secret_hash, basic_hash, created_at, tiers, bus, reply_form)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        machine.0,
        made.client_id,
        made.name,
        made.hash,
        made.basic_hash,
        now,
        made.tiers,
        made.bus.map(Bus::word),
        made.replies.word()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What a machine deposits through, and in what form it is answered. Whether the member has that machine.
pub(super) async fn set_settings(
    tx: &mut TenantTx,
    machine: MachineId,
    (bus, replies): (Bus, ReplyForm),
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "update machine set bus = $2, reply_form = $3 where machine_id = $1",
        machine.0,
        bus.word(),
        replies.word()
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Of today, the deposits counted in the member's quota; and the transfers that wait for a site.
pub(super) async fn under_way(tx: &mut TenantRead, today: NaiveDate) -> Result<(u64, u64), Error> {
    let row = sqlx::query!(
        r#"select (select case when deposits_on = $1 then deposits_count else 0 end from quota) as deposits,
                  (select count(*) from transfer where state = 'awaiting_replication') as "waiting!""#,
        today
    );
    let row = row.fetch_one(tx.conn()).await?;
    Ok((row.deposits.unwrap_or(0).unsigned_abs(), row.waiting.unsigned_abs()))
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
