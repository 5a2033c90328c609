//! Rows of the pilot's notes and of the orders that were frozen: one statement a function.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::notes::Note;
use super::priority::Frozen;
use crate::db::{Error, Technical};
use crate::model::PersonId;

/// Keeps a note; nothing when it is there already.
pub(super) async fn insert_note(
    tx: &mut Technical,
    (campaign, siren): (Uuid, &str),
    (id, theme, body): (Uuid, &str, &str),
    by: PersonId,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into platform.survey_note (note_id, campaign_id, siren, theme, body, written_at, written_by)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (note_id) do nothing",
        id,
        campaign,
        siren,
        theme,
        body,
        now,
        by.0
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The notes on a producer, the last first.
pub async fn notes(tx: &mut Technical, campaign: Uuid, siren: &str) -> Result<Vec<Note>, Error> {
    let rows = sqlx::query!(
        r#"select n.theme, n.body, n.written_at, p.display_name as "name?" from platform.survey_note n
           left join platform.person p on p.person_id = n.written_by
           where n.campaign_id = $1 and n.siren = $2 order by n.written_at desc, n.note_id desc"#,
        campaign,
        siren
    );
    let notes = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| Note {
        theme: row.theme,
        body: row.body,
        at: row.written_at,
        by: row.name.unwrap_or_default(),
    });
    Ok(notes.collect())
}

/// Keeps an order; nothing when it is there already.
pub(super) async fn insert_priority(
    tx: &mut Technical,
    campaign: Uuid,
    (id, content): (Uuid, &str),
    by: PersonId,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into platform.survey_priority (priority_id, campaign_id, content, frozen_at, frozen_by)
         values ($1, $2, $3, $4, $5) on conflict (priority_id) do nothing",
        id,
        campaign,
        content,
        now,
        by.0
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The orders that were frozen, the last first.
pub async fn priorities(tx: &mut Technical, campaign: Uuid) -> Result<Vec<Frozen>, Error> {
    let rows = sqlx::query!(
        r#"select f.content, f.frozen_at, p.display_name as "name?" from platform.survey_priority f
           left join platform.person p on p.person_id = f.frozen_by
           where f.campaign_id = $1 order by f.frozen_at desc, f.priority_id desc"#,
        campaign
    );
    let frozen = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| {
        let order =
            serde_json::from_str(&row.content).map_err(|error| Error::row("survey_priority", error))?;
        Ok(Frozen { order, at: row.frozen_at, by: row.name.unwrap_or_default() })
    });
    frozen.collect()
}
