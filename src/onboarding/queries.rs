//! Entries' rows: one statement a function.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::stage::{Stage, When};
use super::{Contact, ContactPart, Entry, Planned, Step, Training};
use crate::db::{Error, Technical};
use crate::model::PersonId;

/// Opens an entry; `false`: its SIREN has one.
pub(super) async fn insert_entry(
    tx: &mut Technical,
    entry: &Entry,
    by: PersonId,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "insert into platform.entry (entry_id, siren, name, kind, population, created_at, created_by)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (siren) do nothing",
        entry.id,
        entry.siren,
        entry.name,
        entry.kind,
        entry.population as i32,
        now,
        by.0
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Every entry, by name.
pub async fn entries(tx: &mut Technical) -> Result<Vec<Entry>, Error> {
    let rows = sqlx::query!(
        "select entry_id, siren, name, kind, population from platform.entry order by name, siren"
    );
    let entries = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| Entry {
        id: row.entry_id,
        siren: row.siren,
        name: row.name,
        kind: row.kind,
        population: row.population.unsigned_abs(),
    });
    Ok(entries.collect())
}

/// The SIREN of every entry.
pub async fn sirens(tx: &mut Technical) -> Result<HashSet<String>, Error> {
    let sirens = sqlx::query_scalar!("select siren from platform.entry");
    Ok(sirens.fetch_all(tx.conn()).await?.into_iter().collect())
}

/// An entry.
pub(super) async fn entry(tx: &mut Technical, id: Uuid) -> Result<Option<Entry>, Error> {
    let row = sqlx::query!(
        "select entry_id, siren, name, kind, population from platform.entry where entry_id = $1",
        id
    );
    Ok(row.fetch_optional(tx.conn()).await?.map(|row| Entry {
        id: row.entry_id,
        siren: row.siren,
        name: row.name,
        kind: row.kind,
        population: row.population.unsigned_abs(),
    }))
}

/// Nobody else leads an entry on until the end of this transaction.
pub(super) async fn lock_entries(tx: &mut Technical) -> Result<(), Error> {
    sqlx::query!("lock table platform.entry_step in share row exclusive mode").execute(tx.conn()).await?;
    Ok(())
}

struct StepRow {
    entry_id: Uuid,
    seq: i32,
    stage: String,
    done_on: NaiveDate,
    is_month: bool,
    note: String,
    entered_at: DateTime<Utc>,
    entered_by: Uuid,
    withdrawn_at: Option<DateTime<Utc>>,
}

impl TryFrom<StepRow> for Step {
    type Error = Error;

    fn try_from(row: StepRow) -> Result<Self, Error> {
        Ok(Step {
            seq: row.seq.unsigned_abs(),
            stage: Stage::from_word(&row.stage).ok_or_else(|| Error::row("entry_step", &row.stage))?,
            when: When::of_row(row.done_on, row.is_month),
            note: row.note,
            entered_at: row.entered_at,
            entered_by: PersonId(row.entered_by),
            is_withdrawn: row.withdrawn_at.is_some(),
        })
    }
}

/// The steps of an entry, in the order in which they were entered.
pub(super) async fn steps_of(tx: &mut Technical, id: Uuid) -> Result<Vec<Step>, Error> {
    let rows = sqlx::query_as!(
        StepRow,
        "select entry_id, seq, stage, done_on, is_month, note, entered_at, entered_by, withdrawn_at
         from platform.entry_step where entry_id = $1 order by seq",
        id
    );
    rows.fetch_all(tx.conn()).await?.into_iter().map(Step::try_from).collect()
}

/// The steps of every entry.
pub async fn steps(tx: &mut Technical) -> Result<BTreeMap<Uuid, Vec<Step>>, Error> {
    let rows = sqlx::query_as!(
        StepRow,
        "select entry_id, seq, stage, done_on, is_month, note, entered_at, entered_by, withdrawn_at
         from platform.entry_step order by entry_id, seq"
    );
    let mut steps: BTreeMap<Uuid, Vec<Step>> = BTreeMap::new();
    for row in rows.fetch_all(tx.conn()).await? {
        steps.entry(row.entry_id).or_default().push(row.try_into()?);
    }
    Ok(steps)
}

