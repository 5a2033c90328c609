//! Patterns of numbers, written.

use chrono::{DateTime, Utc};

use crate::db::{Error, TenantTx};
use crate::model::NumberKind;

/// Whoever changes the member's patterns does it alone until the transaction ends.
pub(super) async fn lock(tx: &mut TenantTx) -> Result<(), Error> {
    sqlx::query!("select code from member for no key update").fetch_optional(tx.conn()).await?;
    Ok(())
}

/// Another pattern of a kind: the next version.
pub(super) async fn insert(
    tx: &mut TenantTx,
    kind: NumberKind,
    written: &str,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into numbering_pattern (kind, version, pattern, since)
         select $1, coalesce(max(version), 0) + 1, $2, $3 from numbering_pattern where kind = $1",
        kind.word(),
        written,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
