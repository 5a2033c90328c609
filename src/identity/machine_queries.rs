//! Machines and their tokens.

use chrono::{DateTime, Utc};

use super::Connector;
use crate::db::{Error, Technical, TenantRead};
use crate::model::{MachineId, ReplyForm, TenantId};

/// Who has a client identifier.
pub(super) struct Machine {
    pub tenant: TenantId,
    pub machine_id: MachineId,
    pub secret_hash: String,
    pub former_secret_hash: Option<String>,
    pub former_until: Option<DateTime<Utc>>,
    pub jwks: Option<serde_json::Value>,
    pub certificates: Vec<String>,
}

pub(super) async fn find_machine(tx: &mut Technical, client_id: &str) -> Result<Option<Machine>, Error> {
    let row = sqlx::query!(
        "select tenant_id, machine_id, secret_hash, former_secret_hash, former_until, jwks, certificates
         from machine where client_id = $1 and disabled_at is null",
        client_id
    );
    let row = row.fetch_optional(tx.conn()).await?;
    Ok(row.map(|row| Machine {
        tenant: TenantId::from_row(row.tenant_id),
        machine_id: MachineId(row.machine_id),
        secret_hash: row.secret_hash,
        former_secret_hash: row.former_secret_hash,
        former_until: row.former_until,
        jwks: row.jwks,
        certificates: row.certificates,
    }))
}

pub(super) async fn insert_token(
    tx: &mut Technical,
    hash: &[u8; 32],
    (tenant, machine, certificate): (TenantId, MachineId, Option<&str>),
    expires_at: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into technical.access_token (token_hash, tenant_id, machine_id, expires_at, certificate)
         values ($1, $2, $3, $4, $5)",
        hash,
        tenant.as_uuid(),
        machine.0,
        expires_at,
        certificate
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A machine as it proves itself with each request.
pub(super) struct FoundConnector {
    pub connector: Connector,
    pub basic_hash: Option<String>,
    pub former_basic_hash: Option<String>,
    pub former_until: Option<DateTime<Utc>>,
}

pub(super) async fn find_connector(
    tx: &mut Technical,
    client_id: &str,
) -> Result<Option<FoundConnector>, Error> {
    let row = sqlx::query!(
        "select tenant_id, machine_id, name, basic_hash, former_basic_hash, former_until, reply_form
         from machine where client_id = $1 and disabled_at is null",
        client_id
    );
    let row = row.fetch_optional(tx.conn()).await?;
    Ok(row.map(|row| FoundConnector {
        connector: Connector {
            holder: TokenHolder {
                tenant: TenantId::from_row(row.tenant_id),
                machine_id: MachineId(row.machine_id),
                name: row.name,
                certificate: None,
            },
            replies: ReplyForm::from_word(&row.reply_form).unwrap_or_default(),
        },
        basic_hash: row.basic_hash,
        former_basic_hash: row.former_basic_hash,
        former_until: row.former_until,
    }))
}

/// Takes note of a use, unless one as recent was.
pub(super) async fn used(
    tx: &mut Technical,
    tenant: TenantId,
    machine: MachineId,
    by: &str,
    now: DateTime<Utc>,
    before: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into technical.machine_use (tenant_id, machine_id, used_by, used_at) values ($1, $2, $3, $4)
         on conflict (tenant_id, machine_id) do update set used_by = excluded.used_by, used_at = excluded.used_at
         where machine_use.used_at < $5 or machine_use.used_by <> excluded.used_by",
        tenant.as_uuid(),
        machine.0,
        by,
        now,
        before
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Takes an assertion, which serves once; whether it was the first time.
pub(super) async fn take_assertion(
    tx: &mut Technical,
    client_id: &str,
    jti: &str,
    expires_at: DateTime<Utc>,
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "insert into technical.assertion (client_id, jti, expires_at) values ($1, $2, $3) on conflict do nothing",
        client_id,
        jti,
        expires_at
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

pub(super) async fn clean_assertions(tx: &mut Technical, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!("delete from technical.assertion where expires_at < $1", now).execute(tx.conn()).await?;
    Ok(())
}

pub(super) async fn delete_tokens(
    tx: &mut Technical,
    tenant: TenantId,
    machine: MachineId,
) -> Result<(), Error> {
    sqlx::query!(
        "delete from technical.access_token where tenant_id = $1 and machine_id = $2",
        tenant.as_uuid(),
        machine.0
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
    /// It serves over a connection with this certificate only.
    pub certificate: Option<String>,
}

pub(super) async fn find_token(
    tx: &mut Technical,
    hash: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<Option<TokenHolder>, Error> {
    let row = sqlx::query!(
        "select t.tenant_id, t.machine_id, m.name, t.certificate
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
        certificate: row.certificate,
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
