//! What access asks of the journal.

use chrono::{DateTime, Utc};

use crate::db::{self, TenantRead, TenantTx};

/// Whether this agent's consultation of the object was journaled at or after that moment.
pub(super) async fn consulted_since(
    tx: &mut TenantRead,
    object: &str,
    agent: &str,
    since: DateTime<Utc>,
) -> Result<bool, db::Error> {
    let consulted = sqlx::query_scalar!(
        r#"select exists (
               select from event
               where object = $1 and event_type = 'CONSULTATION' and at >= $3 and entry::jsonb ->> 'agent' = $2
           ) as "consulted!""#,
        object,
        agent,
        since
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(consulted)
}

/// Makes those who consult the same object as the same agent wait for one another, until the transaction ends.
pub(super) async fn one_at_a_time(tx: &mut TenantTx, object: &str, agent: &str) -> Result<(), db::Error> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1 || ' ' || $2, 0))", object, agent)
        .fetch_one(tx.conn())
        .await?;
    Ok(())
}
