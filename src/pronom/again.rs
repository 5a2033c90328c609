//! A member's objects named again by the signatures in force: a job that does a bounded batch at a time and goes on where it
//! stopped.
//!
//! Never touches an archive: it reads from the first site that has the object, and changes the catalogue's row. A version of
//! the archive that would say the new answer is for whoever converts it. The one thing to know: objects that the signatures
//! in force have named already are passed over, so that running again what a crash interrupted costs nothing.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::queries::{self, Renamed, ToName};
use super::{Error, Pronom};
use crate::formats::{self, Identification, Signatures};
use crate::model::{Agent, ArchiveId, Event, EventType, Outcome, TenantId};
use crate::storage::{self, TenantStore};

/// Job: name a batch of a member's objects again; the subject is the run.
pub const JOB_NAME_AGAIN: &str = "name_again";
/// Objects of one batch, which leaves one event.
pub const BATCH: u32 = 2_000;
/// Changes told apart in one event.
const CHANGES_TOLD_MAX: usize = 20;

/// How far a run is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    pub run_id: Uuid,
    pub signatures: String,
    pub started_at: DateTime<Utc>,
    pub looked_at: u64,
    pub changed: u64,
    pub unreadable: u64,
    pub ended_at: Option<DateTime<Utc>>,
}

/// What a batch came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There is more.
    Goes,
    Ended,
}

/// What a batch found.
#[derive(Default)]
struct Batch {
    renamed: Vec<Renamed>,
    changed: u64,
    unreadable: u64,
    /// From one PUID to another, how many.
    changes: BTreeMap<(String, String), u64>,
}

impl Pronom {
    /// Asks for a run over a member's objects; `false` when one is under way.
    pub async fn name_again(&self, tenant: TenantId, by: Agent) -> Result<bool, Error> {
        let signatures = self.signatures.refresh().await?;
        let (id, at) = (self.clock.fresh_id(), self.clock.now());
        let mut tx = self.db.write(tenant).await?;
        if !queries::insert_run(&mut tx, id, signatures.version(), &by.to_string(), at).await? {
            return Ok(false);
        }
        tx.enqueue_background(JOB_NAME_AGAIN, id, at).await?;
        tx.record(Event {
            event_type: EventType::Parametrage,
            outcome: Outcome::Ok,
            agent: by,
            object: format!("formats:{id}"),
            detail: vec![
                ("etape", "nouvelle identification demandée".into()),
                ("signatures", signatures.version().to_owned()),
            ],
        });
        tx.commit().await?;
        Ok(true)
    }

    /// The last run of a member.
    pub async fn last_run(&self, tenant: TenantId) -> Result<Option<Run>, Error> {
        Ok(queries::last_run(&mut self.db.read(tenant).await?).await?)
    }

    /// Names the next batch of a run. Safe to run again at any time.
    pub async fn name_batch(&self, tenant: TenantId, run: Uuid) -> Result<Progress, Error> {
        let signatures = self.signatures.get().await?;
        let mut tx = self.db.read(tenant).await?;
        let Some(after) = queries::cursor(&mut tx, run).await? else { return Ok(Progress::Ended) };
        let page = queries::page(&mut tx, after, signatures.version(), i64::from(self.batch)).await?;
        drop(tx);
        let last = page.last().map(|object| object.object_id);
        let (looked_at, is_last) = (page.len() as u64, page.len() < self.batch as usize);
        let (store, tables) = (self.storage.tenant(tenant), signatures.clone());
        let batch = tokio::task::spawn_blocking(move || name_all(&store, &tables, page)).await??;
        let mut tx = self.db.write(tenant).await?;
        // Another worker may have done this batch meanwhile.
        if queries::lock_cursor(&mut tx, run).await? != Some(after) {
            return Ok(Progress::Goes);
        }
        queries::set_named(&mut tx, &batch.renamed, signatures.version()).await?;
        let step = queries::Step {
            after: last.unwrap_or(after),
            looked_at,
            changed: batch.changed,
            unreadable: batch.unreadable,
            ended_at: is_last.then(|| self.clock.now()),
        };
        queries::advance(&mut tx, run, &step).await?;
        tx.record(event(run, signatures.version(), &batch, &step));
        tx.commit().await?;
        Ok(if is_last { Progress::Ended } else { Progress::Goes })
    }
}

fn event(run: Uuid, signatures: &str, batch: &Batch, step: &queries::Step) -> Event {
    let mut detail = vec![
        ("etape", "formats nommés de nouveau".to_owned()),
        ("signatures", signatures.to_owned()),
        ("objets", step.looked_at.to_string()),
        ("changes", step.changed.to_string()),
        ("illisibles", step.unreadable.to_string()),
    ];
    let mut changes: Vec<_> = batch.changes.iter().collect();
    changes.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let told = changes.into_iter().take(CHANGES_TOLD_MAX);
    detail.extend(told.map(|((from, to), count)| ("changement", format!("{from} > {to} : {count}"))));
    if step.ended_at.is_some() {
        detail.push(("fin", "oui".into()));
    }
    let outcome = if step.unreadable == 0 { Outcome::Ok } else { Outcome::Ko };
    let (event_type, object) = (EventType::Controle, format!("formats:{run}"));
    Event { event_type, outcome, agent: Agent::Service, object, detail }
}

/// What a site could not give is counted and left for the next run; a site that is away stops the batch.
fn name_all(
    store: &TenantStore,
    signatures: &Signatures,
    page: Vec<ToName>,
) -> Result<Batch, storage::Error> {
    let mut batch = Batch::default();
    for object in page {
        let why = match store.read(ArchiveId(object.archive_id), &object.content_path) {
            Ok(mut file) => {
                let name = formats::telling_name(&object.content_path, Some(&object.file_name));
                match signatures.identify(&mut file, name) {
                    Ok(found) => {
                        batch.add(object, &found);
                        continue;
                    }
                    Err(error) => error.to_string(),
                }
            }
            Err(away @ (storage::Error::Away { .. } | storage::Error::Slow { .. })) => return Err(away),
            Err(error) => error.to_string(),
        };
        tracing::warn!(object.id = %object.object_id, %why, "an object could not be named again");
        batch.unreadable += 1;
    }
    Ok(batch)
}

impl Batch {
    fn add(&mut self, object: ToName, found: &Identification) {
        if object.puid.as_deref() != found.puid() || object.basis.is_none() {
            self.changed += 1;
            let said = |puid: Option<&str>| puid.unwrap_or("inconnu").to_owned();
            let change = (said(object.puid.as_deref()), said(found.puid()));
            *self.changes.entry(change).or_default() += 1;
        }
        let format = found.format.as_deref();
        self.renamed.push(Renamed {
            object_id: object.object_id,
            puid: format.map(|format| format.puid.clone()),
            name: format.map(|format| format.name.clone()),
            version: format.map(|format| format.version.clone()),
            mime: format.map(|format| format.mime.clone()),
            basis: found.basis.word(),
        });
    }
}
