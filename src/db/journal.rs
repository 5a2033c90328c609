//! Numbers and chains a transaction's events at the end of the tenant's journal, or puts lost entries back there.
//!
//! Never changes an entry. One thing to know: the head's row is locked here, last, so that the tenant's
//! other transactions wait only from here to their commit.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;

use super::{Error, queries};
use crate::model::{Event, Role};
use crate::proof::journal::{Entry, Hash, Walk, hash};

/// Who writes the entries.
const PROGRAM: &str = concat!("chartrier ", env!("CARGO_PKG_VERSION"));

/// Columns of the entries to insert, each as long as the others.
#[derive(Default)]
pub(super) struct Rows {
    pub seq: Vec<i64>,
    pub at: Vec<DateTime<Utc>>,
    pub event_type: Vec<String>,
    pub outcome: Vec<String>,
    pub object: Vec<String>,
    pub entry: Vec<String>,
    pub hash: Vec<Vec<u8>>,
}

impl Rows {
    fn push(&mut self, seq: i64, at: DateTime<Utc>, words: [&str; 3], text: String, hash: Hash) {
        let [event_type, outcome, object] = words.map(str::to_string);
        self.seq.push(seq);
        self.at.push(at);
        self.event_type.push(event_type);
        self.outcome.push(outcome);
        self.object.push(object);
        self.entry.push(text);
        self.hash.push(hash.to_vec());
    }
}

/// Puts back `texts`, which must go on where the journal ends. Each keeps its own date.
pub(super) async fn put_back(conn: &mut PgConnection, texts: &[String]) -> Result<(), Error> {
    let head = queries::lock_journal_head(conn).await?.ok_or(Error::UnknownTenant)?;
    let prev = head.hash.try_into().map_err(|_| Error::row("journal_head", "empreinte"))?;
    let mut walk = Walk::after(head.seq, prev, head.at, &head.code);
    let mut rows = Rows::default();
    for text in texts {
        let seq = walk.seq() + 1;
        let fields = walk.step(seq, text, &hash(text))?;
        let field = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
        let at = DateTime::parse_from_rfc3339(field("ts")).map_err(|error| Error::row("event", error))?;
        let words = [field("type"), field("outcome"), field("object")];
        rows.push(seq, at.to_utc(), words, text.clone(), walk.hash());
    }
    queries::append_events(conn, &rows).await
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
            role: event.agent.role().map(Role::word),
            program: Some(PROGRAM),
            detail: &event.detail,
            prev,
        }
        .text();
        prev = hash(&text);
        rows.push(seq, at, [event.event_type.word(), event.outcome.word(), &event.object], text, prev);
    }
    queries::append_events(conn, &rows).await
}
