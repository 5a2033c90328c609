//! Brings the schema up to date, as its owner.
//!
//! Never goes backward, never runs twice at once: an advisory lock holds the others back. One thing to
//! know: the migrations are compiled in, an applied one that was edited since is refused.

use sqlx::{ConnectOptions, Connection};

use super::{Error, Settings, settings};

/// Applies the migrations that the database does not have yet.
pub async fn migrate(settings: &Settings) -> Result<(), Error> {
    let mut connection = settings.as_role(settings::OWNER)?.connect().await?;
    sqlx::migrate!().run(&mut connection).await?;
    connection.close().await?;
    Ok(())
}
