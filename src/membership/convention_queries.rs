//! Conventions, entered and changed.

use uuid::Uuid;

use crate::db::{Error, TenantRead, TenantTx};
use crate::model::{Convention, ConventionState};
use crate::registry::convention_queries;

/// The convention that the file names.
pub(super) async fn find(tx: &mut TenantRead, identifier: &str) -> Result<Option<Convention>, Error> {
    Ok(convention_queries::conventions(tx).await?.into_iter().find(|known| known.identifier == identifier))
}

pub(super) async fn insert(tx: &mut TenantTx, id: Uuid, convention: &Convention) -> Result<(), Error> {
    sqlx::query!(
        "insert into convention (convention_id, identifier, regime, state, signed_on, valid_from, valid_until, notice_months,
                                 archives_service, details)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        id,
        convention.identifier,
        convention.regime.word(),
        convention.state.word(),
        convention.signed_on,
        convention.valid_from,
        convention.valid_until,
        convention.notice_months as i32,
        convention.archives_service,
        serde_json::to_value(&convention.details).expect("texts and dates")
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn update(tx: &mut TenantTx, convention: &Convention) -> Result<(), Error> {
    sqlx::query!(
        "update convention
         set regime = $2, state = $3, signed_on = $4, valid_from = $5, valid_until = $6, notice_months = $7,
             archives_service = $8, details = $9,
             told_months = case when valid_until is not distinct from $6 then told_months end
         where identifier = $1",
        convention.identifier,
        convention.regime.word(),
        convention.state.word(),
        convention.signed_on,
        convention.valid_from,
        convention.valid_until,
        convention.notice_months as i32,
        convention.archives_service,
        serde_json::to_value(&convention.details).expect("texts and dates")
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Takes note that its end is told so many months before; whether it was not yet.
pub(super) async fn note_told(tx: &mut TenantTx, identifier: &str, months: u32) -> Result<bool, Error> {
    let noted = sqlx::query!(
        "update convention set told_months = $2
         where identifier = $1 and (told_months is null or told_months > $2)",
        identifier,
        months as i16
    );
    Ok(noted.execute(tx.conn()).await?.rows_affected() == 1)
}

/// When this one is to be active, the one that was is no more; those ended.
pub(super) async fn end_others(tx: &mut TenantTx, convention: &Convention) -> Result<Vec<String>, Error> {
    if convention.state != ConventionState::Active {
        return Ok(Vec::new());
    }
    let ended = sqlx::query_scalar!(
        "update convention set state = 'terminated' where state = 'active' and identifier <> $1 returning identifier",
        convention.identifier
    );
    Ok(ended.fetch_all(tx.conn()).await?)
}
