//! Brings the schema up to date, as its owner.
//!
//! Never goes backward, never runs twice at once: an advisory lock holds the others back. One thing to
//! know: the migrations are compiled in, an applied one that was edited since is refused.

use sqlx::{ConnectOptions, Connection, PgPool};

use super::{Error, Settings, queries, settings};

/// Oldest PostgreSQL that has what the schema uses (`security_invoker`, `nulls not distinct`).
const SERVER_VERSION_MIN: i32 = 150_000;
/// SQLSTATE of a function that is not there: no migration has run.
const UNDEFINED_FUNCTION: &str = "42883";

/// Applies the migrations that the database does not have yet.
pub async fn migrate(settings: &Settings) -> Result<(), Error> {
    let mut connection = settings.as_role(settings::OWNER)?.connect().await?;
    sqlx::migrate!().run(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

/// Refuses a server too old, or a schema that lacks a migration of this program.
pub(super) async fn check(service: &PgPool) -> Result<(), Error> {
    let version = queries::server_version(service).await?;
    if version < SERVER_VERSION_MIN {
        return Err(Error::ServerTooOld { major: version / 10_000 });
    }
    let applied = match queries::applied_migrations(service).await {
        Err(Error::Sql(sqlx::Error::Database(error)))
            if error.code().as_deref() == Some(UNDEFINED_FUNCTION) =>
        {
            vec![]
        }
        applied => applied?,
    };
    let lacks = sqlx::migrate!().iter().any(|migration| !applied.contains(&migration.version));
    if lacks { Err(Error::SchemaBehind) } else { Ok(()) }
}
