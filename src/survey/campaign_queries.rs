//! Rows of the campaigns, of their stages and of what was imported: one statement a function.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::campaign::{Import, Progress, Step};
use super::{Campaign, Stage};
use crate::db::{Error, Technical};
use crate::model::PersonId;

struct Row {
    campaign_id: Uuid,
    name: String,
    answer_by: NaiveDate,
    stage: String,
    reminders: i16,
    opened_at: Option<DateTime<Utc>>,
    closed_at: Option<DateTime<Utc>>,
}

fn campaign_of(row: Row) -> Result<Campaign, Error> {
    Ok(Campaign {
        id: row.campaign_id,
        name: row.name,
        answer_by: row.answer_by,
        stage: stage_of(&row.stage)?,
        reminders: row.reminders.unsigned_abs().into(),
        opened_at: row.opened_at,
        closed_at: row.closed_at,
    })
}

fn stage_of(word: &str) -> Result<Stage, Error> {
    Stage::from_word(word).ok_or_else(|| Error::row("survey_campaign", word))
}

/// Makes a campaign; `false`: another has its name.
pub(super) async fn insert_campaign(
    tx: &mut Technical,
    campaign: &Campaign,
    by: PersonId,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "insert into platform.survey_campaign (campaign_id, name, answer_by, stage, created_at, created_by)
         values ($1, $2, $3, $4, $5, $6) on conflict (name) do nothing",
        campaign.id,
        campaign.name,
        campaign.answer_by,
        campaign.stage.word(),
        now,
        by.0
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

/// The campaigns, the last first.
pub async fn campaigns(tx: &mut Technical) -> Result<Vec<Campaign>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "select campaign_id, name, answer_by, stage, reminders, opened_at, closed_at
         from platform.survey_campaign order by created_at desc, campaign_id"
    );
    rows.fetch_all(tx.conn()).await?.into_iter().map(campaign_of).collect()
}

/// A campaign by its name.
pub(super) async fn id_named(tx: &mut Technical, name: &str) -> Result<Option<Uuid>, Error> {
    let id = sqlx::query_scalar!("select campaign_id from platform.survey_campaign where name = $1", name);
    Ok(id.fetch_optional(tx.conn()).await?)
}

/// A campaign.
pub async fn campaign(tx: &mut Technical, id: Uuid) -> Result<Option<Campaign>, Error> {
    let row = sqlx::query_as!(
        Row,
        "select campaign_id, name, answer_by, stage, reminders, opened_at, closed_at
         from platform.survey_campaign where campaign_id = $1",
        id
    );
    row.fetch_optional(tx.conn()).await?.map(campaign_of).transpose()
}

/// A campaign that nobody else moves meanwhile.
pub(super) async fn lock_campaign(tx: &mut Technical, id: Uuid) -> Result<Option<Campaign>, Error> {
    let row = sqlx::query_as!(
        Row,
        "select campaign_id, name, answer_by, stage, reminders, opened_at, closed_at
         from platform.survey_campaign where campaign_id = $1 for update",
        id
    );
    row.fetch_optional(tx.conn()).await?.map(campaign_of).transpose()
}

/// A campaign that is not closed meanwhile; many may answer at once.
pub(super) async fn hold_campaign(tx: &mut Technical, id: Uuid) -> Result<Option<Campaign>, Error> {
    let row = sqlx::query_as!(
        Row,
        "select campaign_id, name, answer_by, stage, reminders, opened_at, closed_at
         from platform.survey_campaign where campaign_id = $1 for share",
        id
    );
    row.fetch_optional(tx.conn()).await?.map(campaign_of).transpose()
}

/// Enters a stage.
pub(super) async fn set_stage(tx: &mut Technical, campaign: &Campaign) -> Result<(), Error> {
    sqlx::query!(
        "update platform.survey_campaign set stage = $2, reminders = $3, opened_at = $4, closed_at = $5
         where campaign_id = $1",
        campaign.id,
        campaign.stage.word(),
        i16::try_from(campaign.reminders).unwrap_or(i16::MAX),
        campaign.opened_at,
        campaign.closed_at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Notes who entered it, and when.
pub(super) async fn insert_step(
    tx: &mut Technical,
    (id, stage): (Uuid, Stage),
    by: PersonId,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into platform.survey_step (campaign_id, place, stage, taken_at, taken_by)
         select $1, coalesce(max(place), 0) + 1, $2, $3, $4 from platform.survey_step where campaign_id = $1",
        id,
        stage.word(),
        now,
        by.0
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What was done of a campaign, first things first.
pub async fn steps(tx: &mut Technical, id: Uuid) -> Result<Vec<Step>, Error> {
    let rows = sqlx::query!(
        r#"select s.stage, s.taken_at, p.display_name as "name?" from platform.survey_step s
           left join platform.person p on p.person_id = s.taken_by
           where s.campaign_id = $1 order by s.place"#,
        id
    );
    let step = |stage: String, at, by: Option<String>| {
        Ok(Step { stage: stage_of(&stage)?, at, by: by.unwrap_or_default() })
    };
    rows.fetch_all(tx.conn()).await?.into_iter().map(|row| step(row.stage, row.taken_at, row.name)).collect()
}

/// How far a campaign is.
pub async fn progress(tx: &mut Technical, id: Uuid) -> Result<Progress, Error> {
    let row = sqlx::query!(
        r#"select count(*) as "invited!", count(a.siren) as "answered!",
                  count(*) filter (where a.channel = 'paper') as "paper!",
                  count(*) filter (where p.email is null) as "unwritten!"
           from platform.survey_producer p left join platform.survey_answer a using (campaign_id, siren)
           where p.campaign_id = $1"#,
        id
    )
    .fetch_one(tx.conn())
    .await?;
    let [invited, answered, on_paper, without_email] =
        [row.invited, row.answered, row.paper, row.unwritten].map(i64::unsigned_abs);
    Ok(Progress { invited, answered, on_paper, without_email })
}

/// Notes a file that was imported; nothing when it is the last one again.
pub(super) async fn insert_import(
    tx: &mut Technical,
    (id, what): (Uuid, &str),
    (sha512, lines): (&[u8], usize),
    by: PersonId,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into platform.survey_import (campaign_id, place, what, sha512, lines, imported_at, imported_by)
         select $1, (select coalesce(max(place), 0) + 1 from platform.survey_import where campaign_id = $1),
                $2, $3, $4, $5, $6
         where $3 is distinct from (select sha512 from platform.survey_import
                                    where campaign_id = $1 and what = $2 order by place desc limit 1)",
        id,
        what,
        sha512,
        i32::try_from(lines).unwrap_or(i32::MAX),
        now,
        by.0
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The files that were imported, the last first.
pub async fn imports(tx: &mut Technical, id: Uuid) -> Result<Vec<Import>, Error> {
    let rows = sqlx::query!(
        r#"select i.what, i.sha512, i.lines, i.imported_at, p.display_name as "name?" from platform.survey_import i
           left join platform.person p on p.person_id = i.imported_by
           where i.campaign_id = $1 order by i.place desc"#,
        id
    );
    let imports = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| Import {
        of_producers: row.what == "producers",
        sha512: row.sha512,
        lines: row.lines.unsigned_abs().into(),
        at: row.imported_at,
        by: row.name.unwrap_or_default(),
    });
    Ok(imports.collect())
}
