//! Machines: OAuth 2 client credentials (RFC 6749, 4.4) against an opaque bearer token (RFC 6750). A client proves itself by a
//! secret, by an assertion it signs (RFC 7523) or by its certificate (RFC 8705).
//!
//! The one thing to know: two secrets serve at once while one takes the other's place, so that nothing stops.

use chrono::{TimeDelta, Utc};

use super::assertion::{self, Proved};
use super::person::KEPT_AFTER_END;
use super::{Error, Identity, MachineCaller, TokenHolder, machine_queries as queries, password, secret};
use crate::db;
use crate::model::{MachineId, TenantId};

/// How long a token serves.
pub const TOKEN_SECONDS: i64 = 3600;
/// Longest client identifier looked at.
pub(super) const CLIENT_ID_BYTES_MAX: usize = 254;
/// The last use is told again at most this often.
pub(super) const USED_EVERY: TimeDelta = TimeDelta::minutes(5);

/// A token just given.
#[derive(Clone, Debug)]
pub struct AccessToken {
    /// The bearer token; only its digest is kept.
    pub token: String,
    pub expires_in_seconds: i64,
}

/// What a client shows.
#[derive(Clone, Debug)]
pub enum Proof<'a> {
    Secret {
        client_id: &'a str,
        secret: &'a str,
    },
    /// For one of these audiences.
    Assertion {
        assertion: &'a str,
        client_id: Option<&'a str>,
        audiences: &'a [String],
    },
    /// The certificate of the connection, by its SHA-256 in hexadecimal.
    Certificate {
        client_id: &'a str,
        sha256: &'a str,
    },
}

/// How a machine proved itself, as it is told of its last use.
const BY_SECRET: &str = "secret";
const BY_FORMER_SECRET: &str = "former secret";
const BY_ASSERTION: &str = "assertion";
const BY_CERTIFICATE: &str = "certificate";

impl Identity {
    /// A token for whoever knows the client's secret; none for anyone else, known or not.
    pub async fn client_token(&self, client_id: &str, secret: &str) -> Result<Option<AccessToken>, Error> {
        self.token(Proof::Secret { client_id, secret }, None).await
    }

    /// A token for whoever proves to be a client; over a connection with a certificate, one that serves with it only.
    pub async fn token(
        &self,
        proof: Proof<'_>,
        certificate: Option<&str>,
    ) -> Result<Option<AccessToken>, Error> {
        let client_id = match &proof {
            Proof::Secret { client_id, .. } | Proof::Certificate { client_id, .. } => (*client_id).to_owned(),
            Proof::Assertion { assertion, client_id, .. } => {
                let named =
                    assertion::named(assertion).filter(|named| client_id.is_none_or(|said| said == named));
                let Some(named) = named else { return Ok(None) };
                named
            }
        };
        if client_id.is_empty() || client_id.len() > CLIENT_ID_BYTES_MAX || client_id.contains('\0') {
            return Ok(None);
        }
        let machine = queries::find_machine(&mut self.db.technical().await?, &client_id).await?;
        let Some((machine, by)) = self.proved(&client_id, machine, proof).await? else { return Ok(None) };
        let token = secret::fresh_secret()?;
        let Some(kept) = secret::kept(&token) else { return Ok(None) };
        let now = self.clock.now();
        let mut tx = self.db.technical().await?;
        super::queries::clean(&mut tx, now - KEPT_AFTER_END).await?;
        let holder = (machine.tenant, machine.machine_id, certificate);
        queries::insert_token(&mut tx, &kept, holder, now + TimeDelta::seconds(TOKEN_SECONDS)).await?;
        queries::used(&mut tx, machine.tenant, machine.machine_id, by, now, now - USED_EVERY).await?;
        tx.commit().await?;
        Ok(Some(AccessToken { token, expires_in_seconds: TOKEN_SECONDS }))
    }

    /// The machine, and by what it proved itself.
    async fn proved(
        &self,
        client_id: &str,
        machine: Option<queries::Machine>,
        proof: Proof<'_>,
    ) -> Result<Option<(queries::Machine, &'static str)>, Error> {
        let now = self.clock.now();
        match proof {
            Proof::Secret { secret, .. } => {
                let hash = machine.as_ref().map(|machine| machine.secret_hash.clone());
                let right = password::verify(secret, hash).await?;
                let Some(machine) = machine else { return Ok(None) };
                if right {
                    return Ok(Some((machine, BY_SECRET)));
                }
                let former = machine.former_secret_hash.clone();
                let Some(former) = former.filter(|_| machine.former_until.is_some_and(|until| until > now))
                else {
                    return Ok(None);
                };
                let right = password::verify(secret, Some(former)).await?;
                Ok(right.then_some((machine, BY_FORMER_SECRET)))
            }
            Proof::Assertion { assertion, audiences, .. } => {
                let Some(machine) = machine else { return Ok(None) };
                let keys = machine.jwks.clone().and_then(|keys| serde_json::from_value(keys).ok());
                let Some(keys) = keys else { return Ok(None) };
                let proved = assertion::proved(assertion, client_id, &keys, audiences, now);
                let Some(Proved { jti, expires_at }) = proved else { return Ok(None) };
                let mut tx = self.db.technical().await?;
                queries::clean_assertions(&mut tx, now).await?;
                let first = queries::take_assertion(&mut tx, client_id, &jti, expires_at).await?;
                tx.commit().await?;
                Ok(first.then_some((machine, BY_ASSERTION)))
            }
            Proof::Certificate { sha256, .. } => Ok(machine
                .filter(|machine| machine.certificates.iter().any(|known| known == sha256))
                .map(|machine| (machine, BY_CERTIFICATE))),
        }
    }

    /// The machine that a bearer token was given to, while it serves and the machine is not closed.
    pub async fn bearer(
        &self,
        token: &str,
        certificate: Option<&str>,
    ) -> Result<Option<MachineCaller>, Error> {
        match self.holder(token, certificate).await? {
            Some(holder) => Ok(Some(self.machine(holder).await?)),
            None => Ok(None),
        }
    }

    /// Whose machine the token was given to: known before anything of the member's is read. A token given over a certificate serves
    /// over that one only.
    pub async fn holder(&self, token: &str, certificate: Option<&str>) -> Result<Option<TokenHolder>, Error> {
        let Some(kept) = secret::kept(token) else { return Ok(None) };
        let mut tx = self.db.technical().await?;
        let found = queries::find_token(&mut tx, &kept, self.clock.now()).await?;
        Ok(found.filter(|found| found.certificate.as_deref().is_none_or(|bound| Some(bound) == certificate)))
    }

    /// The machine, with what it may do.
    pub async fn machine(&self, holder: TokenHolder) -> Result<MachineCaller, Error> {
        let mut tx = self.db.read(holder.tenant).await?;
        let agreements = queries::agreements_of(&mut tx, holder.machine_id).await?;
        Ok(MachineCaller {
            tenant: holder.tenant,
            machine_id: holder.machine_id,
            name: holder.name,
            agreements,
        })
    }

    /// Ends every token of a machine.
    pub async fn end_tokens(&self, tenant: TenantId, machine: MachineId) -> Result<(), db::Error> {
        let mut tx = self.db.technical().await?;
        queries::delete_tokens(&mut tx, tenant, machine).await?;
        tx.commit().await
    }

    /// The moment by this service's clock.
    pub fn now(&self) -> chrono::DateTime<Utc> {
        self.clock.now()
    }
}
