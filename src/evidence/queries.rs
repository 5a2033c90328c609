//! Reading the journal.

use chrono::{DateTime, Utc};

use crate::db::{Error, TenantRead};

/// The end of the journal as its head tells it.
pub(super) struct Head {
    pub seq: i64,
    pub hash: Vec<u8>,
}

/// One entry with the columns beside it.
#[derive(Clone, Debug)]
pub struct Recorded {
    pub seq: i64,
    pub at: DateTime<Utc>,
    pub event_type: String,
    pub outcome: String,
    pub object: String,
    /// Canonical JSON, as hashed.
    pub entry: String,
    pub hash: Vec<u8>,
}

/// The end of the journal, with whose it is.
pub(super) struct CopiedHead {
    pub code: String,
    pub seq: i64,
    pub hash: Vec<u8>,
    pub at: DateTime<Utc>,
}

pub(super) async fn copied_head(tx: &mut TenantRead) -> Result<Option<CopiedHead>, Error> {
    let head = sqlx::query_as!(
        CopiedHead,
        "select m.code, h.seq, h.hash, h.at from journal_head h join member m using (tenant_id)"
    );
    Ok(head.fetch_optional(tx.conn()).await?)
}

pub(super) async fn journal_head(tx: &mut TenantRead) -> Result<Option<Head>, Error> {
    Ok(sqlx::query_as!(Head, "select seq, hash from journal_head").fetch_optional(tx.conn()).await?)
}

/// At most `most` entries after the one numbered `after`, in order.
pub async fn journal_page(tx: &mut TenantRead, after: i64, most: i64) -> Result<Vec<Recorded>, Error> {
    let page = sqlx::query_as!(
        Recorded,
        "select seq, at, event_type, outcome, object, entry, hash from event where seq > $1 order by seq limit $2",
        after,
        most
    );
    Ok(page.fetch_all(tx.conn()).await?)
}

/// The member's own sites; `None`: every site there is.
pub async fn sites_of_member(tx: &mut TenantRead) -> Result<Option<Vec<String>>, Error> {
    let sites = sqlx::query_scalar!("select sites from member").fetch_optional(tx.conn()).await?;
    Ok(sites.flatten())
}

/// What the journal says about one object (`transfer:<uuid>`), oldest first, at most a thousand entries.
pub async fn events_about(tx: &mut TenantRead, object: &str) -> Result<Vec<Recorded>, Error> {
    let events = sqlx::query_as!(
        Recorded,
        "select seq, at, event_type, outcome, object, entry, hash from event
         where object = $1 order by seq limit 1000",
        object
    );
    Ok(events.fetch_all(tx.conn()).await?)
}

/// At most `most` entries about any of these objects after the one numbered `after`, in order.
pub async fn events_about_any(
    tx: &mut TenantRead,
    objects: &[String],
    after: i64,
    most: i64,
) -> Result<Vec<Recorded>, Error> {
    let events = sqlx::query_as!(
        Recorded,
        "select seq, at, event_type, outcome, object, entry, hash from event
         where object = any($1) and seq > $2 order by seq limit $3",
        objects,
        after,
        most
    );
    Ok(events.fetch_all(tx.conn()).await?)
}

/// The last entries, newest first.
pub async fn last_events(tx: &mut TenantRead, most: u32) -> Result<Vec<Recorded>, Error> {
    let events = sqlx::query_as!(
        Recorded,
        "select seq, at, event_type, outcome, object, entry, hash from event order by seq desc limit $1",
        i64::from(most)
    );
    Ok(events.fetch_all(tx.conn()).await?)
}
