//! The member, the rebuild itself, and what it lists: one statement a function. Rows of an archive are in `entry_queries`.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::db::{Error, TenantRead, TenantTx};

/// Code of the member, when it has a row.
pub(super) async fn member_code(tx: &mut TenantRead) -> Result<Option<String>, Error> {
    Ok(sqlx::query_scalar!("select code from member").fetch_optional(tx.conn()).await?)
}

/// On which sites the member's archives are kept; `None`: on all there are.
pub(super) async fn member_sites(tx: &mut TenantRead) -> Result<Option<Vec<String>>, Error> {
    let sites = sqlx::query_scalar!("select sites from member").fetch_optional(tx.conn()).await?;
    Ok(sites.flatten())
}

/// A member of whom nothing but the code is known: its file says the rest.
pub(super) async fn insert_member(tx: &mut TenantTx, code: &str, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "insert into member (code, name, kind, siren, department, created_at) values ($1, $1, 'autre', '', '', $2)",
        code,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A quota that lets nothing in until the member's file gives one.
pub(super) async fn insert_quota(tx: &mut TenantTx) -> Result<(), Error> {
    sqlx::query!("insert into quota (bytes_max) values (0) on conflict do nothing")
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// A journal before its first entry.
pub(super) async fn insert_journal_head(tx: &mut TenantTx, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "insert into journal_head (seq, hash, at) values (0, decode(repeat('00', 32), 'hex'), $1)",
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The rebuild from this site that was cut, if one was.
pub(super) async fn unfinished(tx: &mut TenantRead, site: &str) -> Result<Option<Uuid>, Error> {
    let id = sqlx::query_scalar!("select rebuild_id from rebuild where site = $1 and ended_at is null", site);
    Ok(id.fetch_optional(tx.conn()).await?)
}

pub(super) async fn insert_rebuild(
    tx: &mut TenantTx,
    id: Uuid,
    site: &str,
    now: DateTime<Utc>,
    object_count: u64,
    digest: &[u8; 32],
) -> Result<(), Error> {
    sqlx::query!(
        "insert into rebuild (rebuild_id, site, begun_at, object_count, digest) values ($1, $2, $3, $4, $5)",
        id,
        site,
        now,
        object_count as i64,
        digest
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn end_rebuild(tx: &mut TenantTx, id: Uuid, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!("update rebuild set ended_at = $2 where rebuild_id = $1", id, now)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Those of `archives` that the catalogue has.
pub(super) async fn entered(tx: &mut TenantRead, archives: &[Uuid]) -> Result<Vec<Uuid>, Error> {
    let known = sqlx::query_scalar!("select archive_id from archive where archive_id = any($1)", archives);
    Ok(known.fetch_all(tx.conn()).await?)
}

/// When the journal says that the archive was taken in charge.
pub(super) async fn taken_in_charge(
    tx: &mut TenantRead,
    archive: Uuid,
) -> Result<Option<DateTime<Utc>>, Error> {
    let at = sqlx::query_scalar!(
        "select at from event
         where object = 'archive:' || $1::uuid::text and event_type = 'PRISE_EN_CHARGE' and outcome = 'OK'
         order by seq limit 1",
        archive
    );
    Ok(at.fetch_optional(tx.conn()).await?)
}

/// A copy found on a site, of an archive that the catalogue has.
pub(super) async fn put_copy(
    tx: &mut TenantTx,
    archive: Uuid,
    site: &str,
    location: &str,
    verified_at: DateTime<Utc>,
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "insert into copy (archive_id, site, location, verified_at) values ($1, $2, $3, $4)
         on conflict (tenant_id, archive_id, site) do nothing",
        archive,
        site,
        location,
        verified_at
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Which of these archives have no copy on this site in the catalogue.
pub(super) async fn without_copy(
    tx: &mut TenantRead,
    archives: &[Uuid],
    site: &str,
) -> Result<Vec<(Uuid, DateTime<Utc>)>, Error> {
    let rows = sqlx::query!(
        r#"select a.archive_id, coalesce(t.closed_at, a.taken_in_charge_at) as "at!"
           from archive a join transfer t using (tenant_id, transfer_id)
           where a.archive_id = any($1)
             and not exists (select from copy c where c.archive_id = a.archive_id and c.site = $2)"#,
        archives,
        site
    );
    Ok(rows.fetch_all(tx.conn()).await?.into_iter().map(|row| (row.archive_id, row.at)).collect())
}

/// Lists an object that is not entered.
pub(super) async fn leave_out(
    tx: &mut TenantTx,
    archive: Uuid,
    site: &str,
    reason: &str,
    detail: &str,
    cote: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into left_out (archive_id, site, reason, detail, cote, seen_at) values ($1, $2, $3, $4, $5, $6)
         on conflict (tenant_id, archive_id) do update
         set site = excluded.site, reason = excluded.reason, detail = excluded.detail, cote = excluded.cote,
             seen_at = excluded.seen_at",
        archive,
        site,
        reason,
        detail,
        cote,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// An object that was listed is entered after all.
pub(super) async fn no_more_left_out(tx: &mut TenantTx, archive: Uuid) -> Result<(), Error> {
    sqlx::query!("delete from left_out where archive_id = $1", archive).execute(tx.conn()).await?;
    Ok(())
}

/// State of a transfer, when it has a row.
pub(super) async fn transfer_state(tx: &mut TenantRead, transfer: Uuid) -> Result<Option<String>, Error> {
    let state = sqlx::query_scalar!(
        r#"select state::text as "state!" from transfer where transfer_id = $1"#,
        transfer
    );
    Ok(state.fetch_optional(tx.conn()).await?)
}

/// A transfer that waits in quarantine, as far as the journal and the bytes say.
pub(super) struct Waiting<'a> {
    pub transfer: Uuid,
    pub channel: &'a str,
    pub person: Option<Uuid>,
    pub machine: Option<Uuid>,
    pub size_bytes: u64,
    pub digest: &'a [u8; 64],
    pub received_at: DateTime<Utc>,
}

/// Enters it as received; `false` when another transfer has its bytes.
pub(super) async fn put_waiting(tx: &mut TenantTx, new: &Waiting<'_>) -> Result<bool, Error> {
    let done = sqlx::query!(
        "insert into transfer (transfer_id, state, channel, person_id, machine_id, file_name, size_bytes, digest,
                               received_at)
         values ($1, 'received', $2, $3, $4, 'versement', $5, $6, $7)
         on conflict do nothing",
        new.transfer,
        new.channel,
        new.person,
        new.machine,
        new.size_bytes as i64,
        &new.digest[..],
        new.received_at
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}
