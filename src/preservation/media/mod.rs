//! Media migration: a site joins a member's set and is filled, or leaves it and is emptied.
//!
//! ```text
//! joins    switch → copy, each copy read again → done
//! leaves   read two copies elsewhere → switch → read them again, destroy, archive after archive → done
//! ```
//!
//! The one thing to know: nothing is destroyed that does not stand whole on two other sites, read since the switch.
//! How far it went is told by the rows of the copies: whoever takes a migration up again goes on from there.

mod ask;
mod done_queries;
mod join;
mod leave;
mod queries;

use std::time::Instant;

use chrono::{DateTime, Utc};
use uuid::Uuid;

pub use ask::Refusal;
pub(super) use queries::{active, is_leaving};

use super::{Error, Preservation, SLICE, Turn};
use crate::db::TenantTx;
use crate::model::{Agent, Event, EventType, Outcome, TenantId};

/// Archives entered together, and their bytes: what is done twice after a crash.
const PAGE: i64 = 20;
const PAGE_BYTES: u64 = 1 << 30;

/// Copies that must stand elsewhere, whole, before one is destroyed.
const ELSEWHERE_MIN: usize = 2;

/// Copies that no row knows, looked for on a site once it is emptied: few, the others having their rows.
const STRAYS_MAX: usize = 100_000;

/// A migration as it stands.
#[derive(Clone, Debug)]
struct Moving {
    id: Uuid,
    site: String,
    step: Step,
    asked_at: DateTime<Utc>,
    switched_at: Option<DateTime<Utc>>,
    /// The member's other sites, as set when it ends.
    others: Vec<String>,
}

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Copying,
    Verifying,
    Destroying,
}

/// What a page came to.
#[derive(Debug, Default)]
struct Paged {
    /// Archives looked at; 0: none is left after the place reached.
    seen: usize,
    /// Archives done.
    done: usize,
    /// The place reached.
    last: Option<Uuid>,
    /// Why one was not done.
    failure: Option<String>,
    /// Nothing can be done now: the site itself is away.
    away: bool,
}

impl Step {
    fn word(self) -> &'static str {
        match self {
            Step::Copying => "copying",
            Step::Verifying => "verifying",
            Step::Destroying => "destroying",
        }
    }

    fn of(word: &str) -> Option<Self> {
        [Step::Copying, Step::Verifying, Step::Destroying].into_iter().find(|step| step.word() == word)
    }
}

impl Preservation {
    /// Goes on with a migration of a tenant. Ends early, to be asked for again, when an archive cannot be moved now.
    pub async fn migrate(&self, tenant: TenantId, id: Uuid) -> Result<Turn, Error> {
        let began = Instant::now();
        let mut after = Uuid::nil();
        let mut failure: Option<String> = None;
        loop {
            let mut tx = self.db.read(tenant).await?;
            let moving = queries::find(&mut tx, id, &self.sites()).await?;
            drop(tx);
            let Some(moving) = moving else { return Ok(Turn::Done) };
            let paged = match moving.step {
                Step::Copying => self.copy_page(tenant, &moving, after).await?,
                Step::Verifying => self.verify_page(tenant, &moving, after).await?,
                Step::Destroying => self.destroy_page(tenant, &moving, after).await?,
            };
            after = paged.last.unwrap_or(after);
            failure = failure.or(paged.failure);
            self.tell_progress(tenant, id, failure.as_deref()).await?;
            if paged.away || (paged.seen == 0 && failure.is_some()) {
                return Ok(Turn::Done);
            }
            if paged.seen == 0 {
                if !self.end_step(tenant, &moving).await? {
                    return Ok(Turn::Done);
                }
                after = Uuid::nil();
            }
            if began.elapsed() > SLICE {
                return Ok(Turn::More);
            }
        }
    }

    /// No archive is left: the step is over, unless a deposit decided before the switch is on its way to the former
    /// set. `false`: not now, or the migration is over.
    async fn end_step(&self, tenant: TenantId, moving: &Moving) -> Result<bool, Error> {
        let mut tx = self.db.read(tenant).await?;
        if let Some(switched_at) = moving.switched_at
            && queries::is_deposit_on_its_way(&mut tx, switched_at).await?
        {
            return Ok(false);
        }
        // Those that arrived behind the place reached.
        let is_left = match moving.step {
            Step::Copying => !queries::lacking_page(&mut tx, moving, Uuid::nil(), 1).await?.is_empty(),
            Step::Verifying => !queries::unverified_page(&mut tx, moving, Uuid::nil(), 1).await?.is_empty(),
            Step::Destroying => !queries::left_page(&mut tx, moving, Uuid::nil(), 1).await?.is_empty(),
        };
        drop(tx);
        if is_left {
            return Ok(true);
        }
        if moving.step == Step::Verifying {
            self.switch(tenant, moving).await?;
            return Ok(true);
        }
        if moving.step == Step::Destroying && !self.destroy_strays(tenant, moving).await? {
            return Ok(false);
        }
        self.finish(tenant, moving).await?;
        Ok(false)
    }

    async fn finish(&self, tenant: TenantId, moving: &Moving) -> Result<(), Error> {
        let mut tx = self.db.write(tenant).await?;
        let code = super::queries::member_code(&mut tx).await?;
        if let Some((archives, size_bytes)) =
            done_queries::finish(&mut tx, moving.id, self.clock.now()).await?
        {
            let what = if moving.step == Step::Copying { "site rempli" } else { "site vidé" };
            let detail = vec![
                ("archives", archives.to_string()),
                ("etape", what.to_owned()),
                ("octets", size_bytes.to_string()),
                ("site", moving.site.clone()),
            ];
            record(&mut tx, Agent::Service, format!("member:{code}"), detail);
            tx.commit().await?;
        }
        self.tell_progress(tenant, moving.id, None).await
    }

    /// What the operator's page shows.
    async fn tell_progress(&self, tenant: TenantId, id: Uuid, failure: Option<&str>) -> Result<(), Error> {
        let known = self.sites();
        let mut rows = self.db.read(tenant).await?;
        let Some(progress) = done_queries::progress(&mut rows, id, &known).await? else { return Ok(()) };
        drop(rows);
        let mut tx = self.db.technical().await?;
        done_queries::save_progress(&mut tx, tenant, id, &progress, failure, self.clock.now()).await?;
        Ok(tx.commit().await?)
    }
}

fn record(tx: &mut TenantTx, agent: Agent, object: String, detail: Vec<(&'static str, String)>) {
    let event_type = EventType::MigrationSupport;
    tx.record(Event { event_type, outcome: Outcome::Ok, agent, object, detail });
}
