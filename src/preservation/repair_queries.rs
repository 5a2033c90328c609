//! Incidents: those to be mended, those to be shown, what an attempt changes.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::incident::Incident;
use super::queries::{Archived, due};
use super::repair::Wanted;
use crate::db::{self, TenantRead, TenantTx};
use crate::model::{ArchiveId, UnitId};

/// An incident to be mended.
pub(super) struct Open {
    pub incident_id: Uuid,
    pub opened_at: DateTime<Utc>,
    pub site: String,
    pub archived: Archived,
}

/// At most `most` open incidents on a site after one of them, oldest first.
pub(super) async fn open_page(
    tx: &mut TenantRead,
    wanted: &Wanted<'_>,
    (after_at, after_id): (DateTime<Utc>, Uuid),
    most: i64,
) -> Result<Vec<Open>, db::Error> {
    let rows = sqlx::query!(
        r#"select i.incident_id, i.opened_at, i.site, a.archive_id, a.cote, a.inventory_sha512, a.transfer_id,
                  (select t.closed_at from transfer t
                   where t.tenant_id = a.tenant_id and t.transfer_id = a.transfer_id) as closed_at,
                  array(select c.site from copy c where c.tenant_id = i.tenant_id and c.archive_id = i.archive_id
                        order by c.site) as "sites!"
           from incident i join archive a using (tenant_id, archive_id)
           where i.site = $1 and i.state <> 'repaired' and (i.opened_at, i.incident_id) > ($2, $3)
             and ($4::uuid is null or i.archive_id = $4) and (i.tried_at is null or i.tried_at < $5)
           order by i.opened_at, i.incident_id limit $6"#,
        wanted.site,
        after_at,
        after_id,
        wanted.archive.map(|archive| archive.0),
        wanted.not_since,
        most
    );
    let open = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| {
        let due = due(row.archive_id, row.inventory_sha512, (row.transfer_id, row.closed_at))?;
        let archived = Archived { due, cote: row.cote, sites: row.sites };
        Ok(Open { incident_id: row.incident_id, opened_at: row.opened_at, site: row.site, archived })
    });
    open.collect()
}

/// The copy is right again; `false`: somebody else has said so.
pub(super) async fn set_repaired(
    tx: &mut TenantTx,
    id: Uuid,
    from: &str,
    at: DateTime<Utc>,
) -> Result<bool, db::Error> {
    let done = sqlx::query!(
        "update incident
         set state = 'repaired', repaired_at = $3, repaired_from = $2, tried_at = $3, attempts = attempts + 1,
             last_error = null
         where incident_id = $1 and state <> 'repaired'",
        id,
        from,
        at
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() > 0)
}

/// An attempt came to nothing.
pub(super) async fn set_tried(
    tx: &mut TenantTx,
    id: Uuid,
    no_good_copy: bool,
    reason: &str,
    at: DateTime<Utc>,
) -> Result<(), db::Error> {
    sqlx::query!(
        "update incident
         set state = case when $2 then 'no_good_copy' else 'open' end, tried_at = $4, attempts = attempts + 1,
             last_error = $3
         where incident_id = $1 and state <> 'repaired'",
        id,
        no_good_copy,
        reason.replace('\0', "\u{fffd}"),
        at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// At most `most` open incidents of the member, those that are wrong everywhere first, then the oldest.
pub(super) async fn open_incidents(tx: &mut TenantRead, most: i64) -> Result<Vec<Incident>, db::Error> {
    let rows = sqlx::query_as!(
        IncidentRow,
        "select i.archive_id, a.cote, i.site, i.state, i.faults, i.fault_count, i.opened_at, i.attempts, i.last_error,
                i.repaired_at, i.repaired_from, i.withdrawn,
                (select u.unit_id from unit u where u.tenant_id = i.tenant_id and u.archive_id = i.archive_id and u.root
                 order by u.ordinal limit 1) as root
         from incident i join archive a using (tenant_id, archive_id)
         where i.state <> 'repaired'
         order by i.state = 'no_good_copy' desc, i.opened_at, i.incident_id limit $1",
        most
    );
    Ok(rows.fetch_all(tx.conn()).await?.into_iter().map(Incident::from).collect())
}

/// Open incidents of the member.
pub(super) async fn count_open(tx: &mut TenantRead) -> Result<i64, db::Error> {
    let open = sqlx::query_scalar!(r#"select count(*) as "open!" from incident where state <> 'repaired'"#);
    Ok(open.fetch_one(tx.conn()).await?)
}

/// At most `most` incidents of the member repaired since then, latest first.
pub(super) async fn repaired_incidents(
    tx: &mut TenantRead,
    since: DateTime<Utc>,
    most: i64,
) -> Result<Vec<Incident>, db::Error> {
    let rows = sqlx::query_as!(
        IncidentRow,
        "select i.archive_id, a.cote, i.site, i.state, i.faults, i.fault_count, i.opened_at, i.attempts, i.last_error,
                i.repaired_at, i.repaired_from, i.withdrawn,
                (select u.unit_id from unit u where u.tenant_id = i.tenant_id and u.archive_id = i.archive_id and u.root
                 order by u.ordinal limit 1) as root
         from incident i join archive a using (tenant_id, archive_id)
         where i.state = 'repaired' and i.repaired_at >= $1
         order by i.repaired_at desc, i.incident_id limit $2",
        since,
        most
    );
    Ok(rows.fetch_all(tx.conn()).await?.into_iter().map(Incident::from).collect())
}

/// The open incidents of one archive.
pub(super) async fn incidents_of(
    tx: &mut TenantRead,
    archive: ArchiveId,
) -> Result<Vec<Incident>, db::Error> {
    let rows = sqlx::query_as!(
        IncidentRow,
        "select i.archive_id, a.cote, i.site, i.state, i.faults, i.fault_count, i.opened_at, i.attempts, i.last_error,
                i.repaired_at, i.repaired_from, i.withdrawn,
                (select u.unit_id from unit u where u.tenant_id = i.tenant_id and u.archive_id = i.archive_id and u.root
                 order by u.ordinal limit 1) as root
         from incident i join archive a using (tenant_id, archive_id)
         where i.archive_id = $1 and i.state <> 'repaired' order by i.site",
        archive.0
    );
    Ok(rows.fetch_all(tx.conn()).await?.into_iter().map(Incident::from).collect())
}

struct IncidentRow {
    archive_id: Uuid,
    cote: String,
    site: String,
    state: String,
    faults: Vec<String>,
    fault_count: i32,
    opened_at: DateTime<Utc>,
    attempts: i32,
    last_error: Option<String>,
    repaired_at: Option<DateTime<Utc>>,
    repaired_from: Option<String>,
    withdrawn: bool,
    root: Option<Uuid>,
}

impl From<IncidentRow> for Incident {
    fn from(row: IncidentRow) -> Self {
        Incident {
            archive: ArchiveId(row.archive_id),
            cote: row.cote,
            root: row.root.map(UnitId),
            site: row.site,
            no_good_copy: row.state == "no_good_copy",
            faults: row.faults,
            fault_count: row.fault_count.unsigned_abs(),
            opened_at: row.opened_at,
            attempts: row.attempts.unsigned_abs(),
            last_error: row.last_error,
            repaired_at: row.repaired_at,
            repaired_from: row.repaired_from,
            withdrawn: row.withdrawn,
        }
    }
}
