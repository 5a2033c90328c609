//! One member's seal: its journal walked from the last seal on, the tree grown, the head signed.
//!
//! Never seals twice at once: of two processes, the rows let one. What is sealed was read again in this very transaction,
//! text by text.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use fail::fail_point;

use super::published::Published;
use super::{Error, Sealed, Sealing};
use crate::db::{TenantRead, TenantTx};
use crate::evidence::seal_queries::{self as queries, KeptSeal};
use crate::evidence::tree::Rows;
use crate::evidence::{self, Entries};
use crate::model::{Agent, Event, EventType, Outcome, TenantId};
use crate::proof::journal::{BEFORE_FIRST, Walk};
use crate::proof::merkle::{self, Hash};
use crate::proof::note::Note;
use crate::proof::seal::{Record, same_day_before};
use crate::proof::tiles::Growing;

/// Entries read at a time.
const PAGE: i64 = 1_000;

/// A log as far as it was sealed, about to be sealed further.
struct Log {
    walk: Walk,
    tree: Growing,
    last: Option<Record>,
}

impl Sealing {
    /// Seals a member's journal as it stands, empty or unchanged though it may be.
    pub async fn seal(&self, tenant: TenantId, code: &str, by: Agent) -> Result<Sealed, Error> {
        let published = self.published(tenant, &self.origin(code)).await?;
        let mut tx = self.db.write(tenant).await?;
        let mut log = self.log(&mut tx, code).await?;
        self.take_back(&mut tx, &mut log, &published).await?;
        let head = evidence::journal_head(&mut tx).await?;
        let (seq, at) = walk_to(&mut tx, &mut log, head.0).await?;
        if log.walk.hash() != head.1 {
            let reason = "le journal ne finit pas où sa tête le dit".to_string();
            return Err(Error::Forked { number: number_after(&log), reason });
        }
        let now = self.clock.now().max(at).max(log.last.as_ref().map_or(at, |last| last.at));
        let (previous, month, year) = bindings(&mut tx, log.last.as_ref(), now.date_naive()).await?;
        let record = Record {
            number: number_after(&log),
            log: self.origin(code),
            at: now,
            size: log.tree.size(),
            root: log.tree.root(),
            entry: if seq == 0 { BEFORE_FIRST } else { log.walk.hash() },
            previous,
            month,
            year,
        };
        let note = Note::sign(record.checkpoint().body(), &self.keys.in_use(now)?)?;
        keep(&mut tx, &mut log, &record, &note).await?;
        tx.record(sealed(&record, code, by));
        fail_point!("seal-before-commit");
        tx.commit().await?;
        fail_point!("seal-after-commit");
        Ok(Sealed { number: record.number, size: record.size, root: record.root })
    }

    /// The log up to its last seal, once its rows were found to give the root that was sealed.
    async fn log(&self, tx: &mut TenantRead, code: &str) -> Result<Log, Error> {
        let last = queries::last_seal(tx).await?.map(|seal| Record::parse(&seal.record)).transpose()?;
        let Some(last) = last else {
            return Ok(Log { walk: Walk::default(), tree: Growing::default(), last: None });
        };
        let number = last.number;
        let tree = Rows::Member(tx).growing(last.size).await?;
        if tree.root() != last.root {
            let reason = "les entrées qu'il scelle ont changé".to_string();
            return Err(Error::Forked { number, reason });
        }
        let (walk, hash) = evidence::walk_after(tx, last.size.cast_signed(), code).await?;
        if hash != last.entry {
            let reason = "la dernière entrée qu'il scelle a changé".to_string();
            return Err(Error::Forked { number, reason });
        }
        Ok(Log { walk, tree, last: Some(last) })
    }

    /// Takes back the seals that the sites have and the rows have forgotten, once the journal is found to be the one
    /// that they seal.
    async fn take_back(&self, tx: &mut TenantTx, log: &mut Log, published: &Published) -> Result<(), Error> {
        for (record, note) in published.after(log.last.as_ref())? {
            let number = record.number;
            let forked = |reason: &str| Error::Forked { number, reason: reason.to_string() };
            let (seq, _) = walk_to(tx, log, record.size.cast_signed()).await?;
            if seq.cast_unsigned() != record.size {
                return Err(forked(
                    "les sites ont un scellement d'entrées que la base n'a pas : a-t-elle été restaurée ?",
                ));
            }
            if log.tree.root() != record.root {
                return Err(forked("les sites ont un scellement d'autres entrées que celles de la base"));
            }
            let bound = bindings(tx, log.last.as_ref(), record.at.date_naive()).await?;
            if bound != (record.previous, record.month, record.year) {
                return Err(forked("il n'est pas lié à ceux d'avant"));
            }
            keep(tx, log, record, note).await?;
        }
        Ok(())
    }
}

fn number_after(log: &Log) -> u64 {
    log.last.as_ref().map_or(1, |last| last.number + 1)
}

/// Walks the journal on to the entry numbered `until`, or to its end; where it got, and when that entry was written.
async fn walk_to(tx: &mut TenantTx, log: &mut Log, until: i64) -> Result<(i64, DateTime<Utc>), Error> {
    let mut at = DateTime::<Utc>::MIN_UTC;
    while log.walk.seq() < until {
        let after = log.walk.seq();
        let page: Entries = evidence::journal_page(tx, after, PAGE.min(until - after)).await?;
        let Some(last) = page.last() else { break };
        at = last.at;
        for row in &page {
            log.walk.step(row.seq, &row.entry, &row.hash)?;
            log.tree.push(merkle::leaf(&log.walk.hash()));
        }
        queries::insert_tiles(tx, &log.tree.take_full()).await?;
    }
    Ok((log.walk.seq(), at))
}

/// What a seal of that day is bound to: the one before, the same day's last month and last year.
async fn bindings(
    tx: &mut TenantRead,
    last: Option<&Record>,
    day: NaiveDate,
) -> Result<(Option<Hash>, Option<Hash>, Option<Hash>), Error> {
    let (month, year) = same_day_before(day);
    let mut found = BTreeMap::new();
    for day in [month, year].into_iter().flatten() {
        if let Some(seal) = queries::seal_of_day(tx, day).await? {
            found.insert(day, Record::parse(&seal.record)?.hash());
        }
    }
    let of = |day: Option<NaiveDate>| day.and_then(|day| found.get(&day).copied());
    Ok((last.map(Record::hash), of(month), of(year)))
}

async fn keep(tx: &mut TenantTx, log: &mut Log, record: &Record, note: &Note) -> Result<(), Error> {
    let (number, size) = (record.number.cast_signed(), record.size.cast_signed());
    let kept = KeptSeal { number, record: record.text(), note: note.to_string() };
    queries::insert_seal(tx, &kept, record.at.date_naive(), size).await?;
    log.last = Some(record.clone());
    Ok(())
}

fn sealed(record: &Record, code: &str, by: Agent) -> Event {
    Event {
        event_type: EventType::Scellement,
        outcome: Outcome::Ok,
        agent: by,
        object: format!("journal:{code}"),
        detail: vec![
            ("number", record.number.to_string()),
            ("size", record.size.to_string()),
            ("root", format!("sha256:{}", hex::encode(record.root))),
            ("seal", format!("sha256:{}", hex::encode(record.hash()))),
        ],
    }
}
