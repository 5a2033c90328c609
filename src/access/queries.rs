//! What access asks of the journal.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::db::{self, TenantRead, TenantTx};

/// Whether this agent's consultation of the object, by this reading of a control authority or by none, was journaled at or after that
/// moment.
pub(super) async fn consulted_since(
    tx: &mut TenantRead,
    object: &str,
    (agent, reading): (&str, Option<&str>),
    since: DateTime<Utc>,
) -> Result<bool, db::Error> {
    let consulted = sqlx::query_scalar!(
        r#"select exists (
               select from event
               where object = $1 and event_type = 'CONSULTATION' and at >= $3 and entry::jsonb ->> 'agent' = $2
                 and entry::jsonb #>> '{detail,lecture}' is not distinct from $4
           ) as "consulted!""#,
        object,
        agent,
        since,
        reading
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

/// One entry of the journal, as a page tells it.
#[derive(Clone, Debug)]
pub struct Told {
    pub at: DateTime<Utc>,
    pub event_type: String,
    pub is_right: bool,
    /// Under which role a person acted; none for machines and the service.
    pub role: Option<String>,
    pub action: Option<String>,
}

/// The last entries about an archive, its transfer and a unit of it, at most `most` of each, the last one first.
pub(super) async fn told_of(
    tx: &mut TenantRead,
    archive: Uuid,
    unit: Uuid,
    most: i64,
) -> Result<Vec<Told>, db::Error> {
    let told = sqlx::query_as!(
        Told,
        r#"select e.at as "at!", e.event_type as "event_type!", e.outcome = 'OK' as "is_right!",
                  e.entry::jsonb ->> 'role' as role, e.entry::jsonb #>> '{detail,action}' as action
           from (select 'archive:' || $1::uuid as object
                 union all select 'unit:' || $2::uuid
                 union all select 'transfer:' || a.transfer_id from archive a where a.archive_id = $1) about,
                lateral (select at, event_type, outcome, entry, seq from event
                         where event.object = about.object order by event.seq desc limit $3) e
           order by e.seq desc"#,
        archive,
        unit,
        most
    );
    Ok(told.fetch_all(tx.conn()).await?)
}
