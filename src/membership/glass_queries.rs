//! Break-glass accesses: one statement a function.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::db::{Error, Technical, TenantRead, TenantTx};
use crate::model::PersonId;

/// An access, asked for or opened.
#[derive(Clone, Debug)]
pub struct Glass {
    pub glass_id: Uuid,
    /// Name of the member, and its code.
    pub member: String,
    pub code: String,
    pub asked_by: PersonId,
    pub asked_by_name: String,
    pub asked_at: DateTime<Utc>,
    pub request: String,
    pub reason: String,
    pub hours: i16,
    /// Until when it is open, once it was opened.
    pub until: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
}

struct Row {
    glass_id: Uuid,
    member: String,
    code: String,
    asked_by: Uuid,
    asked_by_name: String,
    asked_at: DateTime<Utc>,
    request: String,
    reason: String,
    hours: i16,
    until: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
}

impl From<Row> for Glass {
    fn from(row: Row) -> Self {
        Glass {
            glass_id: row.glass_id,
            member: row.member,
            code: row.code,
            asked_by: PersonId(row.asked_by),
            asked_by_name: row.asked_by_name,
            asked_at: row.asked_at,
            request: row.request,
            reason: row.reason,
            hours: row.hours,
            until: row.until,
            ended_at: row.ended_at,
        }
    }
}

/// The member's last accesses, the newest first.
pub async fn of_member(tx: &mut TenantRead) -> Result<Vec<Glass>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "select g.glass_id, m.name as member, m.code, g.asked_by, p.display_name as asked_by_name, g.asked_at, g.request,
                g.reason, g.hours, g.until, g.ended_at
         from glass g join member m using (tenant_id) join platform.person p on p.person_id = g.asked_by
         order by g.asked_at desc, g.glass_id limit 50"
    );
    Ok(rows.fetch_all(tx.conn()).await?.into_iter().map(Glass::from).collect())
}

/// The last accesses to whichever member, the newest first.
pub async fn all(tx: &mut Technical) -> Result<Vec<Glass>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "select g.glass_id, m.name as member, m.code, g.asked_by, p.display_name as asked_by_name, g.asked_at, g.request,
                g.reason, g.hours, g.until, g.ended_at
         from glass g join member m using (tenant_id) join platform.person p on p.person_id = g.asked_by
         order by g.asked_at desc, g.glass_id limit 50"
    );
    Ok(rows.fetch_all(tx.conn()).await?.into_iter().map(Glass::from).collect())
}

/// Those that await a pilot's decision, in whichever member, the oldest first.
pub async fn awaiting(tx: &mut Technical) -> Result<Vec<Glass>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "select g.glass_id, m.name as member, m.code, g.asked_by, p.display_name as asked_by_name, g.asked_at, g.request,
                g.reason, g.hours, g.until, g.ended_at
         from glass g join member m using (tenant_id) join platform.person p on p.person_id = g.asked_by
         where g.until is null and g.ended_at is null
         order by g.asked_at, g.glass_id limit 50"
    );
    Ok(rows.fetch_all(tx.conn()).await?.into_iter().map(Glass::from).collect())
}

pub(super) async fn insert(
    tx: &mut TenantTx,
    id: Uuid,
    operator: PersonId,
    (request, reason, hours): (&str, &str, u32),
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into glass (glass_id, asked_by, asked_at, request, reason, hours) values ($1, $2, $3, $4, $5, $6)",
        id,
        operator.0,
        now,
        request,
        reason,
        hours as i16
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The access, held until the transaction ends.
pub(super) async fn lock(tx: &mut TenantTx, id: Uuid) -> Result<Option<Glass>, Error> {
    let row = sqlx::query_as!(
        Row,
        "select g.glass_id, m.name as member, m.code, g.asked_by, p.display_name as asked_by_name, g.asked_at, g.request,
                g.reason, g.hours, g.until, g.ended_at
         from glass g join member m using (tenant_id) join platform.person p on p.person_id = g.asked_by
         where g.glass_id = $1 for update of g",
        id
    );
    Ok(row.fetch_optional(tx.conn()).await?.map(Glass::from))
}

pub(super) async fn open(
    tx: &mut TenantTx,
    id: Uuid,
    by: PersonId,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "update glass set opened_by = $2, opened_at = $3, until = $4 where glass_id = $1",
        id,
        by.0,
        now,
        until
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn end(tx: &mut TenantTx, id: Uuid, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!("update glass set ended_at = $2 where glass_id = $1", id, now).execute(tx.conn()).await?;
    Ok(())
}
