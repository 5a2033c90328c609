//! The register of entries (*registre des entrées*): each archive taken in charge, in order, by year of Paris.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::db::{self, TenantRead};
use crate::model::Scope;

/// A line of the register.
#[derive(Clone, Debug)]
pub struct Entry {
    pub archive_id: Uuid,
    /// Its first root unit.
    pub root: Option<Uuid>,
    pub cote: String,
    pub taken_in_charge_at: DateTime<Utc>,
    pub transferring_agency: String,
    pub originating_agency: Option<String>,
    /// Its name.
    pub agreement: String,
    pub title: String,
    pub unit_count: i32,
    pub object_count: i32,
    pub size_bytes: i64,
    pub message_identifier: Option<String>,
}

/// When the last archive that the scope reaches was taken in charge.
pub async fn latest(tx: &mut TenantRead, scope: &Scope) -> Result<Option<DateTime<Utc>>, db::Error> {
    let at = sqlx::query_scalar!(
        "select a.taken_in_charge_at
         from archive a join agreement g using (tenant_id, agreement_id) join transfer t using (tenant_id, transfer_id)
         where $1::jsonb is null or reached($1, g.identifier, a.originating_agency, t.person_id, a.archive_id)
         order by a.taken_in_charge_at desc, a.archive_id desc limit 1",
        scope.ways()
    );
    Ok(at.fetch_optional(tx.conn()).await?)
}

/// Place in the register: what came last on the page before.
pub type After = (DateTime<Utc>, Uuid);

/// At most `most` entries of a year that the scope reaches, oldest first.
pub async fn entries(
    tx: &mut TenantRead,
    scope: &Scope,
    year: i32,
    after: Option<After>,
    most: i64,
) -> Result<Vec<Entry>, db::Error> {
    let entries = sqlx::query_as!(
        Entry,
        r#"select a.archive_id, a.cote, a.taken_in_charge_at, a.transferring_agency, a.originating_agency,
                (select u.unit_id from unit u where u.archive_id = a.archive_id and u.root order by u.ordinal limit 1)
                    as root,
                g.name as agreement, a.title, a.unit_count, a.object_count, a.size_bytes, t.message_identifier
         from archive a join agreement g using (tenant_id, agreement_id) join transfer t using (tenant_id, transfer_id)
         where a.taken_in_charge_at >= make_timestamptz($1, 1, 1, 0, 0, 0, 'Europe/Paris')
           and a.taken_in_charge_at < make_timestamptz($1 + 1, 1, 1, 0, 0, 0, 'Europe/Paris')
           and (a.taken_in_charge_at, a.archive_id)
               > (coalesce($2::timestamptz, '-infinity'), coalesce($3::uuid, '00000000-0000-0000-0000-000000000000'))
           and ($5::jsonb is null or reached($5, g.identifier, a.originating_agency, t.person_id, a.archive_id))
         order by a.taken_in_charge_at, a.archive_id
         limit $4"#,
        year,
        after.map(|(at, _)| at),
        after.map(|(_, id)| id),
        most,
        scope.ways()
    );
    Ok(entries.fetch_all(tx.conn()).await?)
}

/// Deposits taken in charge, by agreement and month of their reception: its identifier, the month's first day in Paris, how many.
pub async fn came_by_month(tx: &mut TenantRead) -> Result<Vec<(String, NaiveDate, u64)>, db::Error> {
    let rows = sqlx::query!(
        r#"select agreement_identifier as "agreement!", count(*) as "deposits!",
                  date_trunc('month', received_at at time zone 'Europe/Paris')::date as "month!"
           from transfer where state = 'taken_in_charge' and agreement_identifier is not null group by 1, 3"#
    );
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    Ok(rows.map(|row| (row.agreement, row.month, row.deposits.unsigned_abs())).collect())
}

/// What a year comes to: entries, files, bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total {
    pub year: i32,
    pub entries: i64,
    pub objects: i64,
    pub bytes: i64,
}

/// Each year that has entries the scope reaches, the last first.
pub async fn years(tx: &mut TenantRead, scope: &Scope) -> Result<Vec<Total>, db::Error> {
    let years = sqlx::query_as!(
        Total,
        r#"select extract(year from taken_in_charge_at at time zone 'Europe/Paris')::integer as "year!",
                  count(*) as "entries!", sum(object_count)::bigint as "objects!", sum(size_bytes)::bigint as "bytes!"
           from archive a
           where $1::jsonb is null or exists (
               select from agreement g join transfer t using (tenant_id)
               where g.agreement_id = a.agreement_id and t.transfer_id = a.transfer_id
                 and reached($1, g.identifier, a.originating_agency, t.person_id, a.archive_id))
           group by 1 order by 1 desc"#,
        scope.ways()
    );
    Ok(years.fetch_all(tx.conn()).await?)
}
