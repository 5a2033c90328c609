//! What is counted, and the lines of a day.
//!
//! What is held is one aggregate over the archives and one over their copies, whatever the days to measure; what came is read by
//! the dates of its end, so costs what came.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::count::{Amount, Day, Place};
use crate::db::{Error, TenantRead, TenantTx};

/// The day after the last that is measured; at first, the day on which the member's first transfer ended.
pub(super) async fn first_to_measure(tx: &mut TenantRead) -> Result<Option<NaiveDate>, Error> {
    let first = sqlx::query_scalar!(
        "select coalesce((select max(day) + 1 from usage_day),
                         (select (min(closed_at) at time zone 'Europe/Paris')::date from transfer
                          where closed_at is not null))"
    );
    Ok(first.fetch_one(tx.conn()).await?)
}

/// Whether a transaction of the service has been going on for longer than this: what it dated may not be seen yet.
pub(super) async fn is_unsettled(tx: &mut TenantRead, age: TimeDelta) -> Result<bool, Error> {
    let seconds = age.num_milliseconds() as f64 / 1_000.0;
    let unsettled = sqlx::query_scalar!(
        r#"select exists (select from pg_stat_activity
                          where datname = current_database() and usename = current_user and pid <> pg_backend_pid()
                            and clock_timestamp() - xact_start > make_interval(secs => $1)) as "unsettled!""#,
        seconds
    );
    Ok(unsettled.fetch_one(tx.conn()).await?)
}

/// What is held now under each agreement.
pub(super) async fn held(tx: &mut TenantRead) -> Result<BTreeMap<String, Amount>, Error> {
    let rows = sqlx::query!(
        r#"select g.identifier, a.archives as "archives!", a.objects as "objects!", a.bytes as "bytes!"
           from (select tenant_id, agreement_id, count(*) as archives, sum(object_count)::bigint as objects,
                        sum(size_bytes)::bigint as bytes
                 from archive group by tenant_id, agreement_id) a
           join agreement g using (tenant_id, agreement_id)"#
    );
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    Ok(rows
        .map(|row| {
            (row.identifier, Amount { archives: row.archives, objects: row.objects, bytes: row.bytes })
        })
        .collect())
}

/// The copies held now on each site, under each agreement.
pub(super) async fn copies(tx: &mut TenantRead) -> Result<BTreeMap<Place, Amount>, Error> {
    let rows = sqlx::query!(
        r#"select c.site, g.identifier, c.copies as "copies!", c.objects as "objects!", c.bytes as "bytes!"
           from (select c.tenant_id, c.site, a.agreement_id, count(*) as copies,
                        sum(a.object_count)::bigint as objects, sum(a.size_bytes)::bigint as bytes
                 from copy c join archive a using (tenant_id, archive_id)
                 group by c.tenant_id, c.site, a.agreement_id) c
           join agreement g using (tenant_id, agreement_id)"#
    );
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    Ok(rows
        .map(|row| {
            let amount = Amount { archives: row.copies, objects: row.objects, bytes: row.bytes };
            ((row.site, row.identifier), amount)
        })
        .collect())
}

/// What was taken in charge under each agreement from a moment on, by day of Paris.
pub(super) async fn came(
    tx: &mut TenantRead,
    since: DateTime<Utc>,
) -> Result<Vec<(NaiveDate, String, Amount)>, Error> {
    let rows = sqlx::query!(
        r#"select (t.closed_at at time zone 'Europe/Paris')::date as "day!", g.identifier, count(*) as "archives!",
                  sum(a.object_count)::bigint as "objects!", sum(a.size_bytes)::bigint as "bytes!"
           from transfer t
           join archive a on a.tenant_id = t.tenant_id and a.transfer_id = t.transfer_id
           join agreement g on g.tenant_id = a.tenant_id and g.agreement_id = a.agreement_id
           where t.closed_at >= $1 and t.state = 'taken_in_charge'
           group by 1, 2"#,
        since
    );
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    Ok(rows
        .map(|row| {
            let amount = Amount { archives: row.archives, objects: row.objects, bytes: row.bytes };
            (row.day, row.identifier, amount)
        })
        .collect())
}

