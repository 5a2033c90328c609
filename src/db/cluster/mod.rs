//! The program's own PostgreSQL: one server for the data folder, shared by every process that uses it.
//!
//! Never listens on a network, never runs as root, never gives up durability (`fsync`, `synchronous_commit`)
//! in service. The one thing to know: the server outlives a killed program. Each process holds a shared lock
//! while it uses the server; the last one to leave stops it, the next one to come adopts it.

mod archive;
mod base;
mod binaries;
mod error;
mod place;
mod restore;
mod server;

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};

pub use archive::Archive;
pub use base::Base;
use binaries::Binaries;
pub(super) use binaries::client_program;
pub use error::Error;
use place::Place;
pub use restore::{Restored, restore};
pub use server::Durability;
use server::Server;

/// The schema's roles, made by the cluster's superuser.
const ROLES: &str = include_str!("../../../migrations/roles.sql");
const SUPERUSER: &str = "chartrier_superuser";
const DATABASE: &str = "chartrier";

/// How often a running server is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// Longest wait for a server that replays its log after a crash.
const READY_MAX: Duration = Duration::from_secs(600);

/// A running PostgreSQL of our own. Dropping it stops the server, unless another process uses it.
pub struct Cluster {
    place: Place,
    server: Server,
    users: Option<File>,
    alone: bool,
}

impl Cluster {
    /// Starts the server of the data folder, or adopts the one that runs, and makes sure that the roles and
    /// the database exist. Ready for migration and connections when it returns.
    /// A server started with an archive copies its log there.
    pub async fn start(data: &Path, archive: Option<&Archive>) -> Result<Self, Error> {
        Self::start_with(data, Durability::Kept, archive).await
    }

    /// [`Cluster::start`], with what a power cut may take away.
    pub async fn start_with(
        data: &Path,
        durability: Durability,
        archive: Option<&Archive>,
    ) -> Result<Self, Error> {
        let began = Instant::now();
        let (data, archive) = (data.to_path_buf(), archive.cloned());
        let launching = move || Self::launch(&data, durability, archive.as_ref());
        let cluster = tokio::task::spawn_blocking(launching).await;
        let mut cluster =
            cluster.map_err(|error| Error::Io("lancement".into(), std::io::Error::other(error)))??;
        let mut superuser = server_answers(&cluster.place, &mut cluster.server).await?;
        prepare(&mut superuser).await?;
        superuser.close().await.map_err(Error::Sql)?;
        tracing::info!(elapsed = ?began.elapsed(), "la base PostgreSQL est prête");
        Ok(cluster)
    }

    /// Address of the database, without a user: [`super::Settings::new`].
    pub fn address(&self) -> String {
        let socket = percent_encoding::utf8_percent_encode(
            self.server.socket_folder().to_str().unwrap_or_default(),
            percent_encoding::NON_ALPHANUMERIC,
        );
        format!("postgres://localhost/{DATABASE}?host={socket}")
    }

    /// Whether no other process used this server when it was started or adopted: then no worker lives.
    pub fn is_alone(&self) -> bool {
        self.alone
    }

    /// Stops the server, once its connections are cut and its data flushed, unless another process uses it.
    /// Blocks for as long as that takes.
    pub fn stop(mut self) -> Result<(), Error> {
        self.leave()
    }

    /// Ends when the server does, with the reason: nobody else watches it.
    pub async fn lost(&mut self) -> String {
        loop {
            if let Some(status) = self.server.ended() {
                return status;
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    fn launch(data: &Path, durability: Durability, archive: Option<&Archive>) -> Result<Self, Error> {
        let place = Place::prepare(data)?;
        let binaries = Binaries::find(place.data_version()?)?;
        let _starting = place.lock("start.lock")?;
        let users = place.open("users.lock")?;
        let alone = match users.try_lock() {
            Ok(()) => true,
            Err(TryLockError::WouldBlock) => false,
            Err(TryLockError::Error(error)) => return Err(Error::Io("users.lock".into(), error)),
        };
        users.lock_shared().map_err(|error| Error::Io("users.lock".into(), error))?;
        let server = match Server::running(&place.cluster()) {
            Some(server) => {
                tracing::info!(
                    pid = server.pid(),
                    "un serveur PostgreSQL tourne déjà sur ces données : repris"
                );
                server
            }
            None => {
                place.initialize(&binaries, durability)?;
                let archiving = match archive {
                    Some(archive) => archive.depot(&place)?.settings(archive.wal_seconds),
                    None => Vec::new(),
                };
                Server::spawn(&place, &place.cluster(), &binaries, durability, &archiving)?
            }
        };
        Ok(Self { place, server, users: Some(users), alone })
    }

    fn leave(&mut self) -> Result<(), Error> {
        let Some(users) = self.users.take() else { return Ok(()) };
        let _stopping = self.place.lock("start.lock")?;
        match users.try_lock() {
            Ok(()) => self.server.stop(),
            Err(_) => {
                tracing::info!("un autre processus se sert de la base PostgreSQL : elle reste ouverte");
                Ok(())
            }
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Err(error) = self.leave() {
            tracing::error!(%error, "la base PostgreSQL n'a pas été arrêtée");
        }
    }
}

/// A connection of the superuser, once the server answers; or why it ended.
async fn server_answers(place: &Place, server: &mut Server) -> Result<PgConnection, Error> {
    let options = PgConnectOptions::new_without_pgpass()
        .socket(server.socket_folder())
        .port(server::PORT)
        .username(SUPERUSER)
        .database("postgres");
    let began = Instant::now();
    loop {
        let error = match options.connect().await {
            Ok(connection) => return Ok(connection),
            Err(error) => error,
        };
        if let Some(status) = server.ended() {
            return Err(Error::Ended { status, log: place.log_end() });
        }
        if began.elapsed() > READY_MAX {
            return Err(Error::Sql(error));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Whether the server still replays its log.
#[expect(clippy::disallowed_methods, reason = "of the server, not of the schema")]
async fn is_replaying(superuser: &mut PgConnection) -> Result<bool, Error> {
    sqlx::query_scalar("select pg_is_in_recovery()").fetch_one(superuser).await.map_err(Error::Sql)
}

/// Roles and database, made when missing: safe to run at each start, and after a start that was cut short.
#[expect(clippy::disallowed_methods, reason = "there is no schema yet to check a query against")]
async fn prepare(superuser: &mut PgConnection) -> Result<(), Error> {
    sqlx::raw_sql(ROLES).execute(&mut *superuser).await.map_err(Error::Sql)?;
    let made =
        sqlx::raw_sql("create database chartrier owner chartrier_owner").execute(&mut *superuser).await;
    match made {
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("42P04") => Ok(()),
        made => made.map(drop).map_err(Error::Sql),
    }
}

/// Folders on the way to `path`, from the root.
fn ancestors(path: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = path.ancestors().skip(1).map(Path::to_path_buf).collect();
    folders.reverse();
    folders
}
