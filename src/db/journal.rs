//! Numbers and chains a transaction's events at the end of the tenant's journal.
//!
//! Never changes an entry. One thing to know: the head's row is locked here, last, so that the tenant's
//! other transactions wait only from here to their commit.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::{Error, queries};
use crate::model::Event;
use crate::proof::journal::{Entry, hash};

/// Who writes the entries.
const PROGRAM: &str = concat!("chartrier ", env!("CARGO_PKG_VERSION"));

/// Columns of the entries to insert, each as long as the others.
#[derive(Default)]
pub(super) struct Rows {
    pub seq: Vec<i64>,
    pub event_type: Vec<String>,
    pub outcome: Vec<String>,
    pub object: Vec<String>,
    pub entry: Vec<String>,
    pub hash: Vec<Vec<u8>>,
}

/// Appends `events` in their order. No entry is dated before the one it follows, whatever `now` says:
/// two machines' clocks may differ.
pub(super) async fn append(
    conn: &mut PgConnection,
    events: &[Event],
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let head = queries::lock_journal_head(conn).await?.ok_or(Error::UnknownTenant)?;
    let mut prev = head.hash.try_into().map_err(|_| Error::row("journal_head", "empreinte"))?;
    let at = now.max(head.at);
    let mut rows = Rows::default();
    for (seq, event) in (head.seq + 1..).zip(events) {
        let text = Entry {
            seq,
            tenant: &head.code,
            at,
            event_type: event.event_type.word(),
            outcome: event.outcome.word(),
            object: &event.object,
            agent: Some(&event.agent.to_string()),
            program: Some(PROGRAM),
            detail: &event.detail,
            prev,
        }
        .text();
        prev = hash(&text);
        rows.seq.push(seq);
        rows.event_type.push(event.event_type.word().to_string());
        rows.outcome.push(event.outcome.word().to_string());
        rows.object.push(event.object.clone());
        rows.entry.push(text);
        rows.hash.push(prev.to_vec());
    }
    queries::append_events(conn, &rows, at).await
}
