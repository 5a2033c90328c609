//! Machines: OAuth 2 client credentials (RFC 6749, 4.4) against an opaque bearer token (RFC 6750).

use chrono::TimeDelta;

use super::person::KEPT_AFTER_END;
use super::{Error, Identity, MachineCaller, TokenHolder, machine_queries as queries, password, secret};

/// How long a token serves.
pub const TOKEN_SECONDS: i64 = 3600;
/// Longest client identifier looked at.
const CLIENT_ID_BYTES_MAX: usize = 254;

/// A token just given.
#[derive(Clone, Debug)]
pub struct AccessToken {
    /// The bearer token; only its digest is kept.
    pub token: String,
    pub expires_in_seconds: i64,
}

impl Identity {
    /// A token for whoever knows the client's secret; none for anyone else, known or not.
    pub async fn client_token(&self, client_id: &str, secret: &str) -> Result<Option<AccessToken>, Error> {
        if client_id.is_empty() || client_id.len() > CLIENT_ID_BYTES_MAX || client_id.contains('\0') {
            return Ok(None);
        }
        let mut tx = self.db.technical().await?;
        let machine = queries::find_machine(&mut tx, client_id).await?;
        drop(tx);
        let hash = machine.as_ref().map(|machine| machine.secret_hash.clone());
        let right = password::verify(secret, hash).await?;
        let Some(machine) = machine.filter(|_| right) else { return Ok(None) };
        let token = secret::fresh_secret()?;
        let Some(kept) = secret::kept(&token) else { return Ok(None) };
        let now = self.clock.now();
        let mut tx = self.db.technical().await?;
        super::queries::clean(&mut tx, now - KEPT_AFTER_END).await?;
        queries::insert_token(&mut tx, &kept, &machine, now + TimeDelta::seconds(TOKEN_SECONDS)).await?;
        tx.commit().await?;
        Ok(Some(AccessToken { token, expires_in_seconds: TOKEN_SECONDS }))
    }

    /// The machine that a bearer token was given to, while it serves and the machine is not closed.
    pub async fn bearer(&self, token: &str) -> Result<Option<MachineCaller>, Error> {
        match self.holder(token).await? {
            Some(holder) => Ok(Some(self.machine(holder).await?)),
            None => Ok(None),
        }
    }

    /// Whose machine the token was given to: known before anything of the member's is read.
    pub async fn holder(&self, token: &str) -> Result<Option<TokenHolder>, Error> {
        let Some(kept) = secret::kept(token) else { return Ok(None) };
        let mut tx = self.db.technical().await?;
        Ok(queries::find_token(&mut tx, &kept, self.clock.now()).await?)
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
}
