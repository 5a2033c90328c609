//! Deposits that did not come: one statement a function.

use chrono::{DateTime, NaiveDate, Utc};

use crate::db::{Error, TenantRead, TenantTx};
use crate::model::AgreementId;
use crate::model::expected::Period;

/// A period in which nothing came, told and not closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missed {
    pub agreement_id: AgreementId,
    /// Its identifier, and its name.
    pub agreement: String,
    pub name: String,
    pub from: NaiveDate,
    pub until: NaiveDate,
    pub due: NaiveDate,
}

/// The alerts of the member that are open, the last first.
pub async fn open_alerts(tx: &mut TenantRead) -> Result<Vec<Missed>, Error> {
    let rows = sqlx::query!(
        "select m.agreement_id, a.identifier, a.name, m.period_from, m.period_until, m.due_on
         from missed_deposit m join agreement a using (tenant_id, agreement_id)
         where m.closed_at is null order by m.period_from desc, a.name, a.identifier"
    );
    let alerts = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| Missed {
        agreement_id: AgreementId(row.agreement_id),
        agreement: row.identifier,
        name: row.name,
        from: row.period_from,
        until: row.period_until,
        due: row.due_on,
    });
    Ok(alerts.collect())
}

/// First days of the periods that were told of an agreement.
pub(super) async fn told(tx: &mut TenantRead, agreement: AgreementId) -> Result<Vec<NaiveDate>, Error> {
    let told =
        sqlx::query_scalar!("select period_from from missed_deposit where agreement_id = $1", agreement.0);
    Ok(told.fetch_all(tx.conn()).await?)
}

/// Whether a transfer that was not refused came under an agreement, from a moment on and before another.
pub(super) async fn came(
    tx: &mut TenantRead,
    agreement: &str,
    from: DateTime<Utc>,
    end: Option<DateTime<Utc>>,
) -> Result<bool, Error> {
    let came = sqlx::query_scalar!(
        r#"select exists (select from transfer where agreement_identifier = $1 and state <> 'refused'
                          and received_at >= $2 and ($3::timestamptz is null or received_at < $3)) as "came!""#,
        agreement,
        from,
        end
    );
    Ok(came.fetch_one(tx.conn()).await?)
}

/// Raises an alert; `false`: it was raised already.
pub(super) async fn insert(
    tx: &mut TenantTx,
    agreement: AgreementId,
    period: &Period,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "insert into missed_deposit (agreement_id, period_from, period_until, due_on, raised_at)
         values ($1, $2, $3, $4, $5) on conflict (tenant_id, agreement_id, period_from) do nothing",
        agreement.0,
        period.from,
        period.until,
        period.due,
        now
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Closes an alert; `false`: it was closed already.
pub(super) async fn close(tx: &mut TenantTx, alert: &Missed, now: DateTime<Utc>) -> Result<bool, Error> {
    let done = sqlx::query!(
        "update missed_deposit set closed_at = $3 where agreement_id = $1 and period_from = $2 and closed_at is null",
        alert.agreement_id.0,
        alert.from,
        now
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}
