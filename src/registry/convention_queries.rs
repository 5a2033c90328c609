//! Conventions, and whether a member may deposit, read.

use chrono::NaiveDate;

use crate::db::{Error, Technical, TenantRead};
use crate::model::{ActiveConvention, Convention, ConventionState, Regime, Standing, Suspension, TenantId};

struct ConventionRow {
    identifier: String,
    regime: String,
    state: String,
    signed_on: Option<NaiveDate>,
    valid_from: Option<NaiveDate>,
    valid_until: Option<NaiveDate>,
    notice_months: i32,
    archives_service: Option<String>,
    details: serde_json::Value,
}

impl TryFrom<ConventionRow> for Convention {
    type Error = Error;

    fn try_from(row: ConventionRow) -> Result<Self, Error> {
        let wrong = |what: &str| Error::row("convention", what);
        Ok(Convention {
            regime: Regime::from_word(&row.regime).ok_or_else(|| wrong(&row.regime))?,
            state: ConventionState::from_word(&row.state).ok_or_else(|| wrong(&row.state))?,
            identifier: row.identifier,
            signed_on: row.signed_on,
            valid_from: row.valid_from,
            valid_until: row.valid_until,
            notice_months: row.notice_months.unsigned_abs(),
            archives_service: row.archives_service,
            details: serde_json::from_value(row.details).map_err(|error| Error::row("convention", error))?,
        })
    }
}

/// Every convention of the member, the last to begin first.
pub async fn conventions(tx: &mut TenantRead) -> Result<Vec<Convention>, Error> {
    let rows = sqlx::query_as!(
        ConventionRow,
        "select identifier, regime, state, signed_on, valid_from, valid_until, notice_months, archives_service, details
         from convention order by valid_from desc nulls first, identifier"
    );
    rows.fetch_all(tx.conn()).await?.into_iter().map(Convention::try_from).collect()
}

struct StandingRow {
    code: String,
    valid_from: Option<NaiveDate>,
    valid_until: Option<NaiveDate>,
    successor: Option<String>,
    suspended_from: Option<NaiveDate>,
    suspended_reason: Option<String>,
    suspension_notified_on: Option<NaiveDate>,
    convention: Option<String>,
    convention_from: Option<NaiveDate>,
    convention_until: Option<NaiveDate>,
}

impl From<StandingRow> for Standing {
    fn from(row: StandingRow) -> Self {
        let suspension = row.suspended_from.zip(row.suspended_reason).zip(row.suspension_notified_on);
        Standing {
            code: row.code,
            convention: row.convention.map(|identifier| ActiveConvention {
                identifier,
                valid_from: row.convention_from,
                valid_until: row.convention_until,
            }),
            suspension: suspension.map(|((from, reason), notified_on)| Suspension {
                from,
                reason,
                notified_on,
            }),
            valid_from: row.valid_from,
            valid_until: row.valid_until,
            successor: row.successor,
        }
    }
}

/// What decides whether the member may deposit.
pub async fn standing(tx: &mut TenantRead) -> Result<Standing, Error> {
    let row = sqlx::query_as!(
        StandingRow,
        r#"select m.code, m.valid_from, m.valid_until, m.successor, m.suspended_from, m.suspended_reason,
                  m.suspension_notified_on, c.identifier as "convention?", c.valid_from as "convention_from?",
                  c.valid_until as "convention_until?"
           from member m left join convention c on c.tenant_id = m.tenant_id and c.state = 'active'"#
    );
    Ok(row.fetch_one(tx.conn()).await?.into())
}

/// A member as the pilot sees it: no title, no archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    pub tenant: TenantId,
    pub name: String,
    pub kind: String,
    pub standing: Standing,
    pub bytes_held: u64,
    pub bytes_max: u64,
    pub archives_held: u64,
}

/// Every member, by name.
pub async fn overviews(tx: &mut Technical) -> Result<Vec<Overview>, Error> {
    let rows = sqlx::query!(
        r#"select m.tenant_id, m.code, m.name, m.kind, m.valid_from, m.valid_until, m.successor, m.suspended_from,
                  m.suspended_reason, m.suspension_notified_on, c.identifier as "convention?",
                  c.valid_from as "convention_from?", c.valid_until as "convention_until?",
                  q.bytes_max, q.bytes_held, q.archives_held
           from member m join quota q using (tenant_id)
           left join convention c on c.tenant_id = m.tenant_id and c.state = 'active'
           where m.kind <> 'temoins' order by m.name, m.code"#
    );
    let overviews = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| Overview {
        tenant: TenantId::from_row(row.tenant_id),
        name: row.name,
        kind: row.kind,
        bytes_held: row.bytes_held.unsigned_abs(),
        bytes_max: row.bytes_max.unsigned_abs(),
        archives_held: row.archives_held.unsigned_abs(),
        standing: StandingRow {
            code: row.code,
            valid_from: row.valid_from,
            valid_until: row.valid_until,
            successor: row.successor,
            suspended_from: row.suspended_from,
            suspended_reason: row.suspended_reason,
            suspension_notified_on: row.suspension_notified_on,
            convention: row.convention,
            convention_from: row.convention_from,
            convention_until: row.convention_until,
        }
        .into(),
    });
    Ok(overviews.collect())
}
