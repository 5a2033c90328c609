//! Facts of a year: one statement a function.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use crate::db::{Error, Technical, TenantRead};

type Moments = (DateTime<Utc>, DateTime<Utc>);
type Days = (NaiveDate, NaiveDate);

/// The last closing of a year, as it was kept.
pub(super) async fn closing(tx: &mut Technical, year: i32) -> Result<Option<String>, Error> {
    let Ok(year) = i16::try_from(year) else { return Ok(None) };
    let kept = sqlx::query_scalar!(
        "select snapshot from platform.bill_closing where year = $1 order by version desc limit 1",
        year
    );
    Ok(kept.fetch_optional(tx.conn()).await?)
}

/// Trainings held.
pub(super) async fn trainings(tx: &mut Technical, (first, last): Days) -> Result<u64, Error> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from platform.entry_training where held_on between $1 and $2"#,
        first,
        last
    );
    Ok(count.fetch_one(tx.conn()).await?.unsigned_abs())
}

/// Deposits that were planned.
pub(super) struct Planned {
    pub siren: String,
    pub agreement: String,
    pub month: NaiveDate,
    pub deposits: u64,
}

impl Planned {
    /// How many of them came, of what came by agreement and month; more than were planned is no more.
    pub fn came(&self, came: &[(String, NaiveDate, u64)]) -> u64 {
        let its =
            came.iter().find(|(agreement, month, _)| *agreement == self.agreement && *month == self.month);
        its.map_or(0, |(_, _, count)| (*count).min(self.deposits))
    }
}

/// Those of these days.
pub(super) async fn planned(tx: &mut Technical, (first, last): Days) -> Result<Vec<Planned>, Error> {
    let rows = sqlx::query!(
        "select e.siren, p.agreement, p.month, p.deposits from platform.entry_planned p
         join platform.entry e using (entry_id) where p.month between $1 and $2",
        first,
        last
    );
    let planned = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| Planned {
        siren: row.siren,
        agreement: row.agreement,
        month: row.month,
        deposits: row.deposits.unsigned_abs().into(),
    });
    Ok(planned.collect())
}

/// The member's name and SIREN, and whether it was under a convention on one of these days; `None`: that of the canaries.
pub(super) async fn member(
    tx: &mut TenantRead,
    (first, last): Days,
) -> Result<Option<(String, String, bool)>, Error> {
    let row = sqlx::query!(
        r#"select m.name, m.siren,
                  exists (select from convention c where c.state <> 'draft'
                          and (c.valid_from is null or c.valid_from <= $2)
                          and (c.valid_until is null or c.valid_until >= $1))
                  and (m.valid_from is null or m.valid_from <= $2)
                  and (m.valid_until is null or m.valid_until >= $1) as "is_active!"
           from member m where m.kind <> 'temoins'"#,
        first,
        last
    );
    Ok(row.fetch_optional(tx.conn()).await?.map(|row| (row.name, row.siren, row.is_active)))
}

/// Transfers counted.
pub(super) struct Transfers {
    pub received: u64,
    pub accepted: u64,
    pub refused: u64,
    pub seconds: u64,
}

/// Those received, and those closed, in these moments.
pub(super) async fn transfers(tx: &mut TenantRead, (from, until): Moments) -> Result<Transfers, Error> {
    let row = sqlx::query!(
        r#"select count(*) filter (where received_at >= $1 and received_at < $2) as "received!",
                  count(*) filter (where state = 'taken_in_charge' and closed_at >= $1 and closed_at < $2) as "accepted!",
                  count(*) filter (where state = 'refused' and closed_at >= $1 and closed_at < $2) as "refused!",
                  coalesce(sum(extract(epoch from closed_at - received_at))
                           filter (where state = 'taken_in_charge' and closed_at >= $1 and closed_at < $2), 0)::bigint
                      as "seconds!"
           from transfer where received_at < $2 and (closed_at is null or closed_at >= $1)"#,
        from,
        until
    );
    let row = row.fetch_one(tx.conn()).await?;
    Ok(Transfers {
        received: row.received.unsigned_abs(),
        accepted: row.accepted.unsigned_abs(),
        refused: row.refused.unsigned_abs(),
        seconds: row.seconds.unsigned_abs(),
    })
}

/// Refused transfers by the faults that they have, each counted once a transfer.
pub(super) async fn causes(
    tx: &mut TenantRead,
    (from, until): Moments,
) -> Result<BTreeMap<String, u64>, Error> {
    let rows = sqlx::query!(
        r#"select f ->> 'code' as "code!", count(distinct t.transfer_id) as "count!"
           from transfer t, jsonb_array_elements(t.findings) f
           where t.state = 'refused' and t.closed_at >= $1 and t.closed_at < $2 and f ->> 'severity' = 'error'
           group by 1"#,
        from,
        until
    );
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    Ok(rows.map(|row| (row.code, row.count.unsigned_abs())).collect())
}

/// What came on the days measured: archives, files, bytes.
pub(super) async fn entered(tx: &mut TenantRead, (first, last): Days) -> Result<[u64; 3], Error> {
    let row = sqlx::query!(
        r#"select coalesce(sum(came), 0)::bigint as "archives!", coalesce(sum(came_objects), 0)::bigint as "objects!",
                  coalesce(sum(came_bytes), 0)::bigint as "bytes!"
           from usage_agreement where day between $1 and $2"#,
        first,
        last
    );
    let row = row.fetch_one(tx.conn()).await?;
    Ok([row.archives, row.objects, row.bytes].map(i64::unsigned_abs))
}

/// What was held at the end of the last of these days that was measured: archives, files, bytes.
pub(super) async fn held(tx: &mut TenantRead, (first, last): Days) -> Result<[u64; 3], Error> {
    let row = sqlx::query!(
        r#"select coalesce(sum(archives), 0)::bigint as "archives!", coalesce(sum(objects), 0)::bigint as "objects!",
                  coalesce(sum(bytes), 0)::bigint as "bytes!"
           from usage_agreement where day = (select max(day) from usage_day where day between $1 and $2)"#,
        first,
        last
    );
    let row = row.fetch_one(tx.conn()).await?;
    Ok([row.archives, row.objects, row.bytes].map(i64::unsigned_abs))
}

/// Entries of the journal, by type and outcome.
pub(super) async fn entries(
    tx: &mut TenantRead,
    (from, until): Moments,
) -> Result<BTreeMap<(String, String), u64>, Error> {
    let rows = sqlx::query!(
        r#"select event_type, outcome, count(*) as "count!" from event where at >= $1 and at < $2 group by 1, 2"#,
        from,
        until
    );
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    Ok(rows.map(|row| ((row.event_type, row.outcome), row.count.unsigned_abs())).collect())
}