/// The copies of these.
pub(super) async fn copies_came(
    tx: &mut TenantRead,
    since: DateTime<Utc>,
) -> Result<Vec<(NaiveDate, Place, Amount)>, Error> {
    let rows = sqlx::query!(
        r#"select (t.closed_at at time zone 'Europe/Paris')::date as "day!", c.site, g.identifier, count(*) as "copies!",
                  sum(a.object_count)::bigint as "objects!", sum(a.size_bytes)::bigint as "bytes!"
           from transfer t
           join archive a on a.tenant_id = t.tenant_id and a.transfer_id = t.transfer_id
           join copy c on c.tenant_id = a.tenant_id and c.archive_id = a.archive_id
           join agreement g on g.tenant_id = a.tenant_id and g.agreement_id = a.agreement_id
           where t.closed_at >= $1 and t.state = 'taken_in_charge'
           group by 1, 2, 3"#,
        since
    );
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    Ok(rows
        .map(|row| {
            let amount = Amount { archives: row.copies, objects: row.objects, bytes: row.bytes };
            (row.day, (row.site, row.identifier), amount)
        })
        .collect())
}

/// Transfers refused from a moment on, by day and by the agreement they name when the member has it.
pub(super) async fn refused(
    tx: &mut TenantRead,
    since: DateTime<Utc>,
) -> Result<Vec<(NaiveDate, String, i64)>, Error> {
    let rows = sqlx::query!(
        r#"select (t.closed_at at time zone 'Europe/Paris')::date as "day!",
                  coalesce(g.identifier, '') as "agreement!", count(*) as "refused!"
           from transfer t
           left join agreement g on g.tenant_id = t.tenant_id and g.identifier = t.agreement_identifier
           where t.closed_at >= $1 and t.state = 'refused'
           group by 1, 2"#,
        since
    );
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    Ok(rows.map(|row| (row.day, row.agreement, row.refused)).collect())
}

/// The day is measured from now on; `false`: it was.
pub(super) async fn insert_day(tx: &mut TenantTx, day: NaiveDate, late: bool) -> Result<bool, Error> {
    let done =
        sqlx::query!("insert into usage_day (day, late) values ($1, $2) on conflict do nothing", day, late);
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

pub(super) async fn insert_agreements(tx: &mut TenantTx, day: &Day) -> Result<(), Error> {
    let agreements: Vec<String> = day.agreements.keys().cloned().collect();
    let column =
        |of: fn(&super::count::OfAgreement) -> i64| day.agreements.values().map(of).collect::<Vec<_>>();
    sqlx::query!(
        "insert into usage_agreement (day, agreement, archives, objects, bytes, came, came_objects, came_bytes, refused)
         select $1, l.* from unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
                                    $8::bigint[], $9::bigint[]) as l",
        day.day,
        &agreements,
        &column(|of| of.held.archives),
        &column(|of| of.held.objects),
        &column(|of| of.held.bytes),
        &column(|of| of.came.archives),
        &column(|of| of.came.objects),
        &column(|of| of.came.bytes),
        &column(|of| of.refused)
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn insert_sites(tx: &mut TenantTx, day: &Day) -> Result<(), Error> {
    let (sites, agreements): (Vec<String>, Vec<String>) = day.sites.keys().cloned().unzip();
    let column = |of: fn(&Amount) -> i64| day.sites.values().map(of).collect::<Vec<_>>();
    sqlx::query!(
        "insert into usage_site (day, site, agreement, copies, objects, bytes)
         select $1, l.* from unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[]) as l",
        day.day,
        &sites,
        &agreements,
        &column(|amount| amount.archives),
        &column(|amount| amount.objects),
        &column(|amount| amount.bytes)
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
