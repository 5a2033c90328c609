//! Where the database is, and how each role connects to it.
//!
//! Never holds a password: PostgreSQL's own file (`~/.pgpass`, `PGPASSFILE`) has them. One thing to know:
//! the address names no user, because the program connects as three.

use std::str::FromStr;
use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::Error;

pub(super) const OWNER: &str = "chartrier_owner";
pub(super) const SERVICE: &str = "chartrier_service";
pub(super) const TECHNICAL: &str = "chartrier_technical";
pub(super) const BACKUP: &str = "chartrier_backup";

/// Longest statement. A transfer at its limits is inserted in batches well under it.
const STATEMENT_MAX: &str = "120s";
/// Longest wait for a row that another transaction holds.
const LOCK_MAX: &str = "30s";
/// Longest silence inside a transaction: whoever holds locks and sleeps longer is cut.
const IDLE_IN_TRANSACTION_MAX: &str = "60s";
/// Longest wait for a free connection.
const ACQUIRE_MAX: Duration = Duration::from_secs(15);

/// Where the database is.
#[derive(Clone, Debug)]
pub struct Settings {
    address: String,
    /// Most connections of the service's role; the technical role has half as many.
    pub connections: u32,
    /// Most of the service's connections that one tenant holds at once.
    pub of_one_tenant: u32,
    /// Longest wait of a tenant for one of its connections.
    pub turn_max: Duration,
}

/// Why an address of a database was refused.
#[derive(Debug, thiserror::Error)]
pub enum WrongAddress {
    #[error("une adresse « postgres://machine/base » est attendue")]
    Scheme,
    #[error(
        "l'adresse ne doit nommer ni utilisateur ni mot de passe : le programme se connecte sous trois rôles"
    )]
    User,
    #[error("{0}")]
    Unreadable(sqlx::Error),
}

impl Settings {
    /// From a `postgres://` address without a user. One tenant leaves one connection to the others.
    pub fn new(address: &str, connections: u32) -> Result<Self, WrongAddress> {
        let rest = ["postgres://", "postgresql://"].iter().find_map(|scheme| address.strip_prefix(scheme));
        let rest = rest.ok_or(WrongAddress::Scheme)?;
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let names_user =
            query.split('&').any(|pair| pair.starts_with("user=") || pair.starts_with("password="));
        if place.contains('@') || names_user {
            return Err(WrongAddress::User);
        }
        let connections = connections.max(2);
        let settings = Self {
            address: address.to_string(),
            connections,
            of_one_tenant: connections - 1,
            turn_max: ACQUIRE_MAX,
        };
        settings.as_role(OWNER).map_err(WrongAddress::Unreadable)?;
        Ok(settings)
    }

    /// How `role` connects. The role is written into the address, so that its own password is looked up.
    pub(super) fn as_role(&self, role: &str) -> Result<PgConnectOptions, sqlx::Error> {
        Ok(PgConnectOptions::from_str(&self.address_as(role))?.application_name("chartrier"))
    }

    /// The address with the role in it.
    pub(super) fn address_as(&self, role: &str) -> String {
        let separator = if self.address.contains('?') { '&' } else { '?' };
        format!("{}{separator}user={role}", self.address)
    }

    /// Connections of a role that serves requests, each with its time-outs.
    pub(super) async fn pool(&self, role: &str, connections: u32) -> Result<PgPool, Error> {
        let options = self.as_role(role)?.options([
            ("statement_timeout", STATEMENT_MAX),
            ("lock_timeout", LOCK_MAX),
            ("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION_MAX),
            ("timezone", "UTC"),
            // Everything a request reads has its index. A table that was small when a connection first planned its
            // references would be read whole for each of the ten thousand rows of the next archive.
            ("enable_seqscan", "off"),
            ("jit", "off"),
        ]);
        let pool = PgPoolOptions::new().max_connections(connections).acquire_timeout(ACQUIRE_MAX);
        Ok(pool.connect_with(options).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_names_a_place_and_no_user() {
        for wrong in
            ["mysql://x/y", "postgres://me@host/base", "postgres://host/base?user=me", "postgres://host:x/b"]
        {
            assert!(Settings::new(wrong, 4).is_err(), "{wrong}");
        }
        for right in ["postgres://host:5433/base", "postgresql:///base?host=/run/postgresql"] {
            let settings = Settings::new(right, 4).unwrap();
            let options = settings.as_role(SERVICE).unwrap();
            assert_eq!((options.get_username(), options.get_database()), (SERVICE, Some("base")), "{right}");
        }
    }
}
