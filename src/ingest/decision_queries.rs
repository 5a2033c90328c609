//! What an archivist is shown before she decides, and what she said of her decision, in the register of transfers: one statement a
//! function.

use super::places::Places;
use crate::db::{self, TenantRead, TenantTx};
use crate::model::{DecisionSaid, Refusal, RefusalReason, TransferId};

/// Her remark on what she accepts.
pub(super) async fn set_remark(tx: &mut TenantTx, id: TransferId, remark: &str) -> Result<(), db::Error> {
    let done = sqlx::query!("update transfer set decision_words = $2 where transfer_id = $1", id.0, remark);
    done.execute(tx.conn()).await?;
    Ok(())
}

/// Why she refuses.
pub(super) async fn set_refusal(
    tx: &mut TenantTx,
    id: TransferId,
    refusal: &Refusal,
) -> Result<(), db::Error> {
    let reasons: Vec<String> = refusal.reasons().iter().map(|reason| reason.word().to_owned()).collect();
    sqlx::query!(
        "update transfer set refusal_reasons = $2, decision_words = nullif($3, '') where transfer_id = $1",
        id.0,
        &reasons,
        refusal.words()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What was said of the decision on a transfer; nothing of one decided by rules alone.
pub async fn find_decision(tx: &mut TenantRead, id: TransferId) -> Result<DecisionSaid, db::Error> {
    let row =
        sqlx::query!("select refusal_reasons, decision_words from transfer where transfer_id = $1", id.0);
    let Some(row) = row.fetch_optional(tx.conn()).await? else { return Ok(DecisionSaid::default()) };
    let reasons = row.refusal_reasons.iter().filter_map(|word| RefusalReason::from_word(word)).collect();
    Ok(DecisionSaid { reasons, words: row.decision_words })
}

/// Where its findings are in the message's own tree.
pub async fn find_places(tx: &mut TenantRead, id: TransferId) -> Result<Places, db::Error> {
    let found = sqlx::query_scalar!("select finding_places from transfer where transfer_id = $1", id.0);
    let found = found.fetch_optional(tx.conn()).await?.unwrap_or_default();
    if found.is_null() {
        return Ok(Places::default());
    }
    serde_json::from_value(found).map_err(|error| db::Error::row("transfer", error))
}
