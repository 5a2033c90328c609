//! Machines and their tokens.

use chrono::{DateTime, Utc};

use crate::db::{Error, Technical, TenantRead};
use crate::model::{MachineId, TenantId};

/// Who has a client identifier.
pub(super) struct Machine {
    pub tenant: TenantId,
    pub machine_id: MachineId,
    pub secret_hash: String,
}

pub(super) async fn find_machine(tx: &mut Technical, client_id: &str) -> Result<Option<Machine>, Error> {
    let row = sqlx::query!(
        "select tenant_id, machine_id, secret_hash from machine where client_id = $1 and disabled_at is null",
        client_id
    );
    let row = row.fetch_optional(tx.conn()).await?;
    Ok(row.map(|row| Machine {
        tenant: TenantId::from_row(row.tenant_id),
        machine_id: MachineId(row.machine_id),
        secret_hash: row.secret_hash,
    }))
}

pub(super) async fn insert_token(
    tx: &mut Technical,
    hash: &[u8; 32],
    machine: &Machine,
    expires_at: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into technical.access_token (token_hash, tenant_id, machine_id, expires_at) values ($1, $2, $3, $4)",
        hash,
        machine.tenant.as_uuid(),
        machine.machine_id.0,
        expires_at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Whom a token was given to.
pub struct TokenHolder {
    pub tenant: TenantId,
    pub machine_id: MachineId,
    pub name: String,
}

pub(super) async fn find_token(
    tx: &mut Technical,
    hash: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<Option<TokenHolder>, Error> {
    let row = sqlx::query!(
        "select t.tenant_id, t.machine_id, m.name
         from technical.access_token t join machine m using (tenant_id, machine_id)
         where t.token_hash = $1 and t.expires_at > $2 and m.disabled_at is null",
        hash,
        now
    );
    let row = row.fetch_optional(tx.conn()).await?;
    Ok(row.map(|row| TokenHolder {
        tenant: TenantId::from_row(row.tenant_id),
        machine_id: MachineId(row.machine_id),
        name: row.name,
    }))
}

/// Identifiers of the agreements under which a machine may deposit.
pub(super) async fn agreements_of(tx: &mut TenantRead, machine: MachineId) -> Result<Vec<String>, Error> {
    let identifiers = sqlx::query_scalar!(
        "select a.identifier from machine_agreement ma join agreement a using (tenant_id, agreement_id)
         where ma.machine_id = $1 order by a.identifier",
        machine.0
    );
    Ok(identifiers.fetch_all(tx.conn()).await?)
}