/// Enters a step.
pub(super) async fn insert_step(tx: &mut Technical, id: Uuid, step: &Step) -> Result<(), Error> {
    sqlx::query!(
        "insert into platform.entry_step (entry_id, seq, stage, done_on, is_month, note, entered_at, entered_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id,
        step.seq as i32,
        step.stage.word(),
        step.when.until(),
        matches!(step.when, When::Month(_)),
        step.note,
        step.entered_at,
        step.entered_by.0
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Opens an entry for each that has none, with the step of the day on which they said to be interested; how many were opened.
pub(super) async fn insert_interested(
    tx: &mut Technical,
    interested: &[(Entry, NaiveDate)],
    note: &str,
    (by, now): (PersonId, DateTime<Utc>),
) -> Result<u64, Error> {
    let text =
        |of: fn(&Entry) -> &str| interested.iter().map(|(entry, _)| of(entry).to_owned()).collect::<Vec<_>>();
    let ids: Vec<Uuid> = interested.iter().map(|(entry, _)| entry.id).collect();
    let populations: Vec<i32> = interested.iter().map(|(entry, _)| entry.population as i32).collect();
    let days: Vec<NaiveDate> = interested.iter().map(|(_, day)| *day).collect();
    let done = sqlx::query!(
        "with said as (
             select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::integer[], $6::date[])
                 as s (id, siren, name, kind, population, said_on)
         ), opened as (
             insert into platform.entry (entry_id, siren, name, kind, population, created_at, created_by)
             select id, siren, name, kind, population, $8, $9 from said
             on conflict (siren) do nothing returning entry_id
         )
         insert into platform.entry_step (entry_id, seq, stage, done_on, is_month, note, entered_at, entered_by)
         select entry_id, 1, $10, said_on, false, $7, $8, $9 from opened join said on id = entry_id",
        &ids,
        &text(|entry| &entry.siren),
        &text(|entry| &entry.name),
        &text(|entry| &entry.kind),
        &populations,
        &days,
        note,
        now,
        by.0,
        Stage::Interested.word()
    );
    Ok(done.execute(tx.conn()).await?.rows_affected())
}

