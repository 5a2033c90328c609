//! Entries opened, and led on step by step.

use chrono::{Datelike, NaiveDate};
use uuid::Uuid;

use super::stage::{self, Facts, Refused, Stage, When};
use super::{Contact, Entry, Planned, Step, Training, flow_queries, queries};
use crate::clock::Clock;
use crate::db::{self, Db};
use crate::model::PersonId;

/// Rows of one kind that an entry may have.
const ROWS_MAX: usize = 200;

/// Opens an entry; `false`: this SIREN has one.
pub async fn open(db: &Db, clock: &Clock, by: PersonId, entry: &Entry) -> Result<bool, db::Error> {
    let mut tx = db.technical().await?;
    let is_new = queries::insert_entry(&mut tx, entry, by, clock.now()).await?;
    tx.commit().await?;
    Ok(is_new)
}

/// Opens an entry for each of those who said to be interested and have none, at that step; how many were opened. All or none.
pub async fn open_interested(
    db: &Db,
    clock: &Clock,
    by: PersonId,
    interested: &[(Entry, NaiveDate)],
    note: &str,
) -> Result<u64, db::Error> {
    let mut tx = db.technical().await?;
    let opened = queries::insert_interested(&mut tx, interested, note, (by, clock.now())).await?;
    tx.commit().await?;
    Ok(opened)
}

/// What a page shows of an entry.
pub struct Seen {
    pub entry: Entry,
    pub steps: Vec<Step>,
    pub contacts: Vec<Contact>,
    pub trainings: Vec<Training>,
    pub planned: Vec<Planned>,
}

/// An entry, with all that is known of it; `None`: there is none.
pub async fn see(db: &Db, id: Uuid) -> Result<Option<Seen>, db::Error> {
    let mut tx = db.technical().await?;
    let Some(entry) = queries::entry(&mut tx, id).await? else { return Ok(None) };
    Ok(Some(Seen {
        entry,
        steps: queries::steps_of(&mut tx, id).await?,
        contacts: queries::contacts(&mut tx, id).await?,
        trainings: queries::trainings(&mut tx, id).await?,
        planned: queries::planned(&mut tx, id).await?,
    }))
}

/// A step to be made.
pub struct Making {
    pub stage: Stage,
    pub when: When,
    pub note: String,
}

/// Leads an entry on, where its guards allow it.
pub async fn enter(
    db: &Db,
    clock: &Clock,
    by: PersonId,
    id: Uuid,
    making: &Making,
) -> Result<Result<(), Refused>, db::Error> {
    let Some(entry) = queries::entry(&mut db.technical().await?, id).await? else {
        return Ok(Err(Refused::Unknown));
    };
    let accepted_on = accepted_on(db, &entry.siren).await?;
    let mut tx = db.technical().await?;
    let year = making.when.until().year();
    // One at a time: no other takes the last place of a year between the count and the step.
    queries::lock_entries(&mut tx).await?;
    let steps = queries::steps_of(&mut tx, id).await?;
    let facts = Facts {
        today: clock.today(),
        accepted_on,
        has_planned: !queries::planned(&mut tx, id).await?.is_empty(),
        installed: queries::installed_in(&mut tx, year, id).await?,
        capacity: queries::capacity(&mut tx, year).await?,
    };
    if let Err(refused) = stage::may_enter(&steps, making.stage, making.when, &facts) {
        return Ok(Err(refused));
    }
    let step = Step {
        seq: steps.last().map_or(0, |last| last.seq) + 1,
        stage: making.stage,
        when: making.when,
        note: making.note.clone(),
        entered_at: clock.now(),
        entered_by: by,
        is_withdrawn: false,
    };
    queries::insert_step(&mut tx, id, &step).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// When a deposit of the member of this SIREN was first taken in charge.
async fn accepted_on(db: &Db, siren: &str) -> Result<Option<NaiveDate>, db::Error> {
    let Some(tenant) = flow_queries::member(&mut db.technical().await?, siren).await? else {
        return Ok(None);
    };
    flow_queries::accepted_on(&mut db.read(tenant).await?).await
}

/// Withdraws the last step, entered by mistake; `false`: there is none, or another is the last by now.
pub async fn withdraw(db: &Db, clock: &Clock, by: PersonId, id: Uuid, seq: u32) -> Result<bool, db::Error> {
    let mut tx = db.technical().await?;
    queries::lock_entries(&mut tx).await?;
    let steps = queries::steps_of(&mut tx, id).await?;
    let last = steps.iter().rfind(|step| !step.is_withdrawn);
    if last.is_none_or(|last| last.seq != seq) {
        return Ok(false);
    }
    queries::withdraw_step(&mut tx, id, seq, (by, clock.now())).await?;
    tx.commit().await?;
    Ok(true)
}

/// What an entry may have many of.
pub enum Row {
    Contact(Contact),
    Training(Training),
    Planned(Planned),
}

/// Why nothing was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAdded {
    Unknown,
    /// It has [`ROWS_MAX`] of them.
    Full,
}

/// Adds a row to an entry; deposits planned again of an agreement and month take the place of those before.
pub async fn add(db: &Db, id: Uuid, row: &Row) -> Result<Result<(), NotAdded>, db::Error> {
    let mut tx = db.technical().await?;
    if queries::entry(&mut tx, id).await?.is_none() {
        return Ok(Err(NotAdded::Unknown));
    }
    let rows = match row {
        Row::Contact(_) => queries::contacts(&mut tx, id).await?.len(),
        Row::Training(_) => queries::trainings(&mut tx, id).await?.len(),
        Row::Planned(_) => queries::planned(&mut tx, id).await?.len(),
    };
    if rows >= ROWS_MAX {
        return Ok(Err(NotAdded::Full));
    }
    match row {
        Row::Contact(contact) => queries::insert_contact(&mut tx, id, contact).await?,
        Row::Training(training) => queries::insert_training(&mut tx, id, training).await?,
        Row::Planned(planned) => queries::put_planned(&mut tx, id, planned).await?,
    }
    tx.commit().await?;
    Ok(Ok(()))
}

/// Removes a person: nobody keeps who is gone.
pub async fn forget(db: &Db, id: Uuid, contact: Uuid) -> Result<(), db::Error> {
    let mut tx = db.technical().await?;
    queries::delete_contact(&mut tx, id, contact).await?;
    tx.commit().await
}

/// So many may be installed in a year from now on.
pub async fn admit(db: &Db, year: i16, entries: i16) -> Result<(), db::Error> {
    let mut tx = db.technical().await?;
    queries::set_capacity(&mut tx, year, entries).await?;
    tx.commit().await
}
