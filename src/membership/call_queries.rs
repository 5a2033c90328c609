//! Calls of machines: one statement a function.

use chrono::{DateTime, Utc};

use super::calls::{CALLS_KEPT, Call, CallOutcome, Noted, What};
use crate::db::{Error, Technical, TenantRead};
use crate::model::{MachineId, TransferId};

/// One more call; those before the last hundred go.
pub(super) async fn insert(
    tx: &mut Technical,
    call: &Call<'_>,
    identifier: Option<&str>,
    detail: &str,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    // What is deleted is looked for among the rows as they were before this one.
    sqlx::query!(
        "with noted as (
             insert into technical.machine_call (tenant_id, machine_id, at, what, outcome, message_identifier, detail)
             values ($1, $2, $3, $4, $5, $6, $7))
         delete from technical.machine_call
         where tenant_id = $1 and machine_id = $2
           and call_id <= (select call_id from technical.machine_call where tenant_id = $1 and machine_id = $2
                           order by call_id desc offset $8 limit 1)",
        call.tenant.as_uuid(),
        call.machine.0,
        now,
        call.what.word(),
        call.outcome.word(),
        identifier,
        detail,
        CALLS_KEPT - 1
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The last calls of a machine, the last first.
pub async fn calls_of(tx: &mut TenantRead, machine: MachineId) -> Result<Vec<Noted>, Error> {
    let rows = sqlx::query!(
        r#"select c.at, c.what, c.outcome, c.message_identifier, c.detail,
                  (select t.transfer_id from transfer t
                   where t.message_identifier = c.message_identifier and t.machine_id = c.machine_id
                   order by t.received_at desc limit 1) as transfer_id
           from technical.machine_call c where c.machine_id = $1 order by c.call_id desc limit $2"#,
        machine.0,
        CALLS_KEPT
    );
    let noted = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| {
        let what = What::from_word(&row.what).ok_or_else(|| Error::row("machine_call", row.what))?;
        let outcome =
            CallOutcome::from_word(&row.outcome).ok_or_else(|| Error::row("machine_call", row.outcome))?;
        Ok(Noted {
            at: row.at,
            what,
            outcome,
            message_identifier: row.message_identifier,
            transfer: row.transfer_id.map(TransferId),
            detail: row.detail,
        })
    });
    noted.collect()
}
