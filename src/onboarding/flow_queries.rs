//! Flows of a member, and what came of them: one statement a function.

use chrono::NaiveDate;

use super::flows::Flow;
use crate::db::{Error, Technical, TenantRead};
use crate::model::TenantId;

/// The member of this SIREN, if there is one.
pub(super) async fn member(tx: &mut Technical, siren: &str) -> Result<Option<TenantId>, Error> {
    let found = sqlx::query_scalar!(
        "select tenant_id from member where siren = $1 and kind <> 'temoins' order by created_at limit 1",
        siren
    );
    Ok(found.fetch_optional(tx.conn()).await?.map(TenantId::from_row))
}

/// The day on which a deposit was first taken in charge.
pub(super) async fn accepted_on(tx: &mut TenantRead) -> Result<Option<NaiveDate>, Error> {
    let day = sqlx::query_scalar!(
        "select min((closed_at at time zone 'Europe/Paris')::date) from transfer where state = 'taken_in_charge'"
    );
    Ok(day.fetch_one(tx.conn()).await?)
}

/// Each agreement: who sends, under which profile, since when.
pub(super) async fn flows(tx: &mut TenantRead) -> Result<Vec<Flow>, Error> {
    let rows = sqlx::query!(
        r#"select a.identifier, a.name, a.state,
                  (select count(*) from machine_agreement m where m.agreement_id = a.agreement_id) as "machines!",
                  (select count(*) from agreement_profile p where p.agreement_id = a.agreement_id) as "profiles!",
                  (select count(*) from missed_deposit d
                   where d.agreement_id = a.agreement_id and d.closed_at is null) as "missed!",
                  t.first_on, coalesce(t.deposits, 0) as "deposits!"
           from agreement a
           left join (select agreement_identifier, count(*) as deposits,
                             min((closed_at at time zone 'Europe/Paris')::date) as first_on
                      from transfer where state = 'taken_in_charge' group by agreement_identifier) t
             on t.agreement_identifier = a.identifier
           order by a.name, a.identifier"#
    );
    let flows = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| Flow {
        agreement: row.identifier,
        name: row.name,
        is_open: row.state == "active",
        machines: row.machines.unsigned_abs(),
        profiles: row.profiles.unsigned_abs(),
        missed: row.missed.unsigned_abs(),
        first_on: row.first_on,
        deposits: row.deposits.unsigned_abs(),
    });
    Ok(flows.collect())
}