/// Withdraws a step.
pub(super) async fn withdraw_step(
    tx: &mut Technical,
    id: Uuid,
    seq: u32,
    (by, now): (PersonId, DateTime<Utc>),
) -> Result<(), Error> {
    sqlx::query!(
        "update platform.entry_step set withdrawn_at = $3, withdrawn_by = $4
         where entry_id = $1 and seq = $2 and withdrawn_at is null",
        id,
        seq as i32,
        now,
        by.0
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Entries installed in a year, but this one.
pub(super) async fn installed_in(tx: &mut Technical, year: i32, but: Uuid) -> Result<u32, Error> {
    let count = sqlx::query_scalar!(
        r#"select count(distinct entry_id) as "count!" from platform.entry_step
           where stage = 'INSTALLE' and withdrawn_at is null and extract(year from done_on)::integer = $1
             and entry_id <> $2"#,
        year,
        but
    );
    Ok(u32::try_from(count.fetch_one(tx.conn()).await?).unwrap_or(u32::MAX))
}

/// How many may be installed in a year; `None`: nobody said.
pub(super) async fn capacity(tx: &mut Technical, year: i32) -> Result<Option<u32>, Error> {
    let Ok(year) = i16::try_from(year) else { return Ok(None) };
    let entries = sqlx::query_scalar!("select entries from platform.entry_capacity where year = $1", year);
    Ok(entries.fetch_optional(tx.conn()).await?.map(|entries| entries.unsigned_abs().into()))
}

/// How many may be installed, year by year.
pub async fn capacities(tx: &mut Technical) -> Result<BTreeMap<i32, u32>, Error> {
    let rows = sqlx::query!("select year, entries from platform.entry_capacity order by year");
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    Ok(rows.map(|row| (row.year.into(), row.entries.unsigned_abs().into())).collect())
}

/// So many may be installed in a year from now on.
pub(super) async fn set_capacity(tx: &mut Technical, year: i16, entries: i16) -> Result<(), Error> {
    sqlx::query!(
        "insert into platform.entry_capacity (year, entries) values ($1, $2)
         on conflict (year) do update set entries = $2",
        year,
        entries
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The people of an entry, in the order of their parts.
pub(super) async fn contacts(tx: &mut Technical, id: Uuid) -> Result<Vec<Contact>, Error> {
    let rows = sqlx::query!(
        "select contact_id, part, name, email, telephone from platform.entry_contact
         where entry_id = $1 order by part, name, contact_id",
        id
    );
    let contact = |part: &str| ContactPart::from_word(part).ok_or_else(|| Error::row("entry_contact", part));
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    rows.map(|row| {
        Ok(Contact {
            id: row.contact_id,
            part: contact(&row.part)?,
            name: row.name,
            email: row.email,
            telephone: row.telephone,
        })
    })
    .collect()
}

/// Adds a person.
pub(super) async fn insert_contact(tx: &mut Technical, entry: Uuid, contact: &Contact) -> Result<(), Error> {
    sqlx::query!(
        "insert into platform.entry_contact (entry_id, contact_id, part, name, email, telephone)
         values ($1, $2, $3, $4, $5, $6)",
        entry,
        contact.id,
        contact.part.word(),
        contact.name,
        contact.email,
        contact.telephone
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Removes a person: nobody keeps who is gone.
pub(super) async fn delete_contact(tx: &mut Technical, entry: Uuid, contact: Uuid) -> Result<(), Error> {
    sqlx::query!(
        "delete from platform.entry_contact where entry_id = $1 and contact_id = $2",
        entry,
        contact
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The trainings of an entry, the last first.
pub(super) async fn trainings(tx: &mut Technical, id: Uuid) -> Result<Vec<Training>, Error> {
    let rows = sqlx::query!(
        "select training_id, subject, held_on, people from platform.entry_training
         where entry_id = $1 order by held_on desc, training_id",
        id
    );
    let trainings = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| Training {
        id: row.training_id,
        subject: row.subject,
        held_on: row.held_on,
        people: row.people,
    });
    Ok(trainings.collect())
}

/// Adds a training.
pub(super) async fn insert_training(
    tx: &mut Technical,
    entry: Uuid,
    training: &Training,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into platform.entry_training (entry_id, training_id, subject, held_on, people)
         values ($1, $2, $3, $4, $5)",
        entry,
        training.id,
        training.subject,
        training.held_on,
        training.people
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What is planned of an entry, in time.
pub(super) async fn planned(tx: &mut Technical, id: Uuid) -> Result<Vec<Planned>, Error> {
    let rows = sqlx::query!(
        "select agreement, month, deposits from platform.entry_planned where entry_id = $1 order by month, agreement",
        id
    );
    let planned = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| Planned {
        agreement: row.agreement,
        month: row.month,
        deposits: row.deposits.unsigned_abs(),
    });
    Ok(planned.collect())
}

/// So many deposits are planned from now on.
pub(super) async fn put_planned(tx: &mut Technical, entry: Uuid, planned: &Planned) -> Result<(), Error> {
    sqlx::query!(
        "insert into platform.entry_planned (entry_id, agreement, month, deposits) values ($1, $2, $3, $4)
         on conflict (entry_id, agreement, month) do update set deposits = $4",
        entry,
        planned.agreement,
        planned.month,
        planned.deposits as i32
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
