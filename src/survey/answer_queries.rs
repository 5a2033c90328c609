//! Rows of the answers: one statement a function.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::producer_queries::kind_of;
use super::{Channel, Kept, ProducerKind, Reply};
use crate::db::{Error, Technical};
use crate::model::PersonId;

/// The answer of a producer.
#[derive(Clone, Debug)]
pub struct Answered {
    pub siren: String,
    pub name: String,
    pub kind: ProducerKind,
    pub kept: Kept,
}

/// A producer interested in a shared service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interested {
    pub siren: String,
    pub name: String,
    pub kind: ProducerKind,
    /// 0: not known.
    pub population: u32,
    pub answered_on: NaiveDate,
}

/// By whom and when an answer is entered.
pub(super) struct Entry {
    pub channel: Channel,
    /// Who types the paper.
    pub by: Option<PersonId>,
    pub answered_on: NaiveDate,
    pub now: DateTime<Utc>,
}

struct Row {
    siren: String,
    name: String,
    kind: String,
    already: bool,
    already_in: Vec<String>,
    already_other: String,
    planned: bool,
    planned_in: Vec<String>,
    planned_other: String,
    interested: Option<bool>,
    channel: String,
    answered_on: NaiveDate,
    entered_at: DateTime<Utc>,
    changes: i32,
}

fn answered_of(row: Row) -> Result<Answered, Error> {
    let channel = Channel::from_word(&row.channel);
    Ok(Answered {
        kind: kind_of(&row.kind)?,
        siren: row.siren,
        name: row.name,
        kept: Kept {
            reply: Reply {
                already: row.already,
                already_in: row.already_in,
                already_other: row.already_other,
                planned: row.planned,
                planned_in: row.planned_in,
                planned_other: row.planned_other,
                interested: row.interested,
            },
            channel: channel.ok_or_else(|| Error::row("survey_answer", row.channel))?,
            answered_on: row.answered_on,
            entered_at: row.entered_at,
            changes: row.changes.unsigned_abs(),
        },
    })
}

/// Keeps an answer in the place of the one before; whether anything changed.
pub(super) async fn put_answer(
    tx: &mut Technical,
    (id, siren): (Uuid, &str),
    reply: &Reply,
    entry: &Entry,
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "insert into platform.survey_answer as a (campaign_id, siren, already, already_in, already_other, planned, planned_in,
             planned_other, interested, channel, answered_on, entered_at, entered_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         on conflict (campaign_id, siren) do update
         set already = excluded.already, already_in = excluded.already_in, already_other = excluded.already_other,
             planned = excluded.planned, planned_in = excluded.planned_in, planned_other = excluded.planned_other,
             interested = excluded.interested, channel = excluded.channel, answered_on = excluded.answered_on,
             entered_at = excluded.entered_at, entered_by = excluded.entered_by, changes = a.changes + 1
         where (a.already, a.already_in, a.already_other, a.planned, a.planned_in, a.planned_other, a.interested, a.channel)
               is distinct from
               (excluded.already, excluded.already_in, excluded.already_other, excluded.planned, excluded.planned_in,
                excluded.planned_other, excluded.interested, excluded.channel)
            or (excluded.channel = 'paper' and a.answered_on <> excluded.answered_on)",
        id,
        siren,
        reply.already,
        &reply.already_in,
        reply.already_other,
        reply.planned,
        &reply.planned_in,
        reply.planned_other,
        reply.interested,
        entry.channel.word(),
        entry.answered_on,
        entry.now,
        entry.by.map(|by| by.0)
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

/// A producer's answer.
pub async fn answer(tx: &mut Technical, id: Uuid, siren: &str) -> Result<Option<Kept>, Error> {
    let row = sqlx::query_as!(
        Row,
        "select p.siren, p.name, p.kind, a.already, a.already_in, a.already_other, a.planned, a.planned_in, a.planned_other,
                a.interested, a.channel, a.answered_on, a.entered_at, a.changes
         from platform.survey_answer a join platform.survey_producer p using (campaign_id, siren)
         where a.campaign_id = $1 and a.siren = $2",
        id,
        siren
    );
    Ok(row.fetch_optional(tx.conn()).await?.map(answered_of).transpose()?.map(|answered| answered.kept))
}

/// Every answer of a campaign, by the producers' numbers.
pub async fn answers(tx: &mut Technical, id: Uuid) -> Result<Vec<Answered>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "select p.siren, p.name, p.kind, a.already, a.already_in, a.already_other, a.planned, a.planned_in, a.planned_other,
                a.interested, a.channel, a.answered_on, a.entered_at, a.changes
         from platform.survey_answer a join platform.survey_producer p using (campaign_id, siren)
         where a.campaign_id = $1 order by a.siren",
        id
    );
    rows.fetch_all(tx.conn()).await?.into_iter().map(answered_of).collect()
}

/// Whoever said to be interested in a shared service; services of another producer, which enter with it, left out.
pub async fn interested(tx: &mut Technical, id: Uuid) -> Result<Vec<Interested>, Error> {
    let rows = sqlx::query!(
        "select p.siren, p.name, p.kind, p.population, a.answered_on
         from platform.survey_answer a join platform.survey_producer p using (campaign_id, siren)
         where a.campaign_id = $1 and a.interested and p.kind <> 'SERVICE' order by p.name, p.siren",
        id
    );
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    let interested = rows.map(|row| {
        Ok(Interested {
            kind: kind_of(&row.kind)?,
            siren: row.siren,
            name: row.name,
            population: row.population.map(i32::unsigned_abs).unwrap_or_default(),
            answered_on: row.answered_on,
        })
    });
    interested.collect()
}

/// The date of every answer, by the producers' numbers.
pub(super) async fn dates(tx: &mut Technical, id: Uuid) -> Result<HashMap<String, NaiveDate>, Error> {
    let rows =
        sqlx::query!("select siren, answered_on from platform.survey_answer where campaign_id = $1", id);
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    Ok(rows.map(|row| (row.siren, row.answered_on)).collect())
}
