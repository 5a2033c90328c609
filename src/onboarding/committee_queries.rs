//! Decisions' rows: one statement a function.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::committees::{Committee, Decision, State};
use crate::db::{Error, Technical};
use crate::model::PersonId;

/// Decisions that pages show: the last.
const SHOWN: i64 = 200;

/// The decisions, what is left to do first, then the last.
pub async fn decisions(tx: &mut Technical) -> Result<Vec<Decision>, Error> {
    let rows = sqlx::query!(
        "select decision_id, committee, held_on, decision, owner, due_on, state from platform.committee_decision
         order by state in ('fait', 'abandonne'), held_on desc, decision_id limit $1",
        SHOWN
    );
    let wrong = |word: &str| Error::row("committee_decision", word);
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    rows.map(|row| {
        Ok(Decision {
            id: row.decision_id,
            committee: Committee::from_word(&row.committee).ok_or_else(|| wrong(&row.committee))?,
            held_on: row.held_on,
            decision: row.decision,
            owner: row.owner,
            due_on: row.due_on,
            state: State::from_word(&row.state).ok_or_else(|| wrong(&row.state))?,
        })
    })
    .collect()
}

/// Keeps a decision.
pub(super) async fn insert(
    tx: &mut Technical,
    decision: &Decision,
    (by, now): (PersonId, DateTime<Utc>),
) -> Result<(), Error> {
    sqlx::query!(
        "insert into platform.committee_decision (decision_id, committee, held_on, decision, owner, due_on, state,
                                                  changed_at, changed_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        decision.id,
        decision.committee.word(),
        decision.held_on,
        decision.decision,
        decision.owner,
        decision.due_on,
        decision.state.word(),
        now,
        by.0
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A decision stands so from now on; `false`: there is none.
pub(super) async fn set_state(
    tx: &mut Technical,
    id: Uuid,
    state: State,
    (by, now): (PersonId, DateTime<Utc>),
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "update platform.committee_decision set state = $2, changed_at = $3, changed_by = $4 where decision_id = $1",
        id,
        state.word(),
        now,
        by.0
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}
